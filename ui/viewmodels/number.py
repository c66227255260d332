"""Typing the NIK, a card, case or phone number: digits in groups, a hint that follows, one submit."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.identity.nik import region_so_far
from kiosk.journey import case_numbers
from kiosk.journey.inputs import ForceNik, SkipPhone, SubmitNumber, SubmitPhone
from kiosk.journey.state import Stage, VisitState
from ui.viewmodels.base import ScreenVm

LENGTHS = {Stage.NIK: 16, Stage.CARD_NUMBER: 13, Stage.CASE: case_numbers.DIGITS, Stage.DEFER_PHONE: 13}
GROUPS = {
    Stage.NIK: [4, 4, 4, 4],
    Stage.CARD_NUMBER: [4, 4, 4, 1],
    Stage.CASE: list(case_numbers.GROUPS),
    Stage.DEFER_PHONE: [4, 4, 5],
}
SHORTEST = LENGTHS | {Stage.DEFER_PHONE: 10}
"""Mobile numbers have 10 to 13 digits; everything else has one length."""
_PROVINCE_END, _REGION_END, _BIRTH_END = 2, 6, 12


class NumberVm(ScreenVm):
    number_shown = Signal()
    lengthChanged = Signal()  # noqa: N815 - QML's own naming
    stages = frozenset(LENGTHS)
    _stage = Stage.NIK
    _digits = ""

    def updated(self, before: VisitState | None, state: VisitState) -> None:
        if state.stage is not self._stage or before is None:
            self._stage, self._digits = state.stage, ""
            self.lengthChanged.emit()
        if before is None and state.identifier is not None and state.notice is not None:
            self._digits = state.identifier.digits  # refused, and offered to be searched all the same

    def forgotten(self) -> None:
        self.drop_typed()

    def drop_typed(self) -> None:
        self._digits = ""

    @Property(str, notify=number_shown)
    def digits(self) -> str:
        return self._digits

    @Property(str, notify=lengthChanged)
    def section(self) -> str:
        """Prefix of the words of this number: ``nik``, ``card_number``, ``case`` or ``defer_phone``."""
        return self._stage.value

    @Property(list, notify=lengthChanged)
    def groups(self) -> list[int]:
        return GROUPS[self._stage]

    @Property(bool, notify=number_shown)
    def complete(self) -> bool:
        return len(self._digits) >= SHORTEST[self._stage]

    @Property(str, notify=number_shown)
    def region(self) -> str:
        """Where the first digits of a NIK belong, as far as they say so; nothing for other numbers."""
        if self._stage is not Stage.NIK or len(self._digits) < _PROVINCE_END:
            return ""
        return region_so_far(self._digits)

    @Property(str, notify=number_shown)
    def other(self) -> str:
        """What else can be done with this screen: search a refused NIK all the same, leave the phone out."""
        if self._stage is Stage.DEFER_PHONE:
            return self.fill("defer_phone.skip")
        return self.fill("nik.force") if self.state is not None and self.state.may_force_nik else ""

    @Property(str, notify=number_shown)
    def title(self) -> str:
        return self.fill(f"{self._stage.value}.title")

    @Property(str, notify=number_shown)
    def subtitle(self) -> str:
        return self.fill(f"{self._stage.value}.subtitle")

    @Property(str, notify=number_shown)
    def spoken(self) -> str:
        return self.fill(f"{self._stage.value}.spoken", digits=" ".join(self._digits))

    @Property(str, notify=number_shown)
    def hint(self) -> str:
        typed, stage = len(self._digits), self._stage
        left = LENGTHS[stage] - typed
        if typed >= SHORTEST[stage]:
            return self.fill(f"{stage.value}.complete")
        if typed == 0:
            return self.fill(f"{stage.value}.empty")
        more = self.fill(f"{stage.value}.left", left=left)
        if stage is not Stage.NIK:
            return more
        group = "region" if typed < _REGION_END else "birth" if typed < _BIRTH_END else "serial"
        return f"{self.fill(f'nik.{group}')} {more}"

    @Slot(str)
    def press(self, digit: str) -> None:
        if len(self._digits) < LENGTHS[self._stage] and digit.isascii() and digit.isdigit():
            self._digits += digit
            self.changed.emit()

    @Slot()
    def erase(self) -> None:
        self._digits = self._digits[:-1]
        self.changed.emit()

    @Slot()
    def submit(self) -> None:
        if not self._digits:
            return
        phone = self._stage is Stage.DEFER_PHONE
        self.post_once(SubmitPhone(self._digits) if phone else SubmitNumber(self._digits))

    @Slot()
    def doOther(self) -> None:  # noqa: N802
        self.post_once(SkipPhone() if self._stage is Stage.DEFER_PHONE else ForceNik())
