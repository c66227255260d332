"""The local store and the signing key as the rules see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.events import Event


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """What is left in the store of a visit that had not ended when the program died."""

    visit_id: str
    all_steps_done: bool  # the pin_accepted event is on record: the centre may settle it


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    visit_id: str
    at: datetime  # aware, UTC, by the wall clock
    event: Event


class EventStore(Protocol):
    def record(self, visit_id: str, events: Sequence[Event], payloads: Sequence[tuple[str, bytes]] = ()) -> None:
        """Commit the events, their chain links and outbox rows in one transaction, or raise
        StoreUnavailable. On return they survive a power cut. ``payloads``: kind and sealed bytes that go to
        the centre beside the events."""

    def open_visit(self) -> OpenVisit | None: ...

    def recent(self, types: Sequence[str], days: float) -> Sequence[RecordedEvent]:
        """Kept events of these types, not older than so many days, in the order they were recorded."""

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
