"""A login by authorization code and PKCE at a real provider, with a phone in between and our call-back edge.

The risk: a code, a state or an answer that belongs to another login, or to nobody, and is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kiosk.config import IssuerSettings
from kiosk.gateways.oidc import OidcIssuer
from kiosk.gateways.oidc_edge import OidcEdge
from kiosk.identity.ikd.keys import Alg
from kiosk.identity.ikd.making import new_key
from kiosk.ports import DigitalIdRefusal as R
from kiosk.ports import DigitalIdRefused, FactSource, PersonFacts
from kiosk.ports.issuer import LoginBegun, StillWaiting
from tests.gateways.phone import Phone
from tests.gateways.real_provider import CLIENT_ID, CLIENT_SECRET, RealProvider
from tests.gateways.site import Site

SITI = {
    "nik": "3174075508950001",
    "name": "SITI RAHMAWATI",
    "birthdate": "1995-08-15",
    "address": {"formatted": "JL. CONTOH MELATI NO. 8\nCIPETE UTARA"},
    "marital_status": "KAWIN",
}
BUDI = {"name": "BUDI TANPA NIK"}
FACTS = PersonFacts(
    FactSource.IKD, "3174075508950001", "SITI RAHMAWATI", date(1995, 8, 15), "JL. CONTOH MELATI NO. 8, CIPETE UTARA",
    "KAWIN",
)  # fmt: skip


class Logins:
    """The connector's side with a real edge; what phones bring back is kept by state, once, as the centre does."""

    def __init__(self) -> None:
        self.site = Site()
        self.provider = RealProvider(self.site, {"siti": SITI, "budi": BUDI})
        self.waiting: set[str] = set()
        self.back: dict[str, str] = {}
        self.edge = OidcEdge("127.0.0.1", 0, self._deliver, lambda waited: f"<p>{'done' if waited else 'unknown'}</p>")
        self.edge.start()
        self.redirect_uri = f"http://127.0.0.1:{self.edge.port}/oidc/cb"
        self.provider.register(self.redirect_uri)
        self._issuers: list[OidcIssuer] = []

    def issuer(self, secret: str = CLIENT_SECRET, **settings: Any) -> OidcIssuer:
        told: dict[str, Any] = {"url": self.site.url, "client_id": CLIENT_ID, "redirect_uri": self.redirect_uri}
        made = OidcIssuer(IssuerSettings(**(told | settings)), secret)
        self._issuers.append(made)
        return made

    def begin(self, issuer: OidcIssuer) -> LoginBegun:
        begun = issuer.begin()
        self.waiting.add(begun.call_back_key)
        return begun

    def close(self) -> None:
        for issuer in self._issuers:
            issuer.close()
        self.edge.stop()
        self.site.close()

    def _deliver(self, state: str, query: str) -> bool:
        if state not in self.waiting:
            return False
        self.waiting.remove(state)
        self.back[state] = query
        return True


@pytest.fixture
def logins() -> Iterator[Logins]:
    made = Logins()
    yield made
    made.close()


def refusal(issuer: OidcIssuer, handle: str, call_back: str) -> R:
    with pytest.raises(DigitalIdRefused) as refused:
        issuer.poll(handle, call_back)
    return refused.value.refusal


@pytest.mark.parametrize("alg", ["ES256", "EdDSA"])
@pytest.mark.parametrize("client_auth", ["client_secret_basic", "client_secret_post"])
def test_a_person_logs_in_on_the_phone_and_the_facts_arrive(logins: Logins, alg: str, client_auth: str) -> None:
    logins.provider.register(logins.redirect_uri, alg)
    issuer = logins.issuer(client_auth=client_auth)
    begun = logins.begin(issuer)
    assert isinstance(issuer.poll(begun.handle, ""), StillWaiting)
    page = Phone("siti").scan(begun.uri)
    assert page.text == "<p>done</p>"
    assert issuer.poll(begun.handle, logins.back[begun.call_back_key]) == FACTS


def test_the_connector_may_prove_itself_by_a_signature(logins: Logins) -> None:
    for alg in Alg:
        key = new_key(alg)
        logins.provider.register(logins.redirect_uri, token_endpoint_auth_method="private_key_jwt")
        logins.provider.server.keyjar.import_jwks({"keys": [{**key.public_jwk, "kid": key.kid}]}, CLIENT_ID)
        issuer = logins.issuer(json.dumps({**key.jwk, "kid": key.kid}), client_auth="private_key_jwt")
        begun = logins.begin(issuer)
        Phone("siti").scan(begun.uri)
        assert issuer.poll(begun.handle, logins.back[begun.call_back_key]) == FACTS


def test_facts_that_are_at_the_userinfo_endpoint_only_are_fetched_there(logins: Logins) -> None:
    logins.provider.register(logins.redirect_uri, in_id_token=False)
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    Phone("siti").scan(begun.uri)
    assert issuer.poll(begun.handle, logins.back[begun.call_back_key]) == FACTS
    assert logins.site.asked("/userinfo") == 1


def test_who_refuses_on_the_phone_is_a_login_denied(logins: Logins) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    Phone("siti").scan(begun.uri, agree=False)
    assert refusal(issuer, begun.handle, logins.back[begun.call_back_key]) is R.LOGIN_DENIED


def test_an_identity_without_a_nik_is_no_identity_here(logins: Logins) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    Phone("budi").scan(begun.uri)
    assert refusal(issuer, begun.handle, logins.back[begun.call_back_key]) is R.NO_NIK


def test_a_code_is_redeemed_once(logins: Logins) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    Phone("siti").scan(begun.uri)
    query = logins.back[begun.call_back_key]
    issuer.poll(begun.handle, query)
    assert refusal(issuer, begun.handle, query) is R.ISSUER_FAULT


def test_a_code_of_another_login_is_not_taken_even_under_the_right_state(logins: Logins) -> None:
    """Someone else's code, put into this login: PKCE is what refuses it, at the issuer."""
    issuer = logins.issuer()
    mine, other = logins.begin(issuer), logins.begin(issuer)
    Phone("siti").scan(other.uri)
    stolen = logins.back[other.call_back_key]
    assert refusal(issuer, mine.handle, stolen) is R.ISSUER_FAULT
    assert logins.site.asked("/token") == 0  # under a foreign state it is not even sent
    assert refusal(issuer, mine.handle, stolen.replace(other.call_back_key, mine.call_back_key)) is R.ISSUER_FAULT
    assert issuer.poll(other.handle, stolen) == FACTS


def test_an_id_token_with_another_nonce_is_not_taken(logins: Logins) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    Phone("siti").scan(begun.uri)
    handle = json.dumps(json.loads(begun.handle) | {"nonce": "of another login"})
    assert refusal(issuer, handle, logins.back[begun.call_back_key]) is R.ISSUER_FAULT


def test_an_answer_of_another_issuer_is_named_and_its_code_never_sent(logins: Logins) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    asked = logins.site.asked("/token")
    query = f"code=x&state={begun.call_back_key}&iss=https%3A%2F%2Fevil.contoh"
    assert refusal(issuer, begun.handle, query) is R.WRONG_ISSUER
    assert logins.site.asked("/token") == asked


@pytest.mark.parametrize(
    "query",
    ["", "x", "state=", "state={s}", "state={s}&code=", "state={s}&state={s}&code=x", "state={s}&code=x&code=y",
     "state={s}&code=" + "c" * 5000, "state={s}&code=%00", "state={s}&error=invalid_scope", "state={s}&code=wrong"],
)  # fmt: skip
def test_a_call_back_that_is_not_one_is_a_fault(logins: Logins, query: str) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    told = query.replace("{s}", begun.call_back_key)
    if told:
        assert refusal(issuer, begun.handle, told) is R.ISSUER_FAULT
    else:
        assert isinstance(issuer.poll(begun.handle, told), StillWaiting)


def test_new_keys_of_the_issuer_are_fetched_when_a_token_names_one(logins: Logins) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    Phone("siti").scan(begun.uri)
    assert issuer.poll(begun.handle, logins.back[begun.call_back_key]) == FACTS
    logins.provider.rotate_keys()
    issuer._documents._keys = (float("-inf"), issuer._documents._keys[1])  # type: ignore[index]  # a minute has passed
    begun = logins.begin(issuer)
    Phone("siti").scan(begun.uri)
    assert issuer.poll(begun.handle, logins.back[begun.call_back_key]) == FACTS


def test_every_login_has_its_own_state_nonce_and_verifier_and_only_their_hash_leaves_us(logins: Logins) -> None:
    issuer = logins.issuer()
    one, two = issuer.begin(), issuer.begin()
    secret, other = json.loads(one.handle), json.loads(two.handle)
    assert not set(secret.values()) & set(other.values()) - {"code"}
    asked = {name: values[0] for name, values in parse_qs(urlsplit(one.uri).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert secret["verifier"] not in one.uri
    assert asked["scope"] == "openid profile"
    assert (asked["state"], one.call_back_key) == (secret["state"], secret["state"])
    assert one.valid_seconds == 120.0
    assert secret["verifier"] not in repr(one)
    assert one.uri not in repr(one)


def test_a_client_with_the_wrong_secret_gets_no_facts(logins: Logins) -> None:
    issuer = logins.issuer("w" * 32)
    begun = logins.begin(issuer)
    Phone("siti").scan(begun.uri)
    assert refusal(issuer, begun.handle, logins.back[begun.call_back_key]) is R.ISSUER_FAULT


def test_an_issuer_that_is_away_is_unreachable(logins: Logins) -> None:
    issuer = logins.issuer()
    begun = logins.begin(issuer)
    logins.site.close()
    assert refusal(issuer, begun.handle, f"state={begun.call_back_key}&code=x") is R.ISSUER_UNREACHABLE
    with pytest.raises(DigitalIdRefused) as refused:
        logins.issuer().begin()
    assert refused.value.refusal is R.ISSUER_UNREACHABLE
    logins.site = Site()
