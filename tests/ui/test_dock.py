"""The dock pulls the levers of the simulation and shows what arrives at the phone; a real kiosk has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyotp
import pytest
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.config import Settings
from kiosk.journey.state import Language
from kiosk.ports import (
    CodeSymbology,
    DemoStaff,
    KtpCard,
    Movement,
    PhoneMessage,
    SimulatedPart,
    SimulatedPerson,
    StaffRole,
)
from ui import checks
from ui.app import KioskWindow, assemble
from ui.checks import is_text, walk
from ui.dock import PAGES, SIZE, Dock
from ui.still_door import StillDoor
from ui.viewmodels.dock_staff import DockStaffVm
from ui.words import Words


class Levers:
    def __init__(self) -> None:
        self.pulled: list[object] = []
        self.card: str | None = None
        self.ktp: KtpCard | None = None
        self.messages: list[PhoneMessage] = []

    def choose_person(self, person: SimulatedPerson) -> None:
        self.pulled.append(person)

    def perform(self, movement: Movement) -> None:
        self.pulled.append(movement)

    def light(self, colour: tuple[float, float, float] | None) -> None:
        self.pulled.append(("light", colour))

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        self.card = text

    def present_ktp(self, card: KtpCard | None) -> None:
        self.ktp = card

    def approve_login(self, nik: str, approve: bool = True) -> None:
        self.pulled.append(("login", nik, approve))

    def ikd_token(self, nik: str, expired: bool = False) -> str:
        return f"token of {nik}, {'expired' if expired else 'fresh'}"

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
    birth_date: date
    address: str = "JL CONTOH NO 8, RT 004/RW 002, CONTOH, CONTOHAN"
    marital_status: str = "KAWIN"


RINA = DemoStaff(
    "rina.contoh", "Rina Contoh", StaffRole.SUPERVISOR, "482915", "BPJS-STAFF:abc", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)
PEOPLE = [
    Invented("SITI RAHAYU CONTOH", "3174075508950001", "0001234567890", date(1995, 8, 15)),
    Invented("BUDI CONTOH", "3374012701459002", "0009000000022", date(1945, 1, 27)),
    *(
        Invented(f"CONTOH NAMA PANJANG {n}", f"327301620388900{n}", f"000900000001{n}", date(1988, 3, 22))
        for n in range(6)
    ),
]


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
    ):
        press(dock, name)
    assert levers.pulled == [
        SimulatedPerson.IMPOSTOR,
        SimulatedPerson.PRINT,
        SimulatedPerson.PHONE,
        SimulatedPerson.NOBODY,
        Movement.TURN_LEFT,
        Movement.NOD,
    ]


@pytest.mark.parametrize(
    ("button", "presented"),
    [
        ("hold_jkn", "0001234567890"),
        ("hold_ktp", True),
        ("hold_ktp_blurred", False),
        ("hold_ikd", "token of 3174075508950001, fresh"),
        ("hold_ikd_old", "token of 3174075508950001, expired"),
    ],
)
def test_one_thing_at_a_time_is_held_before_the_camera(
    window: KioskWindow, levers: Levers, button: str, presented: object
) -> None:
    dock = dock_of(window)
    press(dock, "tab_cards")
    press(dock, button)
    ktp = levers.ktp is not None and levers.ktp.readable
    assert (ktp if isinstance(presented, bool) else levers.card) == presented
    assert (levers.card is None) is (levers.ktp is not None)
    other = "hold_jkn" if button != "hold_jkn" else "hold_ktp"
    press(dock, other)
    assert (levers.card, levers.ktp is None) == (("0001234567890", True) if other == "hold_jkn" else (None, False))
    press(dock, "takeAway")
    assert (levers.card, levers.ktp) == (None, None)


def test_the_e_ktp_held_up_is_that_of_the_chosen_participant(window: KioskWindow, levers: Levers) -> None:
    dock = dock_of(window)
    press(dock, "tab_cards")
    press(dock, "hold_ktp")
    press(dock, "holder_1")
    assert levers.ktp is None, "the next participant comes with empty hands"
    press(dock, "hold_ktp")
    budi = PEOPLE[1]
    assert levers.ktp == KtpCard(budi.nik, budi.name, budi.birth_date, budi.address, budi.marital_status)
    QCoreApplication.processEvents()
    assert says(dock, budi.nik) and not says(dock, PEOPLE[0].nik)


@pytest.mark.parametrize(("button", "approved"), [("loginApprove", True), ("loginDeny", False)])
def test_the_phone_answers_the_login_on_the_screen(
    window: KioskWindow, levers: Levers, button: str, approved: bool
) -> None:
    dock = dock_of(window)
    press(dock, "tab_cards")
    press(dock, "holder_1")
    levers.pulled.clear()
    press(dock, button)
    assert levers.pulled == [("login", PEOPLE[1].nik, approved)]


@pytest.mark.parametrize("language", Language)
def test_every_page_of_the_dock_fits_its_window(window: KioskWindow, language: Language) -> None:
    dock = dock_of(window)
    window.words.speak(language)
    dock.view.resize(*SIZE)
    for page in PAGES:
        press(dock, f"tab_{page}")
        QCoreApplication.processEvents()
        # a tool beside the kiosk, worked with a mouse: small targets are in order, what is cut or covered is not
        found = checks.problems(dock.view.contentItem(), 0, QRectF(0, 0, *SIZE))
        assert not [problem for problem in found if not problem.startswith("too close")], page


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
