# ruff: noqa: N802 - QML names its properties and slots this way
"""Who needs help at this kiosk: the visit that stands here now, and those that went on to staff."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.staff import inputs as i
from kiosk.staff.state import HelpEntry, StaffScreen, VisitBrief
from ui.viewmodels.moments import spell_when
from ui.viewmodels.part_words import known
from ui.viewmodels.staff_base import StaffScreenVm


class StaffQueueVm(StaffScreenVm):
    queue_shown = Signal()
    screens = frozenset({StaffScreen.QUEUE})

    def _visit(self) -> VisitBrief | None:
        return self.state.visit if self.state else None

    # ---- the visit at this kiosk

    @Property(bool, notify=queue_shown)
    def hasVisit(self) -> bool:
        return self._visit() is not None

    @Property(str, notify=queue_shown)
    def caseNumber(self) -> str:
        visit = self._visit()
        return visit.case_number if visit else ""

    @Property(str, notify=queue_shown)
    def what(self) -> str:
        """Step and, once staff are needed, why."""
        visit = self._visit()
        if visit is None:
            return ""
        return self._step_and_reason(visit.step, visit.reason)

    @Property(str, notify=queue_shown)
    def who(self) -> str:
        """Initials and the masked number: enough to find the person, not enough to be one."""
        visit = self._visit()
        return " · ".join(part for part in (visit.initials, visit.masked_identifier) if part) if visit else ""

    @Property(bool, notify=queue_shown)
    def decidable(self) -> bool:
        visit = self._visit()
        return visit is not None and visit.decidable

    @Property(str, notify=queue_shown)
    def advice(self) -> str:
        visit = self._visit()
        if visit is None:
            return self.fill("staff.queue.no_visit")
        return self.fill("staff.queue.decidable" if visit.decidable else "staff.queue.not_decidable")

    @Slot()
    def openVisit(self) -> None:
        self.post_once(i.OpenVisit())

    # ---- ended visits

    @Property(list, notify=queue_shown)
    def entries(self) -> list[dict[str, object]]:
        """Open ones first, as they come."""
        return [self._entry(entry) for entry in self.state.queue] if self.state else []

    @Slot(str)
    def markHandled(self, case_number: str) -> None:
        self.post_once(i.MarkHandled(case_number))

    def _entry(self, entry: HelpEntry) -> dict[str, object]:
        handled = bool(entry.handled_by)
        return {
            "number": entry.case_number,
            "when": spell_when(self.desk.words, entry.at, self.desk.settings.site.timezone),
            "what": self._step_and_reason(entry.step, entry.reason),
            "handled": handled,
            "by": self.fill("staff.queue.handled_by", name=entry.handled_by) if handled else "",
        }

    def _step_and_reason(self, step: str, reason: str) -> str:
        said = [
            known(self.desk.words, f"staff.{kind}", value) for kind, value in (("step", step), ("why", reason)) if value
        ]
        return " · ".join(said)
