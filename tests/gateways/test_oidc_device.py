"""A login by device authorization grant: the protocol's server side is authlib's. The risk: an issuer that is asked
too fast, too long or once too often, and an answer that is none."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.config import IssuerSettings
from kiosk.gateways.oidc import OidcIssuer
from kiosk.ports import DigitalIdRefusal as R
from kiosk.ports import DigitalIdRefused, FactSource, PersonFacts
from kiosk.ports.issuer import StillWaiting
from tests.gateways.device_provider import CLIENT_ID, CLIENT_SECRET, DeviceProvider
from tests.gateways.phone import Phone
from tests.gateways.site import Site, as_json

SITI = {"nik": "3174075508950001", "name": "SITI RAHMAWATI"}
FACTS = PersonFacts(FactSource.IKD, "3174075508950001", "SITI RAHMAWATI")


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def provider(site: Site) -> DeviceProvider:
    return DeviceProvider(site, {"siti": SITI, "elsewhere": {"nik_number": SITI["nik"]}})


def connector(site: Site, secret: str = CLIENT_SECRET, **settings: Any) -> OidcIssuer:
    told: dict[str, Any] = {"url": site.url, "flow": "device", "client_id": CLIENT_ID}
    return OidcIssuer(IssuerSettings(**(told | settings)), secret)


def refusal(call: Any) -> R:
    with pytest.raises(DigitalIdRefused) as refused:
        call()
    return refused.value.refusal


@pytest.mark.parametrize("client_auth", ["client_secret_basic", "client_secret_post"])
def test_a_person_agrees_on_the_phone_and_the_facts_arrive(
    site: Site, provider: DeviceProvider, client_auth: str
) -> None:
    issuer = connector(site, client_auth=client_auth)
    begun = issuer.begin()
    assert begun.uri.endswith(f"/device?user_code={begun.user_code}")
    assert (begun.valid_seconds, begun.poll_seconds, begun.call_back_key) == (120.0, 5.0, "")
    assert issuer.poll(begun.handle, "") == StillWaiting(5.0)
    Phone("siti").scan(begun.uri)
    assert issuer.poll(begun.handle, "") == FACTS
    assert provider.credentials == {}


def test_who_refuses_on_the_phone_is_a_login_denied(site: Site, provider: DeviceProvider) -> None:
    issuer = connector(site)
    begun = issuer.begin()
    Phone("siti").scan(begun.uri, agree=False)
    assert refusal(lambda: issuer.poll(begun.handle, "")) is R.LOGIN_DENIED


def test_a_login_that_nobody_took_up_is_expired(site: Site, provider: DeviceProvider) -> None:
    issuer = connector(site)
    begun = issuer.begin()
    for credential in provider.credentials.values():
        credential["expires_at"] = time.time() - 1
    assert refusal(lambda: issuer.poll(begun.handle, "")) is R.LOGIN_EXPIRED


def test_slower_is_slower_for_all_that_follows(site: Site, provider: DeviceProvider) -> None:
    issuer = connector(site)
    provider.too_fast = True
    first = issuer.poll(issuer.begin().handle, "")
    assert isinstance(first, StillWaiting)
    assert first.poll_seconds == 10.0
    second = issuer.poll(first.handle, "")
    assert isinstance(second, StillWaiting)
    assert second.poll_seconds == 15.0
    provider.too_fast = False
    assert issuer.poll(second.handle, "") == StillWaiting(15.0)
    assert "device_code" not in repr(first)


def test_a_device_code_is_good_once_and_a_made_up_one_never(site: Site, provider: DeviceProvider) -> None:
    issuer = connector(site)
    begun = issuer.begin()
    Phone("siti").scan(begun.uri)
    assert issuer.poll(begun.handle, "") == FACTS
    assert refusal(lambda: issuer.poll(begun.handle, "")) is R.ISSUER_FAULT
    made_up = json.dumps(json.loads(begun.handle) | {"device_code": "x"})
    assert refusal(lambda: issuer.poll(made_up, "")) is R.ISSUER_FAULT


def test_the_life_of_a_login_is_the_shorter_of_the_issuers_and_ours(site: Site) -> None:
    DeviceProvider(site, {}, expires_in=30)
    assert connector(site).begin().valid_seconds == 30.0
    assert connector(site, login_seconds=20).begin().valid_seconds == 20.0


def test_a_client_with_the_wrong_secret_opens_no_login(site: Site, provider: DeviceProvider) -> None:
    assert refusal(connector(site, "wrong").begin) is R.ISSUER_FAULT


def test_the_nik_is_found_under_the_name_the_site_says(site: Site, provider: DeviceProvider) -> None:
    issuer = connector(site, nik_claim="nik_number")
    begun = issuer.begin()
    Phone("elsewhere").scan(begun.uri)
    facts = issuer.poll(begun.handle, "")
    assert isinstance(facts, PersonFacts)
    assert facts.nik == SITI["nik"]


GOOD = {"device_code": "d", "user_code": "u", "verification_uri": "{url}/device", "expires_in": 60}
STRANGE: dict[str, dict[str, Any]] = {
    "nothing": dict.fromkeys(GOOD),
    "number as code": {"device_code": 1},
    "no code for the person": {"user_code": ""},
    "a sermon for the person": {"user_code": "u" * 33},
    "control signs for the person": {"user_code": "u\x1b[2J"},
    "unprintable device code": {"device_code": "d\ud800"},
    "plain http to elsewhere": {"verification_uri": "http://elsewhere.contoh/"},
    "another scheme": {"verification_uri": "javascript:alert(1)"},
    "name and password in the address": {"verification_uri": "https://a:b@elsewhere.contoh/"},
    "too long for a code": {"verification_uri": "{url}/" + "x" * 1800},
    "no life": {"expires_in": 0},
    "endless life": {"expires_in": "for ever"},
    "not a number": {"expires_in": float("nan")},
    "at once": {"interval": 0},
}


@pytest.mark.parametrize("changed", STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_offer_is_a_fault_and_never_shown(
    site: Site, provider: DeviceProvider, changed: dict[str, Any]
) -> None:
    told = {n: v.replace("{url}", site.url) if isinstance(v, str) else v for n, v in (GOOD | changed).items()}
    site.pages["POST", "/device_authorization"] = lambda _: as_json(told)
    assert refusal(connector(site).begin) is R.ISSUER_FAULT


def test_an_issuer_without_this_flow_is_a_fault(site: Site, provider: DeviceProvider) -> None:
    told = {name: url for name, url in provider.discovery().items() if not name.startswith("device")}
    site.pages["GET", "/.well-known/openid-configuration"] = lambda _: as_json(told)
    assert refusal(connector(site).begin) is R.ISSUER_FAULT
    assert refusal(connector(site, flow="code", redirect_uri="https://x.contoh/oidc/cb").begin) is R.ISSUER_FAULT


@pytest.mark.parametrize(
    ("error", "reason"),
    [("access_denied", R.LOGIN_DENIED), ("expired_token", R.LOGIN_EXPIRED), ("invalid_grant", R.ISSUER_FAULT),
     ("server_error", R.ISSUER_UNREACHABLE), ("x" * 9999, R.ISSUER_FAULT), (None, R.ISSUER_FAULT),
     ([], R.ISSUER_FAULT)],
)  # fmt: skip
def test_every_error_of_the_token_endpoint_is_a_reason(
    site: Site, provider: DeviceProvider, error: Any, reason: R
) -> None:
    issuer = connector(site)
    begun = issuer.begin()
    site.pages["POST", "/token"] = lambda _: as_json({"error": error}, 400)
    assert refusal(lambda: issuer.poll(begun.handle, "")) is reason


@pytest.mark.parametrize("handle", ["", "x", "[]", "null", "7"])
def test_a_handle_that_is_none_is_a_fault(site: Site, provider: DeviceProvider, handle: str) -> None:
    assert refusal(lambda: connector(site).poll(handle, "")) is R.ISSUER_FAULT
