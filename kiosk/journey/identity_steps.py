"""From consent to the confirmed person: consent, ways to identify, lookup, initials."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import (
    ConsentGiven,
    ConsentRefused,
    IdentityConfirmed,
    IdentityDenied,
    IdentityRefused,
    LookupAnswered,
)
from kiosk.identity.card import CardProblem, check_card
from kiosk.identity.nik import NikNote, NikProblem, check_nik, group_digits
from kiosk.journey import deferred_steps, ikd_steps
from kiosk.journey import inputs as i
from kiosk.journey.case_numbers import CaseProblem, check_case
from kiosk.journey.effects import Record, StartKtp, StartReading, VisitEffect
from kiosk.journey.ending import Outcome, end_visit, go_to
from kiosk.journey.identifying import after, leave, look_up, refuse, send_lookup
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import IdentityMethod, Moment, Stage, VisitState
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
CASE_NOTICES: dict[CaseProblem, Notice] = {
    CaseProblem.LENGTH: Notice.CASE_LENGTH,
    CaseProblem.CHECK_DIGIT: Notice.CASE_DIGITS,
}
_TYPED = (IdentityMethod.NIK_TYPED, IdentityMethod.JKN_TYPED, IdentityMethod.CASE_NUMBER)
_FORCEABLE = frozenset({NikProblem.DATE, NikProblem.SERIAL, NikProblem.FUTURE})
"""Sixteen digits that break a rule may still be somebody's: they can be looked up once all the same."""

STAGE_OF_METHOD = {
    IdentityMethod.NIK_TYPED: Stage.NIK,
    IdentityMethod.JKN_TYPED: Stage.CARD_NUMBER,
    IdentityMethod.JKN_CODE: Stage.CARD,
    IdentityMethod.KTP_CAMERA: Stage.KTP,
    IdentityMethod.IKD_LOGIN: Stage.IKD,
    IdentityMethod.IKD_CODE: Stage.IKD_CODE,
    IdentityMethod.CASE_NUMBER: Stage.CASE,
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


def on_method(state: VisitState, method: IdentityMethod, moment: Moment, limits: Limits) -> Outcome:
    if method is IdentityMethod.IKD_LOGIN and not limits.ikd_login:
        method = IdentityMethod.IKD_CODE
    stage = STAGE_OF_METHOD[method]
    chosen = go_to(state, stage, moment, method=method, may_force_nik=False, identifier=None, facts=None)
    started: tuple[VisitEffect, ...] = ()
    match stage:
        case Stage.CARD | Stage.IKD_CODE:
            started = (StartReading(),)
        case Stage.KTP:
            started = (StartKtp(),)
        case Stage.IKD:
            chosen, started = ikd_steps.open_login(chosen, moment)
    return chosen, (*leave(state), *started)


def on_number(state: VisitState, digits: str, moment: Moment, limits: Limits) -> Outcome:
    if state.stage is Stage.NIK:
        verdict = check_nik(digits, moment.today)
        if verdict.problem is not None:
            problem = verdict.problem
            forceable = problem in _FORCEABLE and not state.forced_nik
            kept = Identifier(IdentifierKind.NIK, digits) if forceable else None
            refused = replace(state, may_force_nik=forceable, identifier=kept)
            return refuse(refused, NIK_NOTICES[problem], problem.value, moment, limits)
        notes = tuple(note.value for note in verdict.notes)
        state = replace(state, may_be_kk=NikNote.MAY_BE_KK in verdict.notes)
        return look_up(state, Identifier(IdentifierKind.NIK, digits), notes, moment, limits)
    if state.stage is Stage.CASE:
        slip = check_case(digits)
        if slip is not None:
            return refuse(state, CASE_NOTICES[slip], slip.value, moment, limits)
        return look_up(state, Identifier(IdentifierKind.CASE, digits), (), moment, limits)
    card = check_card(digits)
    if card.problem is not None:
        return refuse(state, CARD_NOTICES[card.problem], card.problem.value, moment, limits)
    return look_up(state, Identifier(IdentifierKind.JKN_CARD, digits), (), moment, limits)


def on_forced_nik(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    if not state.may_force_nik or state.identifier is None:
        return state, ()
    forced = replace(state, forced_nik=True, may_force_nik=False)
    return look_up(forced, state.identifier, ("forced",), moment, limits)


def on_code_seen(state: VisitState, identifier: Identifier | None, moment: Moment, limits: Limits) -> Outcome:
    """A code read by camera or scanner. A foreign code is not counted: posters and labels come into view."""
    if identifier is None:
        if state.notice is Notice.CODE_UNKNOWN:
            return state, ()
        refusal = IdentityRefused(method=IdentityMethod.JKN_CODE.value, reason=Notice.CODE_UNKNOWN.value)
        return replace(state, notice=Notice.CODE_UNKNOWN, notice_values=()), (Record(refusal),)
    return look_up(replace(state, method=IdentityMethod.JKN_CODE), identifier, (), moment, limits)


def on_lookup(state: VisitState, done: i.LookupDone, moment: Moment, limits: Limits) -> Outcome:
    answer = done.answer
    record = Record(LookupAnswered(outcome=answer.status.value, ticket=answer.ticket))
    if answer.status is LookupStatus.FOUND:
        found = go_to(state, Stage.CONFIRM, moment, ticket=answer.ticket, initials=answer.initials, lookup_tries=0)
        return found, (record,)
    if answer.status is LookupStatus.NOT_FOUND:
        if len(state.tried) >= limits.visit.identifiers:
            return after(record, end_visit(state, EndReason.NOT_FOUND_LIMIT, moment))
        shown = group_digits(state.identifier.digits) if state.identifier else ""
        back = state.method if state.method in _TYPED else None
        stage = STAGE_OF_METHOD[back] if back else Stage.IDENTITY
        again = go_to(
            state,
            stage,
            moment,
            notice=_not_found(state),
            may_be_kk=False,
            notice_values=(("number", shown),),
            identifier=None,
            lookup_tries=0,
        )
        return again, (record,)
    return after(record, end_visit(state, _LOOKUP_ENDS[answer.status], moment))


def _not_found(state: VisitState) -> Notice:
    if state.identifier is not None and state.identifier.kind is IdentifierKind.CASE:
        return Notice.CASE_NOT_USABLE
    return Notice.LOOKS_LIKE_KK if state.may_be_kk else Notice.NOT_FOUND


def on_lookup_unanswered(state: VisitState, moment: Moment, limits: Limits, may_defer: bool = False) -> Outcome:
    """After the last try the person may still defer, where that is possible; otherwise staff."""
    record = Record(LookupAnswered(outcome="unreachable"))
    away = replace(state, waiting=None, notice=Notice.CENTRE_BUSY, may_defer=state.may_defer or may_defer)
    if state.lookup_tries >= limits.visit.lookup_retries and not deferred_steps.offered(away):
        return after(record, end_visit(state, EndReason.CENTRE_UNREACHABLE, moment))
    return away, (record,)


def on_lookup_retry(state: VisitState, moment: Moment, limits: Limits) -> Outcome:
    spent = state.lookup_tries >= limits.visit.lookup_retries
    if state.waiting is not None or state.identifier is None or spent:
        return state, ()
    return send_lookup(state, state.identifier, moment)


def on_confirm(state: VisitState, mine: bool, moment: Moment, limits: Limits) -> Outcome:
    if mine and deferred_steps.finishes_case(state):
        return deferred_steps.on_confirmed(state, moment)
    if mine:
        return go_to(state, Stage.FACE, moment), (Record(IdentityConfirmed(ticket=state.ticket)),)
    record = Record(IdentityDenied(ticket=state.ticket))
    if len(state.tried) >= limits.visit.identifiers:
        return after(record, end_visit(state, EndReason.IDENTITY_LIMIT, moment))
    again = go_to(
        state,
        Stage.IDENTITY,
        moment,
        notice=Notice.IDENTITY_DENIED,
        ticket="",
        initials="",
        identifier=None,
        facts=None,
    )
    return again, (record,)


def on_back(state: VisitState, moment: Moment) -> Outcome:
    back = go_to(state, Stage.IDENTITY, moment, identifier=None, may_force_nik=False, facts=None, login=None)
    return back, leave(state)
