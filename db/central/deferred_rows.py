"""Rows of deferred cases as the deferred job reads and writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from db.central.deferred_rules import Capture, Unfit
from db.central.deferred_wire import CaseReason, CaseState
from db.central.keys import CentreKeys
from db.central.listening import Connection
from kiosk.ports import IdentifierKind

FAILURES_A_DAY = 3
"""As for a lookup: so many failed visits of one person a day, then staff."""
LONGEST_PAUSE_SECONDS = 3600


class Case(NamedTuple):
    kiosk_id: str
    visit_id: str
    case_number: str | None


class Person(NamedTuple):
    participant_id: int
    member: bool
    civil_status: str
    minor: bool
    phone: str | None
    photo_sealed: bytes | None
    verified: bool


@dataclass(slots=True)
class Decision:
    state: CaseState
    reason: str = ""
    participant_id: int | None = None
    contact: str | None = field(default=None, repr=False)  # on record
    typed: str = field(default="", repr=False)


def find(conn: Connection, capture: Capture) -> Person | None:
    column = "nik" if capture.kind is IdentifierKind.NIK else "card_number"
    row = conn.execute(
        "SELECT p.participant_id, NOT p.blocked AND p.membership <> 'BUKAN_PESERTA', p.civil_status,"  # noqa: S608
        " p.birth_date > store.today() - interval '17 years', p.phone, p.photo_sealed,"
        " COALESCE(a.status = 'TERVERIFIKASI', false)"
        " FROM store.participant p LEFT JOIN store.account a USING (participant_id)"
        f" WHERE p.{column} = %s",
        (capture.digits,),
    ).fetchone()
    return None if row is None else Person._make(row)


def need_fit(conn: Connection, person: Person) -> None:
    """What a lookup would have refused as well. Raises Unfit."""
    failed = conn.execute(
        "SELECT count(*) FROM store.failed_visit WHERE participant_id = %s AND day = store.today()",
        (person.participant_id,),
    ).fetchone()
    reasons = (
        (person.civil_status != "AKTIF", CaseReason.RECORD),
        (person.minor, CaseReason.MINOR),
        (person.verified, CaseReason.ALREADY_VERIFIED),
        (failed is None or failed[0] >= FAILURES_A_DAY, CaseReason.TOO_MANY_FAILURES),
    )
    for holds, reason in reasons:
        if holds:
            raise Unfit(reason)


def write(conn: Connection, case: Case, decision: Decision, keys: CentreKeys) -> None:
    conn.execute(
        "UPDATE store.deferred_case SET state = %s, reason = %s, participant_id = %s, decided_at = clock_timestamp()"
        " WHERE kiosk_id = %s AND visit_id = %s",
        (decision.state.value, decision.reason, decision.participant_id, case.kiosk_id, case.visit_id),
    )
    _erase(conn, case.kiosk_id, case.visit_id)
    if decision.state is CaseState.NOT_MATCHED:
        conn.execute(
            "INSERT INTO store.failed_visit (participant_id, day, kiosk_id, visit_id)"
            " VALUES (%s, store.today(), %s, %s) ON CONFLICT DO NOTHING",
            (decision.participant_id, case.kiosk_id, case.visit_id),
        )
    told: list[tuple[str, bytes | None]] = []
    if decision.contact:
        told.append(("record", None))
    if decision.typed and decision.typed != decision.contact:
        told.append(("typed", keys.seal(decision.typed.encode())))
    for addressee, phone in told:
        conn.execute(
            "INSERT INTO store.deferred_notice (kiosk_id, visit_id, addressee, matched, phone_sealed)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (case.kiosk_id, case.visit_id, addressee, decision.state is CaseState.MATCHED, phone),
        )
    conn.execute("NOTIFY bpjs_deferred")


def _erase(conn: Connection, kiosk_id: str, visit_id: str) -> None:
    conn.execute(
        "UPDATE store.capture SET sealed = NULL, erased_at = clock_timestamp()"
        " WHERE kiosk_id = %s AND visit_id = %s AND sealed IS NOT NULL",
        (kiosk_id, visit_id),
    )


def put_off(conn: Connection, kiosk_id: str, visit_id: str) -> None:
    with conn.transaction():
        conn.execute(
            "UPDATE store.deferred_case SET faults = faults + 1,"
            " try_at = clock_timestamp() + least(%s, power(2, least(faults, 20))) * interval '1 second'"
            " WHERE kiosk_id = %s AND visit_id = %s AND state = 'waiting'",
            (LONGEST_PAUSE_SECONDS, kiosk_id, visit_id),
        )
        conn.execute("SELECT store.raise_alarm('deferred_fault', %s)", (f"{kiosk_id} {visit_id}",))
