"""A visit's digital identity on its threads. The risk: an answer for somebody who left, or a wait without an end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import pytest

from kiosk.journey.effects import CheckToken, StartLogin
from kiosk.journey.inputs import DigitalIdAnswered, LoginOffered
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused, LoginOffer, PersonFacts
from kiosk.runtime.ikd_runner import IkdRunner
from tests.identity.ikd.support import FACTS
from tests.runtime.support import WAIT_SECONDS, Inbox

OFFER = LoginOffer("login-1", "https://ikd.contoh.go.id/x", "ABCD-EFGH", 90.0)


class ByHand:
    """Answers each call as the test tells it, one after the other."""

    def __init__(self) -> None:
        self.calls: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[object] = queue.SimpleQueue()

    def begin_login(self, visit_id: str) -> LoginOffer:
        return self._answer(f"begin {visit_id}")  # type: ignore[return-value]

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        return self._answer(f"result {login_id}")  # type: ignore[return-value]

    def read_token(self, visit_id: str, text: str) -> PersonFacts:
        return self._answer(f"read {text}")  # type: ignore[return-value]

    def _answer(self, call: str) -> object:
        self.calls.put(call)
        answer = self.answers.get(timeout=WAIT_SECONDS)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def say(self, answer: object) -> str:
        """Answer the next call; which it was."""
        self.answers.put(answer)
        return self.calls.get(timeout=WAIT_SECONDS)


@pytest.fixture
def phone() -> ByHand:
    return ByHand()


def runner(phone: ByHand, clock: Callable[[], float] = lambda: 0.0) -> IkdRunner:
    return IkdRunner(phone, poll_seconds=0.005, monotonic=clock)


def refused(reason: DigitalIdRefusal) -> DigitalIdAnswered:
    return DigitalIdAnswered(refusal=reason)


def test_a_token_is_answered_by_its_facts_or_its_refusal(phone: ByHand) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.check(CheckToken("v", "token"), inbox)
    assert phone.say(FACTS) == "read token"
    assert inbox.next() == DigitalIdAnswered(facts=FACTS)
    ikd.check(CheckToken("v", "token"), inbox)
    phone.say(DigitalIdRefused(DigitalIdRefusal.REPLAYED))
    assert inbox.next() == refused(DigitalIdRefusal.REPLAYED)


def test_a_login_is_offered_followed_and_answered(phone: ByHand) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.start_login(StartLogin("v"), inbox)
    assert phone.say(OFFER) == "begin v"
    assert inbox.next() == LoginOffered(OFFER)
    for _ in range(3):
        assert phone.say(None) == "result login-1"
    phone.say(FACTS)
    assert inbox.next() == DigitalIdAnswered(facts=FACTS)
    assert inbox.empty


@pytest.mark.parametrize("reason", [DigitalIdRefusal.LOGIN_DENIED, DigitalIdRefusal.ISSUER_FAULT])
def test_a_login_that_is_refused_ends(phone: ByHand, reason: DigitalIdRefusal) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.start_login(StartLogin("v"), inbox)
    phone.say(OFFER)
    phone.say(DigitalIdRefused(reason))
    assert [inbox.next(), inbox.next()] == [LoginOffered(OFFER), refused(reason)]


def test_no_login_to_offer_is_an_answer(phone: ByHand) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.start_login(StartLogin("v"), inbox)
    phone.say(DigitalIdRefused(DigitalIdRefusal.ISSUER_UNREACHABLE))
    assert inbox.next() == refused(DigitalIdRefusal.ISSUER_UNREACHABLE)


def test_a_login_that_nobody_takes_up_expires(phone: ByHand) -> None:
    inbox = Inbox()
    times = iter([0.0, 89.0, 90.0])
    ikd = runner(phone, lambda: next(times))
    ikd.start_login(StartLogin("v"), inbox)
    phone.say(OFFER)
    phone.say(None)
    assert [inbox.next(), inbox.next()] == [LoginOffered(OFFER), refused(DigitalIdRefusal.LOGIN_EXPIRED)]


def test_a_centre_lost_for_a_moment_loses_no_login(phone: ByHand) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.start_login(StartLogin("v"), inbox)
    phone.say(OFFER)
    phone.say(DigitalIdRefused(DigitalIdRefusal.CENTRE_UNREACHABLE))
    phone.say(FACTS)
    assert [inbox.next(), inbox.next()] == [LoginOffered(OFFER), DigitalIdAnswered(facts=FACTS)]


def test_a_centre_lost_for_good_is_named_in_the_end(phone: ByHand) -> None:
    inbox = Inbox()
    times = iter([0.0, 89.0, 90.0])
    ikd = runner(phone, lambda: next(times))
    ikd.start_login(StartLogin("v"), inbox)
    phone.say(OFFER)
    phone.say(DigitalIdRefused(DigitalIdRefusal.CENTRE_UNREACHABLE))
    inbox.next()
    assert inbox.next() == refused(DigitalIdRefusal.CENTRE_UNREACHABLE)


def test_a_centre_that_came_back_is_not_blamed_for_a_login_nobody_took_up(phone: ByHand) -> None:
    inbox = Inbox()
    times = iter([0.0, 50.0, 89.0, 90.0])
    ikd = runner(phone, lambda: next(times))
    ikd.start_login(StartLogin("v"), inbox)
    phone.say(OFFER)
    phone.say(DigitalIdRefused(DigitalIdRefusal.CENTRE_UNREACHABLE))
    phone.say(None)
    inbox.next()
    assert inbox.next() == refused(DigitalIdRefusal.LOGIN_EXPIRED)


def stopped(ikd: IkdRunner) -> None:
    ikd.stop_login()


def forgotten(ikd: IkdRunner) -> None:
    ikd.forget()


@pytest.mark.parametrize("end", [stopped, forgotten])
def test_a_late_answer_to_a_login_that_was_left_is_dropped(phone: ByHand, end: Callable[[IkdRunner], None]) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.start_login(StartLogin("v"), inbox)
    phone.say(OFFER)
    inbox.next()
    assert phone.calls.get(timeout=WAIT_SECONDS) == "result login-1"
    end(ikd)
    phone.answers.put(FACTS)
    _let_threads_end("ikd-login")
    assert inbox.empty


def test_an_offer_that_comes_after_the_screen_was_left_is_dropped_and_not_followed(phone: ByHand) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.start_login(StartLogin("v"), inbox)
    phone.calls.get(timeout=WAIT_SECONDS)
    ikd.stop_login()
    phone.answers.put(OFFER)
    _let_threads_end("ikd-login")
    assert inbox.empty
    assert phone.calls.empty()


def test_a_new_login_ends_the_one_before(phone: ByHand) -> None:
    first, second, ikd = Inbox(), Inbox(), runner(phone)
    ikd.start_login(StartLogin("v"), first)
    phone.say(OFFER)
    first.next()
    phone.calls.get(timeout=WAIT_SECONDS)
    ikd.start_login(StartLogin("v"), second)
    for _ in range(2):  # the old poll and the new beginning, in whatever order
        phone.answers.put(OFFER)
    assert isinstance(second.next(), LoginOffered)
    phone.say(FACTS)
    assert second.next() == DigitalIdAnswered(facts=FACTS)
    assert first.empty


def test_a_token_of_a_visit_that_is_over_is_dropped_but_not_by_leaving_the_login(phone: ByHand) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.check(CheckToken("v", "one"), inbox)
    phone.calls.get(timeout=WAIT_SECONDS)
    ikd.stop_login()
    phone.answers.put(FACTS)
    assert inbox.next() == DigitalIdAnswered(facts=FACTS)
    ikd.check(CheckToken("v", "two"), inbox)
    phone.calls.get(timeout=WAIT_SECONDS)
    ikd.forget()
    phone.answers.put(FACTS)
    _let_threads_end("ikd-token")
    assert inbox.empty


def test_a_part_that_breaks_is_an_answer_and_its_words_are_not_logged(
    phone: ByHand, caplog: pytest.LogCaptureFixture
) -> None:
    inbox, ikd = Inbox(), runner(phone)
    ikd.check(CheckToken("v", "token"), inbox)
    phone.say(RuntimeError("3174075508950001"))
    assert inbox.next() == refused(DigitalIdRefusal.CENTRE_UNREACHABLE)
    assert caplog.records[0].__dict__["fault"] == "RuntimeError"
    assert "3174075508950001" not in caplog.text


def _let_threads_end(name: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while any(thread.name == name for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.005)
    assert not any(thread.name == name for thread in threading.enumerate())


def test_a_late_word_on_a_code_is_not_taken_for_one_on_the_next_code_or_on_a_login(phone: ByHand) -> None:
    ikd, first, second = runner(phone), Inbox(), Inbox()
    ikd.check(CheckToken("v", "first"), first)
    assert phone.calls.get(timeout=WAIT_SECONDS) == "read first"
    ikd.check(CheckToken("v", "second"), second)
    assert phone.calls.get(timeout=WAIT_SECONDS) == "read second"
    ikd.start_login(StartLogin("v"), second)
    assert phone.calls.get(timeout=WAIT_SECONDS) == "begin v"
    for late in (DigitalIdRefused(DigitalIdRefusal.EXPIRED),) * 3:
        phone.answers.put(late)
    assert second.next() == refused(DigitalIdRefusal.EXPIRED), "the login's own"
    first.silent(0.2)
    second.silent(0.2)
