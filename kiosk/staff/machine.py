"""The staff door as a state machine: ``step(state, input) -> (state, effects)``, like the visit's.

It decides nothing about rights: who may sign in and what two people may decide is the centre's answer. It
keeps the order (sign in, look, reason, second person), the clocks, and that every answer is on record.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from kiosk.events import HelpHandled, PartTested
from kiosk.ports import StaffRefusal, StaffRole
from kiosk.staff import comparing, signing
from kiosk.staff import inputs as i
from kiosk.staff.effects import (
    KeepAlive,
    LoadQueue,
    ParkVisit,
    Record,
    RunTest,
    StaffEffect,
    StopTest,
    WatchForBadge,
)
from kiosk.staff.leaving import leave
from kiosk.staff.limits import ANSWER_SECONDS, StaffSettings
from kiosk.staff.state import Entry, PartTest, StaffNotice, StaffScreen, StaffState

Outcome = tuple[StaffState, tuple[StaffEffect, ...]]

_PERSON_INPUTS = (
    i.Open,
    i.BadgeSeen,
    i.SubmitUsername,
    i.SubmitPin,
    i.SubmitTotp,
    i.Touched,
    i.Back,
    i.OpenVisit,
    i.MarkHandled,
    i.ChooseReason,
    i.AskSecond,
    i.AskReject,
    i.AnswerReject,
    i.StartTest,
)


def step(state: StaffState, staff_input: i.StaffInput, now: float, limits: StaffSettings) -> Outcome:
    """Answer one input. ``now`` is monotonic seconds."""
    kept: tuple[StaffEffect, ...] = ()
    if isinstance(staff_input, _PERSON_INPUTS):
        state, kept = _touched(state, now, limits)
    after, effects = _anywhere(state, staff_input, now, limits) or _SCREENS[state.screen](state, staff_input, now)
    return after, (*kept, *effects)


def _touched(state: StaffState, now: float, limits: StaffSettings) -> Outcome:
    touched = replace(state, last_touch=now, idle_seconds_left=None)
    if state.session is None or now - state.kept_alive_at < limits.keep_alive_seconds:
        return touched, ()
    return replace(touched, kept_alive_at=now), (KeepAlive(state.session.session),)


def _anywhere(state: StaffState, staff_input: i.StaffInput, now: float, limits: StaffSettings) -> Outcome | None:
    match staff_input:
        case i.Tick():
            return _on_tick(state, now, limits)
        case i.VisitSeen(visit=visit):
            return comparing.on_visit(replace(state, visit=visit)), ()
        case i.SignOut() if state.open:
            return leave(state, "signed_out")
        case i.StoreFailed() if state.open:
            return leave(state, "store_failed", recorded=False)
        case i.Denied(refusal=StaffRefusal.SESSION_OVER) if state.session is not None:
            return _on_session_over(state, now)
        case i.QueueLoaded(entries=entries):
            return replace(state, queue=entries), ()
        case _:
            return None


def _on_session_over(state: StaffState, now: float) -> Outcome:
    """The centre ended it. Whoever stands there may sign in again; the visit stays parked meanwhile."""
    refused = signing.refusal_of(state, StaffRefusal.SESSION_OVER)
    _, effects = leave(state, "session_over", resume=False)
    again = StaffState(screen=StaffScreen.SIGN_IN, visit=state.visit, last_touch=now, notice=StaffNotice.SESSION_OVER)
    return again, (refused, *effects, WatchForBadge())


def _on_tick(state: StaffState, now: float, limits: StaffSettings) -> Outcome:
    if not state.open:
        return state, ()
    if state.waiting:
        late = now - state.waiting_since >= ANSWER_SECONDS
        return signing.on_centre_away(state) if late else (replace(state, last_touch=now), ())
    idle = now - state.last_touch
    end = limits.idle_seconds if state.session else limits.sign_in_seconds
    if idle >= end:
        return leave(state, "idle")
    warning = limits.idle_seconds - limits.idle_warning_seconds
    left = math.ceil(end - idle) if state.session and idle >= end - warning else None
    return replace(state, idle_seconds_left=left), ()


# ---- one handler a screen


def _closed(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    fresh = StaffState(screen=StaffScreen.SIGN_IN, visit=state.visit, last_touch=now)
    match staff_input:
        case i.Open(entry=entry):
            return replace(fresh, entry=entry), (ParkVisit(), WatchForBadge())
        case i.BadgeSeen(token=token):
            opened, _ = signing.on_badge(replace(fresh, entry=Entry.BADGE), token)
            return opened, (ParkVisit(),)
        case _:
            return state, ()


def _sign_in(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    if isinstance(staff_input, i.SignedIn) and state.waiting:
        return signing.on_signed_in(state, staff_input.session, now)
    return signing.on_form(state, staff_input, now)


def _queue(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    match staff_input:
        case i.OpenVisit() if state.visit is not None and state.visit.decidable:
            return replace(state, screen=StaffScreen.COMPARE, notice=None, reason_code=None), ()
        case i.MarkHandled(case_number=number) if state.session is not None and _open_case(state, number):
            by = state.session
            event = HelpHandled(case_number=number, session=by.session, by=by.member.username)
            return replace(state, notice=StaffNotice.HANDLED), (Record(event), LoadQueue())
        case i.Back():
            return leave(state, "signed_out")
        case _:
            return state, ()


def _open_case(state: StaffState, number: str) -> bool:
    return any(entry.case_number == number and not entry.handled_by for entry in state.queue)


def _diagnostics(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    match staff_input:
        case i.StartTest(part=part) if _is_technician(state):
            return replace(state, screen=StaffScreen.TEST, test=PartTest(part)), (RunTest(part),)
        case i.Back():
            return leave(state, "signed_out")
        case _:
            return state, ()


def _test(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    match staff_input:
        case i.TestDone(result=result) if state.test is not None and state.test.running and state.session is not None:
            event = PartTested(
                part=result.part.value,
                passed=result.passed,
                reason=result.reason.value,
                by=state.session.member.username,
                measured=dict(result.measured),
            )
            return replace(state, test=replace(result, running=False), last_touch=now), (Record(event),)
        case i.StartTest(part=part) if state.test is not None and not state.test.running:
            return replace(state, test=PartTest(part)), (RunTest(part),)
        case i.Back():
            return replace(state, screen=StaffScreen.DIAGNOSTICS, test=None), (StopTest(),)
        case _:
            return state, ()


def _is_technician(state: StaffState) -> bool:
    return state.session is not None and state.session.member.role is StaffRole.TECHNICIAN


_SCREENS: dict[StaffScreen, Callable[[StaffState, i.StaffInput, float], Outcome]] = {
    StaffScreen.CLOSED: _closed,
    StaffScreen.SIGN_IN: _sign_in,
    StaffScreen.QUEUE: _queue,
    StaffScreen.COMPARE: comparing.on_compare,
    StaffScreen.SECOND: comparing.on_second,
    StaffScreen.DECIDED: comparing.on_decided,
    StaffScreen.DIAGNOSTICS: _diagnostics,
    StaffScreen.TEST: _test,
}
