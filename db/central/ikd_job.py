"""The ikd job: opens logins at the digital identity's issuer for kiosks that asked, and follows them.

A job of its own beside the connector, because an issuer that takes its time must not hold up photos and codes.
What continues a login is kept sealed in its row, so any worker can go on with it, also after a restart.
"""

from __future__ import annotations

import logging
import uuid

import psycopg
from nacl.exceptions import CryptoError

from db.central import ikd_rows
from db.central.ikd_rows import Login
from db.central.keys import CentreKeys
from db.central.listening import IDLE_SECONDS, Connection, Job
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused
from kiosk.ports.issuer import DigitalIdIssuer, StillWaiting

_log = logging.getLogger(__name__)

STALE_SECONDS = 10.0
"""The kiosk that asked gave up after its call time-out (4 s); opening a login for nobody costs a call."""

RETRY_SECONDS = 5.0
"""An issuer that did not answer is asked again; RFC 8628 wants at least this."""


class IkdJob(Job):
    def __init__(self, dsn: str, keys: CentreKeys, issuer: DigitalIdIssuer) -> None:
        super().__init__("bpjs-ikd", dsn, "bpjs_ikd")
        self._keys = keys
        self._issuer = issuer

    def work(self, conn: Connection) -> float:
        ikd_rows.forget_old(conn)
        for login_id in ikd_rows.due(conn):
            self._serve_one(conn, login_id)
        return ikd_rows.seconds_to_next(conn, IDLE_SECONDS)

    def _serve_one(self, conn: Connection, login_id: uuid.UUID) -> None:
        with conn.transaction():
            login = ikd_rows.claim(conn, login_id)
            if login is None:
                return
            try:
                self._go_on(conn, login)
            except DigitalIdRefused as refused:
                ikd_rows.refuse(conn, login, refused.refusal)
            except psycopg.Error:
                raise
            except Exception as fault:  # one strange login must not hold up the others; its words may quote it
                _log.error("central_ikd_fault error=%s", type(fault).__name__)
                ikd_rows.refuse(conn, login, DigitalIdRefusal.ISSUER_FAULT)

    def _go_on(self, conn: Connection, login: Login) -> None:
        if login.over or (not login.offered and login.waited > STALE_SECONDS):
            raise DigitalIdRefused(DigitalIdRefusal.LOGIN_EXPIRED)
        if not login.offered:
            ikd_rows.offer(conn, login, self._issuer.begin(), self._keys)
            return
        try:
            answer = self._issuer.poll(self._opened(login.handle), self._opened(login.call_back))
        except DigitalIdRefused as refused:
            if refused.refusal is not DigitalIdRefusal.ISSUER_UNREACHABLE:
                raise
            answer = StillWaiting(RETRY_SECONDS)
        if isinstance(answer, StillWaiting):
            ikd_rows.postpone(conn, login, answer, self._keys)
        else:
            ikd_rows.finish(conn, login, answer)

    def _opened(self, sealed: bytes) -> str:
        try:
            return self._keys.open(sealed).decode() if sealed else ""
        except CryptoError:  # the box key was changed meanwhile
            raise DigitalIdRefused(DigitalIdRefusal.LOGIN_EXPIRED) from None


class CallBacks:
    """Where the call-back edge leaves what a phone came back with. Any thread."""

    def __init__(self, dsn: str, keys: CentreKeys) -> None:
        self._dsn = dsn
        self._keys = keys

    def deliver(self, state: str, query: str) -> bool:
        """False when no login waits for this state, or the database does not answer."""
        try:
            with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5, application_name="bpjs-edge") as conn:
                return ikd_rows.called_back(conn, state, self._keys.seal(query.encode()))
        except psycopg.Error as error:
            _log.warning("central_call_back_lost error=%s", type(error).__name__)
            return False
