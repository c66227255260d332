"""The deferred job: decides what a kiosk had to leave open because the centre was away.

One case, one transaction: signatures, the capture opened in memory, its evidence, the person, the comparison, the
decision, the erasure and what is to be told. Killed anywhere it is as if it had not begun; nothing is decided twice.
A comparison that cannot be made now (no model, a fault of ours) leaves the case waiting, ever longer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from nacl.exceptions import CryptoError

from db.central.consents import FACE, is_withdrawn
from db.central.deferred_rows import Case, Decision, Person, find, need_fit, put_off, write
from db.central.deferred_rules import Capture, Unfit, deferral_of, read_capture
from db.central.deferred_wire import CaseReason, CaseState
from db.central.keys import CentreKeys
from db.central.listening import IDLE_SECONDS, Connection, Job
from db.central.trust import NotTrusted, TrustedVisit, trusted_visit
from kiosk.ports import CaptureMatch

_log = logging.getLogger(__name__)

CHANNEL = "bpjs_deferred"
KEEP_CAPTURE_DAYS = 7

CheckCapture = Callable[[dict[str, Any], bytes, str, str, bytes], str | None]
"""(evidence, probe JPEG, visit id, kiosk id, the kiosk's signing key) -> None when it holds, else a reason."""
MatchCapture = Callable[[bytes, bytes], CaptureMatch]
"""(probe JPEG, the register's photo); raises when it cannot compare now."""


@dataclass(frozen=True, slots=True)
class DeferredWords:
    """The messages, each by whether the case was matched: to the contact on record, and to a typed number, which may be
    anybody's. ``expired``: to the contact on record, when the case was never decided."""

    record: Callable[[bool], str]
    typed: Callable[[bool], str]
    expired: Callable[[], str]


@dataclass(frozen=True, slots=True)
class DeferredParts:
    """What the centre is given of other rooms."""

    check: CheckCapture
    match: MatchCapture
    words: DeferredWords


class DeferredJob(Job):
    def __init__(self, dsn: str, keys: CentreKeys, check: CheckCapture, match: MatchCapture) -> None:
        """Logs in as settle."""
        super().__init__("bpjs-deferred", dsn, CHANNEL)
        self._keys = keys
        self._check = check
        self._match = match

    def work(self, conn: Connection) -> float:
        self._expire(conn)
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
                put_off(conn, kiosk_id, visit_id)
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
            case = Case._make(row)
            decision = Decision(CaseState.NEEDS_STAFF)
            try:
                self._judge(conn, case, decision)
            except NotTrusted as fault:
                conn.execute("SELECT store.raise_alarm(%s, %s)", (fault.reason, f"{kiosk_id} {fault.seq}"))
                decision.reason = CaseReason.CHAIN_NOT_TRUSTED.value
            except Unfit as fault:
                decision.reason = f"{fault.reason.value}:{fault.detail}"[:200] if fault.detail else fault.reason.value
            write(conn, case, decision, self._keys)

    def _judge(self, conn: Connection, case: Case, decision: Decision) -> None:
        """Fills ``decision`` as far as it comes. Raises NotTrusted, Unfit, and whatever the matcher raises."""
        visit = trusted_visit(conn, case.kiosk_id, case.visit_id)
        capture = self._open(conn, case, visit)
        decision.typed = capture.phone
        refusal = self._check(capture.evidence, capture.probe, case.visit_id, case.kiosk_id, visit.signing_key)
        if refusal is not None:
            raise Unfit(CaseReason.EVIDENCE_REFUSED, refusal)
        person = find(conn, capture)
        if person is None or not person.member:
            decision.state = CaseState.NOT_FOUND
            return
        decision.participant_id = person.participant_id
        if is_withdrawn(conn, visit, person.participant_id, FACE):
            decision.typed = ""
            raise Unfit(CaseReason.CONSENT_WITHDRAWN)
        decision.contact = person.phone
        if case.case_number is None:
            raise Unfit(CaseReason.NUMBER_TAKEN)
        need_fit(conn, person)
        decision.state, decision.reason = self._compare(capture, person)

    def _open(self, conn: Connection, case: Case, visit: TrustedVisit) -> Capture:
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

    def _compare(self, capture: Capture, person: Person) -> tuple[CaseState, str]:
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

    def _expire(self, conn: Connection) -> None:
        """No capture is held longer than 7 days, decided or not."""
        late = conn.execute(
            "SELECT d.kiosk_id, d.visit_id FROM store.deferred_case d JOIN store.capture c USING (kiosk_id, visit_id)"
            " WHERE d.state = 'waiting' AND c.received_at < clock_timestamp() - %s * interval '1 day'",
            (KEEP_CAPTURE_DAYS,),
        ).fetchall()
        for kiosk_id, visit_id in late:
            with conn.transaction():
                row = conn.execute(
                    "SELECT kiosk_id, visit_id, case_number FROM store.deferred_case"
                    " WHERE kiosk_id = %s AND visit_id = %s AND state = 'waiting' FOR UPDATE SKIP LOCKED",
                    (kiosk_id, visit_id),
                ).fetchone()
                if row is None:
                    continue
                decision = self._whom_to_tell(conn, Case._make(row))
                write(conn, Case._make(row), decision, self._keys)
                conn.execute("SELECT store.raise_alarm('deferred_expired', %s)", (kiosk_id,))

    def _whom_to_tell(self, conn: Connection, case: Case) -> Decision:
        """Of a case that expires: the person of a capture that the kiosk signed for, whatever kept it waiting. Nobody,
        when that cannot be known: the case ends all the same."""
        decision = Decision(CaseState.EXPIRED, CaseReason.TOO_OLD.value)
        try:
            with conn.transaction():
                visit = trusted_visit(conn, case.kiosk_id, case.visit_id)
                capture = self._open(conn, case, visit)
                person = find(conn, capture)
                if person is None or not person.member:
                    decision.typed = capture.phone
                elif not is_withdrawn(conn, visit, person.participant_id, FACE):
                    decision.participant_id = person.participant_id
                    decision.contact, decision.typed = person.phone, capture.phone
        except (NotTrusted, Unfit):
            pass
        except psycopg.OperationalError:
            raise
        except Exception as error:  # what cannot be read is erased as well
            _log.error("central_deferred_fault error=%s", type(error).__name__)
        return decision
