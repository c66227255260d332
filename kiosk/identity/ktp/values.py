"""What a row's text says, in the card's own spelling. Text in, value or nothing out; never raises, never invents.

A value of a closed list (sex, religion, status, nationality) becomes the nearest of the list. Numbers are taken
as read: letters that readers are known to see in a digit are put back, digits are never exchanged for others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from kiosk.identity.nik import NIK_DIGITS, Sex

LIKENESS = 60.0
"""For values of a closed list. Measured on 40 cards; no two of one list are that near to the same text."""

AS_DIGIT = str.maketrans("ODQIl|ZSBgq", "00011125899")
AS_LETTER = str.maketrans("01258", "OIZSB")
_DATE = re.compile(r"(?<![0-9])([0-9]{2})[-–—.,/ ]{0,3}([0-9]{2})[-–—.,/ ]{0,3}([0-9]{4})(?![0-9])")
_PAIR = re.compile(r"([0-9]{3})[^0-9A-Z]{0,3}([0-9]{3})")
_POINT = re.compile(r"\.(?=[A-Z0-9])")
_BLOOD = re.compile(r"(AB|[ABO])([+-]?)")

SEXES = {"LAKI-LAKI": Sex.MALE, "PEREMPUAN": Sex.FEMALE}
RELIGIONS = ("ISLAM", "KRISTEN", "KATHOLIK", "HINDU", "BUDHA", "KHONGHUCU", "KEPERCAYAAN TERHADAP TUHAN YME")
STATUSES = ("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI", "KAWIN TERCATAT", "KAWIN BELUM TERCATAT")
NATIONALITIES = ("WNI", "WNA")


def bare(text: str) -> str:
    """Without the colon before the value, and with single blanks."""
    return " ".join(text.replace("：", ":").lstrip(" :;.,·-_=").split()).rstrip(" :;,·_=")


def number_of(text: str) -> str:
    """The sixteen digits of a NIK's line, or "" when it does not hold exactly sixteen."""
    packed = re.sub(r"[^0-9A-Za-z|]", "", bare(text)).translate(AS_DIGIT)
    return packed if len(packed) == NIK_DIGITS and packed.isascii() and packed.isdigit() else ""


def birth_of(text: str) -> tuple[str, date | None]:
    """(place, day) of "BANDUNG, 15-08-1995". Only a date all of whose digits were read as digits."""
    found = None
    for found in _DATE.finditer(text):  # noqa: B007  the last: a place name may hold digits that were letters
        pass
    if found is None:
        return name_of(re.split(r"[,.]", text, maxsplit=1)[0]), None
    place = name_of(text[: found.start()]).rstrip(".- ")
    day, month, year = (int(part) for part in found.groups())
    try:
        return place, date(year, month, day)
    except ValueError:
        return place, None


def sex_of(text: str) -> Sex | None:
    found = nearest(text, tuple(SEXES))
    return SEXES[found] if found else None


def blood_of(text: str) -> str:
    packed = re.sub(r"[^A-Z0+-]", "", bare_keeping_dash(text).upper().replace("–", "-").replace("—", "-"))
    packed = packed.replace("0", "O")
    if packed and set(packed) <= {"-"}:
        return "-"
    found = _BLOOD.fullmatch(packed)
    return found[1] + found[2] if found else ""


def bare_keeping_dash(text: str) -> str:
    return text.replace("：", ":").lstrip(" :;.,·_=").strip()


def rt_rw_of(text: str) -> str:
    found = _PAIR.search(bare(text).upper().translate(AS_DIGIT))
    return f"{found[1]}/{found[2]}" if found else ""


def name_of(text: str) -> str:
    """A person's or a town's: no such name holds a digit, so digits are the letters that they are taken for."""
    return letters_of(text).translate(AS_LETTER)


def street_of(text: str) -> str:
    """An address line; "NO.12" is spelt "NO. 12": readers drop the blank after a point, cards are printed with it."""
    return _POINT.sub(". ", letters_of(text))


def letters_of(text: str) -> str:
    """Names, places, trades: capitals, with what such words are written with."""
    return bare(re.sub(r"[^A-Z0-9 .,'’`/()&-]", " ", bare(text).upper()))


def with_blanks(text: str, other: str) -> str:
    """``text`` with the blanks of ``other`` besides its own, if both say the same: readers lose blanks after narrow
    letters (RUDI CUPLIKANA), each its own, and do not make any up."""
    words, others = bare(text).upper().split(), bare(other).upper().split()
    if "".join(words) != "".join(others) or not words:
        return text
    ends = {len("".join(split[:n])) for split in (words, others) for n in range(1, len(split) + 1)}
    packed, begins = "".join(words), [0, *sorted(ends)]
    return " ".join(packed[a:b] for a, b in pairwise(begins))


def nearest(text: str, known: Sequence[str], likeness: float = LIKENESS) -> str:
    """The one of ``known`` that ``text`` is most like, "" when none is like enough. Blanks do not count."""
    packed = "".join(c for c in bare(text).upper() if c.isalnum())
    spelt = {"".join(c for c in value if c.isalnum()): value for value in known}
    found = process.extractOne(packed, list(spelt), scorer=ratio, score_cutoff=likeness) if packed else None
    return spelt[found[0]] if found else ""
