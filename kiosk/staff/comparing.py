"""In-person comparison: look, name the reason, second person, and the screen goes back to the participant."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.inputs import StaffRejected, StaffVouched
from kiosk.ports import ComparisonGranted, StaffRefusal
from kiosk.staff import inputs as i
from kiosk.staff import signing
from kiosk.staff.effects import LoadQueue, StaffEffect, StopWatching, TellVisit, WatchForBadge
from kiosk.staff.leaving import leave
from kiosk.staff.state import StaffNotice, StaffScreen, StaffState

Outcome = tuple[StaffState, tuple[StaffEffect, ...]]


def on_visit(state: StaffState) -> StaffState:
    """The visit may have ended while staff looked at it: then there is nothing to decide any more."""
    deciding = state.screen in (StaffScreen.COMPARE, StaffScreen.SECOND)
    if not deciding or (state.visit is not None and state.visit.decidable):
        return state
    over = replace(signing.cleared(state), screen=StaffScreen.QUEUE, confirm_reject=False)
    return replace(over, notice=StaffNotice.NOTHING_TO_DECIDE)


def on_compare(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    match staff_input:
        case i.ChooseReason(reason_code=code):
            return replace(state, reason_code=code, notice=None), ()
        case i.AskSecond() if state.reason_code is not None:
            asking = replace(signing.cleared(state), screen=StaffScreen.SECOND, notice=None, confirm_reject=False)
            return asking, (WatchForBadge(),)
        case i.AskReject():
            return replace(state, confirm_reject=True), ()
        case i.AnswerReject(sure=sure) if state.confirm_reject:
            return _reject(state) if sure else (replace(state, confirm_reject=False), ())
        case i.Back():
            return replace(state, screen=StaffScreen.QUEUE, confirm_reject=False, notice=None), (LoadQueue(),)
        case _:
            return state, ()


def on_second(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    if isinstance(staff_input, i.Granted) and state.waiting:
        return _on_granted(state, staff_input.granted, now)
    return signing.on_form(state, staff_input, now)


def on_decided(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    return leave(state, "handed_back") if isinstance(staff_input, i.Back) else (state, ())


def _on_granted(state: StaffState, granted: ComparisonGranted, now: float) -> Outcome:
    """The centre's word, looked at once more: two different people, the first of them the one who is signed in."""
    if state.visit is None or state.session is None or state.reason_code is None:
        return signing.cleared(state), ()
    if granted.first != state.session.member or granted.second.username == granted.first.username:
        again = replace(signing.cleared(state), notice=StaffNotice.SAME_PERSON)
        return again, (signing.refusal_of(state, StaffRefusal.SAME_PERSON), WatchForBadge())
    vouched = StaffVouched(ticket=state.visit.ticket, granted=granted, reason_code=state.reason_code)
    decided = replace(signing.cleared(state), screen=StaffScreen.DECIDED, granted=granted, last_touch=now, notice=None)
    return decided, (StopWatching(), TellVisit(vouched))


def _reject(state: StaffState) -> Outcome:
    if state.visit is None or state.session is None:
        return state, ()
    rejected = StaffRejected(ticket=state.visit.ticket, session=state.session)
    decided = replace(state, screen=StaffScreen.DECIDED, rejected=True, confirm_reject=False, notice=None)
    return decided, (TellVisit(rejected),)
