"""How long the GUI thread keeps a tap waiting: a short timer and how late it fires."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS = 10
"""Short enough to see one dropped frame (33 ms), long enough to cost nothing."""


class GuiPulse(QObject):
    """Collects the lateness of a 10 ms timer, in seconds; read ``delays`` after stopping."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.delays: list[float] = []
        self._expected = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._expected = time.perf_counter() + INTERVAL_MS / 1000
        self._timer.start(INTERVAL_MS)

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        self.delays.append(max(0.0, time.perf_counter() - self._expected))
        self.start()
