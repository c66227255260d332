"""What the screens need from the visit loop, and what the simulation dock shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.face.types import FaceProgress
from kiosk.health.diagnostics import Diagnostics, PictureNumbers
from kiosk.journey.inputs import VisitInput
from kiosk.journey.state import VisitState
from kiosk.ports import CodeBox, DemoPerson, Frame, KtpProgress, Mailbox, ServicesOffered
from kiosk.staff.inputs import StaffInput
from kiosk.staff.state import StaffState

__all__ = ["DemoPerson", "ServicesOffered", "StaffDoor", "VisitDoor"]


class StaffDoor(Protocol):
    """The staff door as the screens see it."""

    diagnostics: Mailbox[Diagnostics]
    picture: Mailbox[PictureNumbers]

    def post(self, staff_input: StaffInput) -> None:
        """Hand an input over; thread-safe, returns at once."""

    def subscribe(self, listener: Callable[[StaffState], None]) -> None:
        """``listener`` gets each new state, on the staff door's own thread."""


class VisitDoor(Protocol):
    """The visit loop as the screens see it."""

    frames: Mailbox[Frame]
    face_progress: Mailbox[FaceProgress]
    ktp_progress: Mailbox[KtpProgress]
    code_box: Mailbox[CodeBox]
    demo: bool

    @property
    def staff(self) -> StaffDoor: ...

    @property
    def services_offered(self) -> ServicesOffered: ...

    def post(self, visit_input: VisitInput) -> None:
        """Hand an input over; thread-safe, returns at once."""

    def subscribe(self, listener: Callable[[VisitState], None]) -> None:
        """``listener`` gets each new state, on the visit's own thread."""
