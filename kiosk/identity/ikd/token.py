"""A token off a phone's screen, checked in the order that spares work: size, form, algorithm, key, signature,
then what it says. Whatever the text is, the answer is a checked token or one typed refusal, soon."""

from __future__ import annotations

from datetime import datetime

from kiosk.identity.ikd.claims import CheckedToken, TokenPolicy, check_claims
from kiosk.identity.ikd.cwt import PREFIX, Cwt, claims_of_cwt, read_cwt
from kiosk.identity.ikd.jws import claims_of_jws, read_jws
from kiosk.identity.ikd.keys import PinnedKeys
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused


def check_token(text: str, keys: PinnedKeys, policy: TokenPolicy, now: datetime | None) -> CheckedToken:
    """``now``: aware, by the centre's clock; None while that is unknown. Raises DigitalIdRefused only."""
    try:
        return _check(text, keys, policy, now)
    except DigitalIdRefused:
        raise
    except Exception:  # libraries underneath meet hostile input; their words may quote it
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED) from None


def _check(text: str, keys: PinnedKeys, policy: TokenPolicy, now: datetime | None) -> CheckedToken:
    if len(text) > policy.max_bytes:
        raise DigitalIdRefused(DigitalIdRefusal.TOO_LARGE)
    token = read_cwt(text, policy.max_bytes) if text.startswith(PREFIX) else read_jws(text)
    if now is None:
        raise DigitalIdRefused(DigitalIdRefusal.CLOCK_UNKNOWN)
    key = keys.find(token.kid, now)
    if key is None:
        raise DigitalIdRefused(DigitalIdRefusal.UNKNOWN_KEY)
    if token.alg is not key.alg:
        raise DigitalIdRefused(DigitalIdRefusal.ALGORITHM)
    claims = claims_of_cwt(token, key) if isinstance(token, Cwt) else claims_of_jws(token, key)
    return check_claims(claims, key.issuer, policy, now)
