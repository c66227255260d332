"""The PIN leaves the kiosk only as a sealed argon2id verifier."""

from __future__ import annotations

import base64

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from kiosk.config import PinSettings
from kiosk.credentials.centre_seal import key_fingerprint
from kiosk.credentials.pin_seal import seal_pin

QUICK = PinSettings(argon2_memory_kib=256, argon2_time=1)
CENTRE = PrivateKey.generate()
PUBLIC = bytes(CENTRE.public_key)


def opened(sealed_verifier: str, key: PrivateKey = CENTRE) -> str:
    return SealedBox(key).decrypt(base64.b64decode(sealed_verifier)).decode()


def test_only_the_centre_can_open_it_and_check_the_pin() -> None:
    sealed = seal_pin("480263", QUICK, PUBLIC)
    verifier = opened(sealed.text)
    assert PasswordHasher().verify(verifier, "480263")
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(verifier, "480264")
    with pytest.raises(CryptoError):
        opened(sealed.text, PrivateKey.generate())


def test_the_settings_are_the_ones_used_and_the_defaults_are_the_rule() -> None:
    used = extract_parameters(opened(seal_pin("480263", QUICK, PUBLIC).text))
    assert (used.memory_cost, used.time_cost, used.parallelism) == (256, 1, 1)
    assert used.type.name == "ID"
    rule = PinSettings()
    assert (rule.argon2_memory_kib, rule.argon2_time, rule.argon2_lanes) == (64 * 1024, 3, 1)


def test_one_pin_never_gives_the_same_verifier_twice() -> None:
    assert opened(seal_pin("480263", QUICK, PUBLIC).text) != opened(seal_pin("480263", QUICK, PUBLIC).text)


def test_neither_pin_nor_verifier_is_printed() -> None:
    sealed = seal_pin("480263", QUICK, PUBLIC)
    assert "480263" not in repr(sealed)
    assert sealed.text not in repr(sealed)


def test_the_fingerprint_tells_keys_apart() -> None:
    sealed = seal_pin("480263", QUICK, PUBLIC)
    assert sealed.sealed_to == key_fingerprint(PUBLIC)
    assert len(sealed.sealed_to) == 16
    assert sealed.sealed_to != key_fingerprint(bytes(PrivateKey.generate().public_key))
