"""One screen of the staff door: like a participant's, but fed by the staff door's states."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QObject

from kiosk.staff.inputs import StaffInput
from kiosk.staff.state import StaffScreen, StaffState
from ui.viewmodels.base import Desk, ShownVm


class StaffScreenVm(ShownVm):
    """``state`` is the newest state of a screen in ``screens``, else None."""

    screens: ClassVar[frozenset[StaffScreen]] = frozenset()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, parent)
        self.state: StaffState | None = None

    # ---- called by StaffVm

    def show(self, state: StaffState) -> None:
        before, self.state = self.state, state
        if before != state:
            self.unlatch()
        self.updated(before, state)
        self.changed.emit()

    def hide(self) -> None:
        if self.state is not None:
            self.state = None
            self.unlatch()
            self.forgotten()
            self.changed.emit()

    def tick(self) -> None:
        """A few times a second while shown."""

    # ---- for subclasses

    def updated(self, before: StaffState | None, state: StaffState) -> None: ...

    def forgotten(self) -> None: ...

    def post_once(self, staff_input: StaffInput) -> bool:
        """Post unless the very same input was just posted and nothing has changed since."""
        if not self.once(staff_input):
            return False
        self.desk.door.staff.post(staff_input)
        return True
