"""One program per store: two would draw the same numbers and fork the chain.

The kernel drops an flock with the process, so a killed program leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from kiosk.ports import LastingFault

STORE_FILE = "store.db"
LOCK_FILE = "store.lock"


class StoreLock:
    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raise LastingFault("store_in_use") when another holder lives, "store_unwritable" when there
        can be no lock."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as fault:
            raise LastingFault("store_unwritable") from fault
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(handle)
            raise LastingFault("store_in_use") from fault
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
