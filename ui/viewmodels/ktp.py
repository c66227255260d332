# ruff: noqa: N802 - QML names its properties and slots this way
"""The e-KTP before the camera, one hint at a time; and the number that was read, to be compared with the card."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, Signal, Slot

from kiosk.identity.ktp.guide import guide_for
from kiosk.identity.nik import group_digits, region_so_far
from kiosk.journey.inputs import ChooseMethod, ConfirmReading
from kiosk.journey.state import IdentityMethod, Stage, VisitState
from kiosk.ports import KtpHint, KtpProgress
from ui.viewmodels.base import ScreenVm
from ui.viewmodels.live import Held, LiveVm

PLAIN, LOOK, GOOD = "plain", "look", "good"
TONES = {
    KtpHint.NO_CARD: PLAIN,
    KtpHint.TOO_FAR: LOOK,
    KtpHint.TOO_DARK: LOOK,
    KtpHint.BLURRED: LOOK,
    KtpHint.GLARE: LOOK,
    KtpHint.HOLD_STILL: GOOD,
    KtpHint.READING: GOOD,
    KtpHint.ANOTHER: GOOD,
}
"""How the frame around the card looks; icon and word say the same."""
_ICONS = {
    KtpHint.NO_CARD: "id",
    KtpHint.TOO_FAR: "closer",
    KtpHint.TOO_DARK: "light",
    KtpHint.BLURRED: "pause",
    KtpHint.GLARE: "glare",
    KtpHint.HOLD_STILL: "pause",
    KtpHint.READING: "camera",
    KtpHint.ANOTHER: "camera",
}
_AHEAD = {KtpHint.READING: 0, KtpHint.ANOTHER: 1}
"""While a picture is read it is counted already; the one that is asked for is not."""


class KtpVm(LiveVm):
    ktp_shown = Signal()
    stages = frozenset({Stage.KTP})

    def start_over(self) -> None:
        self._stale = self.desk.door.ktp_progress.peek()[0]  # the last card's words
        self._shown: Held[KtpProgress] = Held()

    def updated(self, before: VisitState | None, state: VisitState) -> None:
        if before is not None and before.ktp_tries != state.ktp_tries:
            self.start_over()

    def peek(self) -> None:
        """Take over what is new, once the present hint has been readable."""
        version, progress = self.desk.door.ktp_progress.peek()
        if version != self._stale and self._shown.offer(progress, self.desk.monotonic()):
            self.changed.emit()

    def _said(self) -> KtpHint:
        return self._shown.value.hint if self._shown.value else KtpHint.NO_CARD

    @Property(str, notify=ktp_shown)
    def hint(self) -> str:
        return self.fill(f"ktp.hint.{self._said().value}")

    @Property(str, notify=ktp_shown)
    def tone(self) -> str:
        """``plain``, ``look`` or ``good``."""
        return TONES[self._said()]

    @Property(str, notify=ktp_shown)
    def icon(self) -> str:
        return _ICONS[self._said()]

    @Property(str, notify=ktp_shown)
    def counted(self) -> str:
        """Which picture of how many is being read; nothing while none is."""
        progress = self._shown.value
        if progress is None or progress.hint not in _AHEAD:
            return ""
        now = min(progress.frames_read + _AHEAD[progress.hint], progress.frames_at_most)
        return self.fill("ktp.photo", now=max(now, 1), all=progress.frames_at_most)

    @Slot(float, float, result=QRectF)
    def guide(self, width: float, height: float) -> QRectF:
        """Where the card belongs in a picture of that size, in shares of it."""
        if width <= 0 or height <= 0:
            return QRectF()
        guide = guide_for(round(width), round(height))
        return QRectF(guide.x, guide.y, guide.w, guide.h)

    @Slot()
    def typeNik(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.NIK_TYPED))


class KtpCheckVm(ScreenVm):
    """The person's own number, whole on purpose: only they can compare it with the card."""

    ktp_check_shown = Signal()
    stages = frozenset({Stage.KTP_CHECK})

    def _nik(self) -> str:
        return self.state.identifier.digits if self.state and self.state.identifier else ""

    @Property(str, notify=ktp_check_shown)
    def digits(self) -> str:
        return self._nik()

    @Property(str, notify=ktp_check_shown)
    def spoken(self) -> str:
        return self.fill("nik.spoken", digits=", ".join(" ".join(group) for group in group_digits(self._nik()).split()))

    @Property(str, notify=ktp_check_shown)
    def region(self) -> str:
        return region_so_far(self._nik())

    @Slot()
    def right(self) -> None:
        self.post_once(ConfirmReading(right=True))

    @Slot()
    def wrong(self) -> None:
        self.post_once(ConfirmReading(right=False))

    @Slot()
    def typeNik(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.NIK_TYPED))
