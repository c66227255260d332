"""Takes a kiosk out of service: keys first, then everything they opened, then the logs.

Once the keys are overwritten the rest is noise, so a wipe that is killed after its first step has done what matters;
called again it goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.central.secret_files import sync_folder
from db.local.boot import this_boot
from db.local.key_files import overwrite
from db.local.keys import KeyFolder
from db.local.lock import LOCK_FILE, STORE_FILE, StoreLock
from db.local.quarantine import QUARANTINE_FOLDER
from db.local.rekey import settle
from db.local.store import LocalStore
from kiosk.ports import Clock, LastingFault, StoreUnavailable

LOGS_FOLDER = "logs"
"""As in kiosk.runtime.logs, which ``db`` does not import (a test holds them together)."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """``events`` and ``payloads`` that the centre does not have; None: the store does not open, nobody knows."""

    events: int | None
    payloads: int | None

    @property
    def nothing(self) -> bool:
        return self.events == 0 and self.payloads == 0


def unsent(folder: Path, kiosk_id: str, keys: KeyFolder, keys_folder: Path, clock: Clock) -> Unsent:
    """``folder``: the data folder. Raises LastingFault("store_in_use")."""
    if not (folder / STORE_FILE).exists():
        return Unsent(0, 0)
    if not keys_folder.is_dir() or not any(keys_folder.iterdir()):
        return Unsent(0, 0)  # a wipe that was killed after its first step: nothing can be saved any more
    try:
        pair = keys.open(store_exists=True)
        store = LocalStore(folder, kiosk_id, settle(folder, keys, pair), pair.signer, clock, boot_id=this_boot())
    except LastingFault as fault:
        if fault.reason == "store_in_use":
            raise
        return Unsent(None, None)
    try:
        return Unsent(store.backlog(), store.count_payloads())
    except StoreUnavailable:
        return Unsent(None, None)
    finally:
        store.close()


def wipe(folder: Path, keys: KeyFolder, keys_folder: Path) -> Sequence[str]:
    """Overwrite and remove what this kiosk keeps; returns what stayed in the folder, which is not ours. Raises
    LastingFault: store_in_use, overwrite_failed."""
    lock = StoreLock(folder)
    lock.acquire()
    try:
        if keys_folder.exists():
            keys.destroy()
            keys_folder.rmdir()
        for path in sorted(folder.glob(STORE_FILE + "*")):
            overwrite(path)
        for name in (QUARANTINE_FOLDER, LOGS_FOLDER):
            _empty(folder / name)
        overwrite(folder / LOCK_FILE)
        sync_folder(folder)
    except OSError as fault:
        raise LastingFault("overwrite_failed") from fault
    finally:
        lock.release()
    return sorted(path.name for path in folder.iterdir())


def _empty(folder: Path) -> None:
    if not folder.is_dir() or folder.is_symlink():
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() or path.is_symlink():
            overwrite(path)
    shutil.rmtree(folder)
