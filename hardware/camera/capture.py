"""Reads a camera and publishes its frames; the same path for real, recorded and simulated cameras.

A service for the resilient worker: it opens, reads one frame a call, and lets faults out after the
mailbox has been emptied, so that nobody goes on looking at a stale picture. Reconnecting is the
worker's job.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk.ports import CameraSource, Frame, Mailbox


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
        self._openings = 0
        self._sequence = 0
        self._instance = ""
        self._open = False

    def set_up(self) -> None:
        """Open the camera; what it delivers from now on comes from a new instance (``simulated#2``).

        The sequence runs on over all instances: a number names one frame of this run of the program.
        """
        self._source.open()
        self._open = True
        self._openings += 1
        identity = self._source.identity
        self._instance = f"{identity.path}#{self._openings}"

    def work(self) -> None:
        """Read and publish one frame; on a fault publish None, close, and pass the fault on."""
        try:
            pixels = self._source.read()
        except Exception:
            self.tear_down()
            raise
        self._sequence += 1
        pixels.flags.writeable = False  # every reader shares these pixels
        self._mailbox.put(
            Frame(
                pixels=pixels,
                sequence=self._sequence,
                captured_at=self._monotonic(),
                source=self._instance,
                simulated=self._source.identity.simulated,
            )
        )

    def tear_down(self) -> None:
        self._mailbox.put(None)
        if self._open:
            self._open = False
            self._source.close()
