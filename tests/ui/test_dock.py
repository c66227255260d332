"""The dock pulls the levers of the simulation and shows what arrives at the phone; a real kiosk has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.config import Settings
from kiosk.ports import CodeSymbology, Movement, PhoneMessage, SimulatedPerson
from ui.app import KioskWindow, assemble
from ui.checks import walk
from ui.dock import Dock
from ui.still_door import StillDoor


class Levers:
    def __init__(self) -> None:
        self.pulled: list[object] = []
        self.messages: list[PhoneMessage] = []

    def choose_person(self, person: SimulatedPerson) -> None:
        self.pulled.append(person)

    def perform(self, movement: Movement) -> None:
        self.pulled.append(movement)

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        self.pulled.append(text)

    def phone_messages(self) -> Sequence[PhoneMessage]:
        return tuple(self.messages)


@dataclass(frozen=True)
class Invented:
    name: str
    nik: str
    card_number: str


PEOPLE = [Invented("Siti Rahayu", "3174075508950001", "0001234567890")]


@pytest.fixture
def levers() -> Levers:
    return Levers()


@pytest.fixture
def window(qapp: QGuiApplication, settings: Settings, levers: Levers) -> Iterator[KioskWindow]:
    window = assemble(StillDoor(), settings, levers, PEOPLE)
    window.show((1366, 768))
    yield window
    window.close()


def dock_of(window: KioskWindow) -> Dock:
    assert window.dock is not None
    return window.dock


def press(dock: Dock, name: str) -> None:
    items: list[QQuickItem] = [item for item in walk(dock.view.contentItem()) if item.objectName() == name]
    centre = items[0].mapToScene(QPointF(items[0].width() / 2, items[0].height() / 2)).toPoint()
    QTest.mouseClick(dock.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, centre)


def test_every_lever_is_pulled_by_its_button(window: KioskWindow, levers: Levers) -> None:
    dock = dock_of(window)
    for name in ("person_impostor", "person_print", "person_nobody", "move_turn_left", "card_0", "cardAway"):
        press(dock, name)
    assert levers.pulled == [
        SimulatedPerson.IMPOSTOR,
        SimulatedPerson.PRINT,
        SimulatedPerson.NOBODY,
        Movement.TURN_LEFT,
        "0001234567890",
        None,
    ]


def test_the_phone_shows_what_arrived(window: KioskWindow, levers: Levers) -> None:
    levers.messages.append(PhoneMessage("0812", "Kode Anda 407193", datetime.now(UTC)))
    dock = dock_of(window)
    dock.vm.peek()
    assert [message["text"] for message in dock.vm.property("messages")] == ["Kode Anda 407193"]


def test_a_real_kiosk_has_no_dock(qapp: QGuiApplication, settings: Settings, levers: Levers) -> None:
    window = assemble(StillDoor(demo=False), settings, levers, PEOPLE)
    assert window.dock is None
    window.close()
