"""The loop both jobs share: connect, listen, work until nothing is left, wait for a wake-up, reconnect."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

_log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
"""Longest wait for a wake-up: a NOTIFY lost with a broken connection costs at most this."""

STOP_SECONDS = 0.2
"""A stop is noticed within this."""

FIRST_BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 10.0

Connection = psycopg.Connection[Any]


class Job:
    """One job of the centre. ``work`` does what there is and returns how long to wait for more, seconds."""

    def __init__(self, name: str, dsn: str, channel: str) -> None:
        self.name = name
        self._dsn = dsn
        self._channel = channel

    def begin(self, conn: Connection) -> None:
        """Once a connection, before the first work."""

    def work(self, conn: Connection) -> float:
        raise NotImplementedError

    def run(self, stop: threading.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Until ``stop``; survives restarts of the database and faults of ``work``: nobody would miss a thread that
        ended. ``ready`` is called once it listens."""
        backoff = FIRST_BACKOFF_SECONDS
        while not stop.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5, application_name=self.name) as conn:
                    conn.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                    self.begin(conn)
                    ready()
                    backoff = FIRST_BACKOFF_SECONDS
                    self._serve(conn, stop)
            except Exception as error:  # its text may quote data: only its class is logged
                lost = isinstance(error, psycopg.Error)
                what = "central_job_lost_database" if lost else "central_job_fault"
                _log.log(logging.WARNING if lost else logging.ERROR, "%s job=%s error=%s", what, self.name,
                         type(error).__name__)  # fmt: skip
                stop.wait(backoff)
                backoff = min(LONGEST_BACKOFF_SECONDS, 2 * backoff)

    def _serve(self, conn: Connection, stop: threading.Event) -> None:
        while not stop.is_set():
            until = time.monotonic() + self.work(conn)
            woken = False
            while not woken and not stop.is_set() and (left := until - time.monotonic()) > 0:
                # All that came, to the last: what is left unread here piles up, and anybody may NOTIFY.
                woken = bool(list(conn.notifies(timeout=min(left, STOP_SECONDS), stop_after=1)))
