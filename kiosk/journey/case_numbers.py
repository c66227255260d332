"""The number under which a deferred visit is finished: thirteen digits, typed on the keys of the card number.

Twelve are drawn from the visit's id (a UUID4), the first of them 1 to 9: 39.7 bits, so that a kiosk's ten wrong tries
a day find one of 10,000 open cases in 1 of 9 million; a hit alone gives nothing, the code goes to the contact on
record. The last is a check digit: a slip of the finger is told here and costs none of the tries.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

DIGITS = 13
GROUPS = (4, 4, 5)
_FIRST, _COUNT = 10**11, 9 * 10**11
_RANDOM_BITS = 48
"""Of the front of a UUID4; what follows them is its version."""


class CaseProblem(StrEnum):
    LENGTH = "case_length"
    CHECK_DIGIT = "case_digits"


def deferred_number(visit_id: str) -> str:
    """E.g. ``4821093755628``; the same for the same visit."""
    drawn = str(_FIRST + (UUID(visit_id).int >> (128 - _RANDOM_BITS)) % _COUNT)
    return drawn + _check_digit(drawn)


def check_case(digits: str) -> CaseProblem | None:
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return CaseProblem.LENGTH
    return None if _check_digit(digits[:-1]) == digits[-1] and digits[0] != "0" else CaseProblem.CHECK_DIGIT


def grouped(number: str) -> str:
    """``4821-0937-55628``, as it is shown, printed and read out."""
    if len(number) != DIGITS:
        return number
    first, second = GROUPS[0], GROUPS[0] + GROUPS[1]
    return f"{number[:first]}-{number[first:second]}-{number[second:]}"


def _check_digit(digits: str) -> str:
    """Luhn: finds one wrong digit, and two neighbours exchanged but for 09 and 90."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
