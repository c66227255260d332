"""Choosing a PIN and repeating it."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal

from kiosk.journey.inputs import SubmitPin
from kiosk.journey.state import PinPhase, Stage, VisitState
from ui.viewmodels.base import Desk
from ui.viewmodels.secret import SecretVm


class PinVm(SecretVm):
    pin_shown = Signal()
    stages = frozenset({Stage.PIN})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, desk.settings.pin.digits)

    def submit(self, secret: str) -> None:
        self.post_once(SubmitPin(secret))

    def updated(self, before: VisitState | None, state: VisitState) -> None:
        if before is not None and before.pin_phase is not state.pin_phase:
            self.drop_typed()

    def _repeating(self) -> bool:
        return self.state is not None and self.state.pin_phase is PinPhase.REPEAT

    @Property(bool, notify=pin_shown)
    def repeating(self) -> bool:
        return self._repeating()

    @Property(bool, notify=pin_shown)
    def busy(self) -> bool:
        return self.state is not None and self.state.waiting is not None

    @Property(str, notify=pin_shown)
    def title(self) -> str:
        return self.fill("pin.title_repeat" if self._repeating() else "pin.title_choose", digits=self._entry.length)

    @Property(str, notify=pin_shown)
    def subtitle(self) -> str:
        return self.fill("pin.subtitle_repeat" if self._repeating() else "pin.subtitle_choose")
