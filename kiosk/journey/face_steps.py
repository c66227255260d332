"""The face step and what follows a match. Only ``FaceOutcome.MATCHED`` with evidence goes on."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import FaceAttempted, FaceMatched
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey.code_steps import send_code
from kiosk.journey.effects import AskAnotherMovement, Record, StartFace
from kiosk.journey.ending import Outcome, end_visit
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import STAFF_AT_THE_KIOSK, EndReason, Notice
from kiosk.journey.staff_steps import load_profile, wait_for_staff
from kiosk.journey.state import Moment, VisitState, Waiting
from kiosk.ports import Profile

_AT_ONCE: dict[FaceOutcome, EndReason] = {
    FaceOutcome.ENGINE_UNAVAILABLE: EndReason.FACE_UNAVAILABLE,
    FaceOutcome.REFERENCE_UNUSABLE: EndReason.FACE_UNAVAILABLE,
}
FACE_NOTICES: dict[FaceOutcome, Notice] = {
    FaceOutcome.STAFF_ZONE: Notice.FACE_NO_MATCH,
    FaceOutcome.NO_MATCH: Notice.FACE_NO_MATCH,
    FaceOutcome.LIVENESS_FAILED: Notice.FACE_TRY_AGAIN,
    FaceOutcome.ATTACK_SUSPECTED: Notice.FACE_TRY_AGAIN,  # neutral on purpose
    FaceOutcome.FACE_CHANGED: Notice.FACE_TRY_AGAIN,
    FaceOutcome.NO_USABLE_FACE: Notice.FACE_NOT_USABLE,
    FaceOutcome.CAMERA_LOST: Notice.CAMERA_LOST,
    FaceOutcome.REFERENCE_UNAVAILABLE: Notice.CENTRE_BUSY,
    FaceOutcome.CAPTURED: Notice.FACE_TRY_AGAIN,  # of no attempt that was to match
}


def on_begin(state: VisitState, moment: Moment, light: bool) -> Outcome:
    if state.face_running or state.face_matched or state.waiting is not None:
        return state, ()
    attempt = state.face_attempt + 1
    preparing = replace(
        state,
        face_attempt=attempt,
        notice=None,
        waiting=Waiting.PREPARING_FACE,
        waiting_since=moment.monotonic,
    )
    return preparing, (StartFace(state.visit_id, state.ticket, attempt, light),)


def on_ready(state: VisitState) -> Outcome:
    if state.waiting is not Waiting.PREPARING_FACE:
        return state, ()
    return replace(state, waiting=None, face_running=True), ()


def on_decline(state: VisitState) -> Outcome:
    """Nothing is recorded here: the attempt's evidence says which movements were asked and done."""
    return state, (AskAnotherMovement(),) if state.face_running else ()


def on_finished(state: VisitState, result: FaceResult, moment: Moment, limits: Limits) -> Outcome:
    if not state.face_running and state.waiting is not Waiting.PREPARING_FACE:
        return state, ()
    over = replace(state, face_running=False, waiting=None, last_touch=moment.monotonic)
    if result.outcome is FaceOutcome.MATCHED and result.evidence:
        event = FaceMatched(attempt=state.face_attempt, ticket=state.ticket, evidence=result.evidence)
        loading, effects = load_profile(replace(over, face_matched=True), moment)
        return loading, (Record(event), *effects)
    record = Record(FaceAttempted(attempt=state.face_attempt, outcome=result.outcome.value, evidence=result.evidence))
    counted = replace(count(over, result.outcome), face_failures=over.face_failures + 1)
    reason = end_of(counted, result.outcome, limits)
    if reason is not None:
        end = wait_for_staff if reason in STAFF_AT_THE_KIOSK else end_visit
        ended, effects = end(counted, reason, moment)
        return ended, (record, *effects)
    return replace(counted, notice=FACE_NOTICES[result.outcome]), (record,)


def on_profile(state: VisitState, profile: Profile, moment: Moment) -> Outcome:
    if not state.face_matched or state.waiting is not Waiting.LOADING_PROFILE:
        return state, ()
    known = replace(state, profile=profile, waiting=None, lookup_tries=0)
    if profile.verified_since is not None:
        return end_visit(known, EndReason.ALREADY_VERIFIED, moment)
    if not profile.masked_phone:
        return end_visit(known, EndReason.NO_CONTACT, moment)
    return send_code(known, moment)


def on_unanswered(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    """The centre gave no profile after the match: the person may try again, then staff."""
    if state.waiting is not Waiting.LOADING_PROFILE:
        return state, ()
    if state.lookup_tries >= limits.visit.lookup_retries:
        return end_visit(state, EndReason.CENTRE_UNREACHABLE, moment)
    return replace(state, waiting=None, notice=Notice.CENTRE_BUSY), ()


def count(state: VisitState, outcome: FaceOutcome) -> VisitState:
    """A failed attempt against the limits."""
    match outcome:
        case FaceOutcome.NO_MATCH | FaceOutcome.STAFF_ZONE | FaceOutcome.MATCHED:
            return replace(state, face_no_matches=state.face_no_matches + 1)
        case FaceOutcome.ATTACK_SUSPECTED:
            return replace(state, face_suspicions=state.face_suspicions + 1)
        case FaceOutcome.CAMERA_LOST:  # not the person's doing: the attempt is given back
            return replace(state, camera_losses=state.camera_losses + 1, face_attempt=state.face_attempt - 1)
        case FaceOutcome.REFERENCE_UNAVAILABLE:
            return replace(state, lookup_tries=state.lookup_tries + 1, face_attempt=state.face_attempt - 1)
        case _:
            return state


def end_of(state: VisitState, outcome: FaceOutcome, limits: Limits) -> EndReason | None:
    """Why a failed attempt was the last."""
    checks = (
        (outcome in _AT_ONCE, _AT_ONCE.get(outcome)),
        (outcome is FaceOutcome.MATCHED, EndReason.FACE_UNAVAILABLE),  # a match without evidence proves nothing
        (state.face_suspicions >= limits.visit.face_suspicions, EndReason.FACE_SUSPECTED),
        (
            state.face_no_matches >= limits.visit.face_no_matches,
            EndReason.FACE_STAFF_ZONE if outcome is FaceOutcome.STAFF_ZONE else EndReason.FACE_NO_MATCH,
        ),
        (state.camera_losses >= limits.visit.camera_losses, EndReason.CAMERA_FAULT),
        (
            outcome is FaceOutcome.REFERENCE_UNAVAILABLE and state.lookup_tries >= limits.visit.lookup_retries,
            EndReason.CENTRE_UNREACHABLE,
        ),
        (state.face_attempt >= limits.face_attempts, EndReason.FACE_LIMIT),
    )
    return next((reason for hit, reason in checks if hit), None)
