"""What a card or a digital identity says that the register does not, or not yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kiosk.ports import FactSource, PersonFacts, Profile


class FactField(StrEnum):
    NAME = "name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    MARITAL_STATUS = "marital_status"


@dataclass(frozen=True, slots=True)
class FactUpdate:
    source: FactSource
    which: FactField
    brought: str = field(repr=False)  # as read; a date in ISO form
    registered: str = field(repr=False)  # empty: the register has none

    def without_values(self) -> FactUpdate:
        return replace(self, brought="", registered="")


def updates(profile: Profile, facts: PersonFacts) -> tuple[FactUpdate, ...]:
    """Fields that were read and differ from the register. Letter case, punctuation and spacing are no difference:
    cards write JL. MELATI NO.8 and registers JL MELATI NO 8."""
    pairs = (
        (FactField.NAME, facts.name, profile.name),
        (FactField.BIRTH_DATE, _iso(facts.birth_date), _iso(profile.birth_date)),
        (FactField.ADDRESS, facts.address, profile.address),
        (FactField.MARITAL_STATUS, facts.marital_status, profile.marital_status),
    )
    return tuple(
        FactUpdate(facts.source, which, brought, registered)
        for which, brought, registered in pairs
        if brought and _bare(brought) != _bare(registered)
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _bare(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())
