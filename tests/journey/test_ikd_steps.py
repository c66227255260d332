"""IKD as the journey sees it: a code on the screen, or a code before the camera."""

from dataclasses import replace

import pytest

from kiosk.journey import inputs as i
from kiosk.journey.effects import CheckToken, Lookup, StartLogin, StartReading, StopLogin
from kiosk.journey.ikd_steps import NOTICES
from kiosk.journey.machine import step
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import IdentityMethod, Moment, Stage, Waiting
from kiosk.ports import (
    DigitalIdRefusal,
    FactSource,
    Identifier,
    IdentifierKind,
    KtpOutcome,
    KtpResult,
    LoginOffer,
    PersonFacts,
)
from tests.journey.support import LIMITS, NIK, TODAY, VISIT_ID, Walk

OFFER = LoginOffer("login-1", "https://ikd.example/device?user_code=ABCD-EFGH", "ABCD-EFGH", 120.0)
FACTS = PersonFacts(FactSource.IKD, NIK, "SITI CONTOH")
TOKEN = "header.payload.signature"
EXPIRED = i.DigitalIdAnswered(refusal=DigitalIdRefusal.EXPIRED)


@pytest.fixture
def walk() -> Walk:
    begun = Walk()
    begun.to_identity()
    return begun


def login(walk: Walk) -> Walk:
    walk.send(i.ChooseMethod(IdentityMethod.IKD_LOGIN), i.LoginOffered(OFFER))
    return walk


def test_a_login_shows_its_code_and_ends_in_a_lookup_without_typing(walk: Walk) -> None:
    login(walk)
    assert walk.state.stage is Stage.IKD and walk.state.login is OFFER and walk.state.waiting is None
    walk.send(i.DigitalIdAnswered(FACTS))
    assert walk.state.stage is Stage.LOOKUP and walk.state.facts is FACTS
    assert walk.effects[-1] == Lookup(VISIT_ID, Identifier(IdentifierKind.NIK, NIK))
    assert walk.events[-1].method == "ikd_login"  # type: ignore[union-attr]


def test_where_the_centre_has_no_issuer_the_kiosk_reads_the_phone(walk: Walk) -> None:
    limits = replace(LIMITS, ikd_login=False)
    chosen, effects = step(walk.state, i.ChooseMethod(IdentityMethod.IKD_LOGIN), Moment(walk.now, TODAY), limits)
    assert chosen.stage is Stage.IKD_CODE and StartReading() in effects and StartLogin(VISIT_ID) not in effects


def test_a_spent_login_is_replaced_only_when_the_person_asks(walk: Walk) -> None:
    login(walk).send(i.DigitalIdAnswered(refusal=DigitalIdRefusal.LOGIN_EXPIRED))
    assert walk.state.notice is Notice.IKD_LOGIN_EXPIRED and walk.state.login is None
    before = walk.effects.count(StartLogin(VISIT_ID))
    walk.send(i.Retry(), i.Retry())
    assert walk.effects.count(StartLogin(VISIT_ID)) == before + 1 and walk.state.waiting is Waiting.OPENING_LOGIN


def test_a_code_from_the_phone_is_checked_before_anything_is_looked_up(walk: Walk) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.IKD_CODE), i.TokenSeen(TOKEN))
    assert walk.effects[-1] == CheckToken(VISIT_ID, TOKEN) and walk.state.waiting is Waiting.CHECKING_IKD
    assert not any(isinstance(effect, Lookup) for effect in walk.effects)
    walk.send(i.DigitalIdAnswered(FACTS))
    assert walk.state.stage is Stage.LOOKUP and walk.events[-1].method == "ikd_code"  # type: ignore[union-attr]


def test_a_code_that_stays_in_view_is_checked_once(walk: Walk) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.IKD_CODE), i.TokenSeen(TOKEN), i.TokenSeen(TOKEN))
    assert walk.effects.count(CheckToken(VISIT_ID, TOKEN)) == 1


@pytest.mark.parametrize("method", [*IdentityMethod])
def test_a_phone_held_to_the_scanner_is_checked_on_every_screen_of_the_step(walk: Walk, method: IdentityMethod) -> None:
    walk.send(i.ChooseMethod(method), i.TokenSeen(TOKEN))
    assert walk.state.stage is Stage.IKD_CODE and CheckToken(VISIT_ID, TOKEN) in walk.effects
    walk.send(EXPIRED)
    assert walk.state.stage is Stage.IKD_CODE and walk.state.notice is Notice.IKD_EXPIRED


def test_a_code_from_the_phone_ends_the_login_on_the_screen(walk: Walk) -> None:
    login(walk).send(i.TokenSeen(TOKEN))
    assert StopLogin() in walk.effects and walk.state.login is None


@pytest.mark.parametrize("refusal", [*DigitalIdRefusal])
def test_every_refusal_has_its_words_its_event_and_another_try(walk: Walk, refusal: DigitalIdRefusal) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.IKD_CODE), i.TokenSeen(TOKEN), i.DigitalIdAnswered(refusal=refusal))
    assert walk.state.notice is NOTICES[refusal]
    assert walk.events[-1].type == "identity_refused" and walk.events[-1].reason == refusal.value  # type: ignore[union-attr]
    walk.send(i.TokenSeen("another.one.here"))
    assert walk.state.waiting is Waiting.CHECKING_IKD


def test_refused_codes_do_not_go_on_for_ever(walk: Walk) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.IKD_CODE))
    for _ in range(LIMITS.visit.identity_refusals):
        walk.send(i.TokenSeen(TOKEN), EXPIRED)
    assert walk.state.reason is EndReason.IDENTITY_LIMIT


def test_a_vouched_nik_that_cannot_be_one_is_refused(walk: Walk) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.IKD_CODE), i.TokenSeen(TOKEN))
    walk.send(i.DigitalIdAnswered(replace(FACTS, nik="3174075508950000")))
    assert walk.state.notice is Notice.IKD_NOT_ACCEPTED and not any(isinstance(e, Lookup) for e in walk.effects)


def test_an_answer_for_a_screen_that_was_left_changes_nothing(walk: Walk) -> None:
    login(walk).send(i.ChooseMethod(IdentityMethod.NIK_TYPED))
    assert StopLogin() in walk.effects
    before = walk.state
    assert walk.send(i.DigitalIdAnswered(FACTS)) == before


def test_a_card_read_while_a_phones_code_is_checked_is_not_the_visits(walk: Walk) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.KTP_CAMERA), i.TokenSeen(TOKEN))
    before = walk.state
    assert walk.send(i.KtpRead(KtpResult(KtpOutcome.ACCEPTED, "3174075508950002"))) == before


def test_the_person_is_not_timed_out_while_busy_with_the_phone(walk: Walk) -> None:
    login(walk).wait(LIMITS.visit.idle_end_seconds + 1)
    assert walk.state.stage is Stage.IKD and walk.state.idle_seconds_left is None
    walk.send(i.DigitalIdAnswered(refusal=DigitalIdRefusal.LOGIN_EXPIRED))
    walk.wait(LIMITS.visit.idle_end_seconds + 1)
    assert walk.state.stage is Stage.ATTRACT


def test_a_login_that_nobody_answers_says_so(walk: Walk) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.IKD_LOGIN))
    walk.wait(LIMITS.visit.waiting_seconds)
    assert walk.state.stage is Stage.IKD and walk.state.notice is Notice.IKD_UNAVAILABLE
