# ruff: noqa: N815 - QML names its properties and slots this way
"""What a technician sees: every part, what is offered, the camera's numbers; and the guided test of one part."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.health.diagnostics import Diagnostics, PictureNumbers
from kiosk.staff import inputs as i
from kiosk.staff.state import GuidedPart, PartTest, Shortcoming, StaffScreen
from ui.viewmodels.base import Desk
from ui.viewmodels.moments import clock_time
from ui.viewmodels.part_words import measured_rows, part_card, picture_pairs, service_line
from ui.viewmodels.staff_base import StaffScreenVm


class DiagnosticsVm(StaffScreenVm):
    diagnostics_shown = Signal()
    pictureChanged = Signal()
    checkedChanged = Signal()
    screens = frozenset({StaffScreen.DIAGNOSTICS})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._found: Diagnostics | None = None
        self._numbers: PictureNumbers | None = None
        desk.words.changed.connect(self.pictureChanged)
        desk.words.changed.connect(self.checkedChanged)

    def tick(self) -> None:
        """Take over what is new. The list is built anew only when a part has changed, not with every look at it."""
        found, before = self.desk.door.staff.diagnostics.peek()[1], self._found
        if found != before:
            self._found = found
            self.checkedChanged.emit()
            if found is None or before is None or _content(found) != _content(before):
                self.changed.emit()
        numbers = self.desk.door.staff.picture.peek()[1]
        if numbers != self._numbers:
            self._numbers = numbers
            self.pictureChanged.emit()

    def forgotten(self) -> None:
        self._found, self._numbers = None, None
        self.pictureChanged.emit()
        self.checkedChanged.emit()

    @Property(bool, notify=diagnostics_shown)
    def known(self) -> bool:
        """The first look at the parts has been taken."""
        return self._found is not None

    @Property(str, notify=checkedChanged)
    def checked(self) -> str:
        if self._found is None:
            return self.fill("staff.diagnostics.looking")
        timezone = self.desk.settings.site.timezone
        return self.fill("staff.diagnostics.checked", clock=clock_time(self._found.at, timezone))

    @Property(list, notify=diagnostics_shown)
    def services(self) -> list[dict[str, object]]:
        if self._found is None:
            return []
        words = self.desk.words
        return [{"text": service_line(words, offer), "offered": offer.offered} for offer in self._found.services]

    @Property(list, notify=diagnostics_shown)
    def parts(self) -> list[dict[str, str]]:
        if self._found is None:
            return []
        tests, timezone = self._found.tests, self.desk.settings.site.timezone
        return [part_card(self.desk.words, part, tests.get(part.name), timezone) for part in self._found.parts]

    @Property(list, notify=pictureChanged)
    def picture(self) -> list[dict[str, str]]:
        return measured_rows(self.desk.words, picture_pairs(self._numbers)) if self._numbers else []

    @Slot(str)
    def test(self, part: str) -> None:
        self.post_once(i.StartTest(GuidedPart(part)))


class PartTestVm(StaffScreenVm):
    test_shown = Signal()
    screens = frozenset({StaffScreen.TEST})

    def _test(self) -> PartTest:
        return (self.state.test if self.state else None) or PartTest(GuidedPart.CAMERA)

    @Property(bool, notify=test_shown)
    def camera(self) -> bool:
        return self._test().part is GuidedPart.CAMERA

    @Property(bool, notify=test_shown)
    def running(self) -> bool:
        return self._test().running

    @Property(bool, notify=test_shown)
    def passed(self) -> bool:
        return self._test().passed

    @Property(str, notify=test_shown)
    def title(self) -> str:
        return self.fill(f"staff.test.{self._test().part.value}_title")

    @Property(str, notify=test_shown)
    def instruction(self) -> str:
        return self.fill(f"staff.test.{self._test().part.value}_text")

    @Property(str, notify=test_shown)
    def verdict(self) -> str:
        test = self._test()
        return self.fill(f"staff.test.{'running' if test.running else 'passed' if test.passed else 'failed'}")

    @Property(str, notify=test_shown)
    def reason(self) -> str:
        """What to do about it."""
        reason = self._test().reason
        return "" if reason is Shortcoming.NOTHING else self.fill(f"staff.test.reason.{reason.value}")

    @Property(list, notify=test_shown)
    def measured(self) -> list[dict[str, str]]:
        return measured_rows(self.desk.words, self._test().measured)

    @Slot()
    def again(self) -> None:
        self.post_once(i.StartTest(self._test().part))


def _content(found: Diagnostics) -> object:
    return found.parts, found.services, dict(found.tests)
