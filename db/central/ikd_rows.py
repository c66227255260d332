"""Rows of ``store.ikd_login`` as the job reads and writes them: waiting -> offered -> done or refused."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field

from db.central.ikd_wire import facts_text, offer_text
from db.central.keys import CentreKeys, seal_to
from db.central.listening import Connection
from kiosk.ports import DigitalIdRefusal, PersonFacts
from kiosk.ports.issuer import LoginBegun, StillWaiting


@dataclass(frozen=True, slots=True)
class Login:
    """One claimed row. ``handle`` and ``call_back``: sealed to the centre, empty before there are any."""

    login_id: uuid.UUID
    visit_public_key: bytes
    offered: bool
    waited: float  # seconds since it was asked for
    over: bool
    handle: bytes = field(repr=False)
    call_back: bytes = field(repr=False)


_IS_DUE = """
state IN ('waiting', 'offered') AND (expires_at <= clock_timestamp() OR (
    next_poll_at <= clock_timestamp() AND (state_sha256 IS NULL OR call_back IS NOT NULL)))
"""
_DUE = f"SELECT login_id FROM store.ikd_login WHERE {_IS_DUE} ORDER BY next_poll_at"  # noqa: S608
_CLAIM = f"""
SELECT login_id, visit_public_key, state = 'offered', extract(epoch FROM clock_timestamp() - asked_at)::float,
       COALESCE(expires_at <= clock_timestamp(), false), COALESCE(handle, ''), COALESCE(call_back, '')
FROM store.ikd_login WHERE login_id = %s AND {_IS_DUE} FOR UPDATE SKIP LOCKED
"""  # noqa: S608


def due(conn: Connection) -> list[uuid.UUID]:
    """Waiting ones, offered ones whose next question is due, and those whose time is over."""
    return [row[0] for row in conn.execute(_DUE).fetchall()]


def seconds_to_next(conn: Connection, at_most: float) -> float:
    row = conn.execute(
        "SELECT extract(epoch FROM min(LEAST(next_poll_at, expires_at)) - clock_timestamp())::float"
        " FROM store.ikd_login WHERE state IN ('waiting', 'offered') AND state_sha256 IS NULL"
    ).fetchone()
    return at_most if row is None or row[0] is None else min(at_most, max(0.05, row[0]))


def claim(conn: Connection, login_id: uuid.UUID) -> Login | None:
    """None when another worker has it, or has just asked: issuers take it ill to be asked twice in a moment."""
    row = conn.execute(_CLAIM, (login_id,)).fetchone()
    return Login(row[0], bytes(row[1]), row[2], row[3], row[4], bytes(row[5]), bytes(row[6])) if row else None


def offer(conn: Connection, login: Login, begun: LoginBegun, keys: CentreKeys) -> None:
    conn.execute(
        "UPDATE store.ikd_login SET state = 'offered', offer = %s, handle = %s, state_sha256 = %s,"
        " next_poll_at = clock_timestamp() + %s * interval '1 second',"
        " expires_at = clock_timestamp() + %s * interval '1 second' WHERE login_id = %s",
        (
            seal_to(login.visit_public_key, offer_text(begun)),
            keys.seal(begun.handle.encode()),
            state_digest(begun.call_back_key) if begun.call_back_key else None,
            begun.poll_seconds,
            begun.valid_seconds,
            login.login_id,
        ),
    )


def postpone(conn: Connection, login: Login, answer: StillWaiting, keys: CentreKeys) -> None:
    conn.execute(
        "UPDATE store.ikd_login SET next_poll_at = clock_timestamp() + %s * interval '1 second', handle = %s"
        " WHERE login_id = %s",
        (answer.poll_seconds, keys.seal(answer.handle.encode()) if answer.handle else login.handle, login.login_id),
    )


def finish(conn: Connection, login: Login, facts: PersonFacts) -> None:
    conn.execute(
        "UPDATE store.ikd_login SET state = 'done', result = %s, offer = NULL, handle = NULL, call_back = NULL,"
        " decided_at = clock_timestamp() WHERE login_id = %s",
        (seal_to(login.visit_public_key, facts_text(facts)), login.login_id),
    )


def refuse(conn: Connection, login: Login, reason: DigitalIdRefusal) -> None:
    conn.execute(
        "UPDATE store.ikd_login SET state = 'refused', reason = %s, offer = NULL, handle = NULL, call_back = NULL,"
        " decided_at = clock_timestamp() WHERE login_id = %s",
        (reason.value, login.login_id),
    )


def called_back(conn: Connection, state: str, query: bytes) -> bool:
    """Keep the query of the phone's return for the job, once; False when no login waits for it."""
    kept = conn.execute(
        "UPDATE store.ikd_login SET call_back = %s, next_poll_at = clock_timestamp()"
        " WHERE state_sha256 = %s AND state = 'offered' AND call_back IS NULL AND expires_at > clock_timestamp()",
        (query, state_digest(state)),
    )
    if kept.rowcount == 1:
        conn.execute("NOTIFY bpjs_ikd")
    return kept.rowcount == 1


def forget_old(conn: Connection) -> None:
    """Sealed facts after a visit's length, 10 min. A token's use a day after its end, when the skew of no clock
    makes it good again."""
    conn.execute(
        "UPDATE store.ikd_login SET result = NULL WHERE result IS NOT NULL"
        " AND decided_at < clock_timestamp() - interval '10 minutes'"
    )
    conn.execute("DELETE FROM store.token_use WHERE expires_at < clock_timestamp() - interval '1 day'")


def state_digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
