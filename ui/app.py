"""Puts the window together: view-models, theme, words, camera feed, and the QML that shows them."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QGuiApplication, QImage
from PySide6.QtQml import qmlRegisterType
from PySide6.QtQuick import QQuickView

from kiosk.config import Settings
from kiosk.journey.state import Language, VisitState
from kiosk.ports import SimulationControl
from ui.camera_feed import CameraFeed
from ui.camera_view import CameraView
from ui.fonts import load_fonts
from ui.icons import IconProvider
from ui.ports import DemoPerson, VisitDoor
from ui.qr_item import QrItem
from ui.theme import Theme
from ui.viewmodels.base import Desk
from ui.viewmodels.kiosk import KioskVm
from ui.viewmodels.staff import StaffVm
from ui.words import Words

if TYPE_CHECKING:
    from ui.dock import Dock

log = logging.getLogger(__name__)

QML = Path(__file__).resolve().parent / "qml"
SCREEN_SHARE = 0.92
"""A window of the demo leaves this share of the desktop's height to itself."""

SWITCH_SECONDS = 0.0005
"""A screen reads its view-model some sixty times while it is built, and each read waits this long for a busy
thread to hand the interpreter over. With Python's 5 ms the number screen took 384 ms while the face models
loaded, with this at most 80."""

_TOUCHES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress})


def application() -> QGuiApplication:
    """The one Qt application of the process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    QGuiApplication.setApplicationName("kios-jkn")
    return QGuiApplication([])


def run_until_closed(window: KioskWindow) -> int:
    """Show until the window is closed or the session asks the program to end (SIGTERM, SIGINT)."""
    app = application()
    window.on_closed(app.quit)
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: window.close())  # answered within a tick of the view-model's timer
    return app.exec()


class _View(QQuickView):
    def __init__(self, on_touch: Callable[[], None], on_close: Callable[[], None]) -> None:
        super().__init__()
        self._on_touch, self._on_close = on_touch, on_close

    def event(self, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._on_touch()
        return bool(super().event(event))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self._on_close()
        super().closeEvent(event)


class KioskWindow(QObject):
    """The window a participant sees, and beside it the dock of a demonstration."""

    def __init__(
        self,
        door: VisitDoor,
        settings: Settings,
        simulation: SimulationControl | None = None,
        people: Sequence[DemoPerson] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._on_first_picture: Callable[[float], None] | None = None
        self._on_closed: Callable[[], None] | None = None
        self.first_picture_at: float | None = None
        family = load_fonts(settings.fonts_dir)
        self.words = Words(Language(settings.site.language), self)
        self.theme = Theme(settings.screen.diagonal_inch, family, self)
        desk = Desk(door, self.words, settings, monotonic)
        self.vm = KioskVm(desk, self.theme, self)
        self.staff = StaffVm(desk, self)
        self.staff.opened.connect(self.vm.conceal)
        self.feed = CameraFeed(door.frames, self)
        self.view = self._make_view()
        self.dock: Dock | None = None
        if door.demo and simulation is not None:
            from ui.dock import Dock  # noqa: PLC0415 - a demonstration's alone, and 0.02 s on the way to the first picture

            self.dock = Dock(simulation, people, self.words, family)
        door.subscribe(self.vm.arrived.emit)
        door.staff.subscribe(self.staff.arrived.emit)
        application().aboutToQuit.connect(self._take_down)

    @property
    def demo(self) -> bool:
        return bool(self.vm.property("demo"))

    @property
    def state(self) -> VisitState:
        """What is on the screen."""
        return self.vm.state

    def on_first_picture(self, hook: Callable[[float], None]) -> None:
        """``hook`` gets ``time.monotonic()`` of the first picture on the panel, once."""
        self._on_first_picture = hook
        if self.first_picture_at is not None:
            hook(self.first_picture_at)

    def on_closed(self, hook: Callable[[], None]) -> None:
        self._on_closed = hook

    def show(self, size: tuple[int, int] | None = None) -> None:
        """Fill the panel, or open a window of ``size`` (default: the panel's size, made to fit the desktop)."""
        if size is None and self._settings.screen.full_screen and not self.demo:
            self.view.showFullScreen()  # never resize before this: the first picture would be of another size
        else:
            self.view.resize(*(size or self._window_size()))
            self.view.show()
        if self.dock is not None:
            self.dock.show_beside(self.view)

    def grab(self) -> QImage:
        return self.view.grabWindow()

    def close(self) -> None:
        self.view.close()
        self._take_down()

    def _take_down(self) -> None:
        """The screens go while what they show still exists."""
        if self.dock is not None:
            self.dock.close()
        self.view.setSource(QUrl())

    def _window_size(self) -> tuple[int, int]:
        width, height = self._settings.screen.width, self._settings.screen.height
        if QGuiApplication.platformName() == "offscreen":
            return width, height
        free = self.view.screen().availableSize()
        scale = min(1.0, SCREEN_SHARE * free.height() / height, SCREEN_SHARE * free.width() / width)
        return round(width * scale), round(height * scale)

    def _make_view(self) -> QQuickView:
        qmlRegisterType(CameraView, "KioskItems", 1, 0, "CameraView")  # type: ignore[call-overload]
        qmlRegisterType(QrItem, "KioskItems", 1, 0, "QrItem")  # type: ignore[call-overload]
        view = _View(self._touched, self._closed)
        view.setTitle(self.words.fill("app.window"))
        view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        view.setColor(Qt.GlobalColor.white)
        view.engine().addImageProvider("icon", IconProvider())
        context = view.rootContext()
        objects = {"Kiosk": self.vm, "Staff": self.staff, "Words": self.words, "Theme": self.theme, "Camera": self.feed}
        for name, value in objects.items():
            context.setContextProperty(name, value)
        view.widthChanged.connect(lambda: self._fit(view))
        view.heightChanged.connect(lambda: self._fit(view))
        view.frameSwapped.connect(self._pictured)
        view.setSource(QUrl.fromLocalFile(str(QML / "Main.qml")))
        for error in view.errors():
            log.error("screen does not load: %s", error.toString())
        if view.errors():
            raise RuntimeError("the screens do not load")
        return view

    def _touched(self) -> None:
        """A sign of life for whoever has the screen."""
        if self.staff.state.open:
            self.staff.touch()
        else:
            self.vm.touch()

    def _fit(self, view: QQuickView) -> None:
        self.theme.fit(view.width(), view.height())

    def _pictured(self) -> None:
        if self.first_picture_at is None:
            self.first_picture_at = time.monotonic()
            if self._on_first_picture is not None:
                self._on_first_picture(self.first_picture_at)

    def _closed(self) -> None:
        if self._on_closed is not None:
            self._on_closed()


def assemble(
    door: VisitDoor,
    settings: Settings,
    simulation: SimulationControl | None = None,
    people: Sequence[DemoPerson] = (),
    monotonic: Callable[[], float] = time.monotonic,
) -> KioskWindow:
    """The window, not yet shown. ``monotonic`` is the clock that the times in VisitState refer to."""
    application()
    return KioskWindow(door, settings, simulation, people, monotonic)
