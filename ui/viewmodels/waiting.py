"""Honest waiting: what is being done, about how long, why it is slow, and a way out."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.journey.deferred_steps import offered
from kiosk.journey.inputs import Defer, GoToCounter, Retry
from kiosk.journey.state import Stage, VisitState, Waiting
from ui.viewmodels.base import ScreenVm

USUAL_SECONDS = {
    Waiting.LOOKING_UP: 5,
    Waiting.OPENING_LOGIN: 5,
    Waiting.CHECKING_IKD: 5,
    Waiting.PREPARING_FACE: 5,
    Waiting.LOADING_PROFILE: 5,
    Waiting.SENDING_CODE: 10,
    Waiting.CHECKING_CODE: 5,
    Waiting.SEALING_PIN: 5,
    Waiting.SEALING_CAPTURE: 5,
    Waiting.SETTLING: 15,
}
"""What is promised; each is the call's time-out rounded up, so that it is kept."""

SAY_WHY_SECONDS = 5
WAY_OUT_SECONDS = 15


class WaitingVm(ScreenVm):
    """Also used inside the IKD, face, code and PIN screens while they wait."""

    waiting_shown = Signal()
    stages = frozenset(
        {
            Stage.LOOKUP,
            Stage.IKD,
            Stage.IKD_CODE,
            Stage.FACE,
            Stage.DEFER_FACE,
            Stage.OTP,
            Stage.PIN,
            Stage.SETTLING,
        }
    )
    _elapsed = 0

    def updated(self, before: VisitState | None, state: VisitState) -> None:
        self._measure()

    def tick(self) -> None:
        before = self._elapsed
        self._measure()
        if self._elapsed != before:
            self.changed.emit()

    def _measure(self) -> None:
        waits = self.state is not None and self.state.waiting is not None
        since = self.state.waiting_since if self.state else 0.0
        self._elapsed = max(0, int(self.desk.monotonic() - since)) if waits else 0

    def _waiting(self) -> Waiting | None:
        return self.state.waiting if self.state else None

    @Property(bool, notify=waiting_shown)
    def active(self) -> bool:
        return self._waiting() is not None

    @Property(bool, notify=waiting_shown)
    def matched(self) -> bool:
        """The face has just matched: the ring is a tick."""
        return self._waiting() is Waiting.LOADING_PROFILE

    @Property(str, notify=waiting_shown)
    def title(self) -> str:
        waiting = self._waiting()
        return self.fill(f"waiting.{waiting.value}.title") if waiting else self.fill("lookup.busy_title")

    @Property(str, notify=waiting_shown)
    def text(self) -> str:
        waiting = self._waiting()
        return self.fill(f"waiting.{waiting.value}.text") if waiting else ""

    @Property(str, notify=waiting_shown)
    def about(self) -> str:
        waiting = self._waiting()
        if waiting is None:
            return ""
        if self._elapsed >= WAY_OUT_SECONDS:
            return self.fill("waiting.way_out")
        if self._elapsed >= SAY_WHY_SECONDS:
            return self.fill("waiting.why")
        return self.fill("waiting.about", seconds=USUAL_SECONDS[waiting])

    @Property(str, notify=waiting_shown)
    def elapsed(self) -> str:
        return self.fill("waiting.elapsed", seconds=self._elapsed)

    @Property(bool, notify=waiting_shown)
    def mayDefer(self) -> bool:  # noqa: N802 - QML's own naming
        """Whether "Simpan & kabari" is offered."""
        return self.state is not None and offered(self.state)

    @Property(bool, notify=waiting_shown)
    def mayRetry(self) -> bool:  # noqa: N802
        tries = self.desk.settings.visit.lookup_retries
        return self.state is not None and self.state.waiting is None and self.state.lookup_tries < tries

    @Slot()
    def defer(self) -> None:
        self.post_once(Defer())

    @Slot()
    def goToCounter(self) -> None:  # noqa: N802
        self.post_once(GoToCounter())

    @Slot()
    def retry(self) -> None:
        self.post_once(Retry())
