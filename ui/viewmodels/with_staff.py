"""Staff were called for a face step that failed for good: why, under which number, and the way to the counter."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.journey.inputs import GoToCounter
from kiosk.journey.reasons import EndReason
from kiosk.journey.state import Stage
from ui.viewmodels.base import ScreenVm


class WithStaffVm(ScreenVm):
    with_staff_shown = Signal()
    stages = frozenset({Stage.WITH_STAFF})

    @Property(str, notify=with_staff_shown)
    def text(self) -> str:
        reason = (self.state.reason if self.state else None) or EndReason.WISH_FOR_STAFF
        return self.fill(f"end.{reason.value}.text")

    @Property(str, notify=with_staff_shown)
    def caseNumber(self) -> str:  # noqa: N802 - QML's own naming
        return self.state.case_number if self.state else ""

    @Slot()
    def goToCounter(self) -> None:  # noqa: N802
        self.post_once(GoToCounter())
