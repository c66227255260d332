"""Who somebody says to be: facts on a card or in a digital identity, and what reading them came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol


class FactSource(StrEnum):
    KTP = "ktp"
    IKD = "ikd"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a card or a digital identity says of its holder; empty or None where it says nothing or was not read.
    In memory until the end of the visit."""

    source: FactSource
    nik: str = field(repr=False)
    name: str = field(repr=False, default="")
    birth_date: date | None = field(repr=False, default=None)
    address: str = field(repr=False, default="")  # street, RT/RW, Kel/Desa, Kecamatan in one line
    marital_status: str = field(repr=False, default="")  # BELUM KAWIN, KAWIN, CERAI HIDUP, CERAI MATI


# ---- e-KTP before the camera


class KtpHint(StrEnum):
    """What the person could do better; words under ``ktp.hint.<value>``."""

    NO_CARD = "no_card"
    TOO_FAR = "too_far"
    TOO_DARK = "too_dark"
    BLURRED = "blurred"  # moving or out of focus
    GLARE = "glare"
    HOLD_STILL = "hold_still"  # good: a shot is about to be taken
    READING = "reading"
    ANOTHER = "another"  # one frame was not enough, keep it there


@dataclass(frozen=True, slots=True)
class KtpProgress:
    """For the screen, a new one a frame."""

    hint: KtpHint
    frames_read: int = 0
    frames_at_most: int = 5


class KtpOutcome(StrEnum):
    ACCEPTED = "accepted"  # two readings agree, with structure, printed date and printed sex
    ASK = "ask"  # a plausible NIK that the person must confirm, group by group
    UNREADABLE = "unreadable"
    CAMERA_LOST = "camera_lost"
    ENGINE_UNAVAILABLE = "engine_unavailable"


@dataclass(frozen=True, slots=True)
class KtpResult:
    outcome: KtpOutcome
    nik: str = field(repr=False, default="")


# ---- digital identity (IKD)


class DigitalIdRefusal(StrEnum):
    """Why a digital identity was not taken. One remedy each."""

    # the token itself
    TOO_LARGE = "too_large"  # before anything is unpacked
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"  # "none" and whatever is not on the list
    UNKNOWN_KEY = "unknown_key"  # no pinned key of that issuer and kid is valid now
    BAD_SIGNATURE = "bad_signature"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    LIVES_TOO_LONG = "lives_too_long"  # made to be good for longer than the site allows
    REPLAYED = "replayed"  # shown before, here or at another kiosk
    NO_NIK = "no_nik"
    NOT_ACTIVE = "not_active"  # the issuer says this identity is not active
    # what it needs
    CLOCK_UNKNOWN = "clock_unknown"
    CENTRE_UNREACHABLE = "centre_unreachable"
    # the login
    LOGIN_EXPIRED = "login_expired"
    LOGIN_DENIED = "login_denied"  # refused on the phone
    ISSUER_UNREACHABLE = "issuer_unreachable"
    ISSUER_FAULT = "issuer_fault"  # answered what the protocol forbids


class DigitalIdRefused(Exception):
    def __init__(self, refusal: DigitalIdRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class LoginOffer:
    """A login that the phone takes up by scanning ``uri`` from the screen."""

    login_id: str
    uri: str = field(repr=False)
    user_code: str = field(repr=False)  # for those who type it; empty without one
    valid_seconds: float


class DigitalId(Protocol):
    """IKD, two ways: the kiosk shows a code, or reads one. All calls block and raise DigitalIdRefused."""

    def begin_login(self, visit_id: str) -> LoginOffer: ...

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        """None while the person is still at it on the phone."""

    def read_token(self, visit_id: str, text: str) -> PersonFacts:
        """Check a signed token that the camera or the scanner read, and use it up at the centre."""
