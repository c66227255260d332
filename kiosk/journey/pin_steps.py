"""Choosing the PIN, sealing it, and waiting for the centre to settle."""

from __future__ import annotations

import hmac
from dataclasses import replace

from kiosk.credentials.pin_policy import PinFacts, PinRule, check_pin
from kiosk.events import PinAccepted, PinRefused, VisitStatus
from kiosk.journey import inputs as i
from kiosk.journey.effects import Record, SealPin, WatchSettlement
from kiosk.journey.ending import Outcome, end_visit, go_to
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import Moment, PinPhase, Stage, VisitState, Waiting
from kiosk.ports import CentreVisitStatus, Profile

PIN_NOTICES: dict[PinRule, Notice] = {
    PinRule.LENGTH: Notice.PIN_LENGTH,
    PinRule.BIRTH_DATE: Notice.PIN_BIRTH_DATE,
    PinRule.ANY_DATE: Notice.PIN_ANY_DATE,
    PinRule.IDENTITY_DIGITS: Notice.PIN_IDENTITY_DIGITS,
    PinRule.SEQUENCE: Notice.PIN_SEQUENCE,
    PinRule.REPEAT: Notice.PIN_REPEAT,
    PinRule.KEYPAD: Notice.PIN_KEYPAD,
    PinRule.COMMON: Notice.PIN_COMMON,
}


def pin_facts(profile: Profile | None) -> PinFacts:
    """What the PIN must not contain. Of the phone number the kiosk knows the unmasked digits only."""
    if profile is None:
        return PinFacts()
    return PinFacts(
        birth_date=profile.birth_date,
        nik=profile.nik,
        card_number=profile.card_number,
        masked_phone=profile.masked_phone,
    )


def on_pin(state: VisitState, pin: str, moment: Moment, limits: Limits) -> Outcome:
    if state.waiting is not None:
        return state, ()
    if state.pin_phase is PinPhase.CHOOSE:
        rule = check_pin(pin, pin_facts(state.profile), limits.pin.digits)
        if rule is not None:
            return _refuse(state, PIN_NOTICES[rule], rule.value, moment, limits)
        return replace(state, pin_first=pin, pin_phase=PinPhase.REPEAT, notice=None), ()
    if not hmac.compare_digest(pin.encode(), state.pin_first.encode()):
        return _refuse(state, Notice.PIN_DIFFERENT, "different", moment, limits)
    sealing = replace(state, pin_first="", notice=None, waiting=Waiting.SEALING_PIN, waiting_since=moment.monotonic)
    return sealing, (SealPin(pin),)


def on_sealed(state: VisitState, sealed: i.PinSealed, moment: Moment, limits: Limits) -> Outcome:
    if state.waiting is not Waiting.SEALING_PIN:
        return state, ()
    event = PinAccepted(ticket=state.ticket, sealed_verifier=sealed.sealed_verifier, sealed_to=sealed.sealed_to)
    settling = go_to(
        state,
        Stage.SETTLING,
        moment,
        waiting=Waiting.SETTLING,
        waiting_since=moment.monotonic,
        settle_by=moment.monotonic + limits.visit.settle_wait_seconds,
    )
    return settling, (Record(event), WatchSettlement(state.visit_id))


def on_not_sealed(state: VisitState) -> Outcome:
    """The PIN could not be sealed to the centre: choose again rather than keep it in memory."""
    if state.waiting is not Waiting.SEALING_PIN:
        return state, ()
    return replace(state, waiting=None, pin_phase=PinPhase.CHOOSE, notice=Notice.CENTRE_BUSY), ()


def on_settlement(state: VisitState, status: CentreVisitStatus, moment: Moment) -> Outcome:
    """Settled or refused, in time or while the last screen still says that it is waiting."""
    if state.stage is Stage.SETTLING:
        reasons = {
            CentreVisitStatus.SETTLED: EndReason.SETTLED,
            CentreVisitStatus.REFUSED: EndReason.CENTRE_REFUSED,
        }
        reason = reasons.get(status)
        return (state, ()) if reason is None else end_visit(state, reason, moment)
    if state.status is not VisitStatus.MENUNGGU_SINKRONISASI:
        return state, ()
    match status:
        case CentreVisitStatus.SETTLED:
            words = replace(state, status=VisitStatus.TERVERIFIKASI, reason=EndReason.SETTLED, due=None)
            return replace(words, last_touch=moment.monotonic), ()
        case CentreVisitStatus.REFUSED:
            refused = replace(state, stage=Stage.ENDED, status=VisitStatus.DITOLAK, profile=None)
            return replace(refused, reason=EndReason.CENTRE_REFUSED, due=None, last_touch=moment.monotonic), ()
        case _:
            return state, ()


def on_back(state: VisitState) -> Outcome:
    if state.pin_phase is PinPhase.CHOOSE or state.waiting is not None:
        return state, ()
    return replace(state, pin_phase=PinPhase.CHOOSE, pin_first="", notice=None), ()


def _refuse(state: VisitState, notice: Notice, rule: str, moment: Moment, limits: Limits) -> Outcome:
    record = Record(PinRefused(rule=rule))
    refused = replace(
        state, pin_first="", pin_phase=PinPhase.CHOOSE, notice=notice, pin_refusals=state.pin_refusals + 1
    )
    if refused.pin_refusals >= limits.pin.refusals:
        ended, effects = end_visit(refused, EndReason.PIN_LIMIT, moment)
        return ended, (record, *effects)
    return refused, (record,)
