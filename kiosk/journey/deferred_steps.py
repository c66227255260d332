"""The deferred visit ("Simpan & kabari"), and finishing one by its case number.

Deferring: the centre was away at the lookup, its box key is known; a phone number or none, a live face without a
match, a capture sealed to the centre, the end. Finishing: the centre's own match stands for the face of this visit.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import DeferredMatchUsed, FaceAttempted, IdentityConfirmed, VisitDeferred
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.identity.phone import PhoneProblem, check_phone
from kiosk.journey import inputs as i
from kiosk.journey.case_numbers import deferred_number
from kiosk.journey.effects import KeepSealed, Record, SealCapture, StartCapture
from kiosk.journey.ending import Outcome, end_visit, go_to
from kiosk.journey.face_steps import FACE_NOTICES, count, end_of
from kiosk.journey.identifying import after
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.staff_steps import load_profile
from kiosk.journey.state import Moment, Stage, VisitState, Waiting
from kiosk.ports import CAPTURE, IdentifierKind

PHONE_NOTICES: dict[PhoneProblem, Notice] = {
    PhoneProblem.NOT_A_NUMBER: Notice.PHONE_NOT_A_NUMBER,
    PhoneProblem.LENGTH: Notice.PHONE_LENGTH,
    PhoneProblem.LANDLINE: Notice.PHONE_LANDLINE,
}


def stuck(state: VisitState) -> bool:
    """The centre did not answer the lookup, and the person is to choose what next."""
    return state.stage is Stage.LOOKUP and state.waiting is None


def offered(state: VisitState) -> bool:
    """Whether "Simpan & kabari" is on the screen."""
    known = state.identifier is not None and state.identifier.kind is not IdentifierKind.CASE
    return stuck(state) and state.may_defer and known


def on_defer(state: VisitState, moment: Moment) -> Outcome:
    return (go_to(state, Stage.DEFER_PHONE, moment, phone=""), ()) if offered(state) else (state, ())


def on_back(state: VisitState, moment: Moment) -> Outcome:
    return go_to(state, Stage.LOOKUP, moment, notice=Notice.CENTRE_BUSY, phone=""), ()


def on_phone(state: VisitState, text: str, moment: Moment) -> Outcome:
    """It gets status words only, later; a code goes to the contact on record, whatever is typed here."""
    verdict = check_phone(text)
    if verdict.problem is not None:
        return replace(state, notice=PHONE_NOTICES[verdict.problem], notice_values=()), ()
    return go_to(state, Stage.DEFER_FACE, moment, phone=verdict.e164), ()


def on_no_phone(state: VisitState, moment: Moment) -> Outcome:
    return go_to(state, Stage.DEFER_FACE, moment, phone=""), ()


# ---- the live face without a match


def on_begin(state: VisitState, moment: Moment, light: bool) -> Outcome:
    if state.face_running or state.waiting is not None:
        return state, ()
    attempt = state.face_attempt + 1
    preparing = replace(
        state,
        face_attempt=attempt,
        notice=None,
        waiting=Waiting.PREPARING_FACE,
        waiting_since=moment.monotonic,
    )
    return preparing, (StartCapture(state.visit_id, attempt, light),)


def on_finished(state: VisitState, result: FaceResult, moment: Moment, limits: Limits) -> Outcome:
    if not state.face_running and state.waiting is not Waiting.PREPARING_FACE:
        return state, ()
    over = replace(state, face_running=False, waiting=None, last_touch=moment.monotonic)
    good = result.outcome is FaceOutcome.CAPTURED and result.evidence and result.probe
    if good and state.identifier is not None:
        seal = SealCapture(
            visit_id=state.visit_id,
            case_number=deferred_number(state.visit_id),
            identifier=state.identifier,
            phone=state.phone,
            evidence=result.evidence,
            probe=result.probe,
        )
        return replace(over, waiting=Waiting.SEALING_CAPTURE, waiting_since=moment.monotonic, notice=None), (seal,)
    record = Record(FaceAttempted(attempt=state.face_attempt, outcome=result.outcome.value, evidence=result.evidence))
    counted = replace(count(over, result.outcome), face_failures=over.face_failures + 1)
    reason = end_of(counted, result.outcome, limits)
    if reason is not None:  # nobody can compare in person what the register does not show: by case number, later
        return after(record, end_visit(counted, reason, moment))
    return replace(counted, notice=FACE_NOTICES[result.outcome]), (record,)


def on_sealed(state: VisitState, sealed: i.CaptureSealed, moment: Moment) -> Outcome:
    """Event and sealed capture are kept in one transaction, or the visit does not end this way."""
    if state.waiting is not Waiting.SEALING_CAPTURE:
        return state, ()
    event = VisitDeferred(
        case_number=deferred_number(state.visit_id), sealed_sha256=sealed.sha256, sealed_to=sealed.sealed_to
    )
    ended, effects = end_visit(state, EndReason.DEFERRED, moment)
    return ended, (Record(event), KeepSealed(CAPTURE, sealed.sealed), *effects)


def on_not_sealed(state: VisitState, moment: Moment) -> Outcome:
    if state.waiting is not Waiting.SEALING_CAPTURE:
        return state, ()
    return end_visit(state, EndReason.CENTRE_UNREACHABLE, moment)


# ---- finishing


def finishes_case(state: VisitState) -> bool:
    return state.identifier is not None and state.identifier.kind is IdentifierKind.CASE


def on_confirmed(state: VisitState, moment: Moment) -> Outcome:
    """The initials of the person whom the centre found and matched: what it decided stands for a face here."""
    number = state.identifier.digits if state.identifier else ""
    known = go_to(state, Stage.FACE, moment, face_matched=True)
    loading, effects = load_profile(known, moment)
    taken = Record(DeferredMatchUsed(ticket=state.ticket, case_number=number))
    return loading, (Record(IdentityConfirmed(ticket=state.ticket)), taken, *effects)
