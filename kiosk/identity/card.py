"""A JKN card's number, typed or out of a machine code.

Thirteen digits, no known checksum; samples start with 000, which is no rule. IKD tokens are not taken
apart here: they are no digits and have a reader of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.identity.nik import NIK_DIGITS, VA_PREFIX
from kiosk.ports import Identifier, IdentifierKind

CARD_DIGITS = 13

MAX_CODE_CHARS = 1024
"""A card's code is under 100 characters, our own largest is 700 bytes; longer is not looked into."""

_RUN = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{16}|[0-9]{13})(?![0-9A-Za-z])")
"""A run that stands alone: not the middle of a longer number, nor of a base64 token."""


class CardProblem(StrEnum):
    LENGTH = "length"
    NOT_DIGITS = "not_digits"
    LOOKS_LIKE_VA = "looks_like_va"  # 88888...: the virtual account, whole or cut off at 13


@dataclass(frozen=True, slots=True)
class CardVerdict:
    digits: str = field(repr=False)
    problem: CardProblem | None

    @property
    def acceptable(self) -> bool:
        return self.problem is None


def check_card(text: str) -> CardVerdict:
    """Judge a typed card number. The blanks of the grouped display are taken out, nothing else is mended."""
    digits = text.replace(" ", "")
    if not digits.isascii() or (digits and not digits.isdigit()):
        return CardVerdict(digits, CardProblem.NOT_DIGITS)
    if digits.startswith(VA_PREFIX) and len(digits) in (CARD_DIGITS, NIK_DIGITS):
        return CardVerdict(digits, CardProblem.LOOKS_LIKE_VA)
    if len(digits) != CARD_DIGITS:
        return CardVerdict(digits, CardProblem.LENGTH)
    return CardVerdict(digits, None)


def identifier_from_code(text: str) -> Identifier | None:
    """The one card number or NIK in a decoded QR or barcode text, else None ("Kode tidak dikenali").

    None also when there are two different candidates (a 13-digit time stamp beside a NIK, two people's
    numbers), when it is a virtual account, is longer than MAX_CODE_CHARS, or holds anything but ASCII.
    The structure of a NIK is judged by ``check_nik``, as for a typed one.
    """
    if len(text) > MAX_CODE_CHARS or not text.isascii():
        return None
    runs = set(_RUN.findall(text))
    if len(runs) != 1:
        return None
    digits: str = runs.pop()
    if digits.startswith(VA_PREFIX):
        return None
    kind = IdentifierKind.NIK if len(digits) == NIK_DIGITS else IdentifierKind.JKN_CARD
    return Identifier(kind, digits)
