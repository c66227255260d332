"""Badge or username, then PIN, then TOTP: one question a screen, for the first and the second person alike."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import StaffRefused, StaffSignedIn
from kiosk.ports import USERNAME, ComparisonAsked, StaffCredentials, StaffRefusal, StaffRole, StaffSession
from kiosk.staff import inputs as i
from kiosk.staff.effects import (
    Compare,
    LoadQueue,
    Record,
    SignIn,
    StaffEffect,
    StopWatching,
    WatchForBadge,
    WatchParts,
)
from kiosk.staff.leaving import leave
from kiosk.staff.limits import PIN_DIGITS, TOTP_DIGITS
from kiosk.staff.state import Field, StaffNotice, StaffScreen, StaffState

Outcome = tuple[StaffState, tuple[StaffEffect, ...]]

_HOME = {StaffRole.TECHNICIAN: StaffScreen.DIAGNOSTICS}
_STEPS = {StaffScreen.SIGN_IN: "sign_in", StaffScreen.SECOND: "decision"}


def cleared(state: StaffState) -> StaffState:
    """The empty form."""
    return replace(state, asked=Field.WHO, username="", badge="", pin="", waiting=False)


def on_form(state: StaffState, staff_input: i.StaffInput, now: float) -> Outcome:
    if state.waiting:
        return _on_answer(state, staff_input)
    match staff_input:
        case i.BadgeSeen(token=token):
            return on_badge(state, token)
        case i.SubmitUsername(username=username) if state.asked is Field.WHO and USERNAME.fullmatch(username):
            named = replace(state, asked=Field.PIN, username=username, badge="", notice=None)
            return named, (StopWatching(),)
        case i.SubmitPin(pin=pin) if state.asked is Field.PIN and _is_digits(pin, PIN_DIGITS):
            return replace(state, asked=Field.TOTP, pin=pin, notice=None), ()
        case i.SubmitTotp(totp=totp) if state.asked is Field.TOTP and _is_digits(totp, TOTP_DIGITS):
            return _ask_centre(state, totp, now)
        case i.Back():
            return _back(state)
        case _:
            return state, ()


def on_badge(state: StaffState, token: str) -> Outcome:
    """A badge answers the first question, whatever was typed before."""
    return replace(cleared(state), asked=Field.PIN, badge=token, notice=None), (StopWatching(),)


def on_signed_in(state: StaffState, session: StaffSession, now: float) -> Outcome:
    member = session.member
    event = StaffSignedIn(
        session=session.session,
        username=member.username,
        name=member.name,
        role=member.role.value,
        entry=state.entry.value,
    )
    home = _HOME.get(member.role, StaffScreen.QUEUE)
    inside = replace(
        cleared(state), screen=home, session=session, notice=None, last_touch=now, kept_alive_at=now, queue=()
    )
    arrival: StaffEffect = WatchParts() if home is StaffScreen.DIAGNOSTICS else LoadQueue()
    return inside, (Record(event), arrival)


def on_centre_away(state: StaffState) -> Outcome:
    """Nothing is known of the request: the code may be spent, so all is asked again."""
    return replace(cleared(state), notice=StaffNotice.CENTRE_AWAY), (WatchForBadge(),)


def refusal_of(state: StaffState, refusal: StaffRefusal) -> Record:
    return Record(StaffRefused(step=_STEPS.get(state.screen, "session"), reason=refusal.value))


def _on_answer(state: StaffState, staff_input: i.StaffInput) -> Outcome:
    match staff_input:
        case i.Denied(refusal=refusal):
            again = replace(cleared(state), notice=StaffNotice.of(refusal))
            return again, (refusal_of(state, refusal), WatchForBadge())
        case i.CentreAway():
            return on_centre_away(state)
        case _:
            return state, ()


def _ask_centre(state: StaffState, totp: str, now: float) -> Outcome:
    credentials = StaffCredentials(pin=state.pin, totp=totp, username=state.username, badge=state.badge)
    asking = replace(state, pin="", waiting=True, waiting_since=now, notice=None)
    if state.screen is StaffScreen.SIGN_IN:
        return asking, (SignIn(credentials),)
    if state.session is None or state.visit is None or state.reason_code is None:
        return cleared(state), ()
    asked = ComparisonAsked(
        visit_id=state.visit.visit_id,
        ticket=state.visit.ticket,
        reason_code=state.reason_code,
        session=state.session.session,
        second=credentials,
    )
    return asking, (Compare(asked),)


def _back(state: StaffState) -> Outcome:
    match state.asked:
        case Field.TOTP:
            return replace(state, asked=Field.PIN, pin="", notice=None), ()
        case Field.PIN:
            return replace(cleared(state), notice=None), (WatchForBadge(),)
        case _:
            if state.screen is StaffScreen.SIGN_IN:
                return leave(state, "signed_out")
            return replace(cleared(state), screen=StaffScreen.COMPARE, notice=None), (StopWatching(),)


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
