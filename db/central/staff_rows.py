"""Rows of the staff tables as the staff job reads and writes them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nacl.exceptions import CryptoError

from db.central.keys import seal_to
from db.central.listening import Connection
from db.central.staff_rules import Account, Persons, Session, SignInVerdict, Subject
from db.central.staff_secrets import badge_hash
from db.central.staff_wire import StaffRequestKind
from db.central.verifier import PinVerifier
from kiosk.ports import ComparisonAsked, StaffCredentials, StaffRole


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """One claimed row with its kiosk's key; ``signing_key`` None: the kiosk is switched off."""

    request_id: uuid.UUID
    kiosk_id: str
    kind: StaffRequestKind
    nonce: str
    sealed: bytes = field(repr=False)
    answer_key: bytes
    signature: bytes
    waited: float
    now: datetime
    signing_key: bytes | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """Of an account; what they are compared with is never kept."""

    verifier: PinVerifier = field(repr=False)
    totp_sealed: bytes = field(repr=False)


# ---- requests


def waiting(conn: Connection) -> list[uuid.UUID]:
    rows = conn.execute("SELECT request_id FROM store.staff_request WHERE state = 'waiting' ORDER BY asked_at")
    return [row[0] for row in rows.fetchall()]


def erase_old_results(conn: Connection) -> None:
    """A sealed answer is of no use to anybody once its call has ended; 10 min is far longer than any call."""
    conn.execute(
        "UPDATE store.staff_request SET result = NULL WHERE result IS NOT NULL"
        " AND decided_at < clock_timestamp() - interval '10 minutes'"
    )


def claim(conn: Connection, request_id: uuid.UUID) -> StaffRequest | None:
    row = conn.execute(
        "SELECT r.kiosk_id, r.kind, r.nonce, r.sealed, r.answer_key, r.signature,"
        " extract(epoch FROM clock_timestamp() - r.asked_at)::float, clock_timestamp(),"
        " (SELECT k.signing_key FROM store.kiosk k WHERE k.kiosk_id = r.kiosk_id AND k.enabled)"
        " FROM store.staff_request r WHERE r.request_id = %s AND r.state = 'waiting' FOR UPDATE SKIP LOCKED",
        (request_id,),
    ).fetchone()
    if row is None:
        return None
    kiosk_id, kind, nonce, sealed, answer_key, signature, waited, now, signing_key = row
    return StaffRequest(
        request_id=request_id,
        kiosk_id=kiosk_id,
        kind=StaffRequestKind(kind),
        nonce=nonce,
        sealed=bytes(sealed),
        answer_key=bytes(answer_key),
        signature=bytes(signature),
        waited=waited,
        now=now,
        signing_key=bytes(signing_key) if signing_key is not None else None,
    )


def finish(conn: Connection, request: StaffRequest, answer: bytes, reason: str) -> None:
    """Seal the answer to whoever asked, and wipe what was asked."""
    try:
        result = seal_to(request.answer_key, answer)
    except CryptoError:  # no key at all, e.g. 32 zeros: the answer is for nobody then
        result = None
    conn.execute(
        "UPDATE store.staff_request SET state = 'done', sealed = NULL, result = %s, reason = %s,"
        " decided_at = clock_timestamp() WHERE request_id = %s",
        (result, reason, request.request_id),
    )


def write_history(
    conn: Connection, request: StaffRequest, outcome: str, *, staff_id: int | None, second_id: int | None, visit_id: str
) -> None:
    conn.execute(
        "INSERT INTO store.staff_history (staff_id, second_id, kiosk_id, visit_id, step, outcome)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (staff_id, second_id, request.kiosk_id, visit_id, request.kind.value, outcome),
    )


# ---- staff

_ACCOUNT = (
    "s.staff_id, s.username, s.name, s.role, s.nik, s.kk_number, s.enabled, s.failures, s.locked_until,"
    " s.totp_last_step"
)


def find_account(conn: Connection, given: StaffCredentials) -> tuple[Account, Secrets] | None:
    """With the row locked: two guesses at once are judged one after the other."""
    by, value = ("username", given.username) if given.username else ("badge_sha256", badge_hash(given.badge))
    row = conn.execute(
        f"SELECT {_ACCOUNT}, s.pin_parameters, s.pin_salt, s.pin_mac, s.totp_sealed"  # noqa: S608 - constants
        f" FROM store.staff s WHERE s.{by} = %s FOR UPDATE",
        (value,),
    ).fetchone()
    if row is None:
        return None
    *account, parameters, salt, mac, totp_sealed = row
    return _account(account), Secrets(PinVerifier(parameters, bytes(salt), bytes(mac)), bytes(totp_sealed))


def remember(conn: Connection, account: Account, verdict: SignInVerdict) -> None:
    conn.execute(
        "UPDATE store.staff SET failures = %s, locked_until = %s, totp_last_step = %s WHERE staff_id = %s",
        (verdict.failures, verdict.locked_until, verdict.totp_last_step, account.staff_id),
    )


def _account(row: list[Any]) -> Account:
    staff_id, username, name, role, nik, kk_number, enabled, failures, locked_until, last_step = row
    return Account(
        staff_id, username, name, StaffRole(role), nik, kk_number, enabled, failures, locked_until, last_step
    )


# ---- sessions


def open_session(conn: Connection, kiosk_id: str, staff_id: int) -> uuid.UUID:
    """One a kiosk: whoever was signed in there before is not any more, e.g. after the kiosk's restart."""
    conn.execute(
        "UPDATE store.staff_session SET ended_at = clock_timestamp(), end_reason = 'replaced'"
        " WHERE kiosk_id = %s AND ended_at IS NULL",
        (kiosk_id,),
    )
    row = conn.execute(
        "INSERT INTO store.staff_session (staff_id, kiosk_id) VALUES (%s, %s) RETURNING session", (staff_id, kiosk_id)
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING of one inserted row
    session: uuid.UUID = row[0]
    return session


def find_session(conn: Connection, session: str) -> Session | None:
    row = conn.execute(
        f"SELECT {_ACCOUNT}, e.kiosk_id, e.ended_at IS NOT NULL, clock_timestamp() - e.last_used_at"  # noqa: S608
        " FROM store.staff_session e JOIN store.staff s USING (staff_id) WHERE e.session = %s FOR UPDATE OF e",
        (session,),
    ).fetchone()
    if row is None:
        return None
    *account, kiosk_id, ended, idle = row
    return Session(_account(account), kiosk_id, ended, idle)


def use_session(conn: Connection, session: str) -> None:
    conn.execute("UPDATE store.staff_session SET last_used_at = clock_timestamp() WHERE session = %s", (session,))


def end_session(conn: Connection, session: str, reason: str) -> None:
    conn.execute(
        "UPDATE store.staff_session SET ended_at = clock_timestamp(), end_reason = %s"
        " WHERE session = %s AND ended_at IS NULL",
        (reason, session),
    )


def end_idle_sessions(conn: Connection, limit: timedelta) -> None:
    conn.execute(
        "UPDATE store.staff_session SET ended_at = clock_timestamp(), end_reason = 'idle'"
        " WHERE ended_at IS NULL AND last_used_at <= clock_timestamp() - %s",
        (limit,),
    )


# ---- decisions


def find_subject(conn: Connection, kiosk_id: str, visit_id: str, ticket: str) -> Subject | None:
    row = conn.execute(
        "SELECT p.participant_id, p.nik, p.kk_number FROM store.ticket t"
        " JOIN store.participant p USING (participant_id)"
        " WHERE t.ticket = %s AND t.kiosk_id = %s AND t.visit_id = %s AND t.status = 'found'",
        (ticket, kiosk_id, visit_id),
    ).fetchone()
    return Subject(*row) if row else None


def earlier_decision(conn: Connection, kiosk_id: str, visit_id: str) -> tuple[str, Persons] | None:
    row = conn.execute(
        "SELECT decision, ticket, first_id, second_id FROM store.staff_decision WHERE kiosk_id = %s AND visit_id = %s",
        (kiosk_id, visit_id),
    ).fetchone()
    return (str(row[0]), Persons(str(row[1]), row[2], row[3])) if row else None


def write_decision(
    conn: Connection, kiosk_id: str, asked: ComparisonAsked, subject: Subject, *, first: Account, second: Account
) -> str:
    row = conn.execute(
        "INSERT INTO store.staff_decision (kiosk_id, visit_id, ticket, participant_id, kind, reason_code,"
        " first_id, second_id, first_username, second_username)"
        " VALUES (%s, %s, %s, %s, 'in_person_comparison', %s, %s, %s, %s, %s) RETURNING decision",
        (
            kiosk_id,
            asked.visit_id,
            asked.ticket,
            subject.participant_id,
            asked.reason_code.value,
            first.staff_id,
            second.staff_id,
            first.username,
            second.username,
        ),
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING of one inserted row
    return str(row[0])
