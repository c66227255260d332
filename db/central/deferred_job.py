"""The deferred job: decides what a kiosk had to leave open because the centre was away.

One case, one transaction: signatures, the capture opened in memory, its evidence, the person, the comparison, the
decision, the erasure and what is to be told. Killed anywhere it is as if it had not begun; nothing is decided twice.
A comparison that cannot be made now (no model, a fault of ours) leaves the case waiting, ever longer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg
from nacl.exceptions import CryptoError

from db.central.deferred_rules import Capture, Unfit, deferral_of, read_capture
from db.central.deferred_wire import CaseReason, CaseState
from db.central.keys import CentreKeys
from db.central.listening import IDLE_SECONDS, Connection, Job
from db.central.trust import NotTrusted, TrustedVisit, trusted_visit
from kiosk.ports import CaptureMatch, IdentifierKind

_log = logging.getLogger(__name__)

CHANNEL = "bpjs_deferred"
KEEP_CAPTURE_DAYS = 7
FAILURES_A_DAY = 3
"""As for a lookup: so many failed visits of one person a day, then staff."""
LONGEST_PAUSE_SECONDS = 3600

CheckCapture = Callable[[dict[str, Any], bytes, str, str, bytes], str | None]
"""(evidence, probe JPEG, visit id, kiosk id, the kiosk's signing key) -> None when it holds, else a reason."""
MatchCapture = Callable[[bytes, bytes], CaptureMatch]
"""(probe JPEG, the register's photo); raises when it cannot compare now."""


@dataclass(frozen=True, slots=True)
class DeferredWords:
    """The two messages, each by whether the case was matched: to the contact on record, and to a typed number, which
    may be anybody's."""

    record: Callable[[bool], str]
    typed: Callable[[bool], str]


@dataclass(frozen=True, slots=True)
class DeferredParts:
    """What the centre is given of other rooms."""

    check: CheckCapture
    match: MatchCapture
    words: DeferredWords


class _Case(NamedTuple):
    kiosk_id: str
    visit_id: str
    case_number: str | None


class _Person(NamedTuple):
    participant_id: int
    member: bool
    civil_status: str
    minor: bool
    phone: str | None
    photo_sealed: bytes | None
    verified: bool


@dataclass(slots=True)
class _Decision:
    state: CaseState
    reason: str = ""
    participant_id: int | None = None
    contact: str | None = field(default=None, repr=False)  # on record
    typed: str = field(default="", repr=False)


class DeferredJob(Job):
    def __init__(self, dsn: str, keys: CentreKeys, check: CheckCapture, match: MatchCapture) -> None:
        """Logs in as settle."""
        super().__init__("bpjs-deferred", dsn, CHANNEL)
        self._keys = keys
        self._check = check
        self._match = match

    def work(self, conn: Connection) -> float:
        _expire(conn)
        rows = conn.execute(
            "SELECT kiosk_id, visit_id FROM store.deferred_case"
            " WHERE state = 'waiting' AND try_at <= clock_timestamp() ORDER BY opened_at"
        ).fetchall()
        for kiosk_id, visit_id in rows:
            try:
                self.decide(conn, kiosk_id, visit_id)
            except psycopg.OperationalError:
                raise
            except Exception as error:  # one strange case must not hold up the others; it stays waiting
                _log.error("central_deferred_fault error=%s", type(error).__name__)
                _put_off(conn, kiosk_id, visit_id)
        return IDLE_SECONDS

    def decide(self, conn: Connection, kiosk_id: str, visit_id: str) -> None:
        """Decide one waiting case, unless another worker has it."""
        with conn.transaction():
            row = conn.execute(
                "SELECT kiosk_id, visit_id, case_number FROM store.deferred_case"
                " WHERE kiosk_id = %s AND visit_id = %s AND state = 'waiting' FOR UPDATE SKIP LOCKED",
                (kiosk_id, visit_id),
            ).fetchone()
            if row is None:
                return
            case = _Case._make(row)
            decision = _Decision(CaseState.NEEDS_STAFF)
            try:
                self._judge(conn, case, decision)
            except NotTrusted as fault:
                conn.execute("SELECT store.raise_alarm(%s, %s)", (fault.reason, f"{kiosk_id} {fault.seq}"))
                decision.reason = CaseReason.CHAIN_NOT_TRUSTED.value
            except Unfit as fault:
                decision.reason = f"{fault.reason.value}:{fault.detail}"[:200] if fault.detail else fault.reason.value
            _write(conn, case, decision, self._keys)

    def _judge(self, conn: Connection, case: _Case, decision: _Decision) -> None:
        """Fills ``decision`` as far as it comes. Raises NotTrusted, Unfit, and whatever the matcher raises."""
        visit = trusted_visit(conn, case.kiosk_id, case.visit_id)
        capture = self._open(conn, case, visit)
        decision.typed = capture.phone
        refusal = self._check(capture.evidence, capture.probe, case.visit_id, case.kiosk_id, visit.signing_key)
        if refusal is not None:
            raise Unfit(CaseReason.EVIDENCE_REFUSED, refusal)
        person = _find(conn, capture)
        if person is None or not person.member:
            decision.state = CaseState.NOT_FOUND
            return
        decision.participant_id, decision.contact = person.participant_id, person.phone
        if case.case_number is None:
            raise Unfit(CaseReason.NUMBER_TAKEN)
        _need_fit(conn, person)
        decision.state, decision.reason = self._compare(capture, person)

    def _open(self, conn: Connection, case: _Case, visit: TrustedVisit) -> Capture:
        row = conn.execute(
            "SELECT sealed, encode(sha256(sealed), 'hex') FROM store.capture WHERE kiosk_id = %s AND visit_id = %s",
            (case.kiosk_id, case.visit_id),
        ).fetchone()
        if row is None or row[0] is None:
            raise Unfit(CaseReason.NOT_READABLE, "erased")
        event = deferral_of(visit, row[1])
        if case.case_number not in (None, event.case_number):
            raise Unfit(CaseReason.OUT_OF_ORDER, "number")
        try:
            plain = self._keys.open(bytes(row[0]))
        except CryptoError:
            raise Unfit(CaseReason.NOT_READABLE, "sealed") from None
        return read_capture(plain, case.visit_id, event.case_number)

    def _compare(self, capture: Capture, person: _Person) -> tuple[CaseState, str]:
        if person.photo_sealed is None:
            raise Unfit(CaseReason.NO_REFERENCE)
        try:
            photo = self._keys.open(person.photo_sealed)
        except CryptoError:
            raise Unfit(CaseReason.NO_REFERENCE, "sealed") from None
        match self._match(capture.probe, photo):
            case CaptureMatch.MATCH:
                return CaseState.MATCHED, ""
            case CaptureMatch.NO_MATCH:
                return CaseState.NOT_MATCHED, ""
            case CaptureMatch.STAFF:
                return CaseState.NEEDS_STAFF, CaseReason.STAFF_ZONE.value
            case _:
                return CaseState.NEEDS_STAFF, CaseReason.NOT_COMPARABLE.value


def _find(conn: Connection, capture: Capture) -> _Person | None:
    column = "nik" if capture.kind is IdentifierKind.NIK else "card_number"
    row = conn.execute(
        "SELECT p.participant_id, NOT p.blocked AND p.membership <> 'BUKAN_PESERTA', p.civil_status,"  # noqa: S608
        " p.birth_date > store.today() - interval '17 years', p.phone, p.photo_sealed,"
        " COALESCE(a.status = 'TERVERIFIKASI', false)"
        " FROM store.participant p LEFT JOIN store.account a USING (participant_id)"
        f" WHERE p.{column} = %s",
        (capture.digits,),
    ).fetchone()
    return None if row is None else _Person._make(row)


def _need_fit(conn: Connection, person: _Person) -> None:
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


def _write(conn: Connection, case: _Case, decision: _Decision, keys: CentreKeys) -> None:
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


def _put_off(conn: Connection, kiosk_id: str, visit_id: str) -> None:
    with conn.transaction():
        conn.execute(
            "UPDATE store.deferred_case SET faults = faults + 1,"
            " try_at = clock_timestamp() + least(%s, power(2, least(faults, 20))) * interval '1 second'"
            " WHERE kiosk_id = %s AND visit_id = %s AND state = 'waiting'",
            (LONGEST_PAUSE_SECONDS, kiosk_id, visit_id),
        )
        conn.execute("SELECT store.raise_alarm('deferred_fault', %s)", (f"{kiosk_id} {visit_id}",))


def _expire(conn: Connection) -> None:
    """No capture is held longer than 7 days, decided or not."""
    with conn.transaction():
        late = conn.execute(
            "SELECT d.kiosk_id, d.visit_id FROM store.deferred_case d JOIN store.capture c USING (kiosk_id, visit_id)"
            " WHERE d.state = 'waiting' AND c.received_at < clock_timestamp() - %s * interval '1 day'"
            " FOR UPDATE OF d SKIP LOCKED",
            (KEEP_CAPTURE_DAYS,),
        ).fetchall()
        for kiosk_id, visit_id in late:
            conn.execute(
                "UPDATE store.deferred_case SET state = 'expired', reason = %s, decided_at = clock_timestamp()"
                " WHERE kiosk_id = %s AND visit_id = %s",
                (CaseReason.TOO_OLD.value, kiosk_id, visit_id),
            )
            _erase(conn, kiosk_id, visit_id)
            conn.execute("SELECT store.raise_alarm('deferred_expired', %s)", (kiosk_id,))
