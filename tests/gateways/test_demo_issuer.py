"""The demo's digital identity, with the real connector side. The risk: a demo whose levers do not do what a phone
does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from db.central.demo_people import AFTER_MOVING, IN_IKD
from kiosk.config import IkdSettings
from kiosk.gateways.demo_issuer import DemoIssuer
from kiosk.gateways.oidc import OidcIssuer
from kiosk.identity.ikd.token import check_token
from kiosk.ports import DigitalIdRefusal as R
from kiosk.ports import DigitalIdRefused, FactSource, PersonFacts
from kiosk.ports.issuer import StillWaiting
from kiosk.runtime.digital_id import token_policy

SITI = PersonFacts(
    FactSource.IKD,
    AFTER_MOVING.nik,
    AFTER_MOVING.name,
    AFTER_MOVING.birth_date,
    AFTER_MOVING.address,
    AFTER_MOVING.marital_status,
)


@pytest.fixture
def demo() -> Iterator[DemoIssuer]:
    made = DemoIssuer(IN_IKD)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def connector(demo: DemoIssuer) -> Iterator[OidcIssuer]:
    demo.stop()
    made = OidcIssuer(demo.start(), demo.client_secret)
    yield made
    made.close()


def refusal(connector: OidcIssuer, handle: str) -> R:
    with pytest.raises(DigitalIdRefused) as refused:
        connector.poll(handle, "")
    return refused.value.refusal


def test_the_lever_approves_as_a_phone_would(demo: DemoIssuer, connector: OidcIssuer) -> None:
    begun, waiting = connector.begin(), connector.begin()
    assert demo.approve_newest(AFTER_MOVING.nik)
    assert isinstance(connector.poll(begun.handle, ""), StillWaiting)
    assert connector.poll(waiting.handle, "") == SITI


def test_the_lever_denies_as_a_phone_would(demo: DemoIssuer, connector: OidcIssuer) -> None:
    begun = connector.begin()
    assert demo.approve_newest(AFTER_MOVING.nik, approve=False)
    assert refusal(connector, begun.handle) is R.LOGIN_DENIED
    assert not demo.approve_newest(AFTER_MOVING.nik)


def test_a_certain_login_is_answered_by_its_code(demo: DemoIssuer, connector: OidcIssuer) -> None:
    first, second = connector.begin(), connector.begin()
    assert demo.approve(first.user_code, AFTER_MOVING.nik)
    assert demo.deny(second.user_code)
    assert connector.poll(first.handle, "") == SITI
    assert refusal(connector, second.handle) is R.LOGIN_DENIED


def test_a_phone_that_opens_the_code_can_answer_over_http(demo: DemoIssuer, connector: OidcIssuer) -> None:
    begun = connector.begin()
    answer = httpx.post(begun.uri, data={"user_code": begun.user_code, "nik": AFTER_MOVING.nik}, trust_env=False)
    assert answer.json() == {"done": True}
    assert connector.poll(begun.handle, "") == SITI
    assert httpx.post(begun.uri, data={"user_code": begun.user_code}, trust_env=False).json() == {"done": False}


def test_only_the_connector_opens_and_redeems_logins(demo: DemoIssuer) -> None:
    for auth in (None, ("bpjs-demo", "wrong"), ("another", demo.client_secret)):
        for path in ("/device_authorization", "/token"):
            answer = httpx.post(demo.url + path, data={}, auth=auth, trust_env=False)
            assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    right = ("bpjs-demo", demo.client_secret)
    assert httpx.post(demo.url + "/token", auth=right, trust_env=False).json() == {"error": "unsupported_grant_type"}
    assert httpx.post(demo.url + "/elsewhere", auth=right, trust_env=False).status_code == 404
    assert httpx.get(demo.url + "/elsewhere", trust_env=False).status_code == 404


def test_somebody_it_does_not_know_is_no_more_than_their_nik(demo: DemoIssuer, connector: OidcIssuer) -> None:
    begun = connector.begin()
    demo.approve_newest("3174075508950099")
    assert connector.poll(begun.handle, "") == PersonFacts(FactSource.IKD, "3174075508950099")


def test_the_phones_code_is_taken_by_the_demos_kiosk_and_an_old_one_is_expired(demo: DemoIssuer) -> None:
    keys, policy, now = demo.pinned_keys(), token_policy(IkdSettings()), datetime.now(UTC)
    assert check_token(demo.token(AFTER_MOVING.nik), keys, policy, now).facts == SITI
    first, second = (check_token(demo.token(AFTER_MOVING.nik), keys, policy, now).token_id for _ in range(2))
    assert first != second  # each showing is a new code
    with pytest.raises(DigitalIdRefused) as refused:
        check_token(demo.token(AFTER_MOVING.nik, expired=True), keys, policy, now)
    assert refused.value.refusal is R.EXPIRED


def test_codes_are_made_by_the_clock_that_the_kiosk_goes_by() -> None:
    ahead = datetime.now(UTC) + timedelta(hours=5)
    demo = DemoIssuer(IN_IKD, lambda: ahead)
    assert check_token(demo.token(SITI.nik), demo.pinned_keys(), token_policy(IkdSettings()), ahead).facts == SITI


def test_an_issuer_that_is_stopped_or_never_began_has_no_address() -> None:
    demo = DemoIssuer(IN_IKD)
    demo.stop()
    with pytest.raises(RuntimeError):
        demo.url  # noqa: B018
