"""An issuer for tests, its keys, and tokens that are good unless a test says otherwise. Invented people only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from kiosk.identity.ikd.claims import CheckedToken, TokenPolicy
from kiosk.identity.ikd.keys import Alg, PinnedKeys
from kiosk.identity.ikd.making import SigningKey, claims_for, cwt_token, jws_token, new_key
from kiosk.identity.ikd.token import check_token
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused, FactSource, PersonFacts

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ISSUER = "https://ikd.contoh.go.id"
POLICY = TokenPolicy("bpjs-kiosk", token_seconds=90, skew_seconds=10, max_bytes=2048)
FACTS = PersonFacts(
    FactSource.IKD,
    "3174075508950001",
    name="SITI RAHMAWATI",
    birth_date=date(1995, 8, 15),
    address="JL. CONTOH MELATI NO. 8, RT 003/RW 005, CIPETE UTARA, KEBAYORAN BARU",
    marital_status="BELUM KAWIN",
)


def key(alg: Alg = Alg.ES256, number: int = 0) -> SigningKey:
    """The same for the same arguments, all through a test run."""
    return _key(alg, number)


@cache
def _key(alg: Alg, _number: int) -> SigningKey:
    return new_key(alg)


def pinned(*, before: timedelta = timedelta(days=1), after: timedelta = timedelta(days=1)) -> PinnedKeys:
    return PinnedKeys(key(alg).pinned(ISSUER, NOW - before, NOW + after) for alg in Alg)


def claims(seconds: float = 60, **changed: Any) -> dict[str, Any]:
    """Of a token made now. A changed claim of None is left out."""
    honest = claims_for(FACTS, ISSUER, POLICY.audience, NOW, seconds) | changed
    return {name: value for name, value in honest.items() if value is not None}


def jws(alg: Alg = Alg.ES256, **changed: Any) -> str:
    return jws_token(key(alg), claims(**changed))


def cwt(alg: Alg = Alg.ES256, *, deflate: bool = False, **changed: Any) -> str:
    return cwt_token(key(alg), claims(**changed), deflate=deflate)


def outcome(text: str, now: datetime | None = NOW, policy: TokenPolicy = POLICY) -> CheckedToken | DigitalIdRefusal:
    """Anything but a typed refusal gets through to the test."""
    try:
        return check_token(text, pinned(), policy, now)
    except DigitalIdRefused as refused:
        return refused.refusal


def taken(token: CheckedToken | DigitalIdRefusal) -> CheckedToken:
    assert isinstance(token, CheckedToken), token
    return token
