"""Staff in a visit: called by the participant, needed after a failed face step, holding the screen, deciding.

What staff may decide is checked at the centre; here a decision only moves the visit it was made for. All
clocks of the visit stand still while staff are waited for or hold the screen.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import ComparisonRejected, StaffCompared, StaffNeeded, VisitParked, VisitResumed
from kiosk.journey import inputs as i
from kiosk.journey.effects import LoadProfile, Record, RingStaff, StartReading, StopFace, StopReading, VisitEffect
from kiosk.journey.ending import FINAL_STAGES, Outcome, case_number, end_visit, go_to
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason
from kiosk.journey.state import Moment, Stage, VisitState, Waiting

_STILL = FINAL_STAGES | {Stage.SETTLING}
"""Nothing is left to be done by the person: such a stage goes on by itself while staff hold the screen."""


def decidable(state: VisitState) -> bool:
    """Whether an in-person comparison can still help: a face step failed and nothing has matched."""
    at_the_face = state.stage in (Stage.FACE, Stage.WITH_STAFF)
    return at_the_face and state.face_failures > 0 and not state.face_matched and bool(state.ticket)


def wait_for_staff(state: VisitState, reason: EndReason, moment: Moment) -> Outcome:
    """The step failed for good: the visit is kept, so that staff can mend it here and now."""
    number = case_number(state.visit_id)
    waiting = go_to(state, Stage.WITH_STAFF, moment, reason=reason, case_number=number, face_running=False)
    needed = StaffNeeded(stage=state.stage.value, reason=reason.value, case_number=number)
    return waiting, (Record(needed), StopFace(), RingStaff(number))


def on_waiting_tick(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    nobody_came = moment.monotonic - state.stage_since >= limits.visit.staff_wait_seconds
    return _to_counter(state, moment) if nobody_came else (state, ())


def on_call(state: VisitState, moment: Moment) -> Outcome:
    """Staff are rung; the participant stays on the step and may go on alone."""
    if state.staff_called_at is not None or state.stage is Stage.WITH_STAFF:
        return state, ()
    number = case_number(state.visit_id)
    called = replace(state, help_open=True, staff_called_at=moment.monotonic, case_number=number)
    needed = StaffNeeded(stage=state.stage.value, reason=EndReason.WISH_FOR_STAFF.value, case_number=number)
    return called, (Record(needed), RingStaff(number))


def on_close_help(state: VisitState, moment: Moment) -> Outcome:
    if state.staff_called_at is None:
        return replace(state, help_open=False), ()
    waited = moment.monotonic - state.staff_called_at
    return replace(_later(state, waited), help_open=False, staff_called_at=None), ()


def on_called_tick(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    called = state.staff_called_at if state.staff_called_at is not None else moment.monotonic
    if moment.monotonic - called >= limits.visit.staff_wait_seconds:
        return _to_counter(state, moment)
    return replace(state, idle_seconds_left=None), ()


def on_counter(state: VisitState, moment: Moment) -> Outcome:
    if state.stage is not Stage.WITH_STAFF and state.staff_called_at is None:
        return state, ()
    return _to_counter(state, moment)


def on_park(state: VisitState, moment: Moment) -> Outcome:
    if state.parked_at is not None:
        return state, ()
    parked = replace(state, parked_at=moment.monotonic, idle_seconds_left=None, cancel_open=False)
    if state.stage in _STILL:
        return parked, ()
    effects: list[VisitEffect] = [Record(VisitParked(stage=state.stage.value))]
    if state.stage is Stage.CARD:
        effects.append(StopReading())
    if state.face_running or state.waiting is Waiting.PREPARING_FACE:  # not the person's doing: given back
        parked = replace(parked, face_running=False, waiting=None, face_attempt=state.face_attempt - 1)
        effects.append(StopFace())
    return parked, tuple(effects)


def on_unpark(state: VisitState, moment: Moment) -> Outcome:
    if state.parked_at is None:
        return state, ()
    seconds = moment.monotonic - state.parked_at
    back = replace(state, parked_at=None, last_touch=moment.monotonic)
    if state.stage in _STILL:
        return back, ()
    waited = state.parked_at - state.staff_called_at if state.staff_called_at is not None else 0.0
    since = min(moment.monotonic, state.stage_since + seconds)
    back = replace(_later(back, seconds + waited), stage_since=since, staff_called_at=None, help_open=False)
    record = Record(VisitResumed(stage=state.stage.value, seconds=round(seconds, 1)))
    if state.stage is Stage.CARD:
        return back, (record, StartReading())
    if _vouched_for(back):
        going_on, effects = load_profile(back, moment)
        return going_on, (record, *effects)
    return back, (record,)


def on_parked_tick(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    parked = state.parked_at if state.parked_at is not None else moment.monotonic
    if moment.monotonic - parked >= limits.visit.parked_seconds:
        return end_visit(state, EndReason.VISIT_TOO_LONG, moment)
    return state, ()


def on_vouched(state: VisitState, vouched: i.StaffVouched, moment: Moment) -> Outcome:
    """The face step is done by two people. The code is sent when the participant has the screen again."""
    first, second = vouched.granted.first, vouched.granted.second
    if not decidable(state) or vouched.ticket != state.ticket or first.username == second.username:
        return state, ()
    event = StaffCompared(
        ticket=state.ticket,
        decision=vouched.granted.decision,
        reason_code=vouched.reason_code.value,
        first=first.username,
        first_name=first.name,
        second=second.username,
        second_name=second.name,
    )
    until = state.parked_at if state.parked_at is not None else moment.monotonic  # the rest is counted when unparked
    waited = max(0.0, until - state.stage_since) if state.stage is Stage.WITH_STAFF else 0.0
    known = go_to(_later(state, waited), Stage.FACE, moment, face_matched=True, reason=None, case_number="")
    if state.parked_at is not None:
        return known, (Record(event),)
    going_on, effects = load_profile(known, moment)
    return going_on, (Record(event), *effects)


def on_rejected(state: VisitState, rejected: i.StaffRejected, moment: Moment) -> Outcome:
    if not decidable(state) or rejected.ticket != state.ticket:
        return state, ()
    by = rejected.session.member
    event = ComparisonRejected(ticket=state.ticket, session=rejected.session.session, by=by.username, by_name=by.name)
    ended, effects = end_visit(state, EndReason.STAFF_REJECTED, moment)
    return ended, (Record(event), *effects)


def load_profile(state: VisitState, moment: Moment) -> Outcome:
    loading = replace(
        state,
        notice=None,
        waiting=Waiting.LOADING_PROFILE,
        waiting_since=moment.monotonic,
        lookup_tries=state.lookup_tries + 1,
    )
    return loading, (LoadProfile(state.ticket),)


def _vouched_for(state: VisitState) -> bool:
    return state.stage is Stage.FACE and state.face_matched and state.waiting is None and state.profile is None


def _to_counter(state: VisitState, moment: Moment) -> Outcome:
    reason = state.reason if state.stage is Stage.WITH_STAFF and state.reason else EndReason.WISH_FOR_STAFF
    return end_visit(state, reason, moment)


def _later(state: VisitState, seconds: float) -> VisitState:
    """The whole visit's clock stood still for so long. A code's validity does not: it is on a phone somewhere."""
    return replace(state, started_at=state.started_at + seconds)
