"""What a technician sees of the kiosk: the doctor's findings with the last guided test of each part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.events import PartTested
from kiosk.health.readiness import Offer
from kiosk.ports import PartHealth, RecordedEvent


@dataclass(frozen=True, slots=True)
class LastTest:
    at: datetime  # aware, UTC
    passed: bool
    reason: str
    by: str  # username

    def __str__(self) -> str:
        """For the doctor's report: ``passed 2026-11-25T03:00:00+00:00 by tono.contoh``."""
        outcome = "passed" if self.passed else f"failed: {self.reason}"
        return f"{outcome} {self.at.isoformat(timespec='seconds')} by {self.by}"


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """The same parts and services as ``main.py doctor``."""

    at: datetime  # aware, UTC
    parts: tuple[PartHealth, ...]
    services: tuple[Offer, ...]
    tests: Mapping[str, LastTest] = field(default_factory=dict)  # by part


@dataclass(frozen=True, slots=True)
class PictureNumbers:
    """Of the camera's newest picture. ``brightness`` median grey level 0..255; ``burnt`` share of pixels at 250
    and above; ``sharpness`` as in ``face.quality``; ``eye_px`` distance of the eyes, None without a face."""

    width: int
    height: int
    fps: float
    brightness: float
    burnt: float
    sharpness: float
    eye_px: float | None = None


TESTED = ("part_tested",)
KEEP_DAYS = 3650.0
"""The last test is shown however long ago it was, as long as its event is kept."""


def last_tests(recorded: Iterable[RecordedEvent]) -> dict[str, LastTest]:
    """The newest test of each part; ``recorded`` in the order it was written."""
    tests: dict[str, LastTest] = {}
    for one in recorded:
        if isinstance(one.event, PartTested):
            tests[one.event.part] = LastTest(one.at, one.event.passed, one.event.reason, one.event.by)
    return tests
