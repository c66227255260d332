"""Beranda: whether the service is offered, what to know before, and the start of a visit."""

from __future__ import annotations

import uuid

from PySide6.QtCore import Property, Signal, Slot

from kiosk.journey.inputs import Start
from kiosk.journey.state import Stage, VisitState
from ui.ports import ServicesOffered
from ui.viewmodels.base import LATCH_SECONDS, ScreenVm


class AttractVm(ScreenVm):
    attract_shown = Signal()
    stages = frozenset({Stage.ATTRACT, Stage.OUT_OF_SERVICE})
    _offered = ServicesOffered()
    _started_at = float("-inf")

    def entered(self, state: VisitState) -> None:
        self._offered = self.desk.door.services_offered

    def tick(self) -> None:
        offered = self.desk.door.services_offered
        if offered != self._offered:
            self._offered = offered
            self.changed.emit()

    @Property(bool, notify=attract_shown)
    def offered(self) -> bool:
        return self._offered.verify

    @Property(str, notify=attract_shown)
    def reason(self) -> str:
        if self._offered.verify:
            return ""
        key = f"service_reason.{self._offered.reason}"
        return self.fill(key if self.desk.words.has(key) else "service_reason.other")

    @Property(str, notify=attract_shown)
    def news(self) -> str:
        """What is different today about a service that is offered all the same; empty on a good day."""
        if not self._offered.verify:
            return ""
        keys = [f"offer_notice.{notice}" for notice in self._offered.notices]
        return " ".join(self.fill(key) for key in keys if self.desk.words.has(key))

    @Slot()
    def start(self) -> None:
        """Each Start draws a new visit id, so a double tap is told by the time since the last one."""
        now = self.desk.monotonic()
        if self.state is None or now - self._started_at < LATCH_SECONDS or not self._offered.verify:
            return
        self._started_at = now
        self.desk.door.post(Start(visit_id=str(uuid.uuid4())))
