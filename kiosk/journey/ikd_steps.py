"""IKD, two ways: the phone scans the screen, or the kiosk reads the phone."""

from __future__ import annotations

from dataclasses import replace

from kiosk.identity.nik import check_nik
from kiosk.journey import inputs as i
from kiosk.journey.effects import CheckToken, StartLogin, StartReading, VisitEffect
from kiosk.journey.ending import Outcome, go_to
from kiosk.journey.identifying import leave, look_up, refuse
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, Moment, Stage, VisitState, Waiting
from kiosk.ports import DigitalIdRefusal, Identifier, IdentifierKind

_R = DigitalIdRefusal
NOTICES: dict[DigitalIdRefusal, Notice] = {
    _R.EXPIRED: Notice.IKD_EXPIRED,
    _R.NOT_YET_VALID: Notice.IKD_EXPIRED,
    _R.REPLAYED: Notice.IKD_USED,
    _R.NOT_ACTIVE: Notice.IKD_NOT_ACTIVE,
    _R.LOGIN_EXPIRED: Notice.IKD_LOGIN_EXPIRED,
    _R.LOGIN_DENIED: Notice.IKD_LOGIN_DENIED,
    _R.CLOCK_UNKNOWN: Notice.IKD_UNAVAILABLE,
    _R.CENTRE_UNREACHABLE: Notice.IKD_UNAVAILABLE,
    _R.ISSUER_UNREACHABLE: Notice.IKD_UNAVAILABLE,
    _R.ISSUER_FAULT: Notice.IKD_UNAVAILABLE,
    **dict.fromkeys(
        (
            _R.TOO_LARGE,
            _R.MALFORMED,
            _R.ALGORITHM,
            _R.UNKNOWN_KEY,
            _R.BAD_SIGNATURE,
            _R.WRONG_ISSUER,
            _R.WRONG_AUDIENCE,
            _R.LIVES_TOO_LONG,
            _R.NO_NIK,
        ),
        Notice.IKD_NOT_ACCEPTED,
    ),
}
"""The person needs to know what to do, not which check failed; the log and the event have the reason."""


def open_login(state: VisitState, moment: Moment) -> Outcome:
    opening = replace(
        state,
        login=None,
        login_ends_at=None,
        notice=None,
        waiting=Waiting.OPENING_LOGIN,
        waiting_since=moment.monotonic,
    )
    return opening, (StartLogin(state.visit_id),)


def on_offered(state: VisitState, offered: i.LoginOffered, moment: Moment) -> Outcome:
    if state.waiting is not Waiting.OPENING_LOGIN:
        return state, ()
    ends = moment.monotonic + offered.offer.valid_seconds
    return replace(state, waiting=None, login=offered.offer, login_ends_at=ends), ()


def on_new_login(state: VisitState, moment: Moment) -> Outcome:
    """A fresh code, once the last one is spent."""
    if state.waiting is not None or state.login is not None:
        return state, ()
    return open_login(state, moment)


def on_token(state: VisitState, token: str, moment: Moment) -> Outcome:
    """Held to camera or scanner on any screen of this step; the screen of the phone's code shows what comes of it."""
    if state.waiting is Waiting.CHECKING_IKD:
        return state, ()
    there = state.stage is Stage.IKD_CODE
    checking = go_to(
        state,
        Stage.IKD_CODE,
        moment,
        method=IdentityMethod.IKD_CODE,
        login=None,
        login_ends_at=None,
        may_force_nik=False,
        waiting=Waiting.CHECKING_IKD,
        waiting_since=moment.monotonic,
    )
    moved: tuple[VisitEffect, ...] = () if there else (*leave(state), StartReading())
    return checking, (*moved, CheckToken(state.visit_id, token))


def on_answered(state: VisitState, answer: i.DigitalIdAnswered, moment: Moment, limits: Limits) -> Outcome:
    if state.login is None and state.waiting not in (Waiting.OPENING_LOGIN, Waiting.CHECKING_IKD):
        return state, ()  # of a screen that was left
    state = replace(state, waiting=None, login=None, login_ends_at=None)
    facts, refusal = answer.facts, answer.refusal
    if facts is not None:
        verdict = check_nik(facts.nik, moment.today)
        if verdict.acceptable:
            looking = replace(state, facts=facts)
            notes = tuple(note.value for note in verdict.notes)
            return look_up(looking, Identifier(IdentifierKind.NIK, facts.nik), notes, moment, limits)
        refusal = DigitalIdRefusal.NO_NIK
    reason = refusal or DigitalIdRefusal.ISSUER_FAULT
    return refuse(state, NOTICES[reason], reason.value, moment, limits)


def on_unanswered(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    return on_answered(state, i.DigitalIdAnswered(refusal=DigitalIdRefusal.CENTRE_UNREACHABLE), moment, limits)
