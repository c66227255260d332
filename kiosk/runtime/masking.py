"""Takes personal numbers and addresses out of anything that is about to be logged.

Known by shape: NIK (16 digits), JKN card (13), phone (9 to 14, with 08, 62 or +62), e-mail. Any run of
nine or more digits goes, grouped or not, whatever it is: a mistyped NIK is personal too, and a lost
detail of a log line is cheap. Nothing of the number stays, not even its last digits.

A name, a birth date and **a code or PIN of six digits cannot be known by shape**: they must never
reach a log call at all. (A value under a tell-tale key, ``pin=...``, is taken out all the same.)

lokal-id's ``SamaranFilter`` does not suffice here: it keeps the first and last four digits, passes
numbers whose structure is not valid, and does not look into ``extra``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASKED_NUMBER = "[number]"
MASKED_EMAIL = "[e-mail]"
MASKED_SECRET = "[secret]"  # noqa: S105 -- what stands in a secret's place
MAX_DEPTH = 6
MAX_TEXT = 8_000
"""Characters of one logged text; longer ones are cut (a payload does not belong in a log)."""
MAX_CUT_NUMBER = 32
DIGITS_OF_A_NUMBER = 9
_SECRET_KEYS = frozenset({"pin", "otp", "code", "digits", "password", "passwd", "secret", "token", "nik", "phone"})
_SMALL = 100_000_000
"""Numbers with fewer digits than that are counts and times."""

# Up to three separators between digits: "0812 - 3456 - 7890", "(0812) 3456". \d knows every script.
_BETWEEN = r"[ \t\u00a0\u2000-\u200d\u202f\u2060\u3000.\-\u2010-\u2015/_()]{0,3}"
_NUMBER = re.compile(rf"\d(?:{_BETWEEN}\d){{{DIGITS_OF_A_NUMBER - 1},}}")
_DATE_AND_HOUR = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d[ ]\d\d")
_EMAIL = re.compile(r"[^\s@<>\"'(),;:=]{1,64}(?:@|%40)[^\s@<>\"'(),;]{1,200}\.[^\W\d_]{2,}", re.IGNORECASE)
_SECRET = re.compile(r"(?i)\b(password|passwd|pin|otp|secret|token)\b(\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|\S+)")
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)")


def mask_text(text: str) -> str:
    if len(text) > MAX_TEXT:
        return mask_text(text[:MAX_TEXT])[:-MAX_CUT_NUMBER] + "..."  # the cut may have split a number
    text = _URL_PASSWORD.sub(rf"\1{MASKED_SECRET}\2", text)
    text = _SECRET.sub(rf"\1\2{MASKED_SECRET}", text)
    text = _EMAIL.sub(MASKED_EMAIL, text)
    return _NUMBER.sub(_mask_number, text)


def mask_value(value: Any, depth: int = 0) -> Any:
    """The same value with every text in it masked; keys as well. Unknown objects become their masked
    text. Lists of digit groups are joined before they are looked at."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if _is_small(value) else MASKED_NUMBER
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return mask_text(bytes(value).decode("latin-1"))
    if depth >= MAX_DEPTH:
        return "..."
    if isinstance(value, Mapping):
        return {mask_text(str(key)): mask_entry(str(key), entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return _mask_row(list(value), depth)
    try:
        return mask_text(str(value))
    except Exception as fault:
        return f"[unprintable {type(fault).__name__}]"


def mask_entry(key: str, value: Any, depth: int = 0) -> Any:
    """``mask_value``, and nothing at all of what stands under a tell-tale key."""
    return MASKED_SECRET if key.lower() in _SECRET_KEYS else mask_value(value, depth)


def _mask_row(row: list[Any], depth: int) -> list[Any]:
    groups = "".join(str(entry) for entry in row if isinstance(entry, str | int) and str(entry).isdigit())
    if len(groups) >= DIGITS_OF_A_NUMBER and all(str(entry).isdigit() for entry in row):
        return [MASKED_NUMBER]
    return [mask_value(entry, depth + 1) for entry in row]


def _is_small(value: float) -> bool:
    return abs(value) < _SMALL


def _mask_number(found: re.Match[str]) -> str:
    return found.group() if _DATE_AND_HOUR.fullmatch(found.group()) else MASKED_NUMBER
