"""Pinned keys. The risk: a key that is past its time, private, of another curve, or chosen by the token."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.identity.ikd.issue import add_arguments, run
from kiosk.identity.ikd.keys import Alg, KeysUnusable, PinnedKeys, load_keys
from tests.identity.ikd.support import ISSUER, NOW, key
from tests.identity.ikd.test_issue import arguments

DAY = timedelta(days=1)
PUBLIC = key().public_jwk


def table(**changed: object) -> str:
    lines = {
        "issuer": f'"{ISSUER}"',
        "kid": '"k1"',
        "alg": '"ES256"',
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2027-01-01T00:00:00Z",
        "jwk": "{" + ", ".join(f'{name} = "{value}"' for name, value in PUBLIC.items()) + "}",
    } | changed
    return "[[key]]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items() if value is not None)


def loaded(path: Path, text: str) -> PinnedKeys:
    (path / "keys.toml").write_text(text, encoding="utf-8")
    return load_keys(path / "keys.toml")


def test_a_key_is_found_by_its_id_within_its_time_only(tmp_path: Path) -> None:
    keys = loaded(tmp_path, table())
    found = keys.find("k1", NOW)
    assert found is not None
    assert (found.issuer, found.alg) == (ISSUER, Alg.ES256)
    assert keys.find("k2", NOW) is None
    assert keys.find("k1", found.not_before - timedelta(microseconds=1)) is None
    assert keys.find("k1", found.not_before) is found
    assert keys.find("k1", found.not_after) is None


UNUSABLE = {
    "empty": ("", "no_key"),
    "no toml": ("[[key", "file_malformed"),
    "not text": ("\x00\xff", "file_malformed"),
    "key is no list": ("key = 1\n", "no_key"),
    "no issuer": (table(issuer=None), "key_malformed:0"),
    "empty issuer": (table(issuer='""'), "key_malformed:0"),
    "number as kid": (table(kid="1"), "key_malformed:0"),
    "endless kid": (table(kid='"' + "k" * 129 + '"'), "key_malformed:0"),
    "no signature": (table(alg='"none"'), "key_malformed:0"),
    "shared secret": (table(alg='"HS256"'), "key_malformed:0"),
    "another curve": (table(alg='"EdDSA"'), "key_malformed:0"),
    "local time": (table(not_after="2027-01-01T00:00:00"), "key_malformed:0"),
    "day only": (table(not_after="2027-01-01"), "key_malformed:0"),
    "off the curve": (table(jwk='{ kty = "EC", crv = "P-256", x = "AAAA", y = "AAAA" }'), "key_malformed:0"),
    "no point": (table(jwk='{ kty = "EC", crv = "P-256" }'), "key_malformed:0"),
    "number in the key": (table(jwk='{ kty = "EC", crv = "P-256", x = 1 }'), "key_malformed:0"),
    "private": (table(jwk="{" + ", ".join(f'{n} = "{v}"' for n, v in key().jwk.items()) + "}"), "private_key:0"),
    "one id twice": (table() + table(), "same_kid:1"),
}


@pytest.mark.parametrize(("text", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_file_that_cannot_be_used_says_why_and_where(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(KeysUnusable) as fault:
        loaded(tmp_path, text)
    assert fault.value.reason == reason
    assert not any(value in str(fault.value) for value in key().jwk.values())


def test_a_missing_and_an_endless_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="file_missing"):
        load_keys(tmp_path / "none.toml")
    with pytest.raises(KeysUnusable, match="file_too_large"):
        loaded(tmp_path, "#" * 300_000)


def test_what_the_command_prints_is_a_table_that_pins_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, alg in enumerate(Alg):
        made = ["key", "--key", str(tmp_path / f"{number}.jwk"), "--issuer", ISSUER, "--alg", alg.value]
        assert run(arguments(add_arguments, made)) == 0
    assert len(loaded(tmp_path, capsys.readouterr().out)) == 2
