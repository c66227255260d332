"""Sets a damaged store aside, whole, for a technician. Never called by itself: a fresh store starts a
new chain that the centre must be told about (re-anchoring) before it accepts anything from it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from db.local.keys import sync_folder
from db.local.lock import StoreLock
from db.local.store import STORE_FILE
from kiosk.ports import LastingFault

QUARANTINE_FOLDER = "quarantine"
_PARTS = (STORE_FILE, STORE_FILE + "-wal", STORE_FILE + "-shm")


def quarantine(folder: Path, now: datetime) -> Path:
    """Move store.db with its -wal and -shm into quarantine/<UTC time>/ and return that folder. Raises
    LastingFault when the store is in use or cannot be moved."""
    lock = StoreLock(folder)
    lock.acquire()
    try:
        aside = folder / QUARANTINE_FOLDER / now.strftime("%Y%m%dT%H%M%S.%fZ")
        aside.mkdir(mode=0o700, parents=True)
        for part in _PARTS:
            if (folder / part).exists():
                (folder / part).rename(aside / part)
        sync_folder(aside)
        sync_folder(folder)
    except OSError as fault:
        raise LastingFault("quarantine_failed") from fault
    else:
        return aside
    finally:
        lock.release()
