"""The walk-in visit as a state machine: ``step(state, input) -> (state, effects)``.

It never sleeps, opens or asks for the time; everything it needs comes in, everything it wants goes
out as data. An input that does not fit the present stage changes nothing, so a double tap does one
thing and a late answer of an earlier visit does none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from kiosk.events import HelpAsked, VisitStarted
from kiosk.journey import code_steps, face_steps, identity_steps, pin_steps
from kiosk.journey import inputs as i
from kiosk.journey.effects import Record, StopFace, StopReading, WipeVisit
from kiosk.journey.ending import FINAL_STAGES, Outcome, end_visit, finish, go_to
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import Moment, Stage, VisitState, Waiting

_PERSON_INPUTS = (
    i.Start,
    i.SetLanguage,
    i.SetLargeText,
    i.Touched,
    i.AnswerConsent,
    i.ChooseMethod,
    i.SubmitNumber,
    i.ForceNik,
    i.ConfirmIdentity,
    i.BeginFace,
    i.ResendCode,
    i.SubmitCode,
    i.SubmitPin,
    i.Retry,
    i.Back,
    i.OpenHelp,
    i.CloseHelp,
    i.CallStaff,
    i.AskCancel,
    i.AnswerCancel,
    i.Finish,
)

NO_WAY_BACK = frozenset({Stage.SETTLING}) | FINAL_STAGES
"""Every step is done (or no visit runs): nothing can be cancelled or timed out any more."""


def step(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    """Answer one input. ``moment`` is when it happened; ``limits`` come from the settings."""
    if isinstance(visit_input, _PERSON_INPUTS):
        state = replace(state, last_touch=moment.monotonic, idle_seconds_left=None)
    outcome = _anywhere(state, visit_input, moment, limits)
    if outcome is None:
        outcome = _STAGES[state.stage](state, visit_input, moment, limits)
    return outcome


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
            return _on_tick(state, moment, limits)
        case i.OpenHelp() if running and not state.help_open:
            return replace(state, help_open=True), (Record(HelpAsked(stage=state.stage.value)),)
        case i.CloseHelp():
            return replace(state, help_open=False), ()
        case i.CallStaff() if state.stage not in NO_WAY_BACK:
            return end_visit(state, EndReason.WISH_FOR_STAFF, moment)
        case i.AskCancel() if state.stage not in NO_WAY_BACK:
            return replace(state, cancel_open=True), ()
        case i.AnswerCancel(sure=sure) if state.cancel_open:
            if sure:
                return end_visit(state, EndReason.CANCELLED, moment)
            return replace(state, cancel_open=False), ()
        case _:
            return None


def _on_store_failed(state: VisitState, moment: Moment) -> Outcome:
    """Nothing can be recorded, so nothing may go on; the person is told, in words, to see staff."""
    if state.stage in NO_WAY_BACK - {Stage.SETTLING}:
        return replace(VisitState(language=state.language), stage=Stage.OUT_OF_SERVICE), ()
    ended, _ = end_visit(state, EndReason.STORE_FAULT, moment)
    return ended, (StopReading(), StopFace(), WipeVisit())


def _on_tick(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    now = moment.monotonic
    if state.stage in (Stage.DONE, Stage.ENDED):
        over = now - state.last_touch >= limits.visit.done_seconds
        return finish(limits) if over else (state, ())
    if state.stage is Stage.SETTLING:
        late = state.settle_by is not None and now >= state.settle_by
        return end_visit(state, EndReason.WAITING_FOR_CENTRE, moment) if late else (state, ())
    if state.stage in FINAL_STAGES:
        return state, ()
    if now - state.started_at >= limits.visit.whole_visit_seconds:
        return end_visit(state, EndReason.VISIT_TOO_LONG, moment)
    if state.waiting is not None and now - state.waiting_since >= limits.visit.waiting_seconds:
        return _on_no_answer(state, moment, limits)
    return _idle(_hint_typing(state, moment, limits), moment, limits)


def _on_no_answer(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    """An effect that never answers counts as the centre not answering: nobody waits for ever."""
    if state.waiting is Waiting.PREPARING_FACE:
        return end_visit(state, EndReason.FACE_UNAVAILABLE, moment)
    return _STAGES[state.stage](state, i.CentreFailed(), moment, limits)


def _hint_typing(state: VisitState, moment: Moment, limits: Limits) -> VisitState:
    slow = moment.monotonic - state.stage_since >= limits.visit.card_hint_seconds
    if state.stage is Stage.CARD and state.notice is None and slow:
        return replace(state, notice=Notice.CARD_NOT_READ)
    return state


def _idle(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    """The idle clock stands still while the machine works, the face runs or a code is on its way."""
    if state.waiting is not None or state.face_running:
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


# ---- one handler a stage


def _attract(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.Start(visit_id=visit_id):
            started = go_to(state, Stage.CONSENT, moment, visit_id=visit_id, started_at=moment.monotonic)
            event = VisitStarted(service=state.service.value, language=state.language.value)
            return started, (Record(event),)
        case i.Restarted():
            return replace(state, notice=Notice.RESTARTED), ()
        case _:
            return state, ()


def _consent(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.AnswerConsent():
            return identity_steps.on_consent(state, visit_input, moment)
        case i.Back():
            return end_visit(state, EndReason.CANCELLED, moment)
        case _:
            return state, ()


def _identity(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.ChooseMethod(method=method):
            return identity_steps.on_method(state, method, moment)
        case _:
            return state, ()


def _number(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.SubmitNumber(digits=digits):
            return identity_steps.on_number(state, digits, moment, limits)
        case i.ForceNik():
            return identity_steps.on_forced_nik(state, moment, limits)
        case i.Back():
            return identity_steps.on_back(state, moment)
        case _:
            return state, ()


def _card(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.CodeSeen(identifier=identifier):
            return identity_steps.on_code_seen(state, identifier, moment, limits)
        case i.ChooseMethod(method=method):
            return identity_steps.on_method(state, method, moment)
        case i.CameraChanged(present=present):
            return replace(state, notice=None if present else Notice.CAMERA_LOST), ()
        case i.Back():
            return identity_steps.on_back(state, moment)
        case _:
            return state, ()


def _lookup(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    waiting = state.waiting is Waiting.LOOKING_UP
    match visit_input:
        case i.LookupDone() if waiting:
            return identity_steps.on_lookup(state, visit_input, moment, limits)
        case i.CentreFailed() if waiting:
            return identity_steps.on_lookup_unanswered(state, moment, limits)
        case i.Retry():
            return identity_steps.on_lookup_retry(state, moment)
        case i.Back() if not waiting:
            return identity_steps.on_back(state, moment)
        case _:
            return state, ()


def _confirm(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.ConfirmIdentity(mine=mine):
            return identity_steps.on_confirm(state, mine, moment, limits)
        case i.Back():
            return identity_steps.on_confirm(state, False, moment, limits)
        case _:
            return state, ()


def _face(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.BeginFace():
            return face_steps.on_begin(state, moment)
        case i.FaceReady():
            return face_steps.on_ready(state)
        case i.FaceFinished(result=result):
            return face_steps.on_finished(state, result, moment, limits)
        case i.ProfileLoaded(profile=profile):
            return face_steps.on_profile(state, profile, moment)
        case i.CentreFailed():
            return face_steps.on_unanswered(state, moment, limits)
        case i.Retry() if state.face_matched and state.waiting is None:
            return face_steps.load_profile(state, moment)
        case _:
            return state, ()


def _otp(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.SubmitCode(code=code):
            return code_steps.on_code(state, code, moment, limits)
        case i.CodeChecked():
            return code_steps.on_checked(state, visit_input, moment, limits)
        case i.CodeSendDone():
            return code_steps.on_send_done(state, visit_input, moment, limits)
        case i.CentreFailed():
            return code_steps.on_unanswered(state, moment, limits)
        case i.ResendCode() | i.Retry():
            return code_steps.on_resend(state, moment, limits)
        case _:
            return state, ()


def _pin(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.SubmitPin(pin=pin):
            return pin_steps.on_pin(state, pin, moment, limits)
        case i.PinSealed():
            return pin_steps.on_sealed(state, visit_input, moment, limits)
        case i.CentreFailed():
            return pin_steps.on_not_sealed(state)
        case i.Back():
            return pin_steps.on_back(state)
        case _:
            return state, ()


def _settling(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.SettlementSeen(status=status):
            return pin_steps.on_settlement(state, status, moment)
        case _:
            return state, ()


def _last_screen(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.Finish():
            return finish(limits)
        case _:
            return _settling(state, visit_input, moment, limits)


def _out_of_service(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    return finish(limits) if isinstance(visit_input, i.StoreBack) else (state, ())


_STAGES: dict[Stage, Callable[[VisitState, i.VisitInput, Moment, Limits], Outcome]] = {
    Stage.ATTRACT: _attract,
    Stage.CONSENT: _consent,
    Stage.IDENTITY: _identity,
    Stage.NIK: _number,
    Stage.CARD: _card,
    Stage.CARD_NUMBER: _number,
    Stage.LOOKUP: _lookup,
    Stage.CONFIRM: _confirm,
    Stage.FACE: _face,
    Stage.OTP: _otp,
    Stage.PIN: _pin,
    Stage.SETTLING: _settling,
    Stage.DONE: _last_screen,
    Stage.ENDED: _last_screen,
    Stage.OUT_OF_SERVICE: _out_of_service,
}
