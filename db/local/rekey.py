"""A new key for the store, so that a kill or a power cut at any moment leaves a store that opens.

The new key lies sealed on the disk before the first page is written with it, the old one goes after the last. Between
them both are there, and ``settle`` finds out at the next start which one opens the file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from db.central.secret_files import sync_folder
from db.local.faults import trouble_of
from db.local.keys import KeyFolder, KeyPair
from db.local.lock import StoreLock
from db.local.store import STORE_FILE
from kiosk.ports import LastingFault


def settle(folder: Path, keys: KeyFolder, pair: KeyPair) -> bytes:
    """The store's key; where a rekey was interrupted, the one that opens the file, and the other is forgotten.
    Raises LastingFault."""
    if pair.next_store is None:
        return pair.store
    lock = StoreLock(folder)
    lock.acquire()
    try:
        store = folder / STORE_FILE
        if store.exists() and opens(store, pair.next_store):
            keys.keep_next()
            return pair.next_store
        if not store.exists() or opens(store, pair.store):
            keys.drop_next()
        return pair.store  # neither opens it: both stay, the store will be found damaged
    finally:
        lock.release()


def rekey(folder: Path, keys: KeyFolder, step: Callable[[str], None] = lambda _: None) -> None:
    """``folder``: the data folder, its store in nobody's use. ``step`` hears of each step that is done. Raises
    LastingFault."""
    if not (folder / STORE_FILE).exists():
        raise LastingFault("store_missing")
    old = settle(folder, keys, keys.open(store_exists=True))
    lock = StoreLock(folder)
    lock.acquire()
    try:
        _change(folder / STORE_FILE, old, keys, step)
    except dbapi2.Error as fault:
        raise LastingFault(f"store_{trouble_of(fault).value}") from None
    finally:
        lock.release()


def opens(store: Path, key: bytes) -> bool:
    try:
        connection = _connect(store, key)
    except dbapi2.DatabaseError:
        return False
    connection.close()
    return True


def _change(store: Path, old: bytes, keys: KeyFolder, step: Callable[[str], None]) -> None:
    connection = _connect(store, old)
    try:
        # A WAL holds pages of one key only. EXTRA: a journal that came back after a power cut would turn the file
        # back to a key that is already forgotten.
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
            raise LastingFault("store_in_use")
        connection.execute("PRAGMA synchronous = EXTRA")
        step("wal_left")
        new = keys.draw_next()
        step("sealed")
        connection.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")
        step("rekeyed")
    finally:
        connection.close()
    sync_folder(store.parent)
    if not opens(store, new):
        raise LastingFault("rekey_failed")  # both keys stay, the next start settles it
    keys.keep_next()
    step("kept")


def _connect(store: Path, key: bytes) -> Any:
    connection = dbapi2.connect(str(store), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_compatibility = 4")
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
