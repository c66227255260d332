"""The demo issuer's logins. The risk: a demo that waits for ever, or agrees for somebody else."""

from __future__ import annotations

import pytest

from kiosk.gateways.demo_logins import MAX_LOGINS, VALID_SECONDS, DemoLogins

NIK = "3174075508950001"


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def logins(clock: list[float]) -> DemoLogins:
    return DemoLogins(lambda: clock[0])


def test_a_login_waits_until_somebody_agrees_and_is_good_once(logins: DemoLogins, clock: list[float]) -> None:
    login = logins.open()
    assert logins.redeem(login.device_code) == ("", "authorization_pending")
    assert logins.answer(login.user_code, NIK)
    clock[0] = 1.0
    assert logins.redeem(login.device_code) == (NIK, "")
    assert logins.redeem(login.device_code) == ("", "invalid_grant")


def test_who_denies_denies_once(logins: DemoLogins) -> None:
    login = logins.open()
    assert logins.answer(login.user_code, "")
    assert not logins.answer(login.user_code, NIK)
    assert logins.redeem(login.device_code) == ("", "access_denied")


def test_who_asks_too_fast_is_told_to_be_slower(logins: DemoLogins, clock: list[float]) -> None:
    login = logins.open()
    logins.redeem(login.device_code)
    clock[0] = 0.5
    assert logins.redeem(login.device_code) == ("", "slow_down")
    clock[0] = 1.0
    assert logins.redeem(login.device_code) == ("", "authorization_pending")
    clock[0] = 3.0
    assert logins.redeem(login.device_code) == ("", "slow_down")


def test_a_login_ends_after_its_time(logins: DemoLogins, clock: list[float]) -> None:
    login = logins.open()
    clock[0] = VALID_SECONDS
    assert not logins.answer(login.user_code, NIK)
    assert logins.newest() == ""
    assert logins.redeem(login.device_code) == ("", "expired_token")


def test_the_phone_answers_the_login_opened_last(logins: DemoLogins) -> None:
    first, second = logins.open(), logins.open()
    assert logins.newest() == second.user_code
    logins.answer(second.user_code, NIK)
    assert logins.newest() == first.user_code
    assert not logins.answer("", NIK)
    assert not logins.answer("BCDF-GHJK", NIK)


def test_codes_are_different_and_old_ones_do_not_pile_up(logins: DemoLogins) -> None:
    codes = [logins.open().user_code for _ in range(MAX_LOGINS + 5)]
    assert len(set(codes)) == len(codes)
    assert not logins.answer(codes[0], NIK)
    assert logins.answer(codes[-1], NIK)
