"""A JWS in compact form: what its header asks for, and its claims once the signature holds.

The header is read before the signature is checked, so nothing but ``alg`` and ``kid`` is taken from it,
and both only select among what is pinned.
"""

from __future__ import annotations

import json
import warnings
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

from kiosk.identity.ikd.keys import MAX_KID_CHARS, Alg, PinnedKey
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused

ALGORITHMS = {"ES256": Alg.ES256, "EdDSA": Alg.EDDSA, "Ed25519": Alg.EDDSA}
"""RFC 9864 renames EdDSA with this curve to Ed25519; issuers use either."""

MAX_HEADER_CHARS = 680
"""512 bytes, as joserfc allows; an honest header has 60."""

_HARMLESS = frozenset({"alg", "kid", "typ", "cty", "x5t", "x5t#S256"})
"""Others change how the token is read (crit, b64, zip) or bring a key along (jwk, jku, x5c, x5u)."""

warnings.filterwarnings("ignore", message="EdDSA is deprecated via RFC 9864")
"""Signing with that name is the issuer's choice."""


@dataclass(frozen=True, slots=True)
class Jws:
    """Not believed yet."""

    text: str = field(repr=False)
    alg: Alg
    kid: str


def read_jws(text: str) -> Jws:
    """Raises DigitalIdRefused: MALFORMED, ALGORITHM, UNKNOWN_KEY. ``text`` is of bounded length."""
    parts = text.split(".")
    if len(parts) != 3 or not 0 < len(parts[0]) <= MAX_HEADER_CHARS:
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    header = json_object(_decoded(parts[0]))
    name = header.get("alg")
    alg = ALGORITHMS.get(name) if isinstance(name, str) else None
    if alg is None:
        raise DigitalIdRefused(DigitalIdRefusal.ALGORITHM)
    if not header.keys() <= _HARMLESS or not parts[1] or not parts[2]:
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID_CHARS:
        raise DigitalIdRefused(DigitalIdRefusal.UNKNOWN_KEY)
    return Jws(text, alg, kid)


def claims_of_jws(token: Jws, key: PinnedKey) -> dict[str, Any]:
    """Raises DigitalIdRefused: BAD_SIGNATURE, MALFORMED."""
    from joserfc import jws  # noqa: PLC0415 - 0.06 s of import, kept off the way to the first picture
    from joserfc.errors import BadSignatureError, JoseError  # noqa: PLC0415
    from joserfc.jwk import ECKey, OKPKey  # noqa: PLC0415

    made = (ECKey if key.alg is Alg.ES256 else OKPKey).import_key(dict(key.jwk))
    names = [name for name, alg in ALGORITHMS.items() if alg is key.alg]
    try:
        payload = jws.deserialize_compact(token.text, made, algorithms=names).payload
    except BadSignatureError:
        raise DigitalIdRefused(DigitalIdRefusal.BAD_SIGNATURE) from None
    except (JoseError, ValueError):  # a signature of another length, base64 that is none
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None
    return json_object(payload)


def json_object(data: bytes) -> dict[str, Any]:
    """Each name once: two readers must not see two tokens in one. Raises DigitalIdRefused(MALFORMED)."""
    try:
        value = json.loads(data, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None
    if not isinstance(value, dict):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    return value


def _decoded(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(_name: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")
