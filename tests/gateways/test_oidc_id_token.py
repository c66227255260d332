"""The id_token. The risk: one that the issuer did not make, made for somebody else, or long ago, and taken."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from kiosk.config import IssuerSettings
from kiosk.gateways.oidc import OidcIssuer
from kiosk.identity.ikd.keys import Alg
from kiosk.identity.ikd.making import SigningKey, jws_token, new_key
from kiosk.ports import DigitalIdRefusal as R
from kiosk.ports import DigitalIdRefused, PersonFacts
from tests.gateways.site import Request, Response, Site, as_json

CLIENT = "bpjs-connector"
NIK = "3174075508950001"
KEY, EDKEY, STRANGER = new_key(), new_key(Alg.EDDSA), new_key()
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})


class Evil:
    """An issuer that answers its token endpoint with whatever the test says."""

    def __init__(self) -> None:
        self.site = Site()
        self.token: Any = None
        self.more: dict[str, Any] = {}
        self.keys = [self.public(KEY), self.public(EDKEY), {**RSA.as_dict(private=False), "alg": "RS256"}]
        url = self.site.url
        found = {"issuer": url, "jwks_uri": f"{url}/jwks", "token_endpoint": f"{url}/token",
                 "userinfo_endpoint": f"{url}/me"}  # fmt: skip
        self.site.pages |= {
            ("GET", "/.well-known/openid-configuration"): lambda _: as_json(found),
            ("GET", "/jwks"): lambda _: as_json({"keys": self.keys}),
            ("POST", "/token"): lambda _: as_json({"id_token": self.token, **self.more}),
        }
        self.issuer = self.connector()

    def connector(self, **settings: Any) -> OidcIssuer:
        told: dict[str, Any] = {"url": self.site.url, "flow": "device", "client_id": CLIENT, "client_auth": "none"}
        return OidcIssuer(IssuerSettings(**(told | settings)), "")

    @staticmethod
    def public(key: SigningKey) -> dict[str, Any]:
        return {**key.public_jwk, "kid": key.kid, "use": "sig"}

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        honest = {"iss": self.site.url, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60, "nik": NIK} | changed
        return {name: value for name, value in honest.items() if value is not None}

    def says(self, token: Any, issuer: OidcIssuer | None = None) -> PersonFacts | R:
        self.token = token
        try:
            facts = (issuer or self.issuer).poll('{"flow": "device", "device_code": "d", "interval": 5}', "")
        except DigitalIdRefused as refused:
            return refused.refusal
        assert isinstance(facts, PersonFacts)
        return facts


@pytest.fixture
def evil() -> Iterator[Evil]:
    made = Evil()
    yield made
    made.issuer.close()
    made.site.close()


def test_an_honest_token_of_either_kind_is_taken(evil: Evil) -> None:
    for key in (KEY, EDKEY):
        facts = evil.says(jws_token(key, evil.claims()))
        assert isinstance(facts, PersonFacts)
        assert facts.nik == NIK


NOW = int(time.time())
REFUSED: dict[str, tuple[dict[str, Any], R]] = {
    "another issuer": ({"iss": "https://evil.contoh"}, R.WRONG_ISSUER),
    "no issuer": ({"iss": None}, R.WRONG_ISSUER),
    "another client": ({"aud": "another"}, R.WRONG_AUDIENCE),
    "no client": ({"aud": None}, R.WRONG_AUDIENCE),
    "two clients and it is not said whose": ({"aud": [CLIENT, "another"]}, R.WRONG_AUDIENCE),
    "two clients and it is the other's": ({"aud": [CLIENT, "another"], "azp": "another"}, R.WRONG_AUDIENCE),
    "asked for by another": ({"azp": "another"}, R.WRONG_AUDIENCE),
    "expired": ({"iat": NOW - 120, "exp": NOW - 60}, R.EXPIRED),
    "made long ago with a long life": ({"iat": NOW - 3600, "exp": NOW + 3600}, R.EXPIRED),
    "from the future": ({"iat": NOW + 3600, "exp": NOW + 7200}, R.NOT_YET_VALID),
    "no end": ({"exp": None}, R.MALFORMED),
    "no beginning": ({"iat": None}, R.MALFORMED),
    "nobody": ({"sub": None}, R.ISSUER_FAULT),
    "number as subject": ({"sub": 1}, R.ISSUER_FAULT),
    "no active identity": ({"active": False}, R.NOT_ACTIVE),
    "no such NIK": ({"nik": "3174075508950000"}, R.NO_NIK),
}


@pytest.mark.parametrize(("changed", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_well_signed_token_is_refused_for_what_it_says(evil: Evil, changed: dict[str, Any], reason: R) -> None:
    assert evil.says(jws_token(KEY, evil.claims(**changed))) is reason


def test_several_clients_are_fine_when_it_is_said_that_it_is_ours(evil: Evil) -> None:
    told = evil.says(jws_token(KEY, evil.claims(aud=[CLIENT, "another"], azp=CLIENT)))
    assert isinstance(told, PersonFacts)


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_no_algorithm_but_the_listed_is_tried(evil: Evil) -> None:
    body = json.dumps(evil.claims())
    shared = OctKey.import_key(json.dumps(evil.public(KEY)))
    for token in (
        f"{b64({'alg': 'none'})}.{b64(evil.claims())}.",
        f"{b64({'alg': 'NONE', 'kid': KEY.kid})}.{b64(evil.claims())}.AAAA",
        jws.serialize_compact({"alg": "HS256", "kid": KEY.kid}, body, shared, ["HS256"]),
        jws.serialize_compact({"alg": "RS256", "kid": "rsa"}, body, RSA, ["RS256"]),
        jws.serialize_compact({"alg": "PS256", "kid": "rsa"}, body, RSA, ["PS256"]),
    ):
        assert evil.says(token) is R.ALGORITHM


def test_rs256_is_taken_where_the_site_lists_it_and_with_a_key_that_is_long_enough(evil: Evil) -> None:
    issuer = evil.connector(algorithms=("RS256",))
    token = jws.serialize_compact({"alg": "RS256", "kid": "rsa"}, json.dumps(evil.claims()), RSA, ["RS256"])
    assert isinstance(evil.says(token, issuer), PersonFacts)
    short = RSAKey.generate_key(1024, {"kid": "short"})
    evil.keys.append(short.as_dict(private=False))
    token = jws.serialize_compact({"alg": "RS256", "kid": "short"}, json.dumps(evil.claims()), short, ["RS256"])
    assert evil.says(token, evil.connector(algorithms=("RS256",))) is R.UNKNOWN_KEY
    assert evil.says(jws_token(KEY, evil.claims()), issuer) is R.ALGORITHM


def test_a_stranger_and_a_bent_signature_are_found_out(evil: Evil) -> None:
    claims = evil.claims()
    assert evil.says(jws_token(SigningKey(Alg.ES256, KEY.kid, STRANGER.jwk), claims)) is R.BAD_SIGNATURE
    assert evil.says(jws_token(STRANGER, claims)) is R.UNKNOWN_KEY
    head, body, signature = jws_token(KEY, claims).split(".")
    assert evil.says(f"{head}.{b64(evil.claims(nik='3174075508950002'))}.{signature}") is R.BAD_SIGNATURE
    assert evil.says(f"{head}.{body}.{signature[:-10]}") in (R.BAD_SIGNATURE, R.MALFORMED)


def test_a_token_cannot_bring_its_key_or_change_its_reading(evil: Evil) -> None:
    signer = ECKey.import_key(dict(STRANGER.jwk))
    header = {"alg": "ES256", "jwk": STRANGER.public_jwk, "kid": STRANGER.kid}
    assert evil.says(jws.serialize_compact(header, json.dumps(evil.claims()), signer)) is R.UNKNOWN_KEY
    for odd in ({"crit": ["exp"], "exp": 1}, {"kid": 7}, {"kid": ["x"]}):
        assert evil.says(f"{b64({'alg': 'ES256', **odd})}.{b64(evil.claims())}.AAAA") is R.ISSUER_FAULT


def test_without_a_key_id_the_only_key_of_its_kind_is_meant(evil: Evil) -> None:
    token = jws.serialize_compact({"alg": "ES256"}, json.dumps(evil.claims()), ECKey.import_key(dict(KEY.jwk)))
    assert isinstance(evil.says(token), PersonFacts)
    evil.keys.append(evil.public(STRANGER))
    assert evil.says(token, evil.connector()) is R.UNKNOWN_KEY


@pytest.mark.parametrize(
    "odd", [{"use": "enc"}, {"alg": "ES384"}, {"crv": "P-384"}, {"x": "AAAA"}, {"x": 7}, {"y": None}]
)
def test_a_key_that_is_not_for_this_is_not_used(evil: Evil, odd: dict[str, Any]) -> None:
    evil.keys = [{**evil.public(KEY), **odd}]
    assert evil.says(jws_token(KEY, evil.claims())) is R.UNKNOWN_KEY


@pytest.mark.parametrize("keys", [None, {}, "x", [1, None, "x"], [{}] * 60])
def test_a_strange_key_set_is_a_typed_refusal(evil: Evil, keys: Any) -> None:
    evil.keys = keys
    assert evil.says(jws_token(KEY, evil.claims())) in (R.ISSUER_FAULT, R.UNKNOWN_KEY)


@pytest.mark.parametrize("token", [None, 7, "", "x", "..", "a.b.c", "é.é.é", "x" * 20_000, {"a": 1}, "bnVsbA.e30.AAAA"])
def test_what_is_no_token_is_a_typed_refusal(evil: Evil, token: Any) -> None:
    assert evil.says(token) in (R.ISSUER_FAULT, R.MALFORMED, R.ALGORITHM)


# ---- key rotation


def test_made_up_key_ids_do_not_make_us_hammer_the_issuer(evil: Evil) -> None:
    clock = [0.0]
    evil.issuer._documents._monotonic = lambda: clock[0]
    for number in range(20):
        clock[0] += 1
        assert evil.says(jws_token(SigningKey(Alg.ES256, f"made-up-{number}", KEY.jwk), evil.claims())) is R.UNKNOWN_KEY
    assert evil.site.asked("/jwks") == 1
    clock[0] += 60
    assert evil.says(jws_token(STRANGER, evil.claims())) is R.UNKNOWN_KEY
    assert evil.site.asked("/jwks") == 2


def test_a_key_that_was_withdrawn_is_trusted_for_an_hour_at_most(evil: Evil) -> None:
    clock = [0.0]
    evil.issuer._documents._monotonic = lambda: clock[0]
    token = jws_token(KEY, evil.claims())
    assert isinstance(evil.says(token), PersonFacts)
    evil.keys = [evil.public(EDKEY)]
    clock[0] = 3599.0
    assert isinstance(evil.says(token), PersonFacts)
    clock[0] = 3600.0
    assert evil.says(token) is R.UNKNOWN_KEY


# ---- userinfo


def answers(told: Any, status: int = 200) -> Callable[[Request], Response]:
    return lambda _: as_json(told, status)


def test_userinfo_counts_for_the_same_subject_only_and_never_over_the_token(evil: Evil) -> None:
    evil.more = {"access_token": "a"}
    token = jws_token(KEY, evil.claims(nik=None, name="SITI"))
    evil.site.pages["GET", "/me"] = answers({"sub": "1", "nik": NIK, "name": "BUDI"})
    facts = evil.says(token)
    assert isinstance(facts, PersonFacts)
    assert (facts.nik, facts.name) == (NIK, "SITI")
    for strange in ({"sub": "2", "nik": NIK}, {"nik": NIK}, {}):
        evil.site.pages["GET", "/me"] = answers(strange)
        assert evil.says(token) is R.ISSUER_FAULT
    evil.site.pages["GET", "/me"] = answers({"sub": "1", "nik": NIK}, 401)
    assert evil.says(token) is R.ISSUER_FAULT


@pytest.mark.parametrize("access_token", [None, 7, "", "é", "a\r\nX-Evil: 1"])
def test_without_a_sound_access_token_userinfo_is_not_asked(evil: Evil, access_token: Any) -> None:
    evil.more = {"access_token": access_token}
    assert evil.says(jws_token(KEY, evil.claims(nik=None))) in (R.NO_NIK, R.ISSUER_FAULT, R.ISSUER_UNREACHABLE)
    assert not any("X-Evil" in request.headers for request in evil.site.requests)
