"""From consent to the confirmed person: consent, ways to identify, lookup, initials."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import (
    ConsentGiven,
    ConsentRefused,
    IdentityConfirmed,
    IdentityDenied,
    IdentityRead,
    IdentityRefused,
    LookupAnswered,
)
from kiosk.identity.card import CardProblem, check_card
from kiosk.identity.nik import NikNote, NikProblem, check_nik, group_digits
from kiosk.journey import inputs as i
from kiosk.journey.effects import Lookup, Record, StartReading, StopReading, VisitEffect
from kiosk.journey.ending import Outcome, end_visit, go_to
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import IdentityMethod, Moment, Stage, VisitState, Waiting
from kiosk.ports import Identifier, IdentifierKind, LookupStatus

CONSENT_PURPOSES = ("identity_check", "face_match", "contact_code")
"""What the consent covers; the words are in the catalogue under ``consent.purpose.<value>``."""

NIK_NOTICES: dict[NikProblem, Notice] = {
    NikProblem.LENGTH: Notice.NIK_LENGTH,
    NikProblem.NOT_DIGITS: Notice.NIK_LENGTH,
    NikProblem.DATE: Notice.NIK_DATE,
    NikProblem.SERIAL: Notice.NIK_SERIAL,
    NikProblem.FUTURE: Notice.NIK_FUTURE,
    NikProblem.LOOKS_LIKE_VA: Notice.LOOKS_LIKE_VA,
}
CARD_NOTICES: dict[CardProblem, Notice] = {
    CardProblem.LENGTH: Notice.CARD_LENGTH,
    CardProblem.NOT_DIGITS: Notice.CARD_LENGTH,
    CardProblem.LOOKS_LIKE_VA: Notice.LOOKS_LIKE_VA,
}
_FORCEABLE = frozenset({NikProblem.DATE, NikProblem.SERIAL, NikProblem.FUTURE})
"""Sixteen digits that break a rule may still be somebody's: they can be looked up once all the same."""

_STAGE_OF_METHOD = {
    IdentityMethod.NIK_TYPED: Stage.NIK,
    IdentityMethod.JKN_TYPED: Stage.CARD_NUMBER,
    IdentityMethod.JKN_CODE: Stage.CARD,
}
_LOOKUP_ENDS: dict[LookupStatus, EndReason] = {
    LookupStatus.NEEDS_STAFF: EndReason.RECORD_NEEDS_STAFF,
    LookupStatus.MINOR: EndReason.MINOR,
    LookupStatus.BUSY_ELSEWHERE: EndReason.BUSY_ELSEWHERE,
    LookupStatus.ALLOWANCE_SPENT: EndReason.KIOSK_ALLOWANCE_SPENT,
    LookupStatus.TOO_MANY_FAILURES: EndReason.TOO_MANY_FAILED_VISITS,
}


def on_consent(state: VisitState, answer: i.AnswerConsent, moment: Moment) -> Outcome:
    if not answer.given:
        ended, effects = end_visit(state, EndReason.CONSENT_REFUSED, moment)
        return ended, (Record(ConsentRefused()), *effects)
    consent = ConsentGiven(
        purposes=CONSENT_PURPOSES,
        text_version=answer.text_version,
        language=state.language.value,
        text_sha256=answer.text_sha256,
    )
    return go_to(state, Stage.IDENTITY, moment), (Record(consent),)


def on_method(state: VisitState, method: IdentityMethod, moment: Moment) -> Outcome:
    chosen = go_to(state, _STAGE_OF_METHOD[method], moment, method=method, may_force_nik=False)
    leave = () if method is IdentityMethod.JKN_CODE else (StopReading(),)
    return chosen, (StartReading(),) if method is IdentityMethod.JKN_CODE else leave


def on_number(state: VisitState, digits: str, moment: Moment, limits: Limits) -> Outcome:
    if state.stage is Stage.NIK:
        verdict = check_nik(digits, moment.today)
        if verdict.problem is not None:
            problem = verdict.problem
            forceable = problem in _FORCEABLE and not state.forced_nik
            kept = Identifier(IdentifierKind.NIK, digits) if forceable else None
            refused = replace(state, may_force_nik=forceable, identifier=kept)
            return _refuse(refused, NIK_NOTICES[problem], problem.value, moment, limits)
        notes = tuple(note.value for note in verdict.notes)
        state = replace(state, may_be_kk=NikNote.MAY_BE_KK in verdict.notes)
        return _look_up(state, Identifier(IdentifierKind.NIK, digits), notes, moment, limits)
    card = check_card(digits)
    if card.problem is not None:
        return _refuse(state, CARD_NOTICES[card.problem], card.problem.value, moment, limits)
    return _look_up(state, Identifier(IdentifierKind.JKN_CARD, digits), (), moment, limits)


def on_forced_nik(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    if not state.may_force_nik or state.identifier is None:
        return state, ()
    forced = replace(state, forced_nik=True, may_force_nik=False)
    return _look_up(forced, state.identifier, ("forced",), moment, limits)


def on_code_seen(state: VisitState, identifier: Identifier | None, moment: Moment, limits: Limits) -> Outcome:
    """A code read by the camera. A foreign code is not counted: posters and labels come into view."""
    if identifier is None:
        if state.notice is Notice.CODE_UNKNOWN:
            return state, ()
        refusal = IdentityRefused(method=IdentityMethod.JKN_CODE.value, reason=Notice.CODE_UNKNOWN.value)
        return replace(state, notice=Notice.CODE_UNKNOWN), (Record(refusal),)
    return _look_up(state, identifier, (), moment, limits)


def on_lookup(state: VisitState, done: i.LookupDone, moment: Moment, limits: Limits) -> Outcome:
    answer = done.answer
    record = Record(LookupAnswered(outcome=answer.status.value, ticket=answer.ticket))
    if answer.status is LookupStatus.FOUND:
        found = go_to(state, Stage.CONFIRM, moment, ticket=answer.ticket, initials=answer.initials, lookup_tries=0)
        return found, (record,)
    if answer.status is LookupStatus.NOT_FOUND:
        if len(state.tried) >= limits.visit.identifiers:
            return _after(record, end_visit(state, EndReason.NOT_FOUND_LIMIT, moment))
        shown = group_digits(state.identifier.digits) if state.identifier else ""
        back = state.method if state.method in (IdentityMethod.NIK_TYPED, IdentityMethod.JKN_TYPED) else None
        stage = _STAGE_OF_METHOD[back] if back else Stage.IDENTITY
        again = go_to(
            state,
            stage,
            moment,
            notice=Notice.LOOKS_LIKE_KK if state.may_be_kk else Notice.NOT_FOUND,
            may_be_kk=False,
            notice_values=(("number", shown),),
            identifier=None,
            lookup_tries=0,
        )
        return again, (record,)
    return _after(record, end_visit(state, _LOOKUP_ENDS[answer.status], moment))


def on_lookup_unanswered(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    record = Record(LookupAnswered(outcome="unreachable"))
    if state.lookup_tries >= limits.visit.lookup_retries:
        return _after(record, end_visit(state, EndReason.CENTRE_UNREACHABLE, moment))
    return replace(state, waiting=None, notice=Notice.CENTRE_BUSY), (record,)


def on_lookup_retry(state: VisitState, moment: Moment) -> Outcome:
    if state.waiting is not None or state.identifier is None:
        return state, ()
    return _send_lookup(state, state.identifier, moment)


def on_confirm(state: VisitState, mine: bool, moment: Moment, limits: Limits) -> Outcome:
    if mine:
        return go_to(state, Stage.FACE, moment), (Record(IdentityConfirmed(ticket=state.ticket)),)
    record = Record(IdentityDenied(ticket=state.ticket))
    if len(state.tried) >= limits.visit.identifiers:
        return _after(record, end_visit(state, EndReason.IDENTITY_LIMIT, moment))
    again = go_to(state, Stage.IDENTITY, moment, notice=Notice.IDENTITY_DENIED, ticket="", initials="", identifier=None)
    return again, (record,)


def on_back(state: VisitState, moment: Moment) -> Outcome:
    effects: tuple[VisitEffect, ...] = (StopReading(),) if state.stage is Stage.CARD else ()
    back = go_to(state, Stage.IDENTITY, moment, identifier=None, may_force_nik=False)
    return back, effects


def _refuse(state: VisitState, notice: Notice, reason: str, moment: Moment, limits: Limits) -> Outcome:
    method = state.method.value if state.method else ""
    record = Record(IdentityRefused(method=method, reason=reason))
    refused = replace(state, refusals=state.refusals + 1, notice=notice, notice_values=())
    if refused.refusals >= limits.visit.identity_refusals:
        return _after(record, end_visit(refused, EndReason.IDENTITY_LIMIT, moment))
    return refused, (record,)


def _look_up(
    state: VisitState, identifier: Identifier, notes: tuple[str, ...], moment: Moment, limits: Limits
) -> Outcome:
    known = identifier.digits in state.tried
    repeats = state.refusals + 1 if known else state.refusals
    too_many = repeats >= limits.visit.identity_refusals
    if (not known and len(state.tried) >= limits.visit.identifiers) or too_many:
        return end_visit(state, EndReason.IDENTITY_LIMIT, moment)
    method = state.method.value if state.method else ""
    tried = state.tried if known else (*state.tried, identifier.digits)
    looking, effects = _send_lookup(
        replace(state, tried=tried, refusals=repeats, may_force_nik=False), identifier, moment
    )
    return looking, (Record(IdentityRead(method=method, notes=notes)), StopReading(), *effects)


def _send_lookup(state: VisitState, identifier: Identifier, moment: Moment) -> Outcome:
    looking = go_to(
        state,
        Stage.LOOKUP,
        moment,
        identifier=identifier,
        waiting=Waiting.LOOKING_UP,
        waiting_since=moment.monotonic,
        lookup_tries=state.lookup_tries + 1,
    )
    return looking, (Lookup(state.visit_id, identifier),)


def _after(record: Record, outcome: Outcome) -> Outcome:
    state, effects = outcome
    return state, (record, *effects)
