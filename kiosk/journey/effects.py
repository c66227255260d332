"""What the journey asks the runtime to do. Carried out in order, after all Records of the step are
committed in one transaction and before the new state is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kiosk.events import Event, VisitStatus
from kiosk.journey.state import Language
from kiosk.ports import Identifier


@dataclass(frozen=True, slots=True)
class Record:
    event: Event


@dataclass(frozen=True, slots=True)
class Lookup:
    visit_id: str
    identifier: Identifier = field(repr=False)


@dataclass(frozen=True, slots=True)
class StartReading:
    """Look for machine codes in the camera picture until StopReading: a JKN card's, a digital identity's."""


@dataclass(frozen=True, slots=True)
class StopReading:
    pass


@dataclass(frozen=True, slots=True)
class StartKtp:
    """Watch for an e-KTP, read its NIK, and its other fields after that."""


@dataclass(frozen=True, slots=True)
class StopKtp:
    """No more pictures; the fields of a card whose NIK was read may still come."""


@dataclass(frozen=True, slots=True)
class StartLogin:
    """Open a login of the digital identity and follow it until it ends or StopLogin."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class StopLogin:
    pass


@dataclass(frozen=True, slots=True)
class CheckToken:
    visit_id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealFacts:
    """So that the centre alone can read what is newer than the register."""

    values: tuple[tuple[str, str], ...] = field(repr=False)  # field, value


@dataclass(frozen=True, slots=True)
class StartFace:
    visit_id: str
    ticket: str
    attempt: int
    light: bool = True  # the screen may show its slow colours


@dataclass(frozen=True, slots=True)
class AskAnotherMovement:
    """Of the running attempt; whether there is another is the attempt's to know."""


@dataclass(frozen=True, slots=True)
class StopFace:
    pass


@dataclass(frozen=True, slots=True)
class StartCapture:
    """A live face with every check but the match: the centre compares it later."""

    visit_id: str
    attempt: int
    light: bool = True


@dataclass(frozen=True, slots=True)
class SealCapture:
    """One document that the centre alone can open."""

    visit_id: str
    case_number: str
    identifier: Identifier = field(repr=False)
    phone: str = field(repr=False)  # E.164, or empty
    evidence: dict[str, Any] = field(repr=False)
    probe: bytes = field(repr=False)  # JPEG


@dataclass(frozen=True, slots=True)
class KeepSealed:
    """Kept in the transaction of this step's events until the centre has taken it."""

    kind: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoadProfile:
    ticket: str


@dataclass(frozen=True, slots=True)
class SendCode:
    visit_id: str
    ticket: str
    send_no: int


@dataclass(frozen=True, slots=True)
class CheckCode:
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealPin:
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WatchSettlement:
    visit_id: str


@dataclass(frozen=True, slots=True)
class RingStaff:
    """Light the lamp, ring the desk: someone waits with this case number."""

    case_number: str


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    visit_id: str
    case_number: str
    status: VisitStatus
    due: date | None
    language: Language


@dataclass(frozen=True, slots=True)
class WipeVisit:
    """Forget keys, codes, frames, reference and answers of this visit now."""


VisitEffect = (
    Record
    | Lookup
    | StartReading
    | StopReading
    | StartKtp
    | StopKtp
    | StartLogin
    | StopLogin
    | CheckToken
    | SealFacts
    | StartFace
    | AskAnotherMovement
    | StopFace
    | StartCapture
    | SealCapture
    | KeepSealed
    | LoadProfile
    | SendCode
    | CheckCode
    | SealPin
    | WatchSettlement
    | RingStaff
    | PrintReceipt
    | WipeVisit
)
