"""Rows of ``store.request`` as the connector reads and writes them: waiting -> (sending ->) done or refused."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from nacl.exceptions import CryptoError

from db.central.keys import seal_to
from db.central.listening import Connection
from db.central.notice_tries import pause_after
from db.central.wire import RequestKind, RequestRefusal
from kiosk.ports import SendStatus


@dataclass(frozen=True, slots=True)
class Request:
    """One claimed row with its ticket."""

    request_id: uuid.UUID
    ticket: uuid.UUID
    kiosk_id: str
    visit_id: str
    kind: RequestKind
    send_no: int
    payload: dict[str, Any] = field(repr=False)
    waited: float
    participant_id: int
    visit_public_key: bytes


def waiting(conn: Connection, *, notices: bool) -> list[uuid.UUID]:
    """Those that are due, kiosks in turns; with ``notices`` these too, behind what people stand waiting for."""
    rows = conn.execute(
        "SELECT request_id FROM store.request WHERE state = 'waiting' AND (kind <> 'notice' OR %s)"
        " AND (try_at IS NULL OR try_at <= clock_timestamp())"
        " ORDER BY kind = 'notice', row_number() OVER (PARTITION BY kiosk_id ORDER BY asked_at), asked_at",
        (notices,),
    ).fetchall()
    return [row[0] for row in rows]


def recover(conn: Connection) -> int:
    """Messages whose worker died between handing over and recording: failed, never sent again."""
    done = conn.execute(
        "UPDATE store.request r SET state = 'done', send_status = 'failed', reason = %s,"
        " decided_at = clock_timestamp() WHERE r.state = 'sending' AND NOT EXISTS ("
        " SELECT FROM pg_stat_activity a WHERE a.pid = r.worker_pid AND a.backend_start = r.worker_started)",
        (RequestRefusal.INTERRUPTED.value,),
    )
    return done.rowcount


def erase_old_results(conn: Connection) -> None:
    """Sealed answers are kept for a visit's whole length, 10 min, so that a repeated call gets the same."""
    conn.execute(
        "UPDATE store.request SET result = NULL WHERE result IS NOT NULL"
        " AND decided_at < clock_timestamp() - interval '10 minutes'"
    )


def claim(conn: Connection, request_id: uuid.UUID) -> Request | None:
    row = conn.execute(
        "SELECT r.request_id, r.ticket, r.kiosk_id, r.visit_id, r.kind, r.send_no, COALESCE(r.payload, '{}'),"
        " extract(epoch FROM clock_timestamp() - r.asked_at)::float, t.participant_id, t.visit_public_key"
        " FROM store.request r JOIN store.ticket t USING (ticket)"
        " WHERE r.request_id = %s AND r.state = 'waiting' AND (r.try_at IS NULL OR r.try_at <= clock_timestamp())"
        " FOR UPDATE OF r SKIP LOCKED",
        (request_id,),
    ).fetchone()
    if row is None:
        return None
    return Request(
        request_id=row[0],
        ticket=row[1],
        kiosk_id=row[2],
        visit_id=row[3],
        kind=RequestKind(row[4]),
        send_no=row[5],
        payload=row[6],
        waited=row[7],
        participant_id=row[8],
        visit_public_key=bytes(row[9]),
    )


def mark_sending(conn: Connection, request: Request) -> None:
    """From here on the message counts as handed over, whatever happens to this process."""
    conn.execute(
        "UPDATE store.request SET state = 'sending', payload = NULL, worker_pid = pg_backend_pid(),"
        " worker_started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())"
        " WHERE request_id = %s",
        (request.request_id,),
    )


def record_sent(conn: Connection, request_id: uuid.UUID, status: SendStatus) -> None:
    conn.execute(
        "UPDATE store.request SET state = 'done', send_status = %s, decided_at = clock_timestamp()"
        " WHERE request_id = %s AND state = 'sending'",
        (status.value, request_id),
    )


def give_up(conn: Connection, request_id: uuid.UUID) -> None:
    """Refuse what no answer could be made of; one that is being sent stays for ``recover``."""
    with conn.transaction():
        conn.execute("SELECT store.raise_alarm('request_fault', %s)", (str(request_id),))
        conn.execute(
            "UPDATE store.request SET state = 'refused', reason = %s, payload = NULL, decided_at = clock_timestamp()"
            " WHERE request_id = %s AND state = 'waiting'",
            (RequestRefusal.CENTRE_FAULT.value, request_id),
        )


def put_off(conn: Connection, request_id: uuid.UUID) -> None:
    """The gateway surely did not take this notice: later again, or failed when it is too old for that."""
    with conn.transaction():
        row = conn.execute(
            "UPDATE store.request SET tries = tries + 1 WHERE request_id = %s AND state = 'sending'"
            " RETURNING tries, extract(epoch FROM clock_timestamp() - asked_at)::float",
            (request_id,),
        ).fetchone()
        if row is None:
            return
        pause = pause_after(*row)
        if pause is None:
            record_sent(conn, request_id, SendStatus.FAILED)
            conn.execute("SELECT store.raise_alarm('notice_not_taken')")
            return
        conn.execute(
            "UPDATE store.request SET state = 'waiting', worker_pid = NULL, worker_started = NULL,"
            " try_at = clock_timestamp() + %s * interval '1 second' WHERE request_id = %s",
            (pause, request_id),
        )


def spend_code(conn: Connection, request: Request, phone: str, *, a_visit: int, a_day: int) -> bool:
    """Count one code against the visit and the phone; False when either is spent."""
    visit = conn.execute(
        "SELECT count(*) FROM store.request WHERE kiosk_id = %s AND visit_id = %s AND kind = 'send_code'"
        " AND (state = 'sending' OR send_status = 'sent')",
        (request.kiosk_id, request.visit_id),
    ).fetchone()
    if visit is None or visit[0] >= a_visit:
        return False
    counted = conn.execute(
        "INSERT INTO store.contact_allowance AS c (phone, day, codes) VALUES (%s, store.today(), 1)"
        " ON CONFLICT (phone, day) DO UPDATE SET codes = c.codes + 1 WHERE c.codes < %s",
        (phone, a_day),
    )
    return counted.rowcount == 1


def seal_result(conn: Connection, request: Request, plain: bytes) -> None:
    """Refused where the visit's key is none that anything can be sealed to, e.g. 32 zeros: the kiosk chose it."""
    try:
        sealed = seal_to(request.visit_public_key, plain)
    except CryptoError:
        refuse(conn, request, RequestRefusal.MALFORMED)
        return
    conn.execute(
        "UPDATE store.request SET state = 'done', result = %s, decided_at = clock_timestamp() WHERE request_id = %s",
        (sealed, request.request_id),
    )


def finish(conn: Connection, request: Request, status: SendStatus) -> None:
    conn.execute(
        "UPDATE store.request SET state = 'done', send_status = %s, payload = NULL, decided_at = clock_timestamp()"
        " WHERE request_id = %s",
        (status.value, request.request_id),
    )


def refuse(conn: Connection, request: Request, reason: RequestRefusal) -> None:
    conn.execute(
        "UPDATE store.request SET state = 'refused', reason = %s, payload = NULL, decided_at = clock_timestamp()"
        " WHERE request_id = %s",
        (reason.value, request.request_id),
    )
