"""What the person does."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.journey.state import IdentityMethod, Language


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
class ConfirmReading:
    """The person compared the NIK that was read with the card."""

    right: bool


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
    """Try the centre again; on the screen of the digital identity: a new code."""


@dataclass(frozen=True, slots=True)
class Defer:
    """ "Simpan & kabari": rather than wait for the centre."""


@dataclass(frozen=True, slots=True)
class SubmitPhone:
    """As typed; for status words only."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SkipPhone:
    pass


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
