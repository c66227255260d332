"""An id_token as OpenID Connect Core 3.1.3.7 wants it checked, and stricter: no algorithm but the listed ones."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError

from kiosk.config import IssuerSettings
from kiosk.gateways.oidc_metadata import IssuerDocuments
from kiosk.identity.ikd.claims import check_audience, check_times, numeric_date
from kiosk.identity.ikd.jws import json_object
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused

MAX_TOKEN_CHARS = 16_384
MAX_AGE_SECONDS = 600.0
"""It is made when the code is redeemed; one that is older was made for somebody else."""


def check_id_token(
    text: object, settings: IssuerSettings, documents: IssuerDocuments, nonce: str | None, now: datetime
) -> dict[str, Any]:
    """Its claims. ``nonce``: what we sent; None where the flow has none. Raises DigitalIdRefused."""
    if not isinstance(text, str) or len(text) > MAX_TOKEN_CHARS or not text.isascii() or text.count(".") != 2:
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    claims = _verified(text, settings, documents)
    if claims.get("iss") != settings.url:
        raise DigitalIdRefused(DigitalIdRefusal.WRONG_ISSUER)
    check_audience(claims.get("aud"), settings.client_id)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else settings.client_id) != settings.client_id:
        raise DigitalIdRefused(DigitalIdRefusal.WRONG_AUDIENCE)
    issued, expires = numeric_date(claims.get("iat")), numeric_date(claims.get("exp"))
    check_times(issued, min(expires, issued + MAX_AGE_SECONDS), settings.skew_seconds, now)
    right_nonce = nonce is None or claims.get("nonce") == nonce
    if not right_nonce or not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    return claims


def _verified(text: str, settings: IssuerSettings, documents: IssuerDocuments) -> dict[str, Any]:
    header = _header(text)
    alg, kid = header.get("alg"), header.get("kid")
    if not isinstance(alg, str) or alg not in settings.algorithms:
        raise DigitalIdRefused(DigitalIdRefusal.ALGORITHM)
    if "crit" in header or not (kid is None or isinstance(kid, str)):
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    key = documents.key(kid, alg)
    if key is None:
        raise DigitalIdRefused(DigitalIdRefusal.UNKNOWN_KEY)
    try:
        return json_object(jws.deserialize_compact(text, key, algorithms=[alg]).payload)
    except BadSignatureError:
        raise DigitalIdRefused(DigitalIdRefusal.BAD_SIGNATURE) from None
    except (JoseError, ValueError):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None


def _header(text: str) -> Mapping[str, Any]:
    part = text.partition(".")[0]
    try:
        return json_object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None
