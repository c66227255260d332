"""What one picture of a card said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kiosk.identity.ktp.background import Background
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.labels import Label
from kiosk.identity.ktp.place import CardPlace
from kiosk.identity.ktp.rows import Row
from kiosk.identity.nik import Sex


@dataclass(frozen=True, slots=True)
class NikReading:
    """Two readings of the number, sixteen digits or "" each, and the printed date and sex it must agree with.

    ``place`` is None when no card was found. ``rows`` are the card's rows as the fast recogniser read them.
    """

    full: str = field(repr=False, default="")  # in the line that the detector found, fast recogniser
    strip: str = field(repr=False, default="")  # where the labels say the number is, the other recogniser
    birth_date: date | None = field(repr=False, default=None)
    sex: Sex | None = field(repr=False, default=None)
    seconds: float = 0.0
    place: CardPlace | None = field(repr=False, default=None)
    rows: Mapping[Label, Row] = field(repr=False, default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class KtpFrame:
    """``fields`` are empty where only the number was read; ``background`` is a hint and None without a card."""

    nik: NikReading
    fields: CardFields = field(default_factory=CardFields)
    background: Background | None = None
    fields_seconds: float = 0.0

    @property
    def place(self) -> CardPlace | None:
        return self.nik.place
