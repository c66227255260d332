"""What the rules need from the outside, as Protocols and plain values.

Rooms at the edge (``hardware``, ``db``, ``ui``) implement or consume these; none of them imports
another. Values that cross a room's wall are frozen dataclasses defined here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:  # numpy is a quarter of a second that the first picture does not need
    import numpy as np
    from numpy.typing import NDArray

from kiosk.events import Event

T = TypeVar("T")

# ---------------------------------------------------------------- faults and services


class PassingFault(Exception):
    """A fault that may mend itself: unplugged, busy, timed out. ``reason`` is a short typed word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LastingFault(Exception):
    """A fault that needs a person: missing library, refused login, damaged file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Service(Protocol):
    """Work that the resilient worker runs in a thread of its own."""

    name: str

    def set_up(self) -> None:
        """Open what is needed; raise PassingFault or LastingFault."""

    def work(self) -> None:
        """One bounded piece of work (at most about a second); raise the same faults."""

    def tear_down(self) -> None:
        """Close everything; called after any fault and at stop; never raises."""


class PartState(StrEnum):
    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    FAULT = "fault"
    STOPPED = "stopped"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PartHealth:
    """State of one part of the kiosk, as doctor and diagnostics show it. Never holds personal data."""

    name: str
    state: PartState
    version: str = ""
    last_fault: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds; never jumps."""

    def now(self) -> datetime:
        """Aware wall clock time in UTC; may be wrong."""


class Mailbox(Generic[T]):
    """One slot, newest wins: a slow reader sees the latest value, never a queue of stale ones."""

    def __init__(self) -> None:
        self._value: T | None = None
        self._version = 0
        self._changed = threading.Condition()

    def put(self, value: T | None) -> None:
        with self._changed:
            self._value = value
            self._version += 1
            self._changed.notify_all()

    def peek(self) -> tuple[int, T | None]:
        """(version, value); the version grows by one with each put."""
        with self._changed:
            return self._version, self._value

    def wait_newer(self, version: int, timeout: float) -> tuple[int, T | None]:
        """Block until something newer than ``version`` is there, or ``timeout`` seconds have passed."""
        with self._changed:
            self._changed.wait_for(lambda: self._version > version, timeout)
            return self._version, self._value


# ---------------------------------------------------------------- camera


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. ``pixels`` uint8 (height, width, 3) BGR, never written to after publishing."""

    pixels: NDArray[np.uint8]
    sequence: int
    captured_at: float  # monotonic seconds
    source: str  # instance of the camera; changes with every re-plug
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    path: str
    vid_pid: str
    driver: str
    simulated: bool


class CameraSource(Protocol):
    """A camera, a video file or the simulated participant: all pass through the same capture service."""

    @property
    def identity(self) -> CameraIdentity: ...

    def open(self) -> None:
        """Raise PassingFault("unplugged") or LastingFault when it cannot be opened."""

    def read(self) -> NDArray[np.uint8]:
        """Block for the next picture, uint8 (h, w, 3) BGR; raise PassingFault when it is gone."""

    def close(self) -> None: ...


class Movement(StrEnum):
    BLINK = "blink"
    TURN_LEFT = "turn_left"  # the participant's own left
    TURN_RIGHT = "turn_right"


class SimulatedPerson(StrEnum):
    PARTICIPANT = "participant"
    IMPOSTOR = "impostor"
    PRINT = "print"  # a flat print of the right person
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A text that arrived at the demo phone over SMPP."""

    to: str = field(repr=False)
    text: str = field(repr=False)
    received_at: datetime


class CodeSymbology(StrEnum):
    QR = "qr"
    CODE128 = "code128"


class DemoPerson(Protocol):
    """An invented participant that the dock offers to try by hand."""

    @property
    def name(self) -> str: ...

    @property
    def nik(self) -> str: ...

    @property
    def card_number(self) -> str: ...


class SimulationControl(Protocol):
    """Levers of the simulated devices: for the dock, the demo and tests. Absent on a real kiosk."""

    def choose_person(self, person: SimulatedPerson) -> None: ...

    def perform(self, movement: Movement) -> None:
        """The simulated person starts the movement now (about a second)."""

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        """Hold a card with this code before the camera; None takes it away."""

    def phone_messages(self) -> Sequence[PhoneMessage]: ...


# ---------------------------------------------------------------- centre


class IdentifierKind(StrEnum):
    NIK = "nik"
    JKN_CARD = "jkn_card"


@dataclass(frozen=True, slots=True)
class Identifier:
    """What the participant brought. The digits never leave memory except in the lookup itself."""

    kind: IdentifierKind
    digits: str = field(repr=False)


class LookupStatus(StrEnum):
    FOUND = "found"
    NOT_FOUND = "not_found"  # one neutral answer for unknown, not a member, blocked
    NEEDS_STAFF = "needs_staff"  # deceased, duplicate, inactive NIK: discreet
    MINOR = "minor"
    BUSY_ELSEWHERE = "busy_elsewhere"
    ALLOWANCE_SPENT = "allowance_spent"
    TOO_MANY_FAILURES = "too_many_failures"  # 3 failed visits per NIK and day


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    status: LookupStatus
    ticket: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Shown only after the match. Contact data arrives masked; the kiosk never sees it whole."""

    name: str = field(repr=False)
    birth_date: date | None = field(repr=False, default=None)
    nik: str = field(repr=False, default="")
    card_number: str = field(repr=False, default="")
    masked_phone: str = ""
    membership: str = ""  # AKTIF, TIDAK_AKTIF_TUNGGAKAN, TIDAK_AKTIF
    verified_since: date | None = None


class SendStatus(StrEnum):
    SENT = "sent"
    NO_CONTACT = "no_contact"
    ALLOWANCE_SPENT = "allowance_spent"
    FAILED = "failed"


class CentreVisitStatus(StrEnum):
    UNKNOWN = "unknown"
    OPEN = "open"
    SETTLED = "settled"  # the account is TERVERIFIKASI
    REFUSED = "refused"


class CentreUnreachable(Exception):
    """The centre did not answer in time; nothing is known about the request's fate."""


class CentreRefused(Exception):
    """The centre answered with a typed refusal, e.g. ``match_not_seen``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Centre(Protocol):
    """The kiosk's whole view of the centre. All calls block (callers use a worker thread) and raise
    CentreUnreachable or CentreRefused. Every ticketed call is idempotent for its arguments."""

    def lookup(self, visit_id: str, identifier: Identifier) -> LookupAnswer: ...

    def reference_face(self, ticket: str) -> bytes:
        """JPEG/PNG bytes of the photo on record, once a visit, unsealed in memory. Needs the visit's
        signed consent event at the centre."""

    def profile(self, ticket: str) -> Profile:
        """Needs the visit's signed match event at the centre."""

    def send_code(self, ticket: str, send_no: int, code: str) -> SendStatus:
        """Ask the connector to send ``code`` to the contact on record (sealed to the connector)."""

    def visit_status(self, visit_id: str) -> CentreVisitStatus: ...

    def forget_visit(self) -> None:
        """Drop the per-visit keys and everything remembered of the visit."""


# ---------------------------------------------------------------- local store


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """What is left in the store of a visit that had not ended when the program died."""

    visit_id: str
    all_steps_done: bool  # the pin_accepted event is on record: the centre may settle it


class EventStore(Protocol):
    def record(self, visit_id: str, events: Sequence[Event]) -> None:
        """Commit the events, their chain links and outbox rows in one transaction, or raise
        StoreUnavailable. On return they survive a power cut."""

    def open_visit(self) -> OpenVisit | None: ...

    def backlog(self) -> int:
        """Events the centre has not acknowledged yet."""


class StoreUnavailable(Exception):
    """Disk full, read-only, damaged: nothing was recorded. ``reason`` is a typed word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Signer(Protocol):
    """Holds the kiosk's Ed25519 key. ``public_key`` is 32 raw bytes."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


# ---------------------------------------------------------------- other ports


class CodeReader(Protocol):
    """Reads machine codes from one grey or BGR frame; remembers which rescue to try next."""

    def read(self, pixels: NDArray[np.uint8]) -> Sequence[str]: ...


class ReceiptPrinter(Protocol):
    def health(self) -> PartHealth: ...

    def print_receipt(self, lines: Sequence[str], qr_text: str) -> None:
        """Raise PassingFault (paper, offline) or LastingFault."""


@dataclass(frozen=True, slots=True)
class ServicesOffered:
    """Whether account verification is offered; ``reason`` is a key under ``service_reason.`` when it is not."""

    verify: bool = True
    reason: str = ""


Seal = Callable[[bytes], bytes]
"""Seals bytes to the centre's public key; the kiosk cannot open the result."""

Json = dict[str, Any]
