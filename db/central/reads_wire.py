"""What the connector seals for a visit of profile, family and history, as JSON, and how strictly the kiosk reads it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from db.central.answers import not_readable
from kiosk.ports import AccountHistory, FamilyMember, Profile

T = TypeVar("T")

MAX_ROWS = 20
"""Of each list. A feed's family has at most 20 members (``sql/feed.sql``); 20 lines of history fill two screens."""

MAX_ANSWER_BYTES = 64 * 1024
"""The largest, a history with control characters (six bytes in JSON) wherever a feed may put some, has 21 kB."""

_FAMILY: TypeAdapter[tuple[FamilyMember, ...]] = TypeAdapter(
    Annotated[tuple[FamilyMember, ...], Field(max_length=MAX_ROWS)]
)
_HISTORY = TypeAdapter(AccountHistory)


class _ProfileTold(BaseModel):
    """Nothing of ``Profile`` may be missing."""

    name: str
    birth_date: date | None
    nik: str
    card_number: str
    masked_phone: str
    membership: str
    verified_since: date | None
    address: str
    marital_status: str


_PROFILE = TypeAdapter(_ProfileTold)


def family_text(members: tuple[FamilyMember, ...]) -> bytes:
    return _FAMILY.dump_json(members)


def history_text(history: AccountHistory) -> bytes:
    return _HISTORY.dump_json(history)


def read_profile(text: bytes) -> Profile:
    """Raises CentreRefused when it is anything else."""
    told = read_strictly(_PROFILE, text)
    return Profile(**dict(told))


def read_family(text: bytes) -> tuple[FamilyMember, ...]:
    """Raises CentreRefused when it is anything else."""
    return read_strictly(_FAMILY, text)


def read_history(text: bytes) -> AccountHistory:
    """Raises CentreRefused when it is anything else, or a time is without its offset."""
    history = read_strictly(_HISTORY, text)
    lists = (history.logins, history.verifications, history.contact_changes)
    times = [row.at for rows in lists for row in rows] + ([history.since] if history.since else [])
    if max(map(len, lists)) > MAX_ROWS or any(at.utcoffset() is None for at in times):
        raise not_readable()
    return history


def read_strictly(adapter: TypeAdapter[T], text: bytes) -> T:
    """Raises CentreRefused when it is anything else."""
    if len(text) > MAX_ANSWER_BYTES:
        raise not_readable()
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError:  # it would quote what it was given
        raise not_readable() from None
