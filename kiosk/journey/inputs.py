"""Everything that can happen to a visit: taps, answers of devices and centre, the passing of time."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.face.types import FaceResult
from kiosk.journey.state import IdentityMethod, Language
from kiosk.ports import (
    CentreVisitStatus,
    ComparisonGranted,
    ComparisonReason,
    Identifier,
    LookupAnswer,
    Profile,
    SendStatus,
    StaffSession,
)

# ---- the person


@dataclass(frozen=True, slots=True)
class Start:
    visit_id: str  # UUID4 text, drawn by the caller


@dataclass(frozen=True, slots=True)
class SetLanguage:
    language: Language


@dataclass(frozen=True, slots=True)
class SetLargeText:
    large: bool


@dataclass(frozen=True, slots=True)
class Touched:
    """Any sign of life on the screen."""


@dataclass(frozen=True, slots=True)
class AnswerConsent:
    given: bool
    text_version: str = ""
    text_sha256: str = ""  # of the text as shown


@dataclass(frozen=True, slots=True)
class ChooseMethod:
    method: IdentityMethod


@dataclass(frozen=True, slots=True)
class SubmitNumber:
    """Digits as typed on the NIK or card number screen."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForceNik:
    """ "Tetap cari NIK ini": look the refused NIK up all the same, once."""


@dataclass(frozen=True, slots=True)
class ConfirmIdentity:
    mine: bool


@dataclass(frozen=True, slots=True)
class BeginFace:
    """The person is ready for (another) face attempt. ``light`` False: without changing colours."""

    light: bool = True


@dataclass(frozen=True, slots=True)
class DeclineMovement:
    """The person cannot do the movement asked for: another, please."""


@dataclass(frozen=True, slots=True)
class ResendCode:
    pass


@dataclass(frozen=True, slots=True)
class SubmitCode:
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SubmitPin:
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Retry:
    """Try the centre again."""


@dataclass(frozen=True, slots=True)
class Back:
    pass


@dataclass(frozen=True, slots=True)
class OpenHelp:
    pass


@dataclass(frozen=True, slots=True)
class CloseHelp:
    pass


@dataclass(frozen=True, slots=True)
class CallStaff:
    """From the help panel: staff, please. The step is kept."""


@dataclass(frozen=True, slots=True)
class GoToCounter:
    """Rather than wait for staff here: end with a case number and go on at the counter."""


@dataclass(frozen=True, slots=True)
class AskCancel:
    pass


@dataclass(frozen=True, slots=True)
class AnswerCancel:
    sure: bool


@dataclass(frozen=True, slots=True)
class Finish:
    """Leave the last screen: wipe and go back to the start."""


# ---- staff, from the staff door


@dataclass(frozen=True, slots=True)
class Park:
    """Staff take the screen."""


@dataclass(frozen=True, slots=True)
class Unpark:
    """Staff give the screen back."""


@dataclass(frozen=True, slots=True)
class StaffVouched:
    """Two of the staff compared in person and the centre granted it."""

    ticket: str
    granted: ComparisonGranted
    reason_code: ComparisonReason


@dataclass(frozen=True, slots=True)
class StaffRejected:
    """Staff compared in person: it is another person."""

    ticket: str
    session: StaffSession


# ---- devices, centre, time


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes; sent a few times a second while a visit runs."""


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """The camera read a machine code: an identifier, or None when it is none of ours."""

    identifier: Identifier | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookupDone:
    answer: LookupAnswer


@dataclass(frozen=True, slots=True)
class FaceReady:
    """Reference and engine are ready; the attempt is running."""


@dataclass(frozen=True, slots=True)
class FaceFinished:
    result: FaceResult


@dataclass(frozen=True, slots=True)
class ProfileLoaded:
    profile: Profile = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeSendDone:
    send_no: int
    status: SendStatus


@dataclass(frozen=True, slots=True)
class CodeChecked:
    send_no: int  # which code it was; 0 when none matched
    matched: bool


@dataclass(frozen=True, slots=True)
class PinSealed:
    sealed_verifier: str
    sealed_to: str


@dataclass(frozen=True, slots=True)
class SettlementSeen:
    status: CentreVisitStatus


@dataclass(frozen=True, slots=True)
class CentreFailed:
    """A call for the present step got no answer. ``refused`` holds a typed refusal, if any."""

    refused: str = ""


@dataclass(frozen=True, slots=True)
class CameraChanged:
    present: bool


@dataclass(frozen=True, slots=True)
class StoreFailed:
    reason: str


@dataclass(frozen=True, slots=True)
class StoreBack:
    """The store takes events again."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The last run died during a visit: say so on the start screen."""


VisitInput = (
    Start
    | SetLanguage
    | SetLargeText
    | Touched
    | AnswerConsent
    | ChooseMethod
    | SubmitNumber
    | ForceNik
    | ConfirmIdentity
    | BeginFace
    | DeclineMovement
    | ResendCode
    | SubmitCode
    | SubmitPin
    | Retry
    | Back
    | OpenHelp
    | CloseHelp
    | CallStaff
    | GoToCounter
    | AskCancel
    | AnswerCancel
    | Finish
    | Park
    | Unpark
    | StaffVouched
    | StaffRejected
    | Tick
    | CodeSeen
    | LookupDone
    | FaceReady
    | FaceFinished
    | ProfileLoaded
    | CodeSendDone
    | CodeChecked
    | PinSealed
    | SettlementSeen
    | CentreFailed
    | CameraChanged
    | StoreFailed
    | StoreBack
    | Restarted
)
