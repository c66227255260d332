"""A visit and a staff door that stand still: they show given states and remember what was posted. For the
gallery and tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from kiosk.face.types import FaceProgress
from kiosk.health.diagnostics import Diagnostics, PictureNumbers
from kiosk.journey.inputs import VisitInput
from kiosk.journey.state import VisitState
from kiosk.ports import CodeBox, Frame, KtpProgress, Mailbox
from kiosk.staff.inputs import StaffInput
from kiosk.staff.state import StaffState
from ui.ports import ServicesOffered


class StillStaffDoor:
    def __init__(self) -> None:
        self.diagnostics: Mailbox[Diagnostics] = Mailbox()
        self.picture: Mailbox[PictureNumbers] = Mailbox()
        self.posted: list[StaffInput] = []
        self._listeners: list[Callable[[StaffState], None]] = []

    def post(self, staff_input: StaffInput) -> None:
        self.posted.append(staff_input)

    def subscribe(self, listener: Callable[[StaffState], None]) -> None:
        self._listeners.append(listener)

    def show(self, state: StaffState) -> None:
        for listener in self._listeners:
            listener(state)


class StillDoor:
    def __init__(self, demo: bool = True) -> None:
        self.frames: Mailbox[Frame] = Mailbox()
        self.face_progress: Mailbox[FaceProgress] = Mailbox()
        self.ktp_progress: Mailbox[KtpProgress] = Mailbox()
        self.code_box: Mailbox[CodeBox] = Mailbox()
        self.demo = demo
        self.staff = StillStaffDoor()
        self.offered = ServicesOffered()
        self.posted: list[VisitInput] = []
        self._listeners: list[Callable[[VisitState], None]] = []

    @property
    def services_offered(self) -> ServicesOffered:
        return self.offered

    def post(self, visit_input: VisitInput) -> None:
        self.posted.append(visit_input)

    def subscribe(self, listener: Callable[[VisitState], None]) -> None:
        self._listeners.append(listener)

    def show(self, state: VisitState) -> None:
        for listener in self._listeners:
            listener(state)


@cache
def drawn_frame(width: int = 960, height: int = 720) -> Frame:
    """A drawn stand-in for a camera picture: plain shapes, nobody's face. BGR."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    pixels = np.empty((height, width, 3), np.uint8)
    fade = (rows / height * 40).astype(np.uint8)
    for channel, base in enumerate((205, 200, 190)):
        pixels[..., channel] = base - fade

    def ellipse(x: float, y: float, rx: float, ry: float, colour: tuple[int, int, int]) -> None:
        inside = ((columns - x * width) / (rx * width)) ** 2 + ((rows - y * height) / (ry * height)) ** 2 <= 1
        pixels[inside] = colour

    ellipse(0.5, 1.06, 0.30, 0.32, (120, 84, 40))
    ellipse(0.5, 0.36, 0.155, 0.26, (38, 42, 52))
    ellipse(0.5, 0.78, 0.07, 0.14, (120, 158, 196))
    ellipse(0.5, 0.48, 0.135, 0.26, (140, 180, 216))
    for side in (-1, 1):
        ellipse(0.5 + side * 0.055, 0.45, 0.017, 0.014, (60, 52, 48))
    ellipse(0.5, 0.63, 0.035, 0.012, (96, 96, 168))
    return Frame(pixels=np.ascontiguousarray(pixels), sequence=1, captured_at=0.0, source="drawn", simulated=True)
