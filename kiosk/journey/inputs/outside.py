"""Answers of devices and centre, and the passing of time."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.face.types import FaceResult
from kiosk.ports import (
    CentreVisitStatus,
    DigitalIdRefusal,
    Identifier,
    KtpResult,
    LoginOffer,
    LookupAnswer,
    PersonFacts,
    Profile,
    SendStatus,
)


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes; sent a few times a second while a visit runs."""


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """The camera read a machine code: an identifier, or None when it is none of ours."""

    identifier: Identifier | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenSeen:
    """Camera or scanner read what looks like a digital identity's token."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KtpRead:
    """Of the running capture: a NIK, or why there is none."""

    result: KtpResult


@dataclass(frozen=True, slots=True)
class FactsRead:
    """The other fields of the card, later than its NIK."""

    facts: PersonFacts


@dataclass(frozen=True, slots=True)
class FactsSealed:
    sealed_values: str
    sealed_to: str


@dataclass(frozen=True, slots=True)
class LoginOffered:
    offer: LoginOffer


@dataclass(frozen=True, slots=True)
class DigitalIdAnswered:
    """Token or login: the facts it vouches for, or why it was not taken."""

    facts: PersonFacts | None = None
    refusal: DigitalIdRefusal | None = None


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
class CaptureSealed:
    sealed: bytes = field(repr=False)
    sha256: str  # of ``sealed``
    sealed_to: str


@dataclass(frozen=True, slots=True)
class SettlementSeen:
    status: CentreVisitStatus


@dataclass(frozen=True, slots=True)
class ReceiptSigned:
    """The text of the receipt's QR code, for the last screen."""

    code: str


@dataclass(frozen=True, slots=True)
class CentreFailed:
    """A call for the present step got no answer. ``refused`` holds a typed refusal, if any; ``may_defer``: what the
    visit leaves can be sealed to the centre all the same."""

    refused: str = ""
    may_defer: bool = False


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
