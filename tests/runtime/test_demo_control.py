"""The levers of a demonstration, and the visitor who follows the screen."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kiosk.face.light_plan import from_hex
from kiosk.face.types import FacePhase, FaceProgress
from kiosk.ports import (
    CodeSymbology,
    DemoStaff,
    KtpCard,
    Mailbox,
    Movement,
    PhoneMessage,
    SimulatedPart,
    SimulatedPerson,
    StaffRole,
)
from kiosk.runtime import demo_control
from kiosk.runtime.demo_control import DemoControl
from tests.runtime.support import WAIT_SECONDS

MESSAGE = PhoneMessage("+6281200000890", "Kode: 123456", datetime(2026, 11, 23, tzinfo=UTC))


CARD = KtpCard("3174075508950001", "SITI CONTOH", date(1995, 8, 15))


class Levers:
    def __init__(self) -> None:
        self.pulled: list[object] = []
        self.performed: queue.SimpleQueue[Movement] = queue.SimpleQueue()

    def plug(self) -> None:
        self.pulled.append("plugged")

    def unplug(self) -> None:
        self.pulled.append("unplugged")

    def slow(self, slow: bool) -> None:
        self.pulled.append(("slow", slow))

    def scan(self, text: str) -> None:
        self.pulled.append(("scan", text))

    def present_ktp(self, card: KtpCard | None) -> None:
        self.pulled.append(("ktp", card))

    def approve_newest(self, nik: str, approve: bool = True) -> bool:
        self.pulled.append(("approve", nik, approve))
        return True

    def token(self, nik: str, expired: bool = False) -> str:
        return f"token-of-{nik}" + ("-old" if expired else "")

    def advance(self, seconds: float) -> None:
        self.pulled.append(("advance", seconds))

    def choose_person(self, person: SimulatedPerson) -> None:
        self.pulled.append(person)

    def perform(self, movement: Movement) -> None:
        self.performed.put(movement)

    def light(self, colour: tuple[float, float, float] | None) -> None:
        self.pulled.append(("light", colour))

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        self.pulled.append((text, symbology))


def asked(movement: Movement | None, done: int) -> FaceProgress:
    return FaceProgress(FacePhase.CHALLENGE, movement=movement, done_movements=done, all_movements=2)


def test_levers_before_the_camera_stands_do_nothing_and_then_reach_it() -> None:
    control, levers = DemoControl(), Levers()
    control.choose_person(SimulatedPerson.PRINT)
    control.perform(Movement.BLINK)
    control.present_card("x")
    assert list(control.phone_messages()) == []
    control.attach_devices(levers, None)
    control.attach_phone(lambda: [MESSAGE])
    control.choose_person(SimulatedPerson.IMPOSTOR)
    control.present_card("0001234567890", CodeSymbology.CODE128)
    control.present_card(None)
    control.perform(Movement.TURN_LEFT)
    assert levers.pulled == [
        SimulatedPerson.IMPOSTOR,
        ("0001234567890", CodeSymbology.CODE128),
        (None, CodeSymbology.QR),
    ]
    assert levers.performed.get_nowait() is Movement.TURN_LEFT
    assert control.phone_messages() == [MESSAGE]


def test_the_phone_and_the_card_of_the_visitor_are_levers_too_and_nothing_where_they_are_missing() -> None:
    control, levers = DemoControl(), Levers()
    control.present_ktp(CARD)
    control.approve_login("3174075508950001")
    assert control.ikd_token("3174075508950001") == ""
    control.attach_devices(levers, None)
    control.attach_ikd(levers)
    control.present_ktp(CARD)
    control.approve_login("3174075508950001", approve=False)
    assert levers.pulled == [("ktp", CARD), ("approve", "3174075508950001", False)]
    assert control.ikd_token("3174075508950001", expired=True).endswith("-old")


def test_the_visitor_does_each_asked_movement_once_and_the_same_again_when_asked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo_control, "REACTION_SECONDS", 0.0)
    monkeypatch.setattr(demo_control, "IDLE_SECONDS", 0.001)
    control, levers, progress = DemoControl(), Levers(), Mailbox[FaceProgress]()
    control.attach_devices(levers, None)
    control.cooperate(progress)

    def done() -> Movement:
        return levers.performed.get(timeout=WAIT_SECONDS)

    progress.put(asked(Movement.BLINK, 0))
    assert done() is Movement.BLINK
    progress.put(asked(Movement.BLINK, 0))
    threading.Event().wait(0.1)  # many looks at the same wish
    progress.put(asked(Movement.TURN_LEFT, 1))
    assert done() is Movement.TURN_LEFT, "the blink was not done twice"
    progress.put(asked(Movement.TURN_RIGHT, 0))  # another attempt
    assert done() is Movement.TURN_RIGHT
    progress.put(None)
    assert levers.performed.empty()


def test_each_part_has_levers_of_its_own() -> None:
    control, camera, scanner, clock = DemoControl(), Levers(), Levers(), Levers()
    for part in SimulatedPart:  # before anything stands
        control.plug(part, True)
        control.slow(part, False)
    control.scan("x")
    control.advance_clock(1)
    control.attach_devices(camera, scanner)
    control.attach_clock(clock)
    control.plug(SimulatedPart.CAMERA, False)
    control.slow(SimulatedPart.SCANNER, True)
    control.scan("0001234567890")
    control.advance_clock(60)
    assert camera.pulled == ["unplugged"]
    assert scanner.pulled == [("slow", True), ("scan", "0001234567890")]
    assert clock.pulled == [("advance", 60)]


def test_the_link_is_switched_off_the_gui_thread_and_the_last_word_counts() -> None:
    told: queue.SimpleQueue[tuple[bool, bool, str]] = queue.SimpleQueue()

    def link(*, up: bool, slow: bool) -> None:
        told.put((up, slow, threading.current_thread().name))

    control = DemoControl()
    control.attach_centre(link)
    control.plug(SimulatedPart.CENTRE, True)
    assert told.empty(), "nothing changed"
    control.plug(SimulatedPart.CENTRE, False)
    assert told.get(timeout=WAIT_SECONDS) == (False, False, "demo-link")
    control.slow(SimulatedPart.CENTRE, True)
    assert told.get(timeout=WAIT_SECONDS)[:2] == (False, True)
    control.reset()
    last = None
    while last != (True, False):
        last = told.get(timeout=WAIT_SECONDS)[:2]


def test_a_centre_that_does_not_answer_the_lever_is_logged_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    asked = threading.Event()

    def link(*, up: bool, slow: bool) -> None:
        asked.set()
        raise OSError("host=10.0.0.5")

    control = DemoControl()
    control.attach_centre(link)
    control.plug(SimulatedPart.CENTRE, False)
    assert asked.wait(WAIT_SECONDS)
    for _ in range(100):
        if "not switched" in caplog.text:
            break
        threading.Event().wait(0.02)
    assert "not switched" in caplog.text
    assert "10.0.0.5" not in caplog.text


def test_a_demonstration_begins_anew_with_the_right_person_and_everything_plugged_in() -> None:
    control, camera, scanner = DemoControl(), Levers(), Levers()
    control.attach_devices(camera, scanner)
    control.reset()
    first = [SimulatedPerson.PARTICIPANT, ("light", None), (None, CodeSymbology.QR), ("ktp", None)]
    assert camera.pulled == [*first, ("slow", False), "plugged"]
    assert scanner.pulled == [("slow", False), "plugged"]


def test_the_demo_s_staff_are_there_for_the_dock() -> None:
    control = DemoControl()
    assert list(control.staff()) == []
    member = DemoStaff("rina.contoh", "RINA CONTOH", StaffRole.SUPERVISOR, "285713", "BPJS-STAFF:x", "JBSWY3DP")
    control.attach_staff([member])
    assert list(control.staff()) == [member]
    for secret in ("285713", "BPJS-STAFF:x", "JBSWY3DP"):
        assert secret not in repr(member)


def test_the_visitor_is_lit_by_the_screen_also_while_about_to_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_control, "REACTION_SECONDS", 0.2)
    control, levers, progress = DemoControl(), Levers(), Mailbox[FaceProgress]()
    control.attach_devices(levers, None)
    control.cooperate(progress)
    for light in ("#78cdff", "#ffb378", None):
        progress.put(replace(asked(Movement.NOD, 0), light=light))
        deadline = time.monotonic() + WAIT_SECONDS
        while not levers.pulled or levers.pulled[-1] != ("light", from_hex(light) if light else None):
            assert time.monotonic() < deadline
            threading.Event().wait(0.002)
    assert levers.performed.get(timeout=WAIT_SECONDS) is Movement.NOD
