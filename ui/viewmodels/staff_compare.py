# ruff: noqa: N802 - QML names its properties and slots this way
"""Comparing in person: what to look at, why the machine could not, the second person, and what was recorded."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.ports import ComparisonReason, StaffMember
from kiosk.staff import inputs as i
from kiosk.staff.state import StaffScreen
from ui.viewmodels.staff_base import StaffScreenVm

LAST_FOUR = 4


class StaffCompareVm(StaffScreenVm):
    compare_shown = Signal()
    screens = frozenset({StaffScreen.COMPARE})

    @Property(str, notify=compare_shown)
    def subtitle(self) -> str:
        visit = self.state.visit if self.state else None
        return self.fill("staff.compare.subtitle", case=visit.case_number) if visit else ""

    @Property(str, notify=compare_shown)
    def checkNumber(self) -> str:
        """Initials and the last four digits that the card must carry."""
        visit = self.state.visit if self.state else None
        if visit is None:
            return ""
        last = visit.masked_identifier.replace(" ", "")[-LAST_FOUR:]
        if not last.isdigit() or not visit.initials:
            return self.fill("staff.compare.check_card_plain")
        return self.fill("staff.compare.check_card", initials=visit.initials, last=last)

    @Property(list, notify=compare_shown)
    def reasons(self) -> list[dict[str, object]]:
        chosen = self.state.reason_code if self.state else None
        return [
            {"value": reason.value, "text": self.fill(f"staff.reason.{reason.value}"), "chosen": reason is chosen}
            for reason in ComparisonReason
        ]

    @Property(bool, notify=compare_shown)
    def mayAsk(self) -> bool:
        return self.state is not None and self.state.reason_code is not None

    @Property(bool, notify=compare_shown)
    def confirming(self) -> bool:
        return self.state is not None and self.state.confirm_reject

    @Slot(str)
    def choose(self, reason: str) -> None:
        self.post_once(i.ChooseReason(ComparisonReason(reason)))

    @Slot()
    def askSecond(self) -> None:
        self.post_once(i.AskSecond())

    @Slot()
    def askReject(self) -> None:
        self.post_once(i.AskReject())

    @Slot(bool)
    def answerReject(self, sure: bool) -> None:
        self.post_once(i.AnswerReject(sure=sure))


class StaffDecidedVm(StaffScreenVm):
    decided_shown = Signal()
    screens = frozenset({StaffScreen.DECIDED})

    def _rejected(self) -> bool:
        return self.state is not None and self.state.rejected

    @Property(bool, notify=decided_shown)
    def rejected(self) -> bool:
        return self._rejected()

    @Property(str, notify=decided_shown)
    def title(self) -> str:
        return self.fill(f"staff.decided.{'rejected' if self._rejected() else 'granted'}_title")

    @Property(str, notify=decided_shown)
    def text(self) -> str:
        return self.fill(f"staff.decided.{'rejected' if self._rejected() else 'granted'}_text")

    @Property(list, notify=decided_shown)
    def people(self) -> list[dict[str, str]]:
        """Whose names are on record."""
        return [
            {"name": member.name, "role": self.fill(f"staff.role.{member.role.value}")} for member in self._members()
        ]

    def _members(self) -> tuple[StaffMember, ...]:
        if self.state is None:
            return ()
        if self.state.granted is not None:
            return self.state.granted.first, self.state.granted.second
        return (self.state.session.member,) if self.state.session else ()

    @Slot()
    def handBack(self) -> None:
        self.post_once(i.Back())
