"""Indonesian phone numbers as people write them: 08.., +62.., 62.., 8.., with blanks and dashes.

``lokal-id`` knows the prefixes; it is wrapped here only and loaded on first use (0.2 s). A number that is well formed
may still not exist, and an unknown prefix is no reason to refuse: operators get new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class PhoneProblem(StrEnum):
    NOT_A_NUMBER = "not_a_number"  # letters, other scripts' digits, a foreign number
    LENGTH = "length"  # a mobile number has 10 to 13 digits
    LANDLINE = "landline"  # cannot get an SMS


@dataclass(frozen=True, slots=True)
class PhoneVerdict:
    problem: PhoneProblem | None
    e164: str = field(default="", repr=False)  # +628121234890: what is sent to
    national: str = field(default="", repr=False)  # 08121234890: what people read


MAX_CHARS = 32
"""+62 812-3456-7890 is 17 characters; anything far longer was not meant as a phone number."""


def check_phone(text: str) -> PhoneVerdict:
    """Judge ``text`` as a number that can receive an SMS. Never raises."""
    from lokal.phone import parse_phone  # noqa: PLC0415 - 0.2 s of import, needed only when a number is changed

    written = text.strip()
    if not written or len(written) > MAX_CHARS or not written.isascii():
        return PhoneVerdict(PhoneProblem.NOT_A_NUMBER)
    if written.startswith("00"):  # the way out of the country; lokal-id would take 0062.. for a landline
        written = "+" + written[2:]
    parsed = parse_phone(written)
    if parsed.type == "landline":
        return PhoneVerdict(PhoneProblem.LANDLINE)
    if parsed.valid and parsed.e164:
        return PhoneVerdict(None, parsed.e164, "0" + parsed.e164.removeprefix("+62"))
    too_long_or_short = any(issue.code == "length" for issue in parsed.errors)
    return PhoneVerdict(PhoneProblem.LENGTH if too_long_or_short else PhoneProblem.NOT_A_NUMBER)
