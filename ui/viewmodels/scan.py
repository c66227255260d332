# ruff: noqa: N802 - QML names its properties and slots this way
"""A code before the camera, on a JKN card or on a phone: where it is in the picture, and what is known of it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Property, QRectF, Signal, Slot

from kiosk.journey.inputs import ChooseMethod
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, Stage, VisitState, Waiting
from kiosk.ports import CodeBox
from ui.viewmodels.live import Held, LiveVm

BOX_SECONDS = 1.0
"""A box that nobody has renewed for this long is gone: a camera that went away says nothing any more."""
_REFUSED = frozenset(
    {
        Notice.CODE_UNKNOWN,
        Notice.IKD_EXPIRED,
        Notice.IKD_USED,
        Notice.IKD_NOT_ACTIVE,
        Notice.IKD_NOT_ACCEPTED,
        Notice.IKD_UNAVAILABLE,
    }
)
"""Such a code was read as well; a green tick on it would contradict the notice, and another one is looked for."""


class Sight(StrEnum):
    """What the person is told of the code; words under ``card.<value>`` and ``ikd_code.<value>``."""

    SEARCHING = "searching"
    SEEN = "seen"
    READ = "read"


class ScanVm(LiveVm):
    box_changed = Signal()  # several times a second while a card moves, and nothing else with it
    peek_ms = 66

    def start_over(self) -> None:
        self._version = self.desk.door.code_box.peek()[0]  # the last screen's box is stale
        self._news_at = float("-inf")
        self._box: CodeBox | None = None
        self._sight: Held[Sight] = Held()
        self.box_changed.emit()

    def updated(self, before: VisitState | None, state: VisitState) -> None:
        self._say(self.desk.monotonic())
        self.box_changed.emit()  # a refusal takes the tick away

    def peek(self) -> None:
        """Take over what is new. The box follows at once, the words stay readable."""
        version, box = self.desk.door.code_box.peek()
        now = self.desk.monotonic()
        if version != self._version:
            self._version, self._news_at = version, now
        elif now - self._news_at >= BOX_SECONDS:
            box = None
        if box != self._box:
            self._box = box
            self.box_changed.emit()
        if self._say(now):
            self.changed.emit()

    def _say(self, now: float) -> bool:
        if self._box is None or (self._box.read and self._refused()):
            return self._sight.offer(None, now)
        return self._sight.offer(Sight.READ if self._box.read else Sight.SEEN, now)

    def _refused(self) -> bool:
        return self.state is not None and self.state.notice in _REFUSED

    @Property(bool, notify=box_changed)
    def boxShown(self) -> bool:
        return self._box is not None

    @Property(bool, notify=box_changed)
    def boxRead(self) -> bool:
        return self._box is not None and self._box.read and not self._refused()

    @Property(QRectF, notify=box_changed)
    def box(self) -> QRectF:
        """In shares of the picture, 0..1."""
        if self._box is None:
            return QRectF()
        return QRectF(self._box.x, self._box.y, self._box.width, self._box.height)

    def sight(self) -> Sight:
        return self._sight.value or Sight.SEARCHING

    def line_of(self, section: str) -> str:
        return self.fill(f"{section}.{self.sight().value}")


class CardVm(ScanVm):
    card_shown = Signal()
    stages = frozenset({Stage.CARD})

    @Property(str, notify=card_shown)
    def line(self) -> str:
        return self.line_of("card")

    @Property(str, notify=card_shown)
    def known(self) -> str:
        """``searching``, ``seen`` or ``read``, as the words say."""
        return self.sight().value

    @Property(bool, constant=True)
    def busy(self) -> bool:
        """A card's code is looked up on a screen of its own."""
        return False

    @Slot()
    def typeInstead(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.JKN_TYPED))


class IkdCodeVm(ScanVm):
    ikd_code_shown = Signal()
    stages = frozenset({Stage.IKD_CODE})

    @Property(str, notify=ikd_code_shown)
    def line(self) -> str:
        return self.line_of("ikd_code")

    @Property(str, notify=ikd_code_shown)
    def known(self) -> str:
        """``searching``, ``seen`` or ``read``, as the words say."""
        return self.sight().value

    @Property(bool, notify=ikd_code_shown)
    def busy(self) -> bool:
        return self.state is not None and self.state.waiting is Waiting.CHECKING_IKD

    @Slot()
    def useKtp(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.KTP_CAMERA))
