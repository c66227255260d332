"""Ends what kiosk logins leave running.

A login can switch its own time-outs off, so role settings are no guard. Nothing honest is hit: a kiosk gives a call
up after 4 s and has time-outs of 10 s of its own.
"""

from __future__ import annotations

import logging

import psycopg

from db.central.listening import Connection, Job

_log = logging.getLogger(__name__)

STATEMENT_SECONDS = 5.0
"""A kiosk's call is given up after 4 s (``wire``); the largest batch, 1,000 events, took 0.15 s."""
IDLE_SECONDS = 10.0
TRANSACTION_SECONDS = 30.0
"""Short statements without end in one transaction hold locks and keep old rows from being cleaned."""

ROUND_SECONDS = 1.0
MISSING_SECONDS = 3600.0


class WatchdogJob(Job):
    def __init__(
        self,
        dsn: str,
        *,
        statement_seconds: float = STATEMENT_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        transaction_seconds: float = TRANSACTION_SECONDS,
        round_seconds: float = ROUND_SECONDS,
    ) -> None:
        super().__init__("bpjs-watchdog", dsn, "bpjs_watchdog")
        self._limits = (statement_seconds, idle_seconds, transaction_seconds)
        self._round_seconds = round_seconds

    def work(self, conn: Connection) -> float:
        try:  # One statement: no session is ended without its alarm.
            ended = conn.execute(
                "SELECT w.login, w.kind, store.raise_alarm('watchdog_' || w.kind, w.login)"
                " FROM watchdog.end_long_sessions(%s, %s, %s) w",
                self._limits,
            ).fetchall()
        except psycopg.errors.InvalidSchemaName:  # a hosted service refused it at init
            conn.execute("SELECT store.raise_alarm('watchdog_missing')")
            return MISSING_SECONDS
        for login, kind, _ in ended:
            _log.warning("central_watchdog_ended login=%s kind=%s", login, kind)
        return self._round_seconds
