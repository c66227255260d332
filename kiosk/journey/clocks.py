"""The passing of time in a visit: last screens, limits, the idle warning, and what stands still."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from kiosk.journey import staff_steps
from kiosk.journey.ending import FINAL_STAGES, Outcome, end_visit, finish
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import Moment, Stage, VisitState

_NOT_READ = {Stage.CARD: Notice.CARD_NOT_READ, Stage.IKD_CODE: Notice.IKD_NOT_READ}

Unanswered = Callable[[VisitState, Moment, Limits], Outcome]


def on_tick(state: VisitState, moment: Moment, limits: Limits, unanswered: Unanswered) -> Outcome:
    """``unanswered`` is what follows when an effect has not answered for too long."""
    now = moment.monotonic
    if state.stage in (Stage.DONE, Stage.ENDED):
        over = now - state.last_touch >= limits.visit.done_seconds
        return finish(state, limits) if over else (state, ())
    if state.stage is Stage.SETTLING:
        late = state.settle_by is not None and now >= state.settle_by
        return end_visit(state, EndReason.WAITING_FOR_CENTRE, moment) if late else (state, ())
    if state.stage in FINAL_STAGES:
        return state, ()
    if state.parked_at is not None:
        return staff_steps.on_parked_tick(state, moment, limits)
    if state.stage is Stage.WITH_STAFF:
        return staff_steps.on_waiting_tick(state, moment, limits)
    if state.staff_called_at is not None:
        return staff_steps.on_called_tick(state, moment, limits)
    if now - state.started_at >= limits.visit.whole_visit_seconds:
        return end_visit(state, EndReason.VISIT_TOO_LONG, moment)
    if state.waiting is not None and now - state.waiting_since >= limits.visit.waiting_seconds:
        return unanswered(state, moment, limits)
    return _idle(_hint_typing(state, moment, limits), moment, limits)


def _hint_typing(state: VisitState, moment: Moment, limits: Limits) -> VisitState:
    slow = moment.monotonic - state.stage_since >= limits.visit.card_hint_seconds
    if state.stage in _NOT_READ and state.notice is None and state.waiting is None and slow:
        return replace(state, notice=_NOT_READ[state.stage])
    return state


def _idle(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    """The idle clock stands still while the machine works, the face runs, a code is on its way or a login is open:
    the person is busy with the phone then, and a login ends by itself."""
    if state.waiting is not None or state.face_running or state.login is not None:
        return replace(state, last_touch=moment.monotonic, idle_seconds_left=None), ()
    since = state.last_touch
    if state.stage is Stage.OTP and state.resend_at is not None:
        since = max(since, state.resend_at)
    warning = limits.visit.idle_end_seconds - limits.visit.idle_warning_seconds
    end_after = limits.visit.idle_end_seconds_large_text if state.large_text else limits.visit.idle_end_seconds
    idle = moment.monotonic - since
    if idle >= end_after:
        return end_visit(state, EndReason.WALKED_AWAY, moment)
    left = math.ceil(end_after - idle) if idle >= end_after - warning else None
    return replace(state, idle_seconds_left=left), ()
