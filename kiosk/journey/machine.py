"""The walk-in visit as a state machine: ``step(state, input) -> (state, effects)``.

It never sleeps, opens or asks for the time; everything it needs comes in, everything it wants goes
out as data. An input that does not fit the present stage changes nothing, so a double tap does one
thing and a late answer of an earlier visit does none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.events import HelpAsked, VisitStarted
from kiosk.journey import clocks, code_steps, face_steps, identity_steps, pin_steps, staff_steps
from kiosk.journey import inputs as i
from kiosk.journey.effects import Record, StopFace, StopReading, WipeVisit
from kiosk.journey.ending import FINAL_STAGES, Outcome, attract, end_visit, finish, go_to
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
    i.DeclineMovement,
    i.ResendCode,
    i.SubmitCode,
    i.SubmitPin,
    i.Retry,
    i.Back,
    i.OpenHelp,
    i.CloseHelp,
    i.CallStaff,
    i.GoToCounter,
    i.AskCancel,
    i.AnswerCancel,
    i.Finish,
)

_OWN_SCREEN = (i.SetLanguage, i.SetLargeText, i.Touched)
_NOT_WHILE_PARKED = (*(kind for kind in _PERSON_INPUTS if kind not in _OWN_SCREEN), i.CodeSeen)
"""The screen is not the participant's: nothing that comes from it or is held up before it counts."""

NO_WAY_BACK = frozenset({Stage.SETTLING}) | FINAL_STAGES
"""Every step is done (or no visit runs): nothing can be cancelled or timed out any more."""


def step(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    """Answer one input. ``moment`` is when it happened; ``limits`` come from the settings."""
    if state.parked_at is not None and isinstance(visit_input, _NOT_WHILE_PARKED):
        return state, ()
    if isinstance(visit_input, _PERSON_INPUTS):
        state = replace(state, last_touch=moment.monotonic, idle_seconds_left=None)
    outcome = _anywhere(state, visit_input, moment, limits) or _with_staff_anywhere(state, visit_input, moment)
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
            return clocks.on_tick(state, moment, limits, _unanswered)
        case i.OpenHelp() if running and not state.help_open:
            return replace(state, help_open=True), (Record(HelpAsked(stage=state.stage.value)),)
        case i.CloseHelp():
            return staff_steps.on_close_help(state, moment)
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
    return _STAGES[state.stage](state, i.CentreFailed(), moment, limits)


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
        case i.BeginFace(light=light):
            return face_steps.on_begin(state, moment, light)
        case i.DeclineMovement():
            return face_steps.on_decline(state)
        case i.FaceReady():
            return face_steps.on_ready(state)
        case i.FaceFinished(result=result):
            return face_steps.on_finished(state, result, moment, limits)
        case i.ProfileLoaded(profile=profile):
            return face_steps.on_profile(state, profile, moment)
        case i.CentreFailed():
            return face_steps.on_unanswered(state, moment, limits)
        case i.Retry() if state.face_matched and state.waiting is None:
            return staff_steps.load_profile(state, moment)
        case _:
            return state, ()


def _with_staff(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    return state, ()  # what moves it on comes from the staff door or the passing of time: see _anywhere


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
            return finish(state, limits)
        case _:
            return _settling(state, visit_input, moment, limits)


def _out_of_service(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    return finish(state, limits) if isinstance(visit_input, i.StoreBack) else (state, ())


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
    Stage.WITH_STAFF: _with_staff,
    Stage.OTP: _otp,
    Stage.PIN: _pin,
    Stage.SETTLING: _settling,
    Stage.DONE: _last_screen,
    Stage.ENDED: _last_screen,
    Stage.OUT_OF_SERVICE: _out_of_service,
}
