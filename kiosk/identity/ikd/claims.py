"""What a verified token says: whom for, until when, about whom. Pure; the clock is an argument.

Claims have the names of a JWT and of OpenID Connect; an id_token's facts are read here as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from kiosk.identity.nik import check_nik
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused, FactSource, PersonFacts

_TOKEN_ID = re.compile(r"[!-~]{8,128}", re.ASCII)
"""A UUID has 36 characters; under 8 an id would come twice by chance."""

MAX_AUDIENCES = 8
MAX_NAME_CHARS = 100
MAX_ADDRESS_CHARS = 300
"""The longest e-KTP address block, four lines, has 140."""

LAST_SECOND = 253_402_300_799
"""9999-12-31: what a datetime can hold."""

MARITAL_STATUSES = ("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI")
_DATE_FORMS = (re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII), re.compile(r"\d{8}", re.ASCII))


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """``IkdSettings`` as the rules need it."""

    audience: str
    token_seconds: float
    skew_seconds: float
    max_bytes: int  # of the text, and of what it unpacks to


@dataclass(frozen=True, slots=True)
class CheckedToken:
    """Good in every way but one: whether it was used before is the centre's to say."""

    issuer: str
    token_id: str = field(repr=False)
    expires_at: datetime
    facts: PersonFacts


def check_claims(claims: Mapping[str, Any], issuer: str, policy: TokenPolicy, now: datetime) -> CheckedToken:
    """``issuer``: of the key that signed. Raises DigitalIdRefused."""
    if claims.get("iss") != issuer:
        raise DigitalIdRefused(DigitalIdRefusal.WRONG_ISSUER)
    check_audience(claims.get("aud"), policy.audience)
    issued, expires = numeric_date(claims.get("iat")), numeric_date(claims.get("exp"))
    not_before = numeric_date(claims["nbf"]) if "nbf" in claims else issued
    if expires <= issued:
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    check_times(max(issued, not_before), expires, policy.skew_seconds, now)
    if expires - issued > policy.token_seconds:
        raise DigitalIdRefused(DigitalIdRefusal.LIVES_TOO_LONG)
    token_id = claims.get("jti")
    if not isinstance(token_id, str) or not _TOKEN_ID.fullmatch(token_id):
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    facts = facts_of(claims, "nik", now.date())
    return CheckedToken(issuer, token_id, datetime.fromtimestamp(expires, UTC), facts)


def check_audience(audience: Any, wanted: str) -> None:
    named = audience if isinstance(audience, list) else [audience]
    if len(named) > MAX_AUDIENCES or wanted not in [one for one in named if isinstance(one, str)]:
        raise DigitalIdRefused(DigitalIdRefusal.WRONG_AUDIENCE)


def check_times(valid_from: float, expires: float, skew: float, now: datetime) -> None:
    """Seconds since 1970. Raises DigitalIdRefused: NOT_YET_VALID, EXPIRED."""
    present = now.timestamp()
    if valid_from > present + skew:
        raise DigitalIdRefused(DigitalIdRefusal.NOT_YET_VALID)
    if present >= expires + skew:
        raise DigitalIdRefused(DigitalIdRefusal.EXPIRED)


def facts_of(claims: Mapping[str, Any], nik_claim: str, today: date) -> PersonFacts:
    """Raises DigitalIdRefused: NO_NIK, NOT_ACTIVE. What else cannot be read is left empty."""
    if claims.get("active", True) is not True:
        raise DigitalIdRefused(DigitalIdRefusal.NOT_ACTIVE)
    nik = claims.get(nik_claim)
    if not isinstance(nik, str):
        raise DigitalIdRefused(DigitalIdRefusal.NO_NIK)
    verdict = check_nik(nik, today)
    if not verdict.acceptable or verdict.digits != nik:
        raise DigitalIdRefused(DigitalIdRefusal.NO_NIK)
    address = claims.get("address")
    if isinstance(address, Mapping):  # OpenID Connect Core 5.1.1
        address = address.get("formatted")
    status = _line(claims.get("marital_status"), MAX_NAME_CHARS).upper()
    return PersonFacts(
        FactSource.IKD,
        nik,
        name=_line(claims.get("name"), MAX_NAME_CHARS),
        birth_date=_date(claims.get("birthdate")),
        address=_line(address, MAX_ADDRESS_CHARS),
        marital_status=status if status in MARITAL_STATUSES else "",
    )


def numeric_date(value: Any) -> float:
    """Seconds since 1970. Raises DigitalIdRefused(MALFORMED)."""
    if type(value) not in (int, float) or not 0 <= value <= LAST_SECOND:
        raise DigitalIdRefused(DigitalIdRefusal.MALFORMED)
    return float(value)


def _line(value: Any, limit: int) -> str:
    """One line of printable text: an issuer's line breaks become commas, control and direction signs go."""
    if not isinstance(value, str):
        return ""
    joined = ", ".join(part.strip(" ,") for part in value[: 4 * limit].splitlines() if part.strip(" ,"))
    printable = "".join(sign for sign in joined if unicodedata.category(sign)[0] != "C")
    return " ".join(printable.split())[:limit]


def _date(value: Any) -> date | None:
    if not isinstance(value, str) or not any(form.fullmatch(value) for form in _DATE_FORMS):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
