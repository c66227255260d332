"""Where a scanned code goes: a badge opens the staff door from any screen, everything else is the visit's."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from kiosk.journey.inputs import CodeSeen, TokenSeen
from kiosk.ports import Scan
from kiosk.runtime.card_reading import as_input
from kiosk.staff.badge import badge_token
from kiosk.staff.inputs import BadgeSeen

ToVisit = Callable[[CodeSeen | TokenSeen], None]

LOOK_SECONDS = 0.2
"""A test that is stopped ends within this."""


class ScanRouter:
    def __init__(self) -> None:
        self._to_visit: ToVisit = lambda seen: None
        self._to_staff: Callable[[BadgeSeen], None] = lambda seen: None
        self._tester: queue.SimpleQueue[Scan] | None = None

    def connect(self, to_visit: ToVisit, to_staff: Callable[[BadgeSeen], None]) -> None:
        self._to_visit, self._to_staff = to_visit, to_staff

    def deliver(self, scan: Scan) -> None:
        tester = self._tester
        token = badge_token(scan.text)
        if tester is not None:
            tester.put(scan)
        elif token is not None:
            self._to_staff(BadgeSeen(token))
        else:
            self._to_visit(as_input(scan.text))

    def next_scan(self, seconds: float, stop: threading.Event) -> Scan | None:
        """Take the next code away from everybody else; None when none came in time."""
        waiting: queue.SimpleQueue[Scan] = queue.SimpleQueue()
        self._tester = waiting
        until = time.monotonic() + seconds
        try:
            while not stop.is_set() and time.monotonic() < until:
                try:
                    return waiting.get(timeout=LOOK_SECONDS)
                except queue.Empty:
                    continue
            return None
        finally:
            if self._tester is waiting:
                self._tester = None
