"""The dock pulls the levers of the simulation and shows what arrives at the phone; a real kiosk has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
import pytest
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.config import Settings
from kiosk.ports import (
    CodeSymbology,
    DemoStaff,
    Movement,
    PhoneMessage,
    SimulatedPart,
    SimulatedPerson,
    StaffRole,
)
from ui.app import KioskWindow, assemble
from ui.checks import is_text, walk
from ui.dock import Dock
from ui.still_door import StillDoor
from ui.viewmodels.dock_staff import DockStaffVm
from ui.words import Words


class Levers:
    def __init__(self) -> None:
        self.pulled: list[object] = []
        self.messages: list[PhoneMessage] = []

    def choose_person(self, person: SimulatedPerson) -> None:
        self.pulled.append(person)

    def perform(self, movement: Movement) -> None:
        self.pulled.append(movement)

    def light(self, colour: tuple[float, float, float] | None) -> None:
        self.pulled.append(("light", colour))

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        self.pulled.append(text)

    def scan(self, text: str) -> None:
        self.pulled.append(text)

    def plug(self, part: SimulatedPart, plugged: bool) -> None:
        self.pulled.append((part, "plug", plugged))

    def slow(self, part: SimulatedPart, slow: bool) -> None:
        self.pulled.append((part, "slow", slow))

    def advance_clock(self, seconds: float) -> None:
        self.pulled.append(seconds)

    def staff(self) -> Sequence[DemoStaff]:
        return (RINA,)

    def phone_messages(self) -> Sequence[PhoneMessage]:
        return tuple(self.messages)


@dataclass(frozen=True)
class Invented:
    name: str
    nik: str
    card_number: str


RINA = DemoStaff(
    "rina.contoh", "Rina Contoh", StaffRole.SUPERVISOR, "482915", "BPJS-STAFF:abc", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)
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
    QCoreApplication.processEvents()
    items: list[QQuickItem] = [item for item in walk(dock.view.contentItem()) if item.objectName() == name]
    centre = items[0].mapToScene(QPointF(items[0].width() / 2, items[0].height() / 2)).toPoint()
    QTest.mouseClick(dock.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, centre)


def says(dock: Dock, part: str) -> bool:
    return any(part in str(item.property("text")) for item in walk(dock.view.contentItem()) if is_text(item))


def test_every_lever_is_pulled_by_its_button(window: KioskWindow, levers: Levers) -> None:
    dock = dock_of(window)
    press(dock, "tab_people")
    for name in (
        "person_impostor",
        "person_print",
        "person_phone",
        "person_nobody",
        "move_turn_left",
        "move_nod",
        "card_0",
        "cardAway",
    ):
        press(dock, name)
    assert levers.pulled == [
        SimulatedPerson.IMPOSTOR,
        SimulatedPerson.PRINT,
        SimulatedPerson.PHONE,
        SimulatedPerson.NOBODY,
        Movement.TURN_LEFT,
        Movement.NOD,
        "0001234567890",
        None,
    ]


@pytest.mark.parametrize("part", SimulatedPart)
def test_a_part_is_pulled_slowed_and_put_right_again(window: KioskWindow, levers: Levers, part: SimulatedPart) -> None:
    dock = dock_of(window)
    press(dock, "tab_faults")
    for name in (f"plug_{part}", f"plug_{part}", f"slow_{part}", f"slow_{part}"):
        press(dock, name)
    assert levers.pulled == [(part, "plug", False), (part, "plug", True), (part, "slow", True), (part, "slow", False)]


def test_what_is_out_of_order_is_said(window: KioskWindow) -> None:
    dock = dock_of(window)
    press(dock, "tab_faults")
    assert not says(dock, "Dicabut")
    press(dock, "plug_camera")
    press(dock, "slow_centre")
    QCoreApplication.processEvents()
    assert says(dock, "Dicabut") and says(dock, "Lambat")


def test_the_clock_is_moved_ahead_and_says_how_far(window: KioskWindow, levers: Levers) -> None:
    dock = dock_of(window)
    press(dock, "tab_faults")
    for name in ("clock_15", "clock_60", "clock_300"):
        press(dock, name)
    assert levers.pulled == [15.0, 60.0, 300.0]
    assert says(dock, "06:15")


def test_staff_hold_up_their_badge_and_show_their_code(window: KioskWindow, levers: Levers) -> None:
    dock = dock_of(window)
    press(dock, "tab_staff")
    QCoreApplication.processEvents()
    assert says(dock, "rina.contoh") and says(dock, "482915") and says(dock, "Supervisor")
    press(dock, "badge_rina.contoh")
    assert levers.pulled == ["BPJS-STAFF:abc"]


def test_the_shown_code_is_the_one_of_this_half_minute(qapp: QGuiApplication) -> None:
    now = [1_000_000_010.0]
    staff = DockStaffVm(Levers(), Words(), lambda: now[0])
    staff.peek()
    first = pyotp.TOTP(RINA.totp_secret).at(int(now[0]))
    assert staff.property("codes") == [f"Kode {first}"] and staff.property("left") == "10 detik lagi"
    now[0] += 10
    staff.peek()
    assert staff.property("codes") == [f"Kode {pyotp.TOTP(RINA.totp_secret).at(int(now[0]))}"]
    assert staff.property("codes") != [f"Kode {first}"] and staff.property("left") == "30 detik lagi"


def test_the_phone_shows_what_arrived(window: KioskWindow, levers: Levers) -> None:
    levers.messages.append(PhoneMessage("0812", "Kode Anda 407193", datetime.now(UTC)))
    dock = dock_of(window)
    dock.vm.peek()
    assert [message["text"] for message in dock.vm.property("messages")] == ["Kode Anda 407193"]


def test_a_real_kiosk_has_no_dock(qapp: QGuiApplication, settings: Settings, levers: Levers) -> None:
    window = assemble(StillDoor(demo=False), settings, levers, PEOPLE)
    assert window.dock is None
    window.close()
