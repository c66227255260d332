"""What the screens need from the visit loop, and what the simulation dock shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.face.types import FaceProgress
from kiosk.journey.inputs import VisitInput
from kiosk.journey.state import VisitState
from kiosk.ports import DemoPerson, Frame, Mailbox, ServicesOffered

__all__ = ["DemoPerson", "ServicesOffered", "VisitDoor"]


class VisitDoor(Protocol):
    """The visit loop as the screens see it."""

    frames: Mailbox[Frame]
    face_progress: Mailbox[FaceProgress]
    demo: bool

    @property
    def services_offered(self) -> ServicesOffered: ...

    def post(self, visit_input: VisitInput) -> None:
        """Hand an input over; thread-safe, returns at once."""

    def subscribe(self, listener: Callable[[VisitState], None]) -> None:
        """``listener`` gets each new state, on the visit's own thread."""
