"""The frame around every screen: which screen, progress, notices, panels, and the bar at the bottom."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from kiosk.journey import inputs as i
from kiosk.journey.ending import FINAL_STAGES
from kiosk.journey.machine import NO_WAY_BACK
from kiosk.journey.state import Language, Stage, VisitState
from ui.theme import Theme
from ui.viewmodels.base import Desk
from ui.viewmodels.notice import notice_kind, notice_text
from ui.viewmodels.screen_vms import SCREEN_VMS
from ui.viewmodels.screens import PROGRESS, SCREENS, may_go_back

TICK_MS = 250
TOUCH_SECONDS = 1.0
"""At most one Touched a second: a finger sliding over the glass is one sign of life."""


def _one(name: str) -> Property:
    return Property(QObject, lambda kiosk: kiosk._screens[name], constant=True)


class KioskVm(QObject):
    changed = Signal()
    screenChanged = Signal()  # noqa: N815 - QML's own naming
    arrived = Signal(object)  # a VisitState, from the visit's thread to this one

    def __init__(self, desk: Desk, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._state = VisitState(language=desk.words.language)
        self._desk_help = False  # help outside a visit, which the journey knows nothing of
        self._touched_at = float("-inf")
        self._screens = {name: screen(desk) for name, screen in SCREEN_VMS.items()}
        self.arrived.connect(self.apply)
        desk.words.changed.connect(self.changed)
        theme.changed.connect(self.changed)
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()
        self._show_screens(self._state)

    @property
    def state(self) -> VisitState:
        return self._state

    def apply(self, state: VisitState) -> None:
        """Show a state. Nothing happens for one that is already shown."""
        if state == self._state:
            return
        before, self._state = self._state, state
        self._desk.words.speak(state.language)
        if state.stage is Stage.ATTRACT and before.stage is not Stage.ATTRACT:
            self._theme.use(high_contrast=False)  # the next person starts with the plain screen
        self._theme.use(large_text=state.large_text)
        if state.stage is not before.stage:
            self._desk_help = False
        self._show_screens(state)
        if state.stage is not before.stage:
            self.screenChanged.emit()
        self.changed.emit()

    def _show_screens(self, state: VisitState) -> None:
        for screen in self._screens.values():
            if state.stage in screen.stages:
                screen.show(state)
            else:
                screen.hide()

    def tick(self) -> None:
        for screen in self._screens.values():
            if screen.state is not None:
                screen.tick()

    def conceal(self) -> None:
        """Staff take the screen: nothing half-typed waits under it."""
        for screen in self._screens.values():
            screen.conceal()
        self._desk_help = False
        self.changed.emit()

    def touch(self) -> None:
        """Any touch of the screen: a sign of life, at most once a second."""
        now = self._desk.monotonic()
        if now - self._touched_at >= TOUCH_SECONDS:
            self._touched_at = now
            self._desk.door.post(i.Touched())

    # ---- read by QML

    @Property(str, notify=screenChanged)
    def screen(self) -> str:
        return SCREENS[self._state.stage]

    @Property(str, notify=changed)
    def stage(self) -> str:
        return self._state.stage.value

    @Property(bool, constant=True)
    def demo(self) -> bool:
        return self._desk.door.demo

    @Property(str, constant=True)
    def branch(self) -> str:
        return self._desk.settings.site.branch

    @Property(int, notify=changed)
    def progress(self) -> int:
        """Steps done, 0..4; -1 where no steps are shown."""
        return PROGRESS.get(self._state.stage, -1)

    @Property(str, notify=changed)
    def notice(self) -> str:
        return notice_text(self._desk.words, self._state, self._desk.settings)

    @Property(str, notify=changed)
    def noticeKind(self) -> str:  # noqa: N802 - QML's own naming
        return notice_kind(self._state)

    @Property(bool, notify=changed)
    def mayGoBack(self) -> bool:  # noqa: N802
        return may_go_back(self._state)

    @Property(bool, notify=changed)
    def mayCancel(self) -> bool:  # noqa: N802
        return self._state.stage not in NO_WAY_BACK

    @Property(bool, notify=changed)
    def mayCallStaff(self) -> bool:  # noqa: N802
        return self._state.stage not in NO_WAY_BACK and self._state.stage is not Stage.WITH_STAFF

    @Property(bool, notify=changed)
    def staffCalled(self) -> bool:  # noqa: N802
        """They were called from the help panel and are on their way."""
        return self._state.staff_called_at is not None

    @Property(str, notify=changed)
    def caseNumber(self) -> str:  # noqa: N802
        return self._state.case_number

    @Property(bool, notify=changed)
    def helpOpen(self) -> bool:  # noqa: N802
        return self._state.help_open or self._desk_help

    @Property(str, notify=changed)
    def helpTip(self) -> str:  # noqa: N802
        return self._desk.words.fill(f"help.tip.{self._state.stage.value}")

    @Property(bool, notify=changed)
    def cancelOpen(self) -> bool:  # noqa: N802
        return self._state.cancel_open

    @Property(bool, notify=changed)
    def idleOpen(self) -> bool:  # noqa: N802
        return self._state.idle_seconds_left is not None

    @Property(str, notify=changed)
    def idleText(self) -> str:  # noqa: N802
        return self._desk.words.fill("idle.text", seconds=self._state.idle_seconds_left or 0)

    # ---- the bar and the panels

    @Slot()
    def openHelp(self) -> None:  # noqa: N802
        if self._state.stage in FINAL_STAGES:
            self._desk_help = True
            self.changed.emit()
        elif not self._state.help_open:
            self._desk.door.post(i.OpenHelp())

    @Slot()
    def closeHelp(self) -> None:  # noqa: N802
        if self._desk_help:
            self._desk_help = False
            self.changed.emit()
        else:
            self._desk.door.post(i.CloseHelp())

    @Slot()
    def callStaff(self) -> None:  # noqa: N802
        self._desk.door.post(i.CallStaff())

    @Slot()
    def goToCounter(self) -> None:  # noqa: N802
        self._desk.door.post(i.GoToCounter())

    @Slot()
    def askCancel(self) -> None:  # noqa: N802
        self._desk.door.post(i.AskCancel())

    @Slot(bool)
    def answerCancel(self, sure: bool) -> None:  # noqa: N802
        self._desk.door.post(i.AnswerCancel(sure=sure))

    @Slot()
    def back(self) -> None:
        self._desk.door.post(i.Back())

    @Slot()
    def stillHere(self) -> None:  # noqa: N802
        self._touched_at = self._desk.monotonic()
        self._desk.door.post(i.Touched())

    @Slot()
    def switchLanguage(self) -> None:  # noqa: N802
        other = Language.ENGLISH if self._state.language is Language.INDONESIAN else Language.INDONESIAN
        self._desk.door.post(i.SetLanguage(other))

    @Slot()
    def switchTextSize(self) -> None:  # noqa: N802
        self._desk.door.post(i.SetLargeText(not self._state.large_text))

    @Slot()
    def switchContrast(self) -> None:  # noqa: N802
        self._theme.use(high_contrast=not self._theme.is_high_contrast)

    # ---- one view-model a screen

    attract = _one("attract")
    consent = _one("consent")
    identity = _one("identity")
    number = _one("number")
    card = _one("card")
    ktp = _one("ktp")
    ktpCheck = _one("ktpCheck")  # noqa: N815
    ikd = _one("ikd")
    ikdCode = _one("ikdCode")  # noqa: N815
    confirm = _one("confirm")
    face = _one("face")
    code = _one("code")
    pin = _one("pin")
    waiting = _one("waiting")
    done = _one("done")
    ended = _one("ended")
    withStaff = _one("withStaff")  # noqa: N815
