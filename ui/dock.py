"""The window beside the kiosk in a demonstration: the participant's phone, who stands before the camera, what they
hold up, what is out of order, and the staff."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Property, QObject, QPoint, QTimer, QUrl, Signal, Slot
from PySide6.QtQuick import QQuickView

from kiosk.ports import Movement, PhoneMessage, SimulatedPerson, SimulationControl
from ui.icons import IconProvider
from ui.ports import DemoPerson
from ui.theme import Theme
from ui.viewmodels.dock_cards import DockCardsVm
from ui.viewmodels.dock_faults import DockFaultsVm
from ui.viewmodels.dock_staff import DockStaffVm
from ui.words import Words

QML = Path(__file__).resolve().parent / "qml" / "Dock.qml"
PEEK_MS = 500
SIZE = (520, 960)
GAP = 24
DIAGONAL_INCH = 24.0


PAGES = ("phone", "people", "cards", "faults", "staff")


class DockVm(QObject):
    changed = Signal()
    pageChanged = Signal()  # noqa: N815 - QML's own naming
    messagesChanged = Signal()  # noqa: N815 - QML's own naming

    def __init__(self, simulation: SimulationControl, people: Sequence[DemoPerson], words: Words) -> None:
        super().__init__()
        self._simulation = simulation
        self._words = words
        self._person = SimulatedPerson.PARTICIPANT
        self._messages: tuple[PhoneMessage, ...] = ()
        self._page = PAGES[0]
        self.cards = DockCardsVm(simulation, people, words)
        self.faults, self.staff = DockFaultsVm(simulation, words), DockStaffVm(simulation, words)
        words.changed.connect(self.changed)
        words.changed.connect(self.messagesChanged)
        self._timer = QTimer(self, interval=PEEK_MS)
        self._timer.timeout.connect(self.peek)
        self._timer.start()
        self.peek()

    def stop(self) -> None:
        self._timer.stop()

    def peek(self) -> None:
        messages = tuple(self._simulation.phone_messages())
        if messages != self._messages:
            self._messages = messages
            self.messagesChanged.emit()
        self.staff.peek()

    @Property(list, constant=True)
    def pages(self) -> list[str]:
        return list(PAGES)

    @Property(str, notify=pageChanged)
    def page(self) -> str:
        return self._page

    @Slot(str)
    def turn(self, page: str) -> None:
        self._page = page
        self.pageChanged.emit()

    @Property(list, notify=messagesChanged)
    def messages(self) -> list[dict[str, str]]:
        """Newest first."""
        return [
            {"text": message.text, "time": message.received_at.astimezone().strftime("%H:%M:%S")}
            for message in reversed(self._messages)
        ]

    @Property(str, notify=changed)
    def person(self) -> str:
        return self._person.value

    @Slot(str)
    def choose(self, person: str) -> None:
        self._person = SimulatedPerson(person)
        self._simulation.choose_person(self._person)
        self.changed.emit()

    @Slot(str)
    def perform(self, movement: str) -> None:
        self._simulation.perform(Movement(movement))


class Dock:
    """Has words and a theme of its own: it keeps its size and colours whatever the kiosk shows."""

    def __init__(self, simulation: SimulationControl, people: Sequence[DemoPerson], words: Words, family: str) -> None:
        self.words = Words(words.language)
        words.changed.connect(lambda: self.words.speak(words.language))
        self.theme = Theme(DIAGONAL_INCH, family)
        self.theme.fit(*SIZE)
        self.vm = DockVm(simulation, people, self.words)
        self.view = QQuickView()
        self.view.setTitle(words.fill("dock.window"))
        self.view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.view.engine().addImageProvider("icon", IconProvider())
        context = self.view.rootContext()
        vm = self.vm
        objects = {"DockState": vm, "DockCards": vm.cards, "DockFaults": vm.faults, "DockStaff": vm.staff}
        for name, value in (objects | {"Words": self.words, "Theme": self.theme}).items():
            context.setContextProperty(name, value)
        self.view.setSource(QUrl.fromLocalFile(str(QML)))

    def show_beside(self, window: QQuickView) -> None:
        self.view.resize(*SIZE)
        self.view.setPosition(window.position() + QPoint(window.width() + GAP, 0))
        self.view.show()

    def close(self) -> None:
        self.vm.stop()
        self.view.close()
        self.view.setSource(QUrl())
