"""What a card or a digital identity says that the register does not, or not yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kiosk.ports import FactSource, PersonFacts, Profile

READ_ALIKE = 90.0
"""Of 100. Not every printed field is read to the letter (docs/evaluation.md); what differs by no more than a letter in
ten is the reader's mistake before it is news. Known cost: another house number in the same street is not noticed."""

_WORD = re.compile(r"[^\W_]+")
_UNSAID = frozenset({"RT", "RW"})


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
    """Fields that were read and differ from the register. Letter case, punctuation, spacing and how RT and RW are
    written are no difference: cards write JL. MELATI NO.8, RT/RW 001/002 and registers JL MELATI NO 8 RT 001 RW 002."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - 0.01 s, and every screen's state loads this module

    alike = READ_ALIKE if facts.source is FactSource.KTP else 100.0
    pairs = (
        (FactField.NAME, facts.name, profile.name),
        (FactField.BIRTH_DATE, _iso(facts.birth_date), _iso(profile.birth_date)),
        (FactField.ADDRESS, facts.address, profile.address),
        (FactField.MARITAL_STATUS, facts.marital_status, profile.marital_status),
    )
    return tuple(
        FactUpdate(facts.source, which, brought, registered)
        for which, brought, registered in pairs
        if brought and fuzz.ratio(_bare(brought), _bare(registered)) < alike
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _bare(text: str) -> str:
    return "".join(word for word in _WORD.findall(text.upper()) if word not in _UNSAID)
