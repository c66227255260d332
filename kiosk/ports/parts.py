"""Parts of the kiosk as the rules see them: faults, services, health, clock, mailbox, printer."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")

Json = dict[str, Any]


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


class ReceiptPrinter(Protocol):
    def health(self) -> PartHealth: ...

    def print_receipt(self, lines: Sequence[str], qr_text: str) -> None:
        """Raise PassingFault (paper, offline) or LastingFault."""


@dataclass(frozen=True, slots=True)
class ServicesOffered:
    """Whether account verification is offered; ``reason`` is a key under ``service_reason.`` when it is not.
    ``notices`` (``health.readiness.OfferNotice``) are said beside a service that is offered all the same."""

    verify: bool = True
    reason: str = ""
    notices: tuple[str, ...] = ()
