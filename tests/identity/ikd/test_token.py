"""Tokens of the digital identity. The risk: one that is forged, stale, for somebody else, or a bomb, and taken."""

from __future__ import annotations

import base64
import json
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from joserfc import jws as jose
from joserfc.jwk import ECKey, OctKey, OKPKey

from kiosk.identity.ikd import base45
from kiosk.identity.ikd.cwt import PREFIX
from kiosk.identity.ikd.keys import Alg, PinnedKeys
from kiosk.identity.ikd.making import cose_sign1, cwt_token, jws_token
from kiosk.identity.ikd.token import check_token
from kiosk.ports import DigitalIdRefusal as R
from kiosk.ports import DigitalIdRefused
from tests.identity.ikd.support import FACTS, ISSUER, NOW, POLICY, claims, cwt, jws, key, outcome, pinned, taken

FORMS = {
    "jws": jws,
    "jws eddsa": lambda **changed: jws(Alg.EDDSA, **changed),
    "cwt": cwt,
    "cwt eddsa": lambda **changed: cwt(Alg.EDDSA, **changed),
    "cwt deflated": lambda **changed: cwt(deflate=True, **changed),
}
each_form = pytest.mark.parametrize("made", FORMS.values(), ids=FORMS.keys())


@each_form
def test_an_honest_token_brings_its_facts_and_what_the_centre_uses_up(made: Any) -> None:
    token = taken(outcome(made(jti="ab" * 16)))
    assert token.facts == FACTS
    assert (token.issuer, token.token_id) == (ISSUER, "ab" * 16)
    assert token.expires_at == NOW + timedelta(seconds=60)


REFUSED_CLAIMS: dict[str, tuple[dict[str, Any], R]] = {
    "expired": ({"iat": int(NOW.timestamp()) - 100, "exp": int(NOW.timestamp()) - 10}, R.EXPIRED),
    "from the future": ({"iat": int(NOW.timestamp()) + 11, "exp": int(NOW.timestamp()) + 60}, R.NOT_YET_VALID),
    "not before later": ({"nbf": int(NOW.timestamp()) + 11}, R.NOT_YET_VALID),
    "lives a second too long": ({"seconds": 91}, R.LIVES_TOO_LONG),
    "lives for ever": ({"exp": 253_402_300_799}, R.LIVES_TOO_LONG),
    "for another reader": ({"aud": "another-kiosk"}, R.WRONG_AUDIENCE),
    "for nobody": ({"aud": None}, R.WRONG_AUDIENCE),
    "for another of many": ({"aud": ["a", "b"]}, R.WRONG_AUDIENCE),
    "for everybody": ({"aud": ["bpjs-kiosk"] + ["x"] * 8}, R.WRONG_AUDIENCE),
    "of another issuer": ({"iss": "https://elsewhere.contoh"}, R.WRONG_ISSUER),
    "of nobody": ({"iss": None}, R.WRONG_ISSUER),
    "no id": ({"jti": None}, R.MALFORMED),
    "no end": ({"exp": None}, R.MALFORMED),
    "no beginning": ({"iat": None}, R.MALFORMED),
    "ends before it begins": ({"exp": int(NOW.timestamp()) - 5, "iat": int(NOW.timestamp()) - 5}, R.MALFORMED),
    "truth as a time": ({"iat": True}, R.MALFORMED),
    "text as a time": ({"exp": "soon"}, R.MALFORMED),
    "beyond the calendar": ({"exp": 10**15}, R.MALFORMED),
    "before the epoch": ({"iat": -1}, R.MALFORMED),
    "no NIK": ({"nik": None}, R.NO_NIK),
    "number as NIK": ({"nik": 3174075508950001}, R.NO_NIK),
    "no such NIK": ({"nik": "3174073902950001"}, R.NO_NIK),
    "NIK in groups": ({"nik": "3174 0755 0895 0001"}, R.NO_NIK),
    "NIK in other digits": ({"nik": "٣١٧٤٠٧٥٥٠٨٩٥٠٠٠١"}, R.NO_NIK),
}


@each_form
@pytest.mark.parametrize(("changed", "reason"), REFUSED_CLAIMS.values(), ids=REFUSED_CLAIMS.keys())
def test_a_well_signed_token_is_refused_for_what_it_says(made: Any, changed: dict[str, Any], reason: R) -> None:
    assert outcome(made(**changed)) is reason


def test_only_jws_says_that_an_identity_is_not_active() -> None:
    assert outcome(jws(active=False)) is R.NOT_ACTIVE
    assert outcome(jws(active="yes")) is R.NOT_ACTIVE
    assert taken(outcome(jws(active=True))).facts == FACTS


@pytest.mark.parametrize("jti", ["short", "x" * 129, "with blank 123", "tab\t1234567", "ünïcöde-id", 12345678, ""])
def test_an_id_that_the_centre_could_not_keep_is_no_id(jti: Any) -> None:
    assert outcome(jws(jti=jti)) is R.MALFORMED


@each_form
def test_skew_is_forgiven_to_the_second_and_no_further(made: Any) -> None:
    token = made(seconds=60)
    assert taken(outcome(token, NOW + timedelta(seconds=69.9)))
    assert outcome(token, NOW + timedelta(seconds=70)) is R.EXPIRED
    assert taken(outcome(token, NOW - timedelta(seconds=10)))
    assert outcome(token, NOW - timedelta(seconds=10.1)) is R.NOT_YET_VALID


@each_form
def test_without_the_centres_time_nothing_is_taken(made: Any) -> None:
    assert outcome(made(), None) is R.CLOCK_UNKNOWN


@each_form
def test_a_key_past_its_time_or_never_pinned_signs_nothing(made: Any) -> None:
    token = made()
    for keys in (PinnedKeys(), pinned(after=timedelta(0)), pinned(before=timedelta(days=-1), after=timedelta(days=2))):
        with pytest.raises(DigitalIdRefused) as refused:
            check_token(token, keys, POLICY, NOW)
        assert refused.value.refusal is R.UNKNOWN_KEY


def test_a_stranger_who_borrows_the_key_id_is_found_out() -> None:
    for alg in Alg:
        stranger = type(key(alg))(alg, key(alg).kid, key(alg, 1).jwk)
        assert outcome(jws_token(stranger, claims())) is R.BAD_SIGNATURE
        assert outcome(cwt_token(stranger, claims())) is R.BAD_SIGNATURE


# ---- JWS


def b64(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_header(**header: Any) -> str:
    """An honest token whose header says something else. The signature is made over it."""
    named = {name: value for name, value in ({"alg": "ES256", "kid": key().kid} | header).items() if value is not None}
    signed = f"{b64(named)}.{b64(claims())}"
    signature = jose.serialize_compact({"alg": "ES256"}, b"x", ECKey.import_key(dict(key().jwk))).split(".")[2]
    return f"{signed}.{signature}"


def test_no_algorithm_but_the_two_is_ever_tried() -> None:
    for name in ("none", "None", "nOnE", "HS256", "RS256", "PS256", "ES384", "ES512", "ES256K", "", None, 1, ["ES256"]):
        assert outcome(with_header(alg=name)) is R.ALGORITHM, name
    assert outcome(f"{b64({'alg': 'none', 'kid': key().kid})}.{b64(claims())}.") is R.ALGORITHM


def test_the_public_key_as_a_shared_secret_signs_nothing() -> None:
    secret = OctKey.import_key(json.dumps(key().public_jwk))
    token = jose.serialize_compact({"alg": "HS256", "kid": key().kid}, json.dumps(claims()), secret, ["HS256"])
    assert outcome(token) is R.ALGORITHM


def test_a_token_cannot_choose_another_algorithm_than_its_keys() -> None:
    assert outcome(with_header(alg="EdDSA")) is R.ALGORITHM
    assert outcome(with_header(kid=key(Alg.EDDSA).kid)) is R.ALGORITHM


def test_a_header_that_brings_a_key_or_changes_the_reading_is_refused() -> None:
    for name, value in {
        "jwk": key(Alg.ES256, 1).public_jwk, "jku": "https://evil.contoh/jwks", "x5u": "https://evil.contoh",
        "x5c": ["x"], "crit": ["exp"], "b64": False, "zip": "DEF", "p2c": 10**9, "enc": "A128GCM",
    }.items():  # fmt: skip
        assert outcome(with_header(**{name: value})) is R.MALFORMED, name


def test_a_key_id_is_a_short_text() -> None:
    for kid in (None, "", 1, ["x"], "k" * 129, "unknown", "../../etc/passwd", "' OR 1=1 --"):
        assert outcome(with_header(kid=kid)) is R.UNKNOWN_KEY, kid


def test_the_new_name_of_eddsa_is_taken() -> None:
    alg = Alg.EDDSA
    signer = OKPKey.import_key(dict(key(alg).jwk))
    token = jose.serialize_compact({"alg": "Ed25519", "kid": key(alg).kid}, json.dumps(claims()), signer, ["Ed25519"])
    assert taken(outcome(token)).facts == FACTS


SHAPES = [
    "", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "eyJ", "Bearer x.y.z", "{}", "e30.e30.e30", " ",
    "\x00.\x00.\x00", "W10.e30.AAAA", "bnVsbA.e30.AAAA", "IjEi.e30.AAAA", "MQ.e30.AAAA", "IKD1", "IKD1:", "IKD1:A",
    "ikd1:BB8", "３.４.５",
]  # fmt: skip


@pytest.mark.parametrize("text", SHAPES)
def test_what_is_no_token_is_malformed_or_names_no_algorithm(text: str) -> None:
    assert outcome(text) in (R.MALFORMED, R.ALGORITHM)


def test_a_claim_said_twice_and_numbers_that_are_none_are_malformed() -> None:
    signer = ECKey.import_key(dict(key().jwk))
    body = json.dumps(claims())[:-1]
    for more in (
        ',"nik":"3174075508950002"}',
        ',"exp":NaN}',
        ',"x":Infinity}',
        ',"x":1e999}',
        ',"x":' + "9" * 500 + "}",
    ):
        token = jose.serialize_compact({"alg": "ES256", "kid": key().kid}, body + more, signer)
        told = outcome(token)
        assert told is R.MALFORMED or (more.endswith(("9}", "e999}")) and taken(told).facts == FACTS), more[:20]


def test_a_token_cut_off_anywhere_is_refused() -> None:
    for token in (jws(), cwt(), cwt(deflate=True)):
        for cut in range(0, len(token), 7):
            assert isinstance(outcome(token[:cut]), R), cut


# ---- size


def test_a_token_one_letter_too_long_is_too_large_whatever_it_is() -> None:
    for start in ("", PREFIX, "eyJ", jws()):
        assert outcome(start.ljust(POLICY.max_bytes + 1, "A")) is R.TOO_LARGE
    assert outcome("A" * 50_000_000) is R.TOO_LARGE


def test_a_long_name_within_the_limit_is_no_reason() -> None:
    assert taken(outcome(jws(name="S" * 700))).facts.name == "S" * 100


def bomb(size: int) -> str:
    return PREFIX + base45.encode(zlib.compress(b"\x00" * size, 9))


def test_a_zip_bomb_is_too_large_before_it_has_grown() -> None:
    text = bomb(1_300_000)
    assert 1500 < len(text) <= POLICY.max_bytes  # a real one: 600 to 1
    began = time.process_time()
    tracemalloc.start()
    assert outcome(text) is R.TOO_LARGE
    grown = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grown < 100_000
    assert time.process_time() - began < 0.2


def test_a_bomb_in_a_bomb_is_unpacked_once() -> None:
    inner = zlib.compress(zlib.compress(b"\x00" * 50_000_000, 9), 9)
    assert outcome(PREFIX + base45.encode(inner)) in (R.TOO_LARGE, R.MALFORMED)


def test_a_deflated_token_is_one_whole_stream() -> None:
    packed = base45.decode(cwt(deflate=True).removeprefix(PREFIX))
    for damaged in (packed[:-1], packed + b"\x00", packed[:-4] + b"\x00\x00\x00\x00", packed[:2], b"\x78"):
        assert outcome(PREFIX + base45.encode(damaged)) is R.MALFORMED


# ---- CWT


def cose(protected: Any, unprotected: Any, payload: Any = b"", signature: Any = b"s" * 64, tag: bytes = b"\xd2") -> str:
    header = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
    return PREFIX + base45.encode(tag + cbor2.dumps([header, unprotected, payload, signature]))


KID = {4: key().kid.encode()}


def test_no_algorithm_but_the_two_is_ever_tried_in_a_cwt() -> None:
    for number in (None, 0, 5, -6, -7.0, True, "ES256", -35, -36, -37, -257, -47, 2**63):
        assert outcome(cose({1: number}, KID)) is R.ALGORITHM, number
    assert outcome(cose({}, KID)) is R.ALGORITHM
    assert outcome(cose({}, {1: -7, **KID})) is R.ALGORITHM  # not covered by the signature
    assert outcome(cose({1: -7}, {1: -8, **KID})) is R.ALGORITHM
    assert outcome(cose({1: -8}, KID)) is R.ALGORITHM


def test_a_cose_header_that_changes_the_reading_is_refused() -> None:
    for label in (2, 5, 6, 33, 35, "x"):
        assert outcome(cose({1: -7, label: 1}, KID)) is R.MALFORMED
        assert outcome(cose({1: -7}, {**KID, label: 1})) is R.MALFORMED


def test_a_cose_key_id_is_short_ascii() -> None:
    for kid in (None, b"", "text", 1, b"\xff", b"k" * 129, b"unknown", [b"x"]):
        assert outcome(cose({1: -7}, {4: kid})) is R.UNKNOWN_KEY, kid


COSE_SHAPES: dict[str, bytes] = {
    "another tag": b"\xd1" + cbor2.dumps([b"", {}, b"", b""]),
    "three parts": b"\xd2" + cbor2.dumps([b"", {}, b""]),
    "five parts": b"\xd2" + cbor2.dumps([b"", {}, b"", b"", b""]),
    "a map": b"\xd2" + cbor2.dumps({1: 2, 3: 4, 5: 6, 7: 8}),
    "a text of four": b"\xd2" + cbor2.dumps("abcd"),
    "a number": b"\xd2\x01",
    "protected no bytes": b"\xd2" + cbor2.dumps([{}, {}, b"", b""]),
    "protected no map": b"\xd2" + cbor2.dumps([b"\x01", {}, b"", b""]),
    "unprotected no map": b"\xd2" + cbor2.dumps([b"\xa1\x01\x26", [], b"", b""]),
    "no payload": b"\xd2" + cbor2.dumps([b"\xa1\x01\x26", KID, None, b"s" * 64]),
    "signature no bytes": b"\xd2" + cbor2.dumps([b"\xa1\x01\x26", KID, b"", 1]),
    "nested": b"\xd2" + b"\x81" * 500,
    "two tags of one": b"\xd2\xd2" + cbor2.dumps([b"\xa1\x01\x26", KID, b"", b""]),
    "a set": b"\xd9\x01\x02\x81\x01",
    "empty": b"",
}


@pytest.mark.parametrize("message", COSE_SHAPES.values(), ids=COSE_SHAPES.keys())
def test_what_is_no_cose_sign1_is_malformed(message: bytes) -> None:
    assert outcome(PREFIX + base45.encode(message)) is R.MALFORMED
    assert outcome(PREFIX + base45.encode(zlib.compress(message))) is R.MALFORMED


NO_CLAIMS = (b"", b"\x01", b"\x80", b"\xa0\xa0", b"\xff", b"\xa2\x01\x61a\x01\x61b", b"\xa1\x01\xc2\x41x")


@pytest.mark.parametrize("payload", NO_CLAIMS)
def test_signed_bytes_that_are_no_claims_are_malformed(payload: bytes) -> None:
    assert outcome(PREFIX + base45.encode(cose_sign1(key(), payload))) is R.MALFORMED


def test_signed_claims_of_odd_kinds_are_a_typed_refusal() -> None:
    honest = {1: ISSUER, 3: POLICY.audience, 4: int(NOW.timestamp()) + 60, 6: int(NOW.timestamp()), 7: b"j" * 16}
    for changed in (
        {169: "x"},
        {169: {}},
        {169: {1: b"3174075508950001"}},
        {169: {1: {}}},
        {7: "text", 169: {}},
        {3: {}},
    ):
        told = outcome(PREFIX + base45.encode(cose_sign1(key(), cbor2.dumps(honest | changed))))
        assert told in (R.NO_NIK, R.MALFORMED, R.WRONG_AUDIENCE), changed


def test_both_tags_or_none_may_stand_before_the_message() -> None:
    message = base45.decode(cwt().removeprefix(PREFIX))
    for bare in (message.removeprefix(b"\xd2"), message, b"\xd8\x3d" + message):
        assert taken(outcome(PREFIX + base45.encode(bare))).facts == FACTS


# ---- never told


def test_neither_the_token_nor_its_facts_are_in_words_or_shape() -> None:
    token = jws()
    checked = taken(outcome(token))
    shown = repr(checked) + str(checked)
    with pytest.raises(DigitalIdRefused) as refused:
        check_token(token[:-9], pinned(), POLICY, NOW)
    shown += repr(refused.value) + str(refused.value) + repr(refused.value.__cause__)
    for secret in (token, token[:40], FACTS.nik, FACTS.name, checked.token_id):
        assert secret not in shown


@pytest.mark.parametrize("now", [datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)])
def test_a_clock_at_the_ends_of_time_is_a_refusal(now: datetime) -> None:
    assert outcome(jws(), now) is R.UNKNOWN_KEY
