"""A few connections to the centre with a hard time limit on every call.

libpq's own time-outs do not cover a server that stops answering in the middle, so a timer shuts the
socket down. A connection that failed is thrown away; one that had been idle is replaced and the call
made once more, because every call of the kiosk API is idempotent.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from db.central.answers import not_readable
from kiosk.ports import CentreUnreachable

_log = logging.getLogger(__name__)

POOL_SIZE = 3
"""GUI effects, face worker and settlement watch call at the same time; the sync worker has its own client."""

Connection = psycopg.Connection[Any]


class Connections:
    def __init__(self, dsn: str, call_seconds: float) -> None:
        self._dsn = dsn
        self._call_seconds = call_seconds
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(POOL_SIZE)
        self._closed = False

    def call(self, statement: str, parameters: Sequence[object]) -> Any:
        """The first column of the first row, in a transaction of its own. Raises CentreUnreachable, CentreRefused."""
        if not self._slots.acquire(timeout=self._call_seconds):
            raise CentreUnreachable("busy")
        try:
            idle = self._take_idle()
            if idle is not None:
                try:
                    return self._run(idle, statement, parameters)
                except psycopg.OperationalError:  # e.g. the server was restarted since
                    pass
            return self._run(self._connect(), statement, parameters)
        except (psycopg.Error, OSError) as error:  # the text may quote parameters: only its class goes on
            _log.info("centre_call_failed error=%s", type(error).__name__)
            raise CentreUnreachable(type(error).__name__) from None
        finally:
            self._slots.release()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for conn in idle:
            conn.close()

    # ---- one connection

    def _take_idle(self) -> Connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _connect(self) -> Connection:
        seconds = max(2, round(self._call_seconds))  # libpq takes whole seconds, at least 2
        return psycopg.connect(
            self._dsn,
            autocommit=True,
            prepare_threshold=None,  # behind a pooler the next transaction meets another session
            connect_timeout=seconds,
            tcp_user_timeout=seconds * 1000,
            keepalives_idle=30,
            application_name="bpjs-kiosk",
        )

    def _run(self, conn: Connection, statement: str, parameters: Sequence[object]) -> Any:
        try:
            with _deadline(conn, self._call_seconds):
                row = _first(conn.execute(statement, parameters))
        except BaseException:
            conn.close()
            raise
        with self._lock:
            if not self._closed:
                self._idle.append(conn)
                return row[0] if row else None
        conn.close()
        return row[0] if row else None


def _first(cursor: psycopg.Cursor[Any]) -> tuple[Any, ...] | None:
    """Raises CentreRefused for a value that Python does not take, e.g. JSON of a thousand levels."""
    try:
        row: tuple[Any, ...] | None = cursor.fetchone()
    except (ValueError, RecursionError):
        raise not_readable() from None
    return row


@contextlib.contextmanager
def _deadline(conn: Connection, seconds: float) -> Iterator[None]:
    """Cut the connection after ``seconds``: whoever waits on it gets an OperationalError."""
    handle = socket.socket(fileno=os.dup(conn.fileno()))
    timer = threading.Timer(seconds, _cut, (handle,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _cut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
