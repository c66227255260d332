"""Everything that can happen at the staff door: taps, badges, answers of the centre, the passing of time."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.ports import ComparisonGranted, ComparisonReason, StaffRefusal, StaffSession
from kiosk.staff.state import Entry, GuidedPart, HelpEntry, PartTest, VisitBrief

# ---- the person


@dataclass(frozen=True, slots=True)
class Open:
    entry: Entry = Entry.GESTURE


@dataclass(frozen=True, slots=True)
class BadgeSeen:
    """A badge before scanner or camera; opens the door from any screen."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SubmitUsername:
    username: str


@dataclass(frozen=True, slots=True)
class SubmitPin:
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SubmitTotp:
    totp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Touched:
    pass


@dataclass(frozen=True, slots=True)
class Back:
    pass


@dataclass(frozen=True, slots=True)
class SignOut:
    """Leave and give the screen back to the participant."""


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """Look at the visit that stands at this kiosk."""


@dataclass(frozen=True, slots=True)
class MarkHandled:
    case_number: str


@dataclass(frozen=True, slots=True)
class ChooseReason:
    reason_code: ComparisonReason


@dataclass(frozen=True, slots=True)
class AskSecond:
    """Face and card agree: ask the second person."""


@dataclass(frozen=True, slots=True)
class AskReject:
    """It is another person: asked once more before it counts."""


@dataclass(frozen=True, slots=True)
class AnswerReject:
    sure: bool


@dataclass(frozen=True, slots=True)
class StartTest:
    part: GuidedPart


# ---- centre, kiosk, time


@dataclass(frozen=True, slots=True)
class Tick:
    pass


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: StaffSession


@dataclass(frozen=True, slots=True)
class Granted:
    granted: ComparisonGranted


@dataclass(frozen=True, slots=True)
class Denied:
    refusal: StaffRefusal


@dataclass(frozen=True, slots=True)
class CentreAway:
    """The call got no answer."""


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """The visit at this kiosk as it stands now; None when there is none."""

    visit: VisitBrief | None


@dataclass(frozen=True, slots=True)
class QueueLoaded:
    entries: tuple[HelpEntry, ...]


@dataclass(frozen=True, slots=True)
class TestDone:
    result: PartTest


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """Nothing can be recorded, so nothing may be decided."""


StaffInput = (
    Open
    | BadgeSeen
    | SubmitUsername
    | SubmitPin
    | SubmitTotp
    | Touched
    | Back
    | SignOut
    | OpenVisit
    | MarkHandled
    | ChooseReason
    | AskSecond
    | AskReject
    | AnswerReject
    | StartTest
    | Tick
    | SignedIn
    | Granted
    | Denied
    | CentreAway
    | VisitSeen
    | QueueLoaded
    | TestDone
    | StoreFailed
)
