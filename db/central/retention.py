"""The keeper's hourly round: months for events to come, and what has been kept long enough is forgotten.

What and how long stands in ``store.retention``; how, in the functions ``store.forget_<what>``. Events are none of
this job's: whole old months leave by an admin's hand (``detach_event_months``).
"""

from __future__ import annotations

import logging
from typing import Any

import psycopg

from db.central.listening import Connection, Job
from db.central.roles import OWNER

_log = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0
BATCH_ROWS = 5000
"""One transaction: short enough that a kiosk's call beside it is not held up."""

BATCHES_A_KIND = 20
"""Then the next kind has its turn, and a stop is heard."""

MORE_SECONDS = 1.0
"""Pause before the rest of a round that was too large."""


class RetentionJob(Job):
    def __init__(self, dsn: str, *, batch_rows: int = BATCH_ROWS) -> None:
        super().__init__("bpjs-retention", dsn, "bpjs_keeper")
        self._batch_rows = batch_rows

    def work(self, conn: Connection) -> float:
        try:
            conn.execute("SELECT store.add_event_months()")
        except psycopg.errors.LockNotAvailable:  # a long statement holds the table; months are made three ahead
            _log.warning("central_months_postponed")
        kinds = [row[0] for row in conn.execute("SELECT what FROM store.retention ORDER BY what").fetchall()]
        more = [kind for kind in kinds if self._forget(conn, kind)]
        return MORE_SECONDS if more else ROUND_SECONDS

    def _forget(self, conn: Connection, kind: str) -> bool:
        """Forget what is over; True when more is left."""
        try:
            for _ in range(BATCHES_A_KIND):
                row = conn.execute("SELECT store.apply_retention(%s, %s)", (kind, self._batch_rows)).fetchone()
                if row is None or row[0] < self._batch_rows:
                    return False
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:  # one kind that cannot be forgotten must not keep the others
            _log.error("central_retention_fault kind=%s error=%s", kind, type(error).__name__)
            conn.execute("SELECT store.raise_alarm('retention_fault', %s)", (kind,))
            return False
        return True


def detach_event_months(conn: psycopg.Connection[Any]) -> list[str]:
    """By an admin: months older than the site's years stay as tables of their own in ``event_months``, to be dumped
    and dropped. Returns their names."""
    with conn.transaction():
        conn.execute(f"SET LOCAL ROLE {OWNER}")
        return [row[0] for row in conn.execute("SELECT store.detach_event_months()").fetchall()]
