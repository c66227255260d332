"""Sets a damaged store aside, whole, for a technician. The fresh store that follows begins a new chain; the centre
takes nothing of it, and the kiosk serves nobody, until staff there have re-anchored it (docs/operations.md)."""

from __future__ import annotations

import contextlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

from db.central.secret_files import sync_folder
from db.local.lock import STORE_FILE, StoreLock
from db.local.mark import MARK_FILE
from kiosk.ports import LastingFault

QUARANTINE_FOLDER = "quarantine"
KEEP_QUARANTINED_DAYS = 30
"""As long as acknowledged links: what is in there is of the same kind."""
_NAME = "%Y%m%dT%H%M%S.%fZ"
_PARTS = (STORE_FILE, STORE_FILE + "-wal", STORE_FILE + "-shm", MARK_FILE)


def quarantine(folder: Path, now: datetime) -> Path:
    """Move store.db with its -wal and -shm into quarantine/<UTC time>/ and return that folder. Raises
    LastingFault when the store is in use or cannot be moved."""
    lock = StoreLock(folder)
    lock.acquire()
    try:
        aside = folder / QUARANTINE_FOLDER / now.astimezone(UTC).strftime(_NAME)
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


def quarantined(folder: Path) -> list[str]:
    """Names of the folders, the oldest first."""
    place = folder / QUARANTINE_FOLDER
    return sorted(entry.name for entry in place.iterdir() if entry.is_dir()) if place.is_dir() else []


def forget_quarantined(folder: Path, before: float) -> int:
    """Remove what was set aside before this (Unix seconds); how many folders went. What is not named like one of ours
    is somebody's work and stays."""
    gone = 0
    for name in quarantined(folder):
        with contextlib.suppress(ValueError, OSError):
            if datetime.strptime(name, _NAME).replace(tzinfo=UTC).timestamp() < before:
                shutil.rmtree(folder / QUARANTINE_FOLDER / name)
                gone += 1
    return gone
