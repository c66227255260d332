"""What the staff door asks the runtime to do, after its Records are committed."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.events import Event
from kiosk.journey.inputs import StaffRejected, StaffVouched
from kiosk.ports import ComparisonAsked, StaffCredentials
from kiosk.staff.state import GuidedPart


@dataclass(frozen=True, slots=True)
class Record:
    event: Event


@dataclass(frozen=True, slots=True)
class ParkVisit:
    pass


@dataclass(frozen=True, slots=True)
class ResumeVisit:
    pass


@dataclass(frozen=True, slots=True)
class TellVisit:
    """Hand a decision to the visit it was made for."""

    decision: StaffVouched | StaffRejected


@dataclass(frozen=True, slots=True)
class WatchForBadge:
    """Look for a badge in the camera picture until StopWatching. The scanner is always listened to."""


@dataclass(frozen=True, slots=True)
class StopWatching:
    pass


@dataclass(frozen=True, slots=True)
class SignIn:
    credentials: StaffCredentials


@dataclass(frozen=True, slots=True)
class Compare:
    asked: ComparisonAsked


@dataclass(frozen=True, slots=True)
class KeepAlive:
    session: str


@dataclass(frozen=True, slots=True)
class EndSession:
    session: str


@dataclass(frozen=True, slots=True)
class LoadQueue:
    pass


@dataclass(frozen=True, slots=True)
class WatchParts:
    """Examine every part again and again while the diagnostics are on the screen."""


@dataclass(frozen=True, slots=True)
class StopParts:
    pass


@dataclass(frozen=True, slots=True)
class RunTest:
    part: GuidedPart


@dataclass(frozen=True, slots=True)
class StopTest:
    pass


StaffEffect = (
    Record
    | ParkVisit
    | ResumeVisit
    | TellVisit
    | WatchForBadge
    | StopWatching
    | SignIn
    | Compare
    | KeepAlive
    | EndSession
    | LoadQueue
    | WatchParts
    | StopParts
    | RunTest
    | StopTest
)
