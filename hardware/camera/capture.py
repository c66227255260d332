"""Reads a camera and publishes its frames; the same path for real, recorded and simulated cameras.

A service for the resilient worker: it opens, reads one frame a call, and lets faults out after the
mailbox has been emptied, so that nobody goes on looking at a stale picture. Reconnecting is the
worker's job. Consumers can rely on it: within one instance no two frames are further apart than STALL_SECONDS,
and time and sequence only grow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from hardware.camera.standstill import StandstillWatch
from kiosk.ports import CameraSource, Frame, Mailbox, PassingFault

STALL_SECONDS = 2.0
"""Nobody knows what stood before the lens meanwhile. A read gives up after 1 s, so only a halted machine or driver
takes longer; the slowest rate a camera may be set to, 5 a second, needs a tenth of it."""


class CaptureService:
    """``kiosk.ports.Service``. One instance a camera; driven by one thread."""

    name = "camera"

    def __init__(
        self,
        source: CameraSource,
        mailbox: Mailbox[Frame],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._mailbox = mailbox
        self._monotonic = monotonic
        self._instances = 0
        self._sequence = 0
        self._instance = ""
        self._last: float | None = None  # of this opening
        self._latest = -math.inf  # of all openings
        self._standstill = StandstillWatch()
        self._open = False

    def set_up(self) -> None:
        """Open the camera; what it delivers from now on comes from a new instance (``simulated#2``).

        The sequence runs on over all instances: a number names one frame of this run of the program.
        """
        self._source.open()
        self._open = True
        self._last = None
        self._begin_instance()

    def work(self) -> None:
        """Read and publish one frame; on a fault publish None, close, and pass the fault on.

        A frame that comes more than STALL_SECONDS after the one before begins a new instance. A real camera
        that repeats one picture bit for bit is a PassingFault("frozen"), so that it is opened again.
        """
        try:
            pixels = self._source.read()
            captured_at = max(self._monotonic(), math.nextafter(self._latest, math.inf))
            if self._last is not None and captured_at - self._last > STALL_SECONDS:
                self._begin_instance()
            simulated = self._source.identity.simulated  # a recording may hold a still
            if not simulated and self._standstill.frozen(pixels, captured_at):
                raise PassingFault("frozen")
        except Exception:
            self.tear_down()
            raise
        self._last = self._latest = captured_at
        self._sequence += 1
        pixels.flags.writeable = False  # every reader shares these pixels
        self._mailbox.put(
            Frame(
                pixels=pixels,
                sequence=self._sequence,
                captured_at=captured_at,
                source=self._instance,
                simulated=simulated,
            )
        )

    def _begin_instance(self) -> None:
        self._instances += 1
        self._instance = f"{self._source.identity.path}#{self._instances}"
        self._standstill = StandstillWatch()

    def tear_down(self) -> None:
        self._mailbox.put(None)
        if self._open:
            self._open = False
            self._source.close()
