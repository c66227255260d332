"""The simulated scanner: reads what the dock or a test holds before it. Only for DEMO and tests."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable

from hardware.scanner.lines import CodeLines
from kiosk.ports import PassingFault

READ_SECONDS = 0.2
SLOW_SECONDS = 1.0
"""A slow scanner's code comes this much later."""


class ScannerLevers:
    """Pulled from the GUI thread, obeyed by the scanner's."""

    def __init__(self) -> None:
        self.codes: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._plugged = threading.Event()
        self._plugged.set()
        self.is_slow = False

    @property
    def plugged(self) -> bool:
        return self._plugged.is_set()

    def scan(self, text: str) -> None:
        """A code is held before the scanner; one that is not plugged in reads nothing. It passes through the rules
        of a real line, so nothing comes that a real scanner could not send."""
        if self.plugged:
            for code in CodeLines().feed(text.encode(errors="replace") + b"\r"):
                self.codes.put(code)

    def plug(self) -> None:
        self._plugged.set()

    def unplug(self) -> None:
        """What was read and not yet taken goes with the cable."""
        self._plugged.clear()
        with contextlib.suppress(queue.Empty):
            while True:
                self.codes.get_nowait()

    def slow(self, slow: bool) -> None:
        self.is_slow = slow


class SimulatedScanner:
    """``kiosk.ports.ScannerSource``."""

    path = "simulated"
    simulated = True

    def __init__(self, levers: ScannerLevers, sleep: Callable[[float], None] = time.sleep) -> None:
        self._levers = levers
        self._sleep = sleep

    def open(self) -> None:
        if not self._levers.plugged:
            raise PassingFault("unplugged")

    def read(self) -> str | None:
        try:
            code = self._levers.codes.get(timeout=READ_SECONDS)
        except queue.Empty:
            code = None
        if code is not None and self._levers.is_slow:
            self._sleep(SLOW_SECONDS)
        if not self._levers.plugged:
            raise PassingFault("unplugged")
        return code

    def close(self) -> None: ...
