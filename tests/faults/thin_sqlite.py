"""APSW behind as much of the DB-API as SQLAlchemy's SQLite dialect asks for, with a file system (VFS) of ours below.

Takes the place of ``sqlcipher3.dbapi2`` in ``db.local.cipher``, so the store, its engine and its PRAGMAs are the real
ones; only the encryption is not there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import apsw

paramstyle = "qmark"
apilevel = "2.0"
threadsafety = 1
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))
PARSE_DECLTYPES = PARSE_COLNAMES = 0


class Error(Exception):
    """``sqlite_errorcode`` as the standard library and sqlcipher3 have it."""

    sqlite_errorcode: int = apsw.SQLITE_ERROR


class DatabaseError(Error): ...


class OperationalError(DatabaseError): ...


class IntegrityError(DatabaseError): ...


class ProgrammingError(DatabaseError): ...


class InterfaceError(Error): ...


class NotSupportedError(DatabaseError): ...


class DataError(DatabaseError): ...


class InternalError(DatabaseError): ...


vfs_name = ""
"""Of the file system that new connections use."""


def connect(file: str, **_options: Any) -> Connection:
    return Connection(file)


def _translated(fault: apsw.Error) -> Error:
    kind = IntegrityError if isinstance(fault, apsw.ConstraintError) else OperationalError
    error = kind(type(fault).__name__)
    error.sqlite_errorcode = getattr(fault, "extendedresult", apsw.SQLITE_ERROR)
    return error


class Connection:
    isolation_level: str | None = None
    total_changes = 0

    def __init__(self, file: str) -> None:
        try:
            self._db = apsw.Connection(file, vfs=vfs_name or None)
            self._db.set_busy_timeout(2000)
        except apsw.Error as fault:
            raise _translated(fault) from None

    def cursor(self) -> Cursor:
        return Cursor(self._db)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(statement, parameters)

    def create_function(self, name: str, count: int, function: Any, **_options: Any) -> None:
        self._db.create_scalar_function(name, function, count)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, statement: str) -> None:
        if self._db.in_transaction:
            self.execute(statement)

    def close(self) -> None:
        try:
            self._db.close()
        except apsw.Error as fault:
            raise _translated(fault) from None


class Cursor:
    arraysize = 1

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._rows: Iterator[Any] = iter(())
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        cursor = self._db.cursor()
        self.description = None

        def described(inner: Any, _sql: str, _bindings: Any) -> bool:
            columns = inner.get_description()
            self.description = tuple((c[0], None, None, None, None, None, None) for c in columns) or None
            return True

        cursor.exec_trace = described
        try:
            self._rows = iter(list(cursor.execute(statement, tuple(parameters))))
            self.rowcount = self._db.changes()
            self.lastrowid = self._db.last_insert_rowid()
        except apsw.Error as fault:
            raise _translated(fault) from None
        return self

    def executemany(self, statement: str, many: Iterable[Sequence[Any]]) -> Cursor:
        count = 0
        for parameters in many:
            count += self.execute(statement, parameters).rowcount
        self.rowcount = count
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return list(itertools.islice(self._rows, size or self.arraysize))

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def close(self) -> None:
        self._rows = iter(())
