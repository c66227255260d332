# ruff: noqa: N802, N815 - QML names its properties and slots this way
"""The invented staff of a demonstration with what they know and carry, and the code their app shows right now."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pyotp
from PySide6.QtCore import Property, QObject, Signal, Slot

from kiosk.ports import DemoStaff, SimulationControl
from ui.words import Words

STEP_SECONDS = 30
"""RFC 6238; what the centre checks with."""


class DockStaffVm(QObject):
    """The codes have a signal of their own: they change every second, the cards do not."""

    changed = Signal()
    codesChanged = Signal()

    def __init__(self, simulation: SimulationControl, words: Words, wall: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._simulation = simulation
        self._words = words
        self._wall = wall
        self._staff: Sequence[DemoStaff] = ()
        self._second = 0
        words.changed.connect(self.changed)
        words.changed.connect(self.codesChanged)

    def peek(self) -> None:
        """A few times a second. The staff come with the demo's centre, which may be made anew at the start."""
        staff = tuple(self._simulation.staff())
        if staff != self._staff:
            self._staff = staff
            self.changed.emit()
        if int(self._wall()) != self._second:
            self._second = int(self._wall())
            self.codesChanged.emit()

    @Property(list, notify=changed)
    def members(self) -> list[dict[str, str]]:
        return [
            {
                "name": member.name,
                "role": self._words.fill(f"staff.role.{member.role.value}"),
                "username": member.username,
                "login": self._words.fill("dock.staff_line", username=member.username),
                "pin": self._words.fill("dock.staff_pin", pin=member.pin),
            }
            for member in self._staff
        ]

    @Property(list, notify=codesChanged)
    def codes(self) -> list[str]:
        """In the order of ``members``."""
        now = int(self._wall())
        return [self._words.fill("dock.staff_code", code=pyotp.TOTP(one.totp_secret).at(now)) for one in self._staff]

    @Property(str, notify=codesChanged)
    def left(self) -> str:
        return self._words.fill("dock.staff_left", seconds=STEP_SECONDS - int(self._wall()) % STEP_SECONDS)

    @Slot(int)
    def holdBadge(self, index: int) -> None:
        self._simulation.scan(self._staff[index].badge)
