"""Which PINs are refused, and by which rule: pure, nothing stored, nothing echoed.

The whole secret is compared with what someone who holds the person's card, phone or birth date would
try first; a PIN that merely contains such digits among others passes. Counting refusals is the journey's work;
the centre locks an account after wrong entries.

Known cost: 9.2 % of the six-digit PINs are refused, 8.7 of them by refusing every date shape and not only
the own birth date (a test pins the figures). Dates are by far the commonest choice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise, permutations
from pathlib import Path

COMMON_LIST = Path(__file__).resolve().parents[2] / "resources" / "pin_common.txt"


class PinRule(StrEnum):
    """In the order they are tried: the first broken one is the one said in words."""

    LENGTH = "length"  # not as many ASCII digits as the site asks for
    BIRTH_DATE = "birth_date"  # the own one, in any order, also with the women's day of the NIK
    IDENTITY_DIGITS = "identity_digits"  # a stretch of NIK, card or phone number
    SEQUENCE = "sequence"  # 123456, 987654, 135791: always the same step
    REPEAT = "repeat"  # 111111, 121212, 123123, 112233, 111115
    KEYPAD = "keypad"  # 147258, 159753, 258000: lines drawn on the keypad
    ANY_DATE = "any_date"  # any other day written as a date
    COMMON = "common"  # the list in resources


@dataclass(frozen=True, slots=True)
class PinFacts:
    """What the kiosk knows of the person after the match. Empty fields are skipped."""

    birth_date: date | None = field(default=None, repr=False)
    nik: str = field(default="", repr=False)
    card_number: str = field(default="", repr=False)
    masked_phone: str = field(default="", repr=False)
    """As the centre gives it, e.g. ``0812-xxxx-890``; hidden digits as ``x`` or ``*``."""


def check_pin(pin: str, facts: PinFacts, digits: int = 6) -> PinRule | None:
    """The first rule that ``pin`` breaks, or None when it may be used."""
    return PinPolicy(facts, digits).check(pin)


class PinPolicy:
    """The rules for one person. Holds personal digits: lives no longer than the visit."""

    def __init__(self, facts: PinFacts, digits: int = 6) -> None:
        self._digits = digits
        self._birth = _own_dates(facts, digits)
        self._identity = {
            w for number in (facts.nik, facts.card_number) for w in _windows(_only_digits(number), digits)
        }
        self._phone = _phone_patterns(facts.masked_phone, digits)

    def check(self, pin: str) -> PinRule | None:
        if len(pin) != self._digits or not (pin.isascii() and pin.isdigit()):
            return PinRule.LENGTH
        if pin in self._birth:
            return PinRule.BIRTH_DATE
        if pin in self._identity or (self._phone and self._phone.fullmatch(pin)):
            return PinRule.IDENTITY_DIGITS
        return _general_rule(pin)


def _general_rule(pin: str) -> PinRule | None:
    if _is_sequence(pin):
        return PinRule.SEQUENCE
    if _is_repeat(pin):
        return PinRule.REPEAT
    if _is_keypad(pin):
        return PinRule.KEYPAD
    if _is_date(pin):
        return PinRule.ANY_DATE
    return PinRule.COMMON if pin in _COMMON else None


# ---------------------------------------------------------------- the person


def _own_dates(facts: PinFacts, digits: int) -> set[str]:
    """Every way to write the register's birth date and the one coded in the NIK, cut to ``digits``."""
    found: set[str] = set()
    if facts.birth_date is not None:
        birth = facts.birth_date
        found |= _date_forms(birth.day, birth.month, str(birth.year), digits)
    coded = facts.nik[6:12]
    if len(facts.nik) == 16 and coded.isascii() and coded.isdigit():
        day = int(coded[:2])
        for century in ("19", "20"):
            found |= _date_forms(day - 40 if day > 40 else day, int(coded[2:4]), century + coded[4:], digits)
    return found


def _date_forms(day: int, month: int, year: str, digits: int) -> set[str]:
    found: set[str] = set()
    for days in (f"{day:02}", str(day), f"{day + 40:02}"):
        for months in (f"{month:02}", str(month)):
            for years in (year, year[2:]):
                for parts in permutations((days, months, years)):
                    found.update(_windows("".join(parts), digits))
    return found


def _windows(text: str, length: int) -> set[str]:
    return {text[i : i + length] for i in range(len(text) - length + 1)}


def _only_digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


_KNOWN_AT_LEAST = 4
"""Known digits in a stretch of a masked number; with three, one PIN in a thousand would fall for nothing."""


def _phone_patterns(masked: str, digits: int) -> re.Pattern[str] | None:
    """Stretches of the number as dialled (08.., 628..), hidden digits matching any; and the visible alone."""
    marks = "".join("." if c in "xX*" else c for c in masked if c in "xX*" or (c.isascii() and c.isdigit()))
    numbers = [marks, marks.replace(".", "")]
    if marks.startswith("0"):
        numbers.append("62" + marks[1:])
    elif marks.startswith("62"):
        numbers.append("0" + marks[2:])
    stretches = {w for n in numbers for w in _windows(n, digits) if len(w) - w.count(".") >= _KNOWN_AT_LEAST}
    return re.compile("|".join(sorted(stretches))) if stretches else None


# ---------------------------------------------------------------- shapes


def _is_sequence(pin: str) -> bool:
    """The same step from digit to digit, 9 followed by 0: 10 starts x 9 steps (step 0 is a repeat)."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 and steps != {0}


def _is_repeat(pin: str) -> bool:
    """A unit of at most half the length again and again, digits in pairs or triples, or all but one alike."""
    length = len(pin)
    if any((pin[:unit] * length)[:length] == pin for unit in range(1, length // 2 + 1)):
        return True
    if max(pin.count(d) for d in set(pin)) >= length - 1:
        return True
    return _RUNS.fullmatch(pin) is not None


_RUNS = re.compile(r"(?:(\d)\1+)+", re.ASCII)

_LINES = ("123", "456", "789", "147", "258", "369", "159", "357", "580", "2580")
_PIECES = sorted(
    {*_LINES, *(line[::-1] for line in _LINES), *(str(d) * 3 for d in range(10))},
    key=lambda piece: (-len(piece), piece),
)
_DRAWN = re.compile(f"(?:{'|'.join(_PIECES)})+(?:{'|'.join(sorted({p[:2] for p in _PIECES}))})?")
"""Rows, columns and diagonals one after the other; the last may be cut to two keys where the length asks."""

_CORNERS = frozenset("1379")
_PLACE = {key: divmod(index, 3) for index, key in enumerate("123456789*0#") if key.isdigit()}


def _is_keypad(pin: str) -> bool:
    """Lines put together, a walk round the corners, or a snake over neighbouring keys without a return."""
    if _DRAWN.fullmatch(pin):
        return True
    if set(pin) <= _CORNERS and all(a != b for a, b in pairwise(pin)):
        return True
    return len(set(pin)) == len(pin) and all(_neighbours(a, b) for a, b in pairwise(pin))


def _neighbours(a: str, b: str) -> bool:
    (row_a, column_a), (row_b, column_b) = _PLACE[a], _PLACE[b]
    return abs(row_a - row_b) + abs(column_a - column_b) == 1


_DAY, _MONTH, _YEAR = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|1[0-2])", "(?:19|20)[0-9]{2}"
_ANY_DATE = re.compile(
    "|".join(
        (
            f"{_DAY}{_MONTH}[0-9]{{2}}",
            f"{_MONTH}{_DAY}[0-9]{{2}}",
            f"[0-9]{{2}}{_MONTH}{_DAY}",
            f"{_MONTH}{_YEAR}",
            f"{_YEAR}{_MONTH}",
            f"{_DAY}{_MONTH}{_YEAR}",
            f"{_MONTH}{_DAY}{_YEAR}",
            f"{_YEAR}{_MONTH}{_DAY}",
        )
    )
)
"""Six and eight digits; no date is written in seven. Days to 31 whatever the month: nobody is told that
30 February is a good PIN."""


def _is_date(pin: str) -> bool:
    return _ANY_DATE.fullmatch(pin) is not None


def _read_common() -> frozenset[str]:
    lines = COMMON_LIST.read_text(encoding="ascii").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


_COMMON = _read_common()
"""Read at import: an installation without its list fails at the start, not in the middle of a visit."""
