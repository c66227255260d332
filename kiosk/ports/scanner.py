"""What comes from a code scanner: texts, whole ones only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Scan:
    """One code as the scanner sent it. May be a person's number: never logged or kept."""

    text: str = field(repr=False)
    read_at: float  # monotonic seconds
    source: str  # instance of the scanner; changes with every re-plug
    simulated: bool = False


class ScannerSource(Protocol):
    """A serial or simulated scanner: all pass through the same scan service."""

    @property
    def path(self) -> str: ...

    @property
    def simulated(self) -> bool: ...

    def open(self) -> None:
        """Raise PassingFault("unplugged") or LastingFault when it cannot be opened."""

    def read(self) -> str | None:
        """Wait for the next whole code, at most about half a second; None when there was none. Raise
        PassingFault("unplugged") when the scanner is gone."""

    def close(self) -> None: ...
