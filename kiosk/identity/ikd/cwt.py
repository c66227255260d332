"""A CWT: ``IKD1:`` + Base45 of a COSE_Sign1, deflated or not, with identity data as claim 169.

The layout is MOSIP's "169 QR code specification" 1.2.1 with what a login code needs besides: audience, a
short life and an id. A deflated message is unpacked to at most the size that a plain one may have.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import cbor2

from kiosk.identity.ikd import base45
from kiosk.identity.ikd.cbor_shape import check_shape
from kiosk.identity.ikd.keys import MAX_KID_CHARS, Alg, PinnedKey
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused

PREFIX = "IKD1:"

COSE_SIGN1 = b"\xd2"
"""CBOR tag 18."""
CWT_TAG = b"\xd8\x3d"
"""CBOR tag 61, which may stand before it."""

_ZLIB = 0x78
"""First byte of a deflated message; none of CBOR's that can begin ours."""

ALGORITHMS = {-7: Alg.ES256, -8: Alg.EDDSA}
_H_ALG, _H_CONTENT_TYPE, _H_KID = 1, 3, 4

_NAMES = {1: "iss", 2: "sub", 3: "aud", 4: "exp", 5: "nbf", 6: "iat"}
_CTI, IDENTITY = 7, 169
_ID, _FULL_NAME, _BIRTH, _ADDRESS, _MARITAL = 1, 4, 8, 10, 14
_MARITAL_WORDS = {1: "BELUM KAWIN", 2: "KAWIN", 3: "CERAI HIDUP"}
"""The specification knows no widows; an issuer that does writes the word."""


@dataclass(frozen=True, slots=True)
class Cwt:
    """Not believed yet."""

    message: bytes = field(repr=False)  # COSE_Sign1 without tags
    alg: Alg
    kid: str


def read_cwt(text: str, max_bytes: int) -> Cwt:
    """``text``: with its prefix. Raises DigitalIdRefused: TOO_LARGE, MALFORMED, ALGORITHM, UNKNOWN_KEY."""
    try:
        message = _inflated(base45.decode(text.removeprefix(PREFIX)), max_bytes)
        message = message.removeprefix(CWT_TAG).removeprefix(COSE_SIGN1)
        protected, unprotected, payload, signature = _loads(message)
        header = _loads(protected)
    except (ValueError, TypeError, zlib.error):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None
    if not (isinstance(header, dict) and isinstance(unprotected, dict)):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    number = header.get(_H_ALG)
    alg = ALGORITHMS.get(number) if type(number) is int else None
    if alg is None or _H_ALG in unprotected:  # an algorithm that the signature does not cover
        raise DigitalIdRefused(DigitalIdRefusal.ALGORITHM)
    known = header.keys() <= {_H_ALG, _H_CONTENT_TYPE, _H_KID} and unprotected.keys() <= {_H_KID}
    if not known or not (isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    return Cwt(message, alg, _kid(header.get(_H_KID, unprotected.get(_H_KID))))


def claims_of_cwt(token: Cwt, key: PinnedKey) -> dict[str, Any]:
    """Under the names they have in a JWT. Raises DigitalIdRefused: BAD_SIGNATURE, MALFORMED."""
    from cwt import COSE, COSEKey  # noqa: PLC0415 - 0.16 s of import that kiosks without such tokens save

    made = COSEKey.from_jwk({**key.jwk, "kid": key.kid, "alg": key.alg.value})
    try:
        payload = COSE.new().decode(COSE_SIGN1 + token.message, made)
    except Exception:  # its errors have no common ground
        raise DigitalIdRefused(DigitalIdRefusal.BAD_SIGNATURE) from None
    try:
        claims = _loads(payload)
    except (ValueError, TypeError):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None
    if not isinstance(claims, dict):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    return _in_words(claims)


def _inflated(data: bytes, max_bytes: int) -> bytes:
    if not data or data[0] != _ZLIB:
        return data
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(data, max_bytes + 1)
    if len(plain) > max_bytes:
        raise DigitalIdRefused(DigitalIdRefusal.TOO_LARGE)
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("not one whole stream")
    return plain


def _loads(data: Any) -> Any:
    """Raises ValueError, TypeError."""
    if not isinstance(data, bytes):
        raise TypeError("bytes expected")
    check_shape(data)
    return cbor2.loads(data)


def _kid(value: Any) -> str:
    try:
        kid = value.decode("ascii") if isinstance(value, bytes) else ""
    except ValueError:
        kid = ""
    if not 0 < len(kid) <= MAX_KID_CHARS:
        raise DigitalIdRefused(DigitalIdRefusal.UNKNOWN_KEY)
    return kid


def _in_words(claims: dict[Any, Any]) -> dict[str, Any]:
    named = {name: claims[number] for number, name in _NAMES.items() if number in claims}
    cti, identity = claims.get(_CTI), claims.get(IDENTITY)
    if isinstance(cti, bytes):
        named["jti"] = cti.hex()
    if "active" in claims:
        named["active"] = claims["active"]
    if isinstance(identity, dict):
        marital = identity.get(_MARITAL)
        named |= {
            "nik": identity.get(_ID),
            "name": identity.get(_FULL_NAME),
            "birthdate": identity.get(_BIRTH),
            "address": identity.get(_ADDRESS),
            "marital_status": _MARITAL_WORDS.get(marital) if type(marital) is int else marital,
        }
    return named
