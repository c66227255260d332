"""A notice that the gateway surely did not take is tried again, for a day; what may have gone out never is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from db.central import demo
from db.central.notice_tries import REST_SECONDS, Rest, pause_after
from kiosk.ports import CaptureMatch
from kiosk.ports.messages import MessageNotTaken
from tests.db.central.deferred_support import TYPED, Deferral
from tests.db.central.test_connector import Visit
from tests.db.central.test_settle import VisitForTest
from tests.db.support import CentralForTest

MINUTE, HOUR = 60.0, 3600.0


class Gateway:
    """``answers``: what it raises, one a call; None: takes it. After the last it takes everything."""

    def __init__(self, *answers: BaseException | None) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []
        self.taken: list[tuple[str, str]] = []

    def __call__(self, to: str, text: str) -> None:
        self.asked.append(text)
        if self._answers and (answer := self._answers.pop(0)) is not None:
            raise answer
        self.taken.append((to, text))


def away(times: int = 1) -> Gateway:
    return Gateway(*(MessageNotTaken() for _ in range(times)))


# ---- when


def test_a_notice_is_tried_after_1_5_and_30_minutes_and_then_hourly_until_it_is_a_day_old() -> None:
    age, pauses = 0.0, []
    while (pause := pause_after(len(pauses) + 1, age)) is not None:
        pauses.append(pause)
        age += pause
    assert pauses[:5] == [MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, HOUR]
    assert set(pauses[3:]) == {HOUR}
    assert 23 * HOUR < age <= 24 * HOUR


def test_a_job_rests_after_a_notice_that_was_not_taken() -> None:
    now = 100.0
    rest = Rest(lambda: now)
    assert rest.over
    rest.begin()
    assert not rest.over
    now += REST_SECONDS
    assert rest.over


# ---- the notice of a verified account


@pytest.fixture
def verified(central: CentralForTest) -> CentralForTest:
    visit = VisitForTest(central, central.kiosk())
    visit.centre_did()
    visit.send()
    central.settle_once()
    return central


def a_pass(central: CentralForTest, gateway: Callable[[str, str], None]) -> None:
    central.connect_once(send_sms=gateway)


def later(central: CentralForTest, table: str = "request", by: str = "61 minutes") -> None:
    central.run(f"UPDATE store.{table} SET try_at = try_at - %s::interval", by)


def notice(central: CentralForTest) -> tuple[str, str, int]:
    with psycopg.connect(central.admin_dsn) as conn:
        rows = conn.execute("SELECT state, send_status, tries FROM store.request WHERE kind = 'notice'").fetchall()
    assert len(rows) == 1
    return rows[0]


def test_the_news_goes_out_once_when_the_gateway_is_back(verified: CentralForTest) -> None:
    gateway = away(2)
    a_pass(verified, gateway)
    assert notice(verified) == ("waiting", "", 1)
    a_pass(verified, gateway)
    assert len(gateway.asked) == 1, "not before its time"
    later(verified, by="1 minute")
    a_pass(verified, gateway)
    assert notice(verified) == ("waiting", "", 2)
    later(verified, by="1 minute")
    a_pass(verified, gateway)
    assert len(gateway.asked) == 2, "five minutes after the second"
    later(verified, by="4 minutes")
    for _ in range(3):
        a_pass(verified, gateway)
    assert gateway.taken == [(demo.MAIN.phone, "Terverifikasi")]
    assert notice(verified) == ("done", "sent", 2)


def test_after_a_day_nobody_tries_any_more(verified: CentralForTest) -> None:
    verified.run("UPDATE store.request SET asked_at = now() - interval '23 hours 59 minutes 30 seconds'")
    gateway = away(2)
    a_pass(verified, gateway)
    assert notice(verified) == ("done", "failed", 1)
    assert verified.alarms() == {"notice_not_taken"}
    later(verified)
    a_pass(verified, gateway)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("fault", [ConnectionError(), TimeoutError(), RuntimeError()])
def test_what_may_have_gone_out_is_not_sent_again(verified: CentralForTest, fault: Exception) -> None:
    gateway = Gateway(fault)
    a_pass(verified, gateway)
    assert notice(verified) == ("done", "failed", 0)
    later(verified)
    a_pass(verified, gateway)
    assert len(gateway.asked) == 1


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


def test_a_worker_that_dies_at_a_later_try_is_not_followed_by_another(verified: CentralForTest) -> None:
    gateway = Gateway(MessageNotTaken(), Killed())
    a_pass(verified, gateway)
    later(verified)
    with pytest.raises(Killed):
        a_pass(verified, gateway)
    later(verified)
    a_pass(verified, gateway)
    assert notice(verified) == ("done", "failed", 1)
    assert gateway.taken == []


def test_two_connectors_that_both_saw_a_notice_try_it_once(verified: CentralForTest) -> None:
    def meanwhile(_to: str, _text: str) -> None:
        a_pass(verified, second)
        raise MessageNotTaken

    second = Gateway()
    a_pass(verified, meanwhile)
    a_pass(verified, second)
    assert second.asked == []
    assert notice(verified) == ("waiting", "", 1)


def test_a_gateway_that_is_away_holds_up_one_notice_not_what_people_stand_waiting_for(
    verified: CentralForTest,
) -> None:
    kiosk = verified.kiosk("kiosk-other")
    for number in range(3):  # notices of others
        verified.run("INSERT INTO store.request (ticket, kiosk_id, visit_id, kind, send_no, asked_at) SELECT ticket,"
                     " kiosk_id, visit_id, 'notice', %s, now() - interval '1 hour' FROM store.ticket LIMIT 1",
                     number + 1)  # fmt: skip
    visit = Visit(verified, kiosk, "v", kiosk.lookup("v", demo.VERIFIED.nik).ticket)
    visit.consent()
    visit.match()
    order: list[Any] = []

    def send(_to: str, text: str) -> None:
        order.append(text)
        if text == "Terverifikasi":
            raise MessageNotTaken

    connector = verified.connector(send)
    with psycopg.connect(verified.centre.connector_dsn, autocommit=True) as conn:
        visit.ask_code()
        connector.work(conn)
        assert order == ["Kode: 482916", "Terverifikasi"]
        visit.ask_code(2)
        visit.ask("profile")
        connector.work(conn)
    assert order == ["Kode: 482916", "Terverifikasi", "Kode: 482916"]
    assert verified.one("SELECT count(*) FROM store.request WHERE kind = 'profile' AND state = 'done'") == 1


def test_a_code_that_the_gateway_did_not_take_is_not_tried_again(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v").ticket)
    visit.consent()
    visit.match()
    gateway = away()
    asked = visit.ask_code()
    assert visit.answer(asked, send_sms=gateway) == ("done", "failed")
    assert visit.answer(asked, send_sms=gateway) == ("done", "failed")
    assert len(gateway.asked) == 1


# ---- news of a deferred visit


@pytest.fixture
def deferral(central: CentralForTest) -> Deferral:
    deferral = Deferral(central, central.kiosk(), phone=TYPED, answer=CaptureMatch.NO_MATCH)
    deferral.send()
    deferral.decide()
    return deferral


def test_both_are_told_when_the_gateway_is_back_and_the_typed_number_is_held_until_then_only(
    deferral: Deferral,
) -> None:
    gateway = away(4)
    held = "SELECT count(*) FROM store.deferred_notice WHERE phone_sealed IS NOT NULL"
    for tries in range(1, 5):
        deferral.tell(gateway)
        assert len(gateway.asked) == tries, "one, and then a rest"
        assert deferral.central.one(held) == 1
        later(deferral.central, "deferred_notice")
    for _ in range(2):
        deferral.tell(gateway)
    assert sorted(gateway.taken) == [(demo.MAIN.phone, "record False"), (TYPED, "typed False")]
    assert deferral.central.one(held) == 0
    assert deferral.central.one("SELECT max(codes) FROM store.contact_allowance") == 1, "a failed try is no message"


def test_a_typed_number_is_forgotten_when_nobody_tries_any_more(deferral: Deferral) -> None:
    deferral.central.run("UPDATE store.deferred_notice SET queued_at = now() - interval '24 hours'")
    for _ in range(2):
        deferral.tell(away())
    assert deferral.central.one("SELECT count(*) FROM store.deferred_notice WHERE state = 'done'"
                                " AND send_status = 'failed' AND phone_sealed IS NULL") == 2  # fmt: skip
    assert deferral.central.alarms() == {"notice_not_taken"}


def test_news_that_may_have_gone_out_are_not_sent_again(deferral: Deferral) -> None:
    gateway = Gateway(ConnectionError(), MessageNotTaken(), Killed())
    deferral.tell(gateway)
    assert len(gateway.asked) == 2
    later(deferral.central, "deferred_notice")
    with pytest.raises(Killed):
        deferral.tell(gateway)
    later(deferral.central, "deferred_notice")
    deferral.tell(gateway)
    assert gateway.taken == []
    assert deferral.central.one("SELECT count(*) FROM store.deferred_notice WHERE send_status = 'failed'") == 2
