"""Drives the real window through real clicks: for demonstrations without a display, and for tests.

It presses only what a person could press: visible, enabled, inside the window and not under a panel.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QPointF, QRectF, Qt
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.journey.state import Stage, VisitState
from ui.app import KioskWindow
from ui.checks import walk

WORK_MS = 20
REST_SECONDS = 0.005


class NotThere(LookupError):
    """Nothing by that name could be pressed."""


class TookTooLong(TimeoutError):
    """What was waited for did not come."""


class ShotsRefused(PermissionError):
    """Pictures of the screen are taken of invented people only."""


class Autopilot:
    def __init__(self, window: KioskWindow) -> None:
        self.window = window

    @property
    def state(self) -> VisitState:
        return self.window.state

    def find(self, name: str) -> QQuickItem:
        """The item called ``name`` that a person could press now; NotThere otherwise."""
        item = self.look(name)
        if item is None:
            raise NotThere(name)
        return item

    def look(self, name: str) -> QQuickItem | None:
        """Like ``find``, but None when it is not there."""
        view = self.window.view
        area = QRectF(0, 0, view.width(), view.height())
        for item in walk(view.contentItem()):
            if item.objectName() == name and item.isEnabled() and area.contains(_centre(item)):
                return item
        return None

    def click(self, name: str, timeout: float = 5.0) -> None:
        """Press ``name`` as soon as it can be pressed."""
        self.wait_until(lambda: self.look(name) is not None, timeout, f"nothing to press called {name}")
        point = _centre(self.find(name)).toPoint()
        QTest.mouseClick(self.window.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
        self.breathe()

    def hold(self, name: str, seconds: float) -> None:
        """Put a finger on ``name``, keep it there, take it away."""
        point = _centre(self.find(name)).toPoint()
        button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(self.window.view, button, modifier, point)
        self.process(seconds)
        QTest.mouseRelease(self.window.view, button, modifier, point)
        self.breathe()

    def type_digits(self, digits: str) -> None:
        """Press the keys one by one, wherever they are now."""
        for digit in digits:
            self.click(f"key{digit}")

    def wait_stage(self, stage: Stage, timeout: float) -> VisitState:
        """Until the screen shows ``stage``; returns its state."""
        self.wait_until(lambda: self.state.stage is stage, timeout, f"no {stage.value}, still {self.state.stage.value}")
        return self.state

    def wait_until(self, condition: Callable[[], bool], timeout: float, complaint: str = "waited in vain") -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() >= deadline:
                raise TookTooLong(complaint)
            self.breathe()

    @staticmethod
    def now() -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def process(self, seconds: float) -> None:
        """Let the window work for about ``seconds``."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.breathe()

    def breathe(self) -> None:
        """Let the window do its work, then rest: ``processEvents`` with a time limit does not wait for events,
        and a loop that never rests takes the interpreter from the threads it is waiting for."""
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, WORK_MS)
        time.sleep(REST_SECONDS)

    def shot(self, path: Path) -> Path:
        """A PNG of the screen as it is; refused outside DEMO."""
        if not self.window.demo:
            raise ShotsRefused("pictures of the screen are taken in DEMO only")
        self.breathe()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.window.grab().save(str(path)):
            raise OSError(f"no picture could be written to {path.name}")
        return path


def _centre(item: QQuickItem) -> QPointF:
    return item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
