"""The code by SMS: sending, waiting, entering. Failures are counted over all codes of the visit."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import CodeNotSent, CodeRefused, CodeSent, CodeVerified
from kiosk.journey import inputs as i
from kiosk.journey.effects import CheckCode, Record, SendCode
from kiosk.journey.ending import Outcome, end_visit, go_to
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import Moment, PinPhase, Stage, VisitState, Waiting
from kiosk.ports import SendStatus


def send_code(state: VisitState, moment: Moment) -> Outcome:
    """Ask for the next code; a try whose fate is unknown is repeated under the same number."""
    sending = go_to(
        state,
        Stage.OTP,
        moment,
        waiting=Waiting.SENDING_CODE,
        waiting_since=moment.monotonic,
        send_tries=state.send_tries + 1,
    )
    return sending, (SendCode(state.visit_id, state.ticket, state.sends + 1),)


def on_resend(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    if state.waiting is not None or (state.resend_at is not None and moment.monotonic < state.resend_at):
        return state, ()
    if state.sends >= limits.otp.codes_per_visit or state.send_tries >= 2 * limits.otp.codes_per_visit:
        return end_visit(state, EndReason.CODE_SEND_LIMIT, moment)
    return send_code(state, moment)


def on_send_done(state: VisitState, done: i.CodeSendDone, moment: Moment, limits: Limits) -> Outcome:
    if state.waiting is not Waiting.SENDING_CODE or done.send_no != state.sends + 1:
        return state, ()
    if done.status is SendStatus.SENT:
        sent = replace(
            state,
            waiting=None,
            sends=done.send_no,
            notice=Notice.CODE_SENT_AGAIN if done.send_no > 1 else None,
            code_expires_at=moment.monotonic + limits.otp.valid_seconds,
            resend_at=moment.monotonic + limits.otp.resend_seconds,
            last_touch=moment.monotonic,
        )
        return sent, (Record(CodeSent(send_no=done.send_no, channel="sms", ticket=state.ticket)),)
    record = Record(CodeNotSent(send_no=done.send_no, reason=done.status.value))
    if done.status is SendStatus.FAILED:
        unsent, effects = on_unanswered(state, moment, limits)
        return unsent, (record, *effects)
    reason = EndReason.NO_CONTACT if done.status is SendStatus.NO_CONTACT else EndReason.CODE_SEND_LIMIT
    ended, effects = end_visit(state, reason, moment)
    return ended, (record, *effects)


def on_unanswered(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    if state.waiting is Waiting.CHECKING_CODE:
        return replace(state, waiting=None), ()
    if state.waiting is not Waiting.SENDING_CODE:
        return state, ()
    if state.send_tries >= 2 * limits.otp.codes_per_visit:
        return end_visit(state, EndReason.CODE_SEND_LIMIT, moment)
    waiting = replace(state, waiting=None, notice=Notice.CODE_NOT_SENT, resend_at=moment.monotonic)
    return replace(waiting, last_touch=moment.monotonic), ()


def on_code(state: VisitState, code: str, moment: Moment, limits: Limits) -> Outcome:
    malformed = len(code) != limits.otp.digits or not (code.isascii() and code.isdigit())
    if state.waiting is not None or state.code_expires_at is None or malformed:
        return state, ()
    if moment.monotonic >= state.code_expires_at:
        late = replace(state, notice=Notice.CODE_EXPIRED, notice_values=(), resend_at=moment.monotonic)
        return late, (Record(CodeRefused(reason="expired", failures=state.code_failures)),)
    checking = replace(state, waiting=Waiting.CHECKING_CODE, waiting_since=moment.monotonic, notice=None)
    return checking, (CheckCode(code),)


def on_checked(state: VisitState, checked: i.CodeChecked, moment: Moment, limits: Limits) -> Outcome:
    if state.waiting is not Waiting.CHECKING_CODE:
        return state, ()
    if checked.matched and checked.send_no == state.sends:
        verified = CodeVerified(send_no=checked.send_no, ticket=state.ticket)
        pin = go_to(state, Stage.PIN, moment, pin_phase=PinPhase.CHOOSE, code_expires_at=None, resend_at=None)
        return pin, (Record(verified),)
    failures = state.code_failures + 1
    record = Record(CodeRefused(reason="wrong", failures=failures))
    left = limits.otp.wrong_entries - failures
    wrong = replace(
        state,
        waiting=None,
        code_failures=failures,
        notice=Notice.CODE_WRONG,
        notice_values=(("left", str(left)),),
    )
    if left <= 0:
        ended, effects = end_visit(wrong, EndReason.CODE_LIMIT, moment)
        return ended, (record, *effects)
    return wrong, (record,)
