"""The digital identity at the kiosk. The risk: a token taken twice, unchecked, or on a clock nobody trusts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.config import IkdSettings
from kiosk.identity.ikd.keys import PinnedKeys
from kiosk.ports import (
    CentreRefused,
    CentreUnreachable,
    DigitalIdRefusal,
    DigitalIdRefused,
    LoginOffer,
    PersonFacts,
)
from kiosk.runtime.digital_id import DigitalIdDesk, centre_time, pinned_keys, token_policy
from tests.identity.ikd.support import FACTS, ISSUER, NOW, POLICY, jws, pinned
from tests.runtime.support import FakeCentre, given

OFFER = LoginOffer("login-1", "https://ikd.contoh.go.id/x", "ABCD-EFGH", 90.0)


@dataclass
class IkdCentre(FakeCentre):
    """Uses each token once; logins as the fields say."""

    used: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    fault: Exception | None = None
    result: PersonFacts | Exception | None = None

    def use_token(self, visit_id: str, issuer: str, token_id: str, expires_at: datetime) -> bool:
        if self.fault:
            raise self.fault
        first = not any(row[1:3] == (issuer, token_id) for row in self.used)
        self.used.append((visit_id, issuer, token_id, expires_at))
        return first

    def begin_login(self, visit_id: str) -> LoginOffer:
        if self.fault:
            raise self.fault
        return OFFER

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        if self.fault:
            raise self.fault
        return given(self.result)


def desk(centre: IkdCentre, keys: PinnedKeys | None = None, now: datetime | None = NOW) -> DigitalIdDesk:
    return DigitalIdDesk(pinned() if keys is None else keys, POLICY, centre, lambda: now)


def refusal(call: Callable[[], object]) -> DigitalIdRefusal:
    with pytest.raises(DigitalIdRefused) as refused:
        call()
    return refused.value.refusal


def test_a_good_token_is_used_up_at_the_centre_and_brings_its_facts() -> None:
    centre = IkdCentre()
    assert desk(centre).read_token("v", jws(jti="id-12345678")) == FACTS
    assert centre.used == [("v", ISSUER, "id-12345678", NOW + timedelta(seconds=60))]


def test_a_token_shown_again_is_replayed_here_and_at_the_kiosk_next_door() -> None:
    centre, token = IkdCentre(), jws()
    desk(centre).read_token("v", token)
    assert refusal(lambda: desk(centre).read_token("v", token)) is DigitalIdRefusal.REPLAYED
    assert refusal(lambda: desk(centre).read_token("of another kiosk", token)) is DigitalIdRefusal.REPLAYED


def test_a_bad_token_never_reaches_the_centre() -> None:
    centre = IkdCentre()
    for now, token, reason in (
        (NOW, jws() + "A", DigitalIdRefusal.MALFORMED),
        (None, jws(), DigitalIdRefusal.CLOCK_UNKNOWN),
        (NOW + timedelta(hours=1), jws(), DigitalIdRefusal.EXPIRED),
    ):
        told = refusal(lambda token=token, now=now: desk(centre, now=now).read_token("v", token))  # type: ignore[misc]
        assert told in (reason, DigitalIdRefusal.BAD_SIGNATURE)
    assert centre.used == []


@pytest.mark.parametrize("fault", [CentreUnreachable(), CentreRefused("allowance_spent"), CentreRefused("malformed")])
def test_without_the_centres_word_no_token_and_no_login_is_taken(fault: Exception) -> None:
    centre = IkdCentre(fault=fault)
    for call in (
        lambda: desk(centre).read_token("v", jws()),
        lambda: desk(centre).begin_login("v"),
        lambda: desk(centre).login_result("v", "login-1"),
    ):
        assert refusal(call) is DigitalIdRefusal.CENTRE_UNREACHABLE


def test_what_the_centre_says_of_a_login_is_passed_on() -> None:
    centre = IkdCentre()
    assert desk(centre).begin_login("v") == OFFER
    assert desk(centre).login_result("v", "login-1") is None
    centre.result = DigitalIdRefused(DigitalIdRefusal.LOGIN_DENIED)
    assert refusal(lambda: desk(centre).login_result("v", "login-1")) is DigitalIdRefusal.LOGIN_DENIED
    centre.result = FACTS
    assert desk(centre).login_result("v", "login-1") == FACTS


def test_the_time_is_the_centres_and_unknown_until_it_was_heard() -> None:
    class Clock:
        def now(self) -> datetime:
            return datetime(2026, 11, 23, tzinfo=UTC)

        def monotonic(self) -> float:
            return 0.0

    assert centre_time(Clock(), lambda: None)() is None
    assert centre_time(Clock(), lambda: -90.5)() == datetime(2026, 11, 22, 23, 58, 29, 500_000, tzinfo=UTC)


def test_without_a_usable_file_of_keys_the_kiosk_goes_on_and_takes_no_token(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(pinned_keys(IkdSettings())) == 0
    assert caplog.records == []
    none = pinned_keys(IkdSettings(keys_file=tmp_path / "none.toml"))
    assert caplog.records[0].__dict__["reason"] == "file_missing"
    assert refusal(lambda: desk(IkdCentre(), none).read_token("v", jws())) is DigitalIdRefusal.UNKNOWN_KEY


def test_the_rules_are_the_sites() -> None:
    policy = token_policy(IkdSettings(audience="a", token_seconds=30, skew_seconds=2, max_token_bytes=512))
    assert (policy.audience, policy.token_seconds, policy.skew_seconds, policy.max_bytes) == ("a", 30, 2, 512)
