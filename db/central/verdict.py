"""The rules of the journey, a second time: may this visit make an account TERVERIFIKASI?

Pure: signed events and the centre's own facts in, a typed refusal or the accepted PIN event out. The
kiosk's word counts only where it is signed, and never against what the centre itself did or did not do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from db.central.deferred_match import DeferredMatch, is_open
from db.central.granted import Grant, is_granted
from db.central.trust import TrustedVisit
from db.central.wire import SettleRefusal
from kiosk.events import (
    CodeVerified,
    ConsentGiven,
    DeferredMatchUsed,
    FaceMatched,
    IdentityConfirmed,
    LookupAnswered,
    PinAccepted,
    StaffCompared,
    VisitEnded,
)
from kiosk.ports import LookupStatus

VerifyEvidence = Callable[[dict[str, Any], str, str, bytes], str | None]
"""(face evidence, visit id, kiosk id, the kiosk's signing key) -> None when it holds, else a refusal reason (injected
by the composition root)."""


class Refused(Exception):
    def __init__(self, reason: SettleRefusal, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """What the centre itself knows about the visit's ticket."""

    found_tickets: Collection[str]  # of this kiosk and visit, status found
    reference_served: Collection[str]  # tickets whose photo the connector gave
    codes_sent: Collection[tuple[str, int]]  # (ticket, send_no) that the gateway accepted
    grants: Collection[Grant] = ()  # comparisons in person that the staff job granted
    deferred: Collection[DeferredMatch] = ()  # matches of deferred visits that this visit may use


def judge(visit: TrustedVisit, facts: CentreFacts, verify_evidence: VerifyEvidence) -> PinAccepted:
    """The visit's accepted PIN event. Raises Refused."""
    pins = list(visit.of(PinAccepted))
    if not pins:
        raise Refused(SettleRefusal.OUT_OF_ORDER)
    pin_seq, pin = pins[-1]
    ticket = pin.ticket
    if _tickets_acted_on(visit) != {ticket}:
        raise Refused(SettleRefusal.SEVERAL_TICKETS)
    if ticket not in facts.found_tickets:
        raise Refused(SettleRefusal.TICKET_NOT_FOUND)

    consent = _first((seq for seq, _ in visit.of(ConsentGiven)), SettleRefusal.NO_CONSENT)
    looked_up = _first(
        (s for s, e in visit.of(LookupAnswered) if e.ticket == ticket and e.outcome == LookupStatus.FOUND),
        SettleRefusal.NOT_LOOKED_UP,
    )
    confirmed = _first((s for s, _ in visit.of(IdentityConfirmed)), SettleRefusal.NOT_CONFIRMED)
    matched = _same_person(visit, ticket, facts, verify_evidence)
    verified = [(s, e.send_no) for s, e in visit.of(CodeVerified)]
    if not verified:
        raise Refused(SettleRefusal.CODE_NOT_VERIFIED)
    coded, send_no = verified[0]
    if (ticket, send_no) not in facts.codes_sent:
        raise Refused(SettleRefusal.CODE_NOT_SENT)
    if not consent < looked_up < confirmed < matched < coded < pin_seq:
        raise Refused(SettleRefusal.OUT_OF_ORDER)
    if any(seq < pin_seq for seq, _ in visit.of(VisitEnded)):
        raise Refused(SettleRefusal.VISIT_ENDED_BEFORE)
    return pin


def _tickets_acted_on(visit: TrustedVisit) -> set[str]:
    acted = (IdentityConfirmed, FaceMatched, StaffCompared, DeferredMatchUsed, CodeVerified, PinAccepted)
    return {e.event.ticket for e in visit.events if isinstance(e.event, acted)}


def _first(sequence: Iterator[int], missing: SettleRefusal) -> int:
    seq = next(sequence, None)
    if seq is None:
        raise Refused(missing)
    return seq


def _same_person(visit: TrustedVisit, ticket: str, facts: CentreFacts, verify_evidence: VerifyEvidence) -> int:
    """Where the visit proved that person and account belong together: by the machine, by two of the staff, or by what
    the centre matched for a deferred visit."""
    compared = list(visit.of(StaffCompared))
    if not all(is_granted(event, facts.grants) for _, event in compared):
        raise Refused(SettleRefusal.COMPARISON_NOT_GRANTED)
    used = list(visit.of(DeferredMatchUsed))
    if not all(is_open(event, facts.deferred) for _, event in used):
        raise Refused(SettleRefusal.CASE_NOT_OPEN)
    matches = list(visit.of(FaceMatched))
    if not matches and (compared or used):
        return min(seq for seq, _ in (*compared, *used))
    if not matches:
        raise Refused(SettleRefusal.NO_FACE_MATCH)
    seq, event = matches[0]
    refusal = verify_evidence(event.evidence, visit.visit_id, visit.kiosk_id, visit.signing_key)
    if refusal is not None:
        raise Refused(SettleRefusal.EVIDENCE_REFUSED, refusal)
    if ticket not in facts.reference_served:
        raise Refused(SettleRefusal.REFERENCE_NOT_SERVED)
    return seq
