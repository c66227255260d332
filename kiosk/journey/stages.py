"""What each stage makes of an input; one handler a stage, one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.events import VisitStarted
from kiosk.journey import (
    code_steps,
    deferred_steps,
    face_steps,
    identity_steps,
    ikd_steps,
    ktp_steps,
    pin_steps,
    staff_steps,
)
from kiosk.journey import inputs as i
from kiosk.journey.effects import Record
from kiosk.journey.ending import Outcome, end_visit, finish, go_to
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import Moment, Stage, VisitState, Waiting


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


def _identifying(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    """What may happen on every screen of this step: another way, a code before camera or scanner, back."""
    match visit_input:
        case i.ChooseMethod(method=method) if state.waiting is None:
            return identity_steps.on_method(state, method, moment, limits)
        case i.CodeSeen(identifier=identifier) if state.waiting is None:
            return identity_steps.on_code_seen(state, identifier, moment, limits)
        case i.TokenSeen(token=token):
            return ikd_steps.on_token(state, token, moment)
        case i.Back():
            return identity_steps.on_back(state, moment)
        case _:
            return state, ()


def _identity(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    if isinstance(visit_input, i.Back):
        return state, ()
    return _identifying(state, visit_input, moment, limits)


def _number(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.SubmitNumber(digits=digits) if state.waiting is None:
            return identity_steps.on_number(state, digits, moment, limits)
        case i.ForceNik() if state.waiting is None:
            return identity_steps.on_forced_nik(state, moment, limits)
        case _:
            return _identifying(state, visit_input, moment, limits)


def _card(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.CameraChanged(present=present):
            return replace(state, notice=None if present else Notice.CAMERA_LOST), ()
        case _:
            return _identifying(state, visit_input, moment, limits)


def _ktp(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.KtpRead(result=result):
            return ktp_steps.on_read(state, result, moment, limits)
        case i.CameraChanged(present=True) if state.notice is Notice.CAMERA_LOST:
            return replace(state, notice=None), ()
        case _:
            return _identifying(state, visit_input, moment, limits)


def _ktp_check(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.ConfirmReading(right=right):
            return ktp_steps.on_compared(state, right, moment, limits)
        case _:
            return _identifying(state, visit_input, moment, limits)


def _ikd(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.LoginOffered():
            return ikd_steps.on_offered(state, visit_input, moment)
        case i.Retry():
            return ikd_steps.on_new_login(state, moment)
        case i.DigitalIdAnswered():
            return ikd_steps.on_answered(state, visit_input, moment, limits)
        case i.CentreFailed():
            return ikd_steps.on_unanswered(state, moment, limits)
        case _:
            return _identifying(state, visit_input, moment, limits)


def _ikd_code(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.DigitalIdAnswered():
            return ikd_steps.on_answered(state, visit_input, moment, limits)
        case i.CentreFailed():
            return ikd_steps.on_unanswered(state, moment, limits)
        case _:
            return _card(state, visit_input, moment, limits)


def _lookup(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    waiting = state.waiting is Waiting.LOOKING_UP
    match visit_input:
        case i.LookupDone() if waiting:
            return identity_steps.on_lookup(state, visit_input, moment, limits)
        case i.CentreFailed(may_defer=may_defer) if waiting:
            return identity_steps.on_lookup_unanswered(state, moment, limits, may_defer)
        case i.Retry():
            return identity_steps.on_lookup_retry(state, moment, limits)
        case i.Defer():
            return deferred_steps.on_defer(state, moment)
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


def _defer_phone(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.SubmitPhone(digits=digits):
            return deferred_steps.on_phone(state, digits, moment)
        case i.SkipPhone():
            return deferred_steps.on_no_phone(state, moment)
        case i.Back():
            return deferred_steps.on_back(state, moment)
        case _:
            return state, ()


def _defer_face(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    match visit_input:
        case i.BeginFace(light=light):
            return deferred_steps.on_begin(state, moment, light)
        case i.DeclineMovement():
            return face_steps.on_decline(state)
        case i.FaceReady():
            return face_steps.on_ready(state)
        case i.FaceFinished(result=result):
            return deferred_steps.on_finished(state, result, moment, limits)
        case i.CaptureSealed():
            return deferred_steps.on_sealed(state, visit_input, moment)
        case i.CentreFailed():
            return deferred_steps.on_not_sealed(state, moment)
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
        case i.ReceiptSigned(code=code):
            return replace(state, receipt=code), ()
        case _:
            return _settling(state, visit_input, moment, limits)


def _out_of_service(state: VisitState, visit_input: i.VisitInput, moment: Moment, limits: Limits) -> Outcome:
    return finish(state, limits) if isinstance(visit_input, i.StoreBack) else (state, ())


STAGES: dict[Stage, Callable[[VisitState, i.VisitInput, Moment, Limits], Outcome]] = {
    Stage.ATTRACT: _attract,
    Stage.CONSENT: _consent,
    Stage.IDENTITY: _identity,
    Stage.NIK: _number,
    Stage.CARD: _card,
    Stage.CARD_NUMBER: _number,
    Stage.KTP: _ktp,
    Stage.KTP_CHECK: _ktp_check,
    Stage.IKD: _ikd,
    Stage.IKD_CODE: _ikd_code,
    Stage.CASE: _number,
    Stage.LOOKUP: _lookup,
    Stage.CONFIRM: _confirm,
    Stage.FACE: _face,
    Stage.WITH_STAFF: _with_staff,
    Stage.DEFER_PHONE: _defer_phone,
    Stage.DEFER_FACE: _defer_face,
    Stage.OTP: _otp,
    Stage.PIN: _pin,
    Stage.SETTLING: _settling,
    Stage.DONE: _last_screen,
    Stage.ENDED: _last_screen,
    Stage.OUT_OF_SERVICE: _out_of_service,
}
