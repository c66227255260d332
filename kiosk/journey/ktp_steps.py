"""The e-KTP before the camera: read, compared by the person where it is not certain, or typed instead."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import IdentityRefused
from kiosk.identity.nik import check_nik
from kiosk.journey import inputs as i
from kiosk.journey.effects import Record, StartKtp, StopKtp
from kiosk.journey.ending import Outcome, go_to
from kiosk.journey.identifying import look_up
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, Moment, Stage, VisitState
from kiosk.ports import Identifier, IdentifierKind, KtpOutcome, KtpResult


def on_read(state: VisitState, result: KtpResult, moment: Moment, limits: Limits) -> Outcome:
    if result.outcome is KtpOutcome.CAMERA_LOST:
        return replace(state, notice=Notice.CAMERA_LOST, notice_values=()), (StartKtp(),)
    if result.outcome is KtpOutcome.ENGINE_UNAVAILABLE:
        return _type_instead(state, KtpOutcome.ENGINE_UNAVAILABLE.value, moment)
    verdict = check_nik(result.nik, moment.today)
    if result.outcome is KtpOutcome.UNREADABLE or not verdict.acceptable:
        return _again(state, KtpOutcome.UNREADABLE.value, moment, limits)
    identifier = Identifier(IdentifierKind.NIK, result.nik)
    if result.outcome is KtpOutcome.ASK:
        return go_to(state, Stage.KTP_CHECK, moment, identifier=identifier), (StopKtp(),)
    return look_up(state, identifier, tuple(note.value for note in verdict.notes), moment, limits)


def on_compared(state: VisitState, right: bool, moment: Moment, limits: Limits) -> Outcome:
    """The person holds the card and sees the digits: theirs is the better reading."""
    if state.identifier is None:
        return state, ()
    if right:
        notes = tuple(note.value for note in check_nik(state.identifier.digits, moment.today).notes)
        return look_up(state, state.identifier, ("confirmed", *notes), moment, limits)
    return _again(state, "misread", moment, limits)


def on_facts(state: VisitState, facts: i.FactsRead) -> Outcome:
    """The other fields come after the NIK; those of a card that is no longer the visit's are dropped."""
    known = state.identifier.digits if state.identifier else ""
    if not known or facts.facts.nik != known or state.method is not IdentityMethod.KTP_CAMERA:
        return state, ()
    return replace(state, facts=facts.facts), ()


def _again(state: VisitState, reason: str, moment: Moment, limits: Limits) -> Outcome:
    tries = state.ktp_tries + 1
    if tries >= limits.ktp_tries:
        return _type_instead(replace(state, ktp_tries=tries), reason, moment)
    record = Record(IdentityRefused(method=IdentityMethod.KTP_CAMERA.value, reason=reason))
    again = go_to(state, Stage.KTP, moment, notice=Notice.KTP_UNREADABLE, ktp_tries=tries, identifier=None, facts=None)
    return again, (record, StartKtp())


def _type_instead(state: VisitState, reason: str, moment: Moment) -> Outcome:
    record = Record(IdentityRefused(method=IdentityMethod.KTP_CAMERA.value, reason=reason))
    typing = go_to(
        state,
        Stage.NIK,
        moment,
        notice=Notice.KTP_TYPE_INSTEAD,
        method=IdentityMethod.NIK_TYPED,
        identifier=None,
        facts=None,
    )
    return typing, (record, StopKtp())
