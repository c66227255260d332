"""What the sync worker needs from the centre's client and from the local store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from db.central.wire import AppendAnswer, CentreConfig, Head
from db.local.chain import ChainEnd
from db.sync.deferred import CaptureTaker, Shelf
from kiosk.events import ChainedEvent


class CentreLink(CaptureTaker, Protocol):
    """All calls block for a bounded time and raise CentreUnreachable or CentreRefused."""

    def my_head(self) -> Head: ...

    def my_config(self) -> CentreConfig: ...

    def append(self, events: Sequence[ChainedEvent]) -> AppendAnswer: ...


class Outbox(Shelf, Protocol):
    """``db.local.store.LocalStore`` as the sync worker sees it; raises StoreUnavailable, LastingFault."""

    @property
    def oldest_unsent_age(self) -> float: ...

    def head(self) -> ChainEnd: ...

    def hash_of(self, seq: int) -> str | None: ...

    def backlog(self) -> int: ...

    def pending(self, limit: int) -> Sequence[ChainedEvent]: ...

    def acknowledge(self, up_to_seq: int, at: float | None = None) -> int: ...

    def rewind(self, to_seq: int) -> int: ...

    def adopt_epoch(self, epoch: int) -> None: ...

    def keep_house(self, at: float | None = None) -> None: ...

    def set_clock_offset(self, seconds: float | None) -> None: ...

    def add_listener(self, listener: Callable[[], None]) -> None: ...
