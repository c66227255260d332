"""The levers of a demonstration: who stands there, what is unplugged, what time it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kiosk.ports.camera import CodeSymbology, Movement
from kiosk.ports.staff import StaffRole


class SimulatedPerson(StrEnum):
    PARTICIPANT = "participant"
    IMPOSTOR = "impostor"
    PRINT = "print"  # a flat print of the right person
    PHONE = "phone"  # a film of the right person, played on a phone
    NOBODY = "nobody"


class SimulatedPart(StrEnum):
    """What a demonstration can pull out, plug in and slow down."""

    CAMERA = "camera"
    SCANNER = "scanner"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A text that arrived at the demo phone over SMPP."""

    to: str = field(repr=False)
    text: str = field(repr=False)
    received_at: datetime


class DemoPerson(Protocol):
    """An invented participant that the dock offers to try by hand."""

    @property
    def name(self) -> str: ...

    @property
    def nik(self) -> str: ...

    @property
    def card_number(self) -> str: ...

    @property
    def birth_date(self) -> date: ...

    @property
    def address(self) -> str: ...

    @property
    def marital_status(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """An invented member of the staff with everything that person carries."""

    username: str
    name: str
    role: StaffRole
    pin: str = field(repr=False)
    badge: str = field(repr=False)  # the whole text of the badge's code
    totp_secret: str = field(repr=False)  # base32


@dataclass(frozen=True, slots=True)
class KtpCard:
    """The e-KTP of an invented participant. What is not said here is printed on it all the same, drawn from the NIK."""

    nik: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    address: str = field(repr=False, default="")  # as in PersonFacts; empty: drawn
    marital_status: str = field(repr=False, default="")  # as in PersonFacts; empty: drawn
    readable: bool = True  # False: shaken and out of focus, nobody could read it


class SimulationControl(Protocol):
    """Levers of the simulated devices: for the dock, the demo and tests. Absent on a real kiosk."""

    def choose_person(self, person: SimulatedPerson) -> None: ...

    def perform(self, movement: Movement) -> None:
        """The simulated person starts the movement now (about a second)."""

    def light(self, colour: tuple[float, float, float] | None) -> None:
        """The kiosk's own screen lights whoever stands there: its colour, linear RGB 0..1; None: its usual white."""

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        """Hold a card with this code before the camera; None takes it away."""

    def present_ktp(self, card: KtpCard | None) -> None:
        """Hold this e-KTP before the camera, within the guide; None takes it away. ValueError without 16 digits."""

    def scan(self, text: str) -> None:
        """The simulated scanner reads this code now."""

    def plug(self, part: SimulatedPart, plugged: bool) -> None: ...

    def slow(self, part: SimulatedPart, slow: bool) -> None:
        """Camera: 3 frames a second. Scanner: a code takes a second more. Centre: every answer takes 1.5 s more."""

    def advance_clock(self, seconds: float) -> None:
        """The kiosk's clock jumps ahead, for everything that waits or expires."""

    def approve_login(self, nik: str, approve: bool = True) -> None:
        """The phone scans the login on the screen and answers it as this person; without one, nothing."""

    def ikd_token(self, nik: str, expired: bool = False) -> str:
        """What this person's phone shows now as its code; ``expired``: what it showed some minutes ago."""

    def phone_messages(self) -> Sequence[PhoneMessage]: ...

    def staff(self) -> Sequence[DemoStaff]: ...
