"""Makes tokens: for the demo's issuer, for tests, and for whoever sets a site up. A kiosk only reads them."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from kiosk.identity.ikd import base45
from kiosk.identity.ikd.cwt import IDENTITY, PREFIX
from kiosk.identity.ikd.keys import Alg, PinnedKey
from kiosk.ports import PersonFacts

KID_CHARS = 16
"""96 bits: no two keys meet, and every character makes the code on the phone denser."""

_MARITAL_NUMBERS = {"BELUM KAWIN": 1, "KAWIN": 2, "CERAI HIDUP": 3}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """``jwk``: private; its kid is the beginning of its RFC 7638 thumbprint unless it brings one."""

    alg: Alg
    kid: str
    jwk: Mapping[str, str] = field(repr=False)

    @property
    def public_jwk(self) -> dict[str, str]:
        return {name: value for name, value in self.jwk.items() if name in ("kty", "crv", "x", "y")}

    def pinned(self, issuer: str, not_before: datetime, not_after: datetime) -> PinnedKey:
        return PinnedKey(issuer, self.kid, self.alg, self.public_jwk, not_before, not_after)


def new_key(alg: Alg = Alg.ES256) -> SigningKey:
    made = ECKey.generate_key("P-256") if alg is Alg.ES256 else OKPKey.generate_key("Ed25519")
    return signing_key(json.dumps(made.as_dict(private=True)))


def signing_key(text: str) -> SigningKey:
    """Out of a private JWK as JSON. Raises ValueError."""
    jwk = json.loads(text)
    if not isinstance(jwk, dict) or not isinstance(jwk.get("d"), str):
        raise ValueError("not a private JWK")
    match jwk.get("kty"), jwk.get("crv"):
        case "EC", "P-256":
            alg, made = Alg.ES256, ECKey.import_key(jwk).thumbprint()
        case "OKP", "Ed25519":
            alg, made = Alg.EDDSA, OKPKey.import_key(jwk).thumbprint()
        case _:
            raise ValueError("neither P-256 nor Ed25519")
    return SigningKey(alg, str(jwk.get("kid") or made[:KID_CHARS]), jwk)


def claims_for(  # noqa: PLR0917
    facts: PersonFacts, issuer: str, audience: str, issued: datetime, seconds: float, token_id: str = ""
) -> dict[str, Any]:
    """Claims of an honest token, under the names of a JWT. ``token_id``: drawn when empty."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "iat": int(issued.timestamp()),
        "exp": int((issued + timedelta(seconds=seconds)).timestamp()),
        "jti": token_id or uuid.uuid4().hex,
        "nik": facts.nik,
        "name": facts.name,
        "birthdate": facts.birth_date.isoformat() if facts.birth_date else "",
        "address": facts.address,
        "marital_status": facts.marital_status,
    }
    return {name: value for name, value in claims.items() if value != ""}


def jws_token(key: SigningKey, claims: Mapping[str, Any]) -> str:
    made = (ECKey if key.alg is Alg.ES256 else OKPKey).import_key(dict(key.jwk))
    body = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    return jws.serialize_compact({"alg": key.alg.value, "kid": key.kid}, body, made, algorithms=[key.alg.value])


def cwt_token(key: SigningKey, claims: Mapping[str, Any], *, deflate: bool = False) -> str:
    """The same claims as ``kiosk.identity.ikd.cwt`` reads them; ``jti`` as the hex digits of its bytes."""
    message = cose_sign1(key, cbor2.dumps(_in_numbers(claims)))
    return PREFIX + base45.encode(zlib.compress(message, 9) if deflate else message)


def cose_sign1(key: SigningKey, payload: bytes) -> bytes:
    from cwt import COSE, COSEKey  # noqa: PLC0415 - 0.16 s, and the demo's issuer makes no CWT

    made = COSEKey.from_jwk({**key.jwk, "kid": key.kid, "alg": key.alg.value})
    return bytes(COSE.new(alg_auto_inclusion=True, kid_auto_inclusion=True).encode(payload, made))


def _in_numbers(claims: Mapping[str, Any]) -> dict[int, Any]:
    numbers = {1: "iss", 3: "aud", 4: "exp", 5: "nbf", 6: "iat"}
    plain: dict[int, Any] = {number: claims[name] for number, name in numbers.items() if name in claims}
    if "jti" in claims:
        plain[7] = bytes.fromhex(claims["jti"])
    marital = claims.get("marital_status")
    identity = {
        1: claims.get("nik"),
        4: claims.get("name"),
        8: str(claims.get("birthdate", "")).replace("-", "") or None,
        10: claims.get("address"),
        14: _MARITAL_NUMBERS.get(str(marital), marital),
    }
    plain[IDENTITY] = {number: value for number, value in identity.items() if value is not None}
    return plain


def utc_now() -> datetime:
    return datetime.now(UTC)
