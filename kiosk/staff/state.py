"""Where the staff door stands: one frozen value. Secrets are hidden from repr and wiped with the next answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.ports import ComparisonGranted, ComparisonReason, StaffRefusal, StaffSession


class StaffScreen(StrEnum):
    CLOSED = "closed"  # the participant has the screen
    SIGN_IN = "sign_in"
    QUEUE = "queue"  # supervisor: who needs help at this kiosk
    COMPARE = "compare"  # supervisor: compare face and card in person
    SECOND = "second"  # the second person signs
    DECIDED = "decided"
    DIAGNOSTICS = "diagnostics"  # technician: every part
    TEST = "test"  # technician: a guided test of one part


class Entry(StrEnum):
    """How the door was opened."""

    GESTURE = "gesture"  # the mark at the top left held for three seconds
    BADGE = "badge"


class Field(StrEnum):
    """What is asked now: one question a screen."""

    WHO = "who"  # badge or username
    PIN = "pin"
    TOTP = "totp"


class StaffNotice(StrEnum):
    """A sentence with a remedy; words under ``staff.notice.<value>``. A refusal's notice has its name."""

    WRONG = "wrong"
    REPLAYED = "replayed"
    LOCKED = "locked"
    DISABLED = "disabled"
    ROLE = "role"
    SESSION_OVER = "session_over"
    SAME_PERSON = "same_person"
    OWN_RECORD = "own_record"
    FAMILY_RECORD = "family_record"
    NOTHING_TO_DECIDE = "nothing_to_decide"
    NOT_TRUSTED = "not_trusted"
    MALFORMED = "malformed"
    CENTRE_AWAY = "centre_away"  # staff may help, never override
    HANDLED = "handled"

    @classmethod
    def of(cls, refusal: StaffRefusal) -> StaffNotice:
        return cls(refusal.value)


class GuidedPart(StrEnum):
    """Parts with a guided test; names as in ``health.readiness.Part``."""

    CAMERA = "camera"
    SCANNER = "scanner"


class Shortcoming(StrEnum):
    """Why a test did not pass; words under ``staff.test.reason.<value>``."""

    NOTHING = ""
    NO_PICTURE = "no_picture"
    TOO_SLOW = "too_slow"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    NOT_SHARP = "not_sharp"
    NO_FACE = "no_face"
    NO_SCAN = "no_scan"
    ABSENT = "absent"
    ENGINE_UNAVAILABLE = "engine_unavailable"


@dataclass(frozen=True, slots=True)
class VisitBrief:
    """What staff may see of the visit at this kiosk: masked, no name, no code, no PIN."""

    visit_id: str
    step: str  # name of journey.state.STEP_OF_STAGE
    reason: str = ""  # EndReason: why staff are needed; empty when nobody called
    case_number: str = ""
    initials: str = ""
    masked_identifier: str = ""
    ticket: str = field(default="", repr=False)
    decidable: bool = False  # an in-person comparison can help


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One ended visit of this kiosk that went on to staff."""

    case_number: str
    at: datetime  # aware, UTC
    step: str
    reason: str  # EndReason
    handled_by: str = ""  # username; empty while nobody took care of it


@dataclass(frozen=True, slots=True)
class PartTest:
    """A guided test: running, then its verdict with what was measured."""

    part: GuidedPart
    running: bool = True
    passed: bool = False
    reason: Shortcoming = Shortcoming.NOTHING
    measured: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StaffState:
    screen: StaffScreen = StaffScreen.CLOSED
    entry: Entry = Entry.GESTURE
    last_touch: float = 0.0
    idle_seconds_left: int | None = None  # the warning is up
    notice: StaffNotice | None = None

    # signing in, first or second person
    asked: Field = Field.WHO
    username: str = ""
    badge: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    waiting: bool = False
    waiting_since: float = 0.0

    session: StaffSession | None = None
    kept_alive_at: float = 0.0
    confirm_reject: bool = False
    visit: VisitBrief | None = None
    queue: tuple[HelpEntry, ...] = ()
    reason_code: ComparisonReason | None = None
    granted: ComparisonGranted | None = None
    rejected: bool = False
    test: PartTest | None = None

    @property
    def open(self) -> bool:
        return self.screen is not StaffScreen.CLOSED
