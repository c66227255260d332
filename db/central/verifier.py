"""The PIN verifier at rest: argon2id on the kiosk, then HMAC with a pepper that is not in the database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field

from nacl.exceptions import CryptoError

from db.central.keys import CentreKeys

_PHC = re.compile(
    r"\$(?P<parameters>argon2id\$v=19\$m=[0-9]{1,8},t=[0-9]{1,4},p=[0-9]{1,3})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,64})\$(?P<hash>[A-Za-z0-9+/]{22,128})",
    re.ASCII,
)


class VerifierUnreadable(Exception):
    """Not sealed to this centre, or not an argon2id string."""


@dataclass(frozen=True, slots=True)
class PinVerifier:
    parameters: str  # 'argon2id$v=19$m=65536,t=3,p=1'
    salt: bytes = field(repr=False)
    mac: bytes = field(repr=False)  # HMAC-SHA256(pepper, argon2id raw hash)


def open_verifier(sealed_base64: str, keys: CentreKeys) -> PinVerifier:
    """Raises VerifierUnreadable."""
    try:
        text = keys.open(base64.b64decode(sealed_base64, validate=True)).decode("ascii")
    except (ValueError, CryptoError):
        raise VerifierUnreadable from None
    found = _PHC.fullmatch(text)
    if found is None:
        raise VerifierUnreadable
    try:
        salt, raw = (_unpadded(found[name]) for name in ("salt", "hash"))
    except binascii.Error:
        raise VerifierUnreadable from None
    return PinVerifier(found["parameters"], salt, hmac.digest(keys.pepper, raw, hashlib.sha256))


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
