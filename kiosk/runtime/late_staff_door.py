"""The staff door before what stands behind it is put together: taps go nowhere, mailboxes are there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.health.diagnostics import Diagnostics, PictureNumbers
from kiosk.ports import Mailbox
from kiosk.staff.inputs import StaffInput
from kiosk.staff.state import StaffState

StaffListener = Callable[[StaffState], None]


class OpenStaffDoor(Protocol):
    def post(self, staff_input: StaffInput) -> None: ...

    def subscribe(self, listener: StaffListener) -> None: ...


class LateStaffDoor:
    def __init__(self) -> None:
        self.diagnostics: Mailbox[Diagnostics] = Mailbox()
        self.picture: Mailbox[PictureNumbers] = Mailbox()
        self._door: OpenStaffDoor | None = None
        self._waiting: list[StaffListener] = []
        self._lock = threading.Lock()

    def post(self, staff_input: StaffInput) -> None:
        if self._door is not None:
            self._door.post(staff_input)

    def subscribe(self, listener: StaffListener) -> None:
        with self._lock:
            if self._door is None:
                self._waiting.append(listener)
                return
        self._door.subscribe(listener)

    def open_to(self, door: OpenStaffDoor) -> None:
        with self._lock:
            self._door = door
            waiting, self._waiting = self._waiting, []
        for listener in waiting:
            door.subscribe(listener)
