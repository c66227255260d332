"""The door that screens stand before while the rules behind it are still being put together.

Opening the store, loading drivers and connecting take seconds; the first picture must not wait for
them. Until ``open_to`` the service is "starting" and taps go nowhere.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.face.types import FaceProgress
from kiosk.journey.inputs import VisitInput
from kiosk.journey.state import Language, VisitState
from kiosk.ports import CodeBox, Frame, KtpProgress, LastingFault, Mailbox, ServicesOffered
from kiosk.runtime.late_staff_door import LateStaffDoor

log = logging.getLogger(__name__)

StateListener = Callable[[VisitState], None]
STARTING = ServicesOffered(verify=False, reason="starting")


class OpenDoor(Protocol):
    @property
    def services_offered(self) -> ServicesOffered: ...

    def post(self, visit_input: VisitInput) -> None: ...

    def subscribe(self, listener: StateListener) -> None: ...


class LateDoor:
    """What the window is given. Frames and progress flow through mailboxes that exist from the start."""

    def __init__(self, language: Language, demo: bool) -> None:
        self.frames: Mailbox[Frame] = Mailbox()
        self.face_progress: Mailbox[FaceProgress] = Mailbox()
        self.ktp_progress: Mailbox[KtpProgress] = Mailbox()
        self.code_box: Mailbox[CodeBox] = Mailbox()
        self.demo = demo
        self.staff = LateStaffDoor()
        self._first_state = VisitState(language=language)
        self._door: OpenDoor | None = None
        self._closed = STARTING
        self.fault = ""  # why it will stay closed
        self._waiting: list[StateListener] = []
        self._lock = threading.Lock()

    @property
    def services_offered(self) -> ServicesOffered:
        return self._door.services_offered if self._door else self._closed

    def post(self, visit_input: VisitInput) -> None:
        if self._door is not None:
            self._door.post(visit_input)

    def subscribe(self, listener: StateListener) -> None:
        with self._lock:
            if self._door is None:
                self._waiting.append(listener)
                listener(self._first_state)
                return
        self._door.subscribe(listener)

    def stay_closed(self, reason: str) -> None:
        """What stands behind the door cannot be put together; ``reason`` is a word under ``service_reason.``"""
        self._closed = ServicesOffered(verify=False, reason=reason)
        self.fault = reason

    def open_to(self, door: OpenDoor) -> None:
        with self._lock:
            self._door = door
            waiting, self._waiting = self._waiting, []
        for listener in waiting:
            door.subscribe(listener)


def build_behind(door: LateDoor, build: Callable[[], None]) -> threading.Thread:
    """A thread, not yet started, that puts together what stands behind the door; a fault closes the service."""

    def run() -> None:
        try:
            build()
        except LastingFault as fault:
            log.critical("the kiosk cannot be put together", extra={"reason": fault.reason})
            store = fault.reason.startswith(("store", "signing"))
            door.stay_closed("store" if store else "other")

    return threading.Thread(target=run, name="build", daemon=True)
