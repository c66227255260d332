"""Guided tests of camera and scanner, each on a thread of its own, each with an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kiosk.health.diagnostics import PictureNumbers
from kiosk.health.part_verdicts import as_measured, judge_camera
from kiosk.ports import Frame, Mailbox, Scan
from kiosk.runtime.picture_meter import PictureMeter
from kiosk.runtime.scan_router import ScanRouter
from kiosk.staff.state import GuidedPart, PartTest, Shortcoming

CAMERA_SECONDS = 12.0
"""Longest wait for a picture that passes: somebody has to step before the camera."""
LEAST_SECONDS = 2.0
"""The pace is counted over two seconds."""
SILENCE_SECONDS = 3.0
SCAN_SECONDS = 20.0
"""Somebody has to find a code and hold it up."""

Done = Callable[[PartTest], None]


class PartTester:
    def __init__(
        self,
        *,
        frames: Mailbox[Frame],
        new_meter: Callable[[], PictureMeter],
        scans: ScanRouter,
        scanner_present: Callable[[], bool],
    ) -> None:
        self._frames = frames
        self._new_meter = new_meter
        self._scans = scans
        self._scanner_present = scanner_present
        self._stop = threading.Event()

    def start(self, part: GuidedPart, done: Done) -> None:
        self.stop()
        self._stop = threading.Event()
        run = {GuidedPart.CAMERA: self._camera, GuidedPart.SCANNER: self._scanner}[part]
        threading.Thread(target=run, args=(done, self._stop), name=f"test-{part.value}", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _camera(self, done: Done, stop: threading.Event) -> None:
        """Passes with the first picture that has nothing wrong with it, once the pace is known."""
        meter, began = self._new_meter(), time.monotonic()
        version, numbers = 0, None
        while not stop.is_set() and time.monotonic() - began < CAMERA_SECONDS:
            newer, frame = self._frames.wait_newer(version, SILENCE_SECONDS)
            if newer == version or frame is None:
                numbers = None
                if newer == version:
                    break
                version = newer
                continue
            version, numbers = newer, meter.measure(frame)
            if time.monotonic() - began >= LEAST_SECONDS and judge_camera(numbers) is Shortcoming.NOTHING:
                break
        if not stop.is_set():
            done(_camera_verdict(numbers))

    def _scanner(self, done: Done, stop: threading.Event) -> None:
        if not self._scanner_present():
            done(PartTest(GuidedPart.SCANNER, running=False, reason=Shortcoming.ABSENT))
            return
        scan = self._scans.next_scan(SCAN_SECONDS, stop)
        if not stop.is_set():
            done(_scanner_verdict(scan))


def _camera_verdict(numbers: PictureNumbers | None) -> PartTest:
    reason = judge_camera(numbers)
    passed = reason is Shortcoming.NOTHING
    return PartTest(GuidedPart.CAMERA, running=False, passed=passed, reason=reason, measured=as_measured(numbers))


def _scanner_verdict(scan: Scan | None) -> PartTest:
    """The text itself may be somebody's number: its length is enough."""
    if scan is None:
        return PartTest(GuidedPart.SCANNER, running=False, reason=Shortcoming.NO_SCAN)
    measured = (("characters", str(len(scan.text))),)
    return PartTest(GuidedPart.SCANNER, running=False, passed=True, measured=measured)
