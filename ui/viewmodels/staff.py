# ruff: noqa: N802, N815 - QML names its properties and slots this way
"""The frame of the staff door: which screen, who is signed in, notices, the idle warning, the way out."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from kiosk.staff import inputs as i
from kiosk.staff.state import Entry, Field, StaffNotice, StaffScreen, StaffState
from ui.viewmodels.base import Desk
from ui.viewmodels.diagnostics import DiagnosticsVm, PartTestVm
from ui.viewmodels.kiosk import TICK_MS, TOUCH_SECONDS
from ui.viewmodels.notice import INFO, LOOK
from ui.viewmodels.staff_base import StaffScreenVm
from ui.viewmodels.staff_compare import StaffCompareVm, StaffDecidedVm
from ui.viewmodels.staff_queue import StaffQueueVm
from ui.viewmodels.staff_sign_in import StaffSignInVm

FILES = {
    StaffScreen.CLOSED: "",
    StaffScreen.SIGN_IN: "Who",
    StaffScreen.QUEUE: "Queue",
    StaffScreen.COMPARE: "Compare",
    StaffScreen.SECOND: "Who",
    StaffScreen.DECIDED: "Decided",
    StaffScreen.DIAGNOSTICS: "Diagnostics",
    StaffScreen.TEST: "Test",
}
SECRET_FILE = "Secret"  # noqa: S105 - a QML file: PIN and code are typed on the same screen
BACK_SCREENS = frozenset({StaffScreen.SIGN_IN, StaffScreen.SECOND, StaffScreen.COMPARE, StaffScreen.TEST})
INFORMING = frozenset({StaffNotice.HANDLED})


class StaffVm(QObject):
    changed = Signal()
    screenChanged = Signal()
    arrived = Signal(object)  # a StaffState, from the staff door's thread to this one
    opened = Signal()  # staff take the screen

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._state = StaffState()
        self._touched_at = float("-inf")
        self._sign_in, self._queue = StaffSignInVm(desk), StaffQueueVm(desk)
        self._compare, self._decided = StaffCompareVm(desk), StaffDecidedVm(desk)
        self._diagnostics, self._test = DiagnosticsVm(desk), PartTestVm(desk)
        self._screens: tuple[StaffScreenVm, ...] = (
            self._sign_in, self._queue, self._compare, self._decided, self._diagnostics, self._test,
        )  # fmt: skip
        self.arrived.connect(self.apply)
        desk.words.changed.connect(self.changed)
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self.tick)

    @property
    def state(self) -> StaffState:
        return self._state

    def apply(self, state: StaffState) -> None:
        """Show a state. Nothing happens for one that is already shown."""
        if state == self._state:
            return
        before, self._state = self._state, state
        if state.open and not before.open:
            self._ticker.start()
            self.opened.emit()
        if before.open and not state.open:
            self._ticker.stop()
        for screen in self._screens:
            if state.screen in screen.screens:
                screen.show(state)
            else:
                screen.hide()
        if _file(state) != _file(before):
            self.screenChanged.emit()
        self.changed.emit()

    def tick(self) -> None:
        for screen in self._screens:
            if screen.state is not None:
                screen.tick()

    def touch(self) -> None:
        """Any touch of the staff's screen: a sign of life, at most once a second."""
        now = self._desk.monotonic()
        if now - self._touched_at >= TOUCH_SECONDS:
            self._touched_at = now
            self._desk.door.staff.post(i.Touched())

    # ---- read by QML

    @Property(bool, notify=screenChanged)
    def open(self) -> bool:
        return self._state.open

    @Property(str, notify=screenChanged)
    def screen(self) -> str:
        return _file(self._state)

    @Property(str, notify=changed)
    def role(self) -> str:
        session = self._state.session
        return self._desk.words.fill(f"staff.role.{session.member.role.value}") if session else ""

    @Property(str, notify=changed)
    def name(self) -> str:
        return self._state.session.member.name if self._state.session else ""

    @Property(str, notify=changed)
    def notice(self) -> str:
        notice = self._state.notice
        return self._desk.words.fill(f"staff.notice.{notice.value}") if notice else ""

    @Property(str, notify=changed)
    def noticeKind(self) -> str:
        return INFO if self._state.notice in INFORMING else LOOK

    @Property(bool, notify=changed)
    def mayGoBack(self) -> bool:
        return self._state.screen in BACK_SCREENS and not self._state.waiting

    @Property(bool, notify=changed)
    def idleOpen(self) -> bool:
        return self._state.idle_seconds_left is not None

    @Property(str, notify=changed)
    def idleText(self) -> str:
        return self._desk.words.fill("staff.idle.text", seconds=self._state.idle_seconds_left or 0)

    # ---- the door, the bar and the warning

    @Slot()
    def enter(self) -> None:
        """The quiet gesture: the mark was held long enough."""
        self._desk.door.staff.post(i.Open(Entry.GESTURE))

    @Slot()
    def back(self) -> None:
        self._desk.door.staff.post(i.Back())

    @Slot()
    def signOut(self) -> None:
        self._desk.door.staff.post(i.SignOut())

    @Slot()
    def stillHere(self) -> None:
        self._touched_at = self._desk.monotonic()
        self._desk.door.staff.post(i.Touched())

    # ---- one view-model a screen

    signIn = Property(QObject, lambda self: self._sign_in, constant=True)
    queue = Property(QObject, lambda self: self._queue, constant=True)
    compare = Property(QObject, lambda self: self._compare, constant=True)
    decided = Property(QObject, lambda self: self._decided, constant=True)
    diagnostics = Property(QObject, lambda self: self._diagnostics, constant=True)
    test = Property(QObject, lambda self: self._test, constant=True)


def _file(state: StaffState) -> str:
    asks = state.screen in (StaffScreen.SIGN_IN, StaffScreen.SECOND)
    return SECRET_FILE if asks and state.asked is not Field.WHO else FILES[state.screen]
