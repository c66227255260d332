"""The levers of a demonstration, and the visitor who follows the screen."""

from __future__ import annotations

import queue
import threading
from datetime import UTC, datetime

import pytest

from kiosk.face.types import FacePhase, FaceProgress
from kiosk.ports import CodeSymbology, Mailbox, Movement, PhoneMessage, SimulatedPerson
from kiosk.runtime import demo_control
from kiosk.runtime.demo_control import DemoControl
from tests.runtime.support import WAIT_SECONDS

MESSAGE = PhoneMessage("+6281200000890", "Kode: 123456", datetime(2026, 11, 23, tzinfo=UTC))


class Levers:
    def __init__(self) -> None:
        self.pulled: list[object] = []
        self.performed: queue.SimpleQueue[Movement] = queue.SimpleQueue()

    def choose_person(self, person: SimulatedPerson) -> None:
        self.pulled.append(person)

    def perform(self, movement: Movement) -> None:
        self.performed.put(movement)

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
    control.attach(levers)
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


def test_the_visitor_does_each_asked_movement_once_and_the_same_again_when_asked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo_control, "REACTION_SECONDS", 0.0)
    monkeypatch.setattr(demo_control, "IDLE_SECONDS", 0.001)
    control, levers, progress = DemoControl(), Levers(), Mailbox[FaceProgress]()
    control.attach(levers)
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
