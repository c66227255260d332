"""Keeps the diagnostics screen fed while it is up: every part again and again, and the camera's numbers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from kiosk.health.diagnostics import Diagnostics, LastTest, PictureNumbers
from kiosk.health.doctor import Probe, examine
from kiosk.health.readiness import offers
from kiosk.ports import Frame, Mailbox
from kiosk.runtime.picture_meter import PictureMeter

log = logging.getLogger(__name__)

EXAMINE_SECONDS = 5.0
PROBE_SECONDS = 6.0
"""A centre call takes at most 4 s, a printer's status 2 s."""
PICTURE_SECONDS = 0.25
"""Numbers that change four times a second can still be read."""


class DiagnosticsWatch:
    def __init__(
        self,
        *,
        probes: Callable[[], Mapping[str, Probe]],
        tests: Callable[[], Mapping[str, LastTest]],
        frames: Mailbox[Frame],
        new_meter: Callable[[], PictureMeter],
        diagnostics: Mailbox[Diagnostics],
        picture: Mailbox[PictureNumbers],
    ) -> None:
        self._probes = probes
        self._tests = tests
        self._frames = frames
        self._new_meter = new_meter
        self._diagnostics = diagnostics
        self._picture = picture
        self._stop = threading.Event()
        self._stop.set()

    def start(self) -> None:
        self.stop()
        self._stop = threading.Event()
        for name, run in (("diagnostics", self._examine), ("picture-meter", self._measure)):
            threading.Thread(target=run, args=(self._stop,), name=name, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _examine(self, stop: threading.Event) -> None:
        while not stop.is_set():
            parts = examine(self._probes(), PROBE_SECONDS)
            self._diagnostics.put(Diagnostics(datetime.now(UTC), parts, offers(parts), self._tests()))
            stop.wait(EXAMINE_SECONDS)

    def _measure(self, stop: threading.Event) -> None:
        meter = self._new_meter()
        while not stop.wait(PICTURE_SECONDS):
            _, frame = self._frames.peek()
            self._picture.put(meter.measure(frame) if frame is not None else None)
        self._picture.put(None)
