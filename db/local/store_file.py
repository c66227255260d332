"""The opened store file: its lock, its engine, whose it is, its mark, and the transactions on it.

Left out: what is written (``store``).
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from db.central.secret_files import sync_folder
from db.local import links, outbox, runs
from db.local.chain import Author
from db.local.cipher import WRITES, empty_log, open_engine, whole
from db.local.faults import StoreTrouble, trouble_of, unavailable
from db.local.lock import STORE_FILE, StoreLock
from db.local.mark import HeadMark, Mark
from db.local.schema import migrate
from kiosk.ports import LastingFault, StoreUnavailable

log = logging.getLogger(__name__)

_FAULTS = (DBAPIError, dbapi2.Error, OSError)


class StoreFile:
    """Safe to share between threads."""

    def __init__(self, folder: Path, key: bytes, author: Author, look: Callable[[Connection], None]) -> None:
        """Open or create the file, as ``LocalStore`` says. ``look`` reads what its caller keeps in memory, within the
        transaction that opens the file."""
        self.writer = threading.RLock()
        """Held while something is written."""
        self._mark = HeadMark(folder)
        self._lock = StoreLock(folder)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise LastingFault("store_unwritable") from fault
        self._lock.acquire()
        self._engine: Engine | None = None
        try:
            self._engine = open_engine(folder / STORE_FILE, key)
            with self._engine.connect().execution_options(**WRITES) as connection, connection.begin():
                migrate(connection)
                links.claim(connection, author)
                if _cut_short(connection, self._mark.read()):
                    raise LastingFault(f"store_{StoreTrouble.DAMAGED.value}")
                look(connection)
                if runs.died(connection) and not whole(connection):
                    raise LastingFault(f"store_{StoreTrouble.DAMAGED.value}")
            # SQLite does not sync the removal of its first journal: back after a power cut, it would undo the file.
            sync_folder(folder)
        except _FAULTS as fault:
            self.close()
            raise LastingFault(f"store_{trouble_of(fault).value}") from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        with self.writer:
            engine, self._engine = self._engine, None
            if engine is not None:
                engine.dispose()
            self._lock.release()

    # ------------------------------------------------------------ transactions; each raises StoreUnavailable

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.writer, self._connection() as connection:
            connection.execution_options(**WRITES)
            with connection.begin():
                yield connection
                end = links.head(connection)
            self._mark.write(Mark(end.seq, end.hash))

    @contextlib.contextmanager
    def erasing(self) -> Iterator[Connection]:
        """A write after which the log of old pages is emptied as well."""
        with self.writing() as connection:
            yield connection
        with self.writer, self._connection() as connection:
            empty_log(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._connection() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection]:
        engine = self._engine
        if engine is None:
            raise StoreUnavailable(StoreTrouble.CLOSED.value)
        try:
            with engine.connect() as connection:
                yield connection
        except _FAULTS as fault:
            log.error("store fault", extra={"reason": trouble_of(fault).value})
            raise unavailable(fault) from None


def _cut_short(connection: Connection, mark: Mark | None) -> bool:
    """Whether commits that were made are gone from the end."""
    if mark is None or mark.seq == 0:
        return False
    return mark.seq > links.head(connection).seq or outbox.hash_of(connection, mark.seq) not in {mark.hash, None}
