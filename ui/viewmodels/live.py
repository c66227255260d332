"""What follows a mailbox while its screen is shown: looked into a few times a second, and words that stay readable."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

from kiosk.journey.state import VisitState
from ui.viewmodels.base import Desk, ScreenVm

HINT_SECONDS = 1.0
"""A hint stays readable for at least this long."""

T = TypeVar("T")


class Held(Generic[T]):
    """A hint that does not flicker: another one waits until the present one has been readable."""

    def __init__(self) -> None:
        self.value: T | None = None
        self._since = float("-inf")

    def offer(self, value: T | None, now: float) -> bool:
        """True when ``value`` took the place of another."""
        if value == self.value or now - self._since < HINT_SECONDS:
            return False
        self.value, self._since = value, now
        return True


class LiveVm(ScreenVm):
    """``peek`` is called while the screen is shown, ``start_over`` when it comes and when it was left."""

    peek_ms: ClassVar = 100

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, parent)
        self._timer = QTimer(self, interval=self.peek_ms)
        self._timer.timeout.connect(self.peek)
        self.start_over()

    def entered(self, state: VisitState) -> None:
        self.start_over()
        self._timer.start()

    def forgotten(self) -> None:
        self._timer.stop()
        self.start_over()

    def start_over(self) -> None: ...

    def peek(self) -> None: ...
