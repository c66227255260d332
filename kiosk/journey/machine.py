"""The walk-in visit as a state machine: ``step(state, input) -> (state, effects)``.

It never sleeps, opens or asks for the time; everything it needs comes in, everything it wants goes
out as data. An input that does not fit the present stage changes nothing, so a double tap does one
thing and a late answer of an earlier visit does none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kiosk.events import HelpAsked
from kiosk.journey import clocks, deferred_steps, ktp_steps, staff_steps, update_steps
from kiosk.journey import inputs as i
from kiosk.journey.effects import Record, StopFace, StopReading, WipeVisit
from kiosk.journey.ending import FINAL_STAGES, Outcome, attract, end_visit
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason
from kiosk.journey.stages import STAGES
from kiosk.journey.state import Moment, Stage, VisitState, Waiting

_OWN_SCREEN = (i.SetLanguage, i.SetLargeText, i.Touched)
_NOT_WHILE_PARKED = (*(kind for kind in get_args(i.PersonInput) if kind not in _OWN_SCREEN), i.CodeSeen, i.TokenSeen)
"""The screen is not the participant's: nothing that comes from it or is held up before it counts."""

NO_WAY_BACK = frozenset({Stage.SETTLING}) | FINAL_STAGES
"""Every step is done (or no visit runs): nothing can be cancelled or timed out any more."""


def step(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    """Answer one input. ``moment`` is when it happened; ``limits`` come from the settings."""
    if state.parked_at is not None and isinstance(visit_input, _NOT_WHILE_PARKED):
        return state, ()
    if isinstance(visit_input, i.PersonInput):
        state = replace(state, last_touch=moment.monotonic, idle_seconds_left=None)
    outcome = _anywhere(state, visit_input, moment, limits) or _with_staff_anywhere(state, visit_input, moment)
    if outcome is None:
        outcome = STAGES[state.stage](state, visit_input, moment, limits)
    return update_steps.offer(outcome)


def _anywhere(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome | None:
    running = state.stage not in FINAL_STAGES
    match visit_input:
        case i.SetLanguage(language=language):
            return replace(state, language=language), ()
        case i.SetLargeText(large=large):
            return replace(state, large_text=large), ()
        case i.StoreFailed():
            return _on_store_failed(state, moment)
        case i.Tick():
            return clocks.on_tick(state, moment, limits, _unanswered)
        case i.OpenHelp() if running and not state.help_open:
            return replace(state, help_open=True), (Record(HelpAsked(stage=state.stage.value)),)
        case i.CloseHelp():
            return staff_steps.on_close_help(state, moment)
        case i.FactsRead():
            return ktp_steps.on_facts(state, visit_input)
        case i.FactsSealed():
            return update_steps.on_sealed(state, visit_input)
        case i.AskCancel() if state.stage not in NO_WAY_BACK:
            return replace(state, cancel_open=True), ()
        case i.AnswerCancel(sure=sure) if state.cancel_open:
            if sure:
                return end_visit(state, EndReason.CANCELLED, moment)
            return replace(state, cancel_open=False), ()
        case _:
            return None


def _with_staff_anywhere(state: VisitState, visit_input: i.VisitInput, moment: Moment) -> Outcome | None:
    match visit_input:
        case i.CallStaff() if state.stage not in NO_WAY_BACK:
            return staff_steps.on_call(state, moment)
        case i.GoToCounter() if deferred_steps.stuck(state):
            return end_visit(state, EndReason.CENTRE_UNREACHABLE, moment)
        case i.GoToCounter():
            return staff_steps.on_counter(state, moment)
        case i.Park():
            return staff_steps.on_park(state, moment)
        case i.Unpark():
            return staff_steps.on_unpark(state, moment)
        case i.StaffVouched():
            return staff_steps.on_vouched(state, visit_input, moment)
        case i.StaffRejected():
            return staff_steps.on_rejected(state, visit_input, moment)
        case _:
            return None


def _on_store_failed(state: VisitState, moment: Moment) -> Outcome:
    """Nothing can be recorded, so nothing may go on; the person is told, in words, to see staff."""
    if state.stage in NO_WAY_BACK - {Stage.SETTLING}:
        return replace(attract(state, state.language), stage=Stage.OUT_OF_SERVICE), ()
    ended, _ = end_visit(state, EndReason.STORE_FAULT, moment)
    return ended, (StopReading(), StopFace(), WipeVisit())


def _unanswered(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    """An effect that never answers counts as the centre not answering: nobody waits for ever."""
    if state.waiting is Waiting.PREPARING_FACE:
        return end_visit(state, EndReason.FACE_UNAVAILABLE, moment)
    return STAGES[state.stage](state, i.CentreFailed(), moment, limits)
