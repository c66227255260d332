"""Listens to a scanner and hands on its codes; the same path for real and simulated scanners.

A service for the resilient worker, which reopens the scanner after it was unplugged. A code may be a
person's number: it is remembered only for as long as it takes to know a repeat.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk.ports import Scan, ScannerSource

REPEAT_SECONDS = 2.5
"""A code that stays before the scanner is read again and again, and so are two on one card: each counts once in
this time (reading.md: de-duplicate for 2-3 s)."""


class ScanService:
    """``kiosk.ports.Service``. One instance a scanner; driven by one thread."""

    name = "scanner"

    def __init__(
        self,
        source: ScannerSource,
        deliver: Callable[[Scan], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``deliver`` runs on the scanner's thread; it must only pass the code on."""
        self._source = source
        self._deliver = deliver
        self._monotonic = monotonic
        self._openings = 0
        self._counted: dict[str, float] = {}  # text: when

    def set_up(self) -> None:
        """Open the scanner; what it reads from now on comes from a new instance (``/dev/ttyACM0#2``)."""
        self._source.open()
        self._openings += 1

    def work(self) -> None:
        """Hand on the next code, if one comes."""
        text = self._source.read()
        now = self._monotonic()
        self._counted = {seen: at for seen, at in self._counted.items() if now - at < REPEAT_SECONDS}
        if text is None or text in self._counted:
            return
        self._counted[text] = now
        self._deliver(Scan(text, now, f"{self._source.path}#{self._openings}", self._source.simulated))

    def tear_down(self) -> None:
        self._counted = {}
        self._source.close()
