"""Whether to believe a number that was read off a card.

A plausible NIK is not a right one: an engine once read 18 of 40 numbers wrong and still plausible, 5 of them in
agreement with the printed date and sex. So one picture is believed when both readings are the same sixteen digits,
these can be a NIK, and the printed date and the printed sex say the same. Anything else asks for another picture, and
in the end asks the person. Digits are never bent to fit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from kiosk.config import KtpSettings
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.reading import KtpFrame, NikReading
from kiosk.identity.nik import check_nik


class KtpVerdict(StrEnum):
    ANOTHER = "another"  # picture
    ACCEPTED = "accepted"
    ASK = "ask"  # the person, whether the number is right
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class KtpDecision:
    """``nik`` is accepted, or to be confirmed, or "" ."""

    verdict: KtpVerdict
    nik: str = field(repr=False, default="")
    fields: CardFields = field(default_factory=CardFields)


def believed(reading: NikReading, today: date) -> str:
    """The number that this picture alone vouches for, or ""."""
    if not reading.full or reading.full != reading.strip:
        return ""
    verdict = check_nik(reading.full, today)
    if not verdict.acceptable or verdict.birth is None or reading.birth_date is None:
        return ""
    agrees = verdict.birth.agrees_with(reading.birth_date) and verdict.sex is reading.sex
    return reading.full if agrees else ""


class CardVote:
    """The pictures of one card, in the order they were taken. For one thread.

    A number is accepted when a picture vouches for it and no picture's two readings agreed on another one: of two
    numbers that were each read twice at least one is wrong, or there were two cards.
    """

    def __init__(self, settings: KtpSettings, today: date | None = None) -> None:
        self._frames = settings.frames
        self._today = today or datetime.now(UTC).date()
        self._seen = 0
        self._plausible: Counter[str] = Counter()  # readings, two a picture
        self._agreed: set[str] = set()
        self._believed: set[str] = set()
        self._read: list[tuple[NikReading, CardFields]] = []

    def add(self, frame: KtpFrame) -> KtpDecision:
        reading = frame.nik
        self._seen += 1
        self._read.append((reading, frame.fields))
        for number in (reading.full, reading.strip):
            if number and check_nik(number, self._today).acceptable:
                self._plausible[number] += 1
        if reading.full and reading.full == reading.strip:
            self._agreed.add(reading.full)
        if vouched := believed(reading, self._today):
            self._believed.add(vouched)
        return self._decide()

    def _decide(self) -> KtpDecision:
        if len(self._agreed) == 1 and self._agreed == self._believed:
            return self._decided(KtpVerdict.ACCEPTED, next(iter(self._believed)))
        if self._seen < self._frames:
            return KtpDecision(KtpVerdict.ANOTHER)
        best = self._plausible.most_common(2)
        if not best or (len(best) > 1 and best[0][1] == best[1][1]):
            return KtpDecision(KtpVerdict.UNREADABLE)
        return self._decided(KtpVerdict.ASK, best[0][0])

    def _decided(self, verdict: KtpVerdict, nik: str) -> KtpDecision:
        """With the fields of the pictures that show this number and no other card's; the newest first, which is the
        one that vouches if one does."""
        fields = CardFields()
        for reading, printed in reversed(self._read):
            if nik in (reading.full, reading.strip):
                fields = fields.merged(printed)
        return KtpDecision(verdict, nik, fields)
