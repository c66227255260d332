"""Tells people what became of their deferred visit. Runs as the connector; a message is handed over at most once,
unless the gateway says that it did not take it (``notice_tries``)."""

from __future__ import annotations

import logging
from typing import NamedTuple

from nacl.exceptions import CryptoError

from db.central.connector import SendSms
from db.central.deferred_job import CHANNEL, DeferredWords
from db.central.deferred_wire import CaseReason
from db.central.keys import CentreKeys
from db.central.listening import IDLE_SECONDS, Connection, Job
from db.central.notice_tries import Rest, pause_after
from kiosk.ports import SendStatus
from kiosk.ports.messages import MessageNotTaken

_log = logging.getLogger(__name__)

NOTICES_PER_PHONE_DAY = 3
"""Counted with the codes, of which a phone gets five a day: whoever types other people's numbers at kiosks neither
floods them nor uses up their codes."""


class _Notice(NamedTuple):
    kiosk_id: str
    visit_id: str
    addressee: str
    matched: bool
    expired: bool
    tries: int
    phone_sealed: bytes | None
    phone: str | None  # on record


class DeferredNotices(Job):
    def __init__(self, dsn: str, keys: CentreKeys, send_sms: SendSms, words: DeferredWords) -> None:
        super().__init__("bpjs-deferred-notices", dsn, CHANNEL)
        self._keys = keys
        self._send_sms = send_sms
        self._words = words
        self._rest = Rest()

    def work(self, conn: Connection) -> float:
        _recover(conn)
        while self._rest.over and (message := self._next(conn)) is not None:
            notice, phone = message
            try:
                self._send_sms(phone, self._text(notice))
                status = SendStatus.SENT
            except MessageNotTaken as error:
                _log.warning("central_message_not_taken error=%s", type(error).__name__)
                self._rest.begin()
                _put_off(conn, notice)
                continue
            except Exception as error:  # whatever the gateway raises: it may quote number or text
                _log.warning("central_send_failed error=%s", type(error).__name__)
                status = SendStatus.FAILED
            _finish(conn, notice, status)
        return IDLE_SECONDS

    def _text(self, notice: _Notice) -> str:
        if notice.addressee != "record":
            return self._words.typed(notice.matched)
        return self._words.expired() if notice.expired else self._words.record(notice.matched)

    def _next(self, conn: Connection) -> tuple[_Notice, str] | None:
        """The next to hand over, marked before: from there on it counts as handed over, whatever happens to us."""
        while True:
            with conn.transaction():
                row = conn.execute(
                    "SELECT n.kiosk_id, n.visit_id, n.addressee, n.matched, d.reason = %s, n.tries, n.phone_sealed,"
                    " p.phone"
                    " FROM store.deferred_notice n JOIN store.deferred_case d USING (kiosk_id, visit_id)"
                    " LEFT JOIN store.participant p USING (participant_id)"
                    " WHERE n.state = 'waiting' AND n.try_at <= clock_timestamp()"
                    " ORDER BY n.queued_at LIMIT 1 FOR UPDATE OF n SKIP LOCKED",
                    (CaseReason.TOO_OLD.value,),
                ).fetchone()
                if row is None:
                    return None
                notice = _Notice._make(row)
                phone = self._phone_of(notice)
                if phone is None:
                    _finish(conn, notice, SendStatus.NO_CONTACT)
                elif notice.tries == 0 and not _spend(conn, phone):  # counted once, however often it is tried
                    _finish(conn, notice, SendStatus.ALLOWANCE_SPENT)
                else:
                    _mark_sending(conn, notice)
                    return notice, phone

    def _phone_of(self, notice: _Notice) -> str | None:
        if notice.addressee == "record" or notice.phone_sealed is None:
            return notice.phone if notice.addressee == "record" else None
        try:
            return self._keys.open(bytes(notice.phone_sealed)).decode("ascii")
        except (CryptoError, UnicodeDecodeError):
            return None


def _spend(conn: Connection, phone: str) -> bool:
    counted = conn.execute(
        "INSERT INTO store.contact_allowance AS c (phone, day, codes) VALUES (%s, store.today(), 1)"
        " ON CONFLICT (phone, day) DO UPDATE SET codes = c.codes + 1 WHERE c.codes < %s",
        (phone, NOTICES_PER_PHONE_DAY),
    )
    return counted.rowcount == 1


def _mark_sending(conn: Connection, notice: _Notice) -> None:
    conn.execute(
        "UPDATE store.deferred_notice SET state = 'sending', phone_sealed = NULL, worker_pid = pg_backend_pid(),"
        " worker_started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())"
        " WHERE kiosk_id = %s AND visit_id = %s AND addressee = %s",
        notice[:3],
    )


def _put_off(conn: Connection, notice: _Notice) -> None:
    """The gateway surely did not take it: later again, or failed when it is too old for that."""
    with conn.transaction():
        row = conn.execute(
            "SELECT extract(epoch FROM clock_timestamp() - queued_at)::float FROM store.deferred_notice"
            " WHERE kiosk_id = %s AND visit_id = %s AND addressee = %s AND state = 'sending' FOR UPDATE",
            notice[:3],
        ).fetchone()
        if row is None:
            return
        pause = pause_after(notice.tries + 1, row[0])
        if pause is None:
            _finish(conn, notice, SendStatus.FAILED)
            conn.execute("SELECT store.raise_alarm('notice_not_taken')")
            return
        conn.execute(
            "UPDATE store.deferred_notice SET state = 'waiting', tries = %s, phone_sealed = %s, worker_pid = NULL,"
            " worker_started = NULL, try_at = clock_timestamp() + %s * interval '1 second'"
            " WHERE kiosk_id = %s AND visit_id = %s AND addressee = %s",
            (notice.tries + 1, notice.phone_sealed, pause, *notice[:3]),
        )


def _finish(conn: Connection, notice: _Notice, status: SendStatus) -> None:
    conn.execute(
        "UPDATE store.deferred_notice SET state = 'done', send_status = %s, phone_sealed = NULL,"
        " decided_at = clock_timestamp() WHERE kiosk_id = %s AND visit_id = %s AND addressee = %s",
        (status.value, *notice[:3]),
    )


def _recover(conn: Connection) -> None:
    """Messages whose worker died between handing over and recording: failed, never sent again."""
    conn.execute(
        "UPDATE store.deferred_notice n SET state = 'done', send_status = 'failed', decided_at = clock_timestamp()"
        " WHERE n.state = 'sending' AND NOT EXISTS ("
        " SELECT FROM pg_stat_activity a WHERE a.pid = n.worker_pid AND a.backend_start = n.worker_started)"
    )
