"""Looking for a card's code: the real reader on what the simulated camera shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from hardware.camera.simulated import SimulatedCamera, Simulation
from kiosk.identity.codes import MachineCodeReader
from kiosk.journey.inputs import CameraChanged, CodeSeen, TokenSeen
from kiosk.ports import CodeSymbology, Identifier, IdentifierKind
from kiosk.runtime.card_reading import CardReading
from kiosk.runtime.code_watch import REPEAT_SECONDS
from tests.hardware.conftest import FakeClock
from tests.runtime.support import WAIT_SECONDS, FramesByHand, Inbox

CARD = "0001234567890"
FOREIGN = CodeSeen(None)
JWS = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImNvbnRvaC0xIn0.eyJzdWIiOiJjb250b2gifQ.aZ-_09"


class ScriptedReader:
    """Finds on each frame what the test says; tells when it has looked."""

    def __init__(self) -> None:
        self.texts: Sequence[str] | Exception = ()
        self.looked = threading.Semaphore(0)

    def read(self, pixels: Any) -> Sequence[str]:
        try:
            if isinstance(self.texts, Exception):
                raise self.texts
            return self.texts
        finally:
            self.looked.release()


class CountingReader:
    """The real one; tells before it asks for the next frame."""

    def __init__(self) -> None:
        self._reader = MachineCodeReader()
        self.looked = threading.Semaphore(0)

    def read(self, pixels: Any) -> Sequence[str]:
        try:
            return self._reader.read(pixels)
        finally:
            self.looked.release()


class Rig:
    def __init__(self) -> None:
        self.frames, self.reader, self.heard = FramesByHand(), ScriptedReader(), Inbox()
        self.card = CardReading(self.frames.mailbox, lambda: self.reader)

    def start(self) -> None:
        """With a camera that is there."""
        self.frames.show()
        self.card.start(self.heard)
        assert self.reader.looked.acquire(timeout=WAIT_SECONDS)

    def show(self, *texts: str, seconds: float = 0.1) -> None:
        """One frame, looked at before this returns."""
        self.reader.texts = texts
        self.frames.show(seconds=seconds)
        assert self.reader.looked.acquire(timeout=WAIT_SECONDS)

    def end(self) -> None:
        self.card.stop()
        for thread in threading.enumerate():
            if thread.name == "card-reading":
                thread.join(WAIT_SECONDS)
                assert not thread.is_alive()


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.end()


@pytest.mark.parametrize("symbology", CodeSymbology)
def test_a_held_card_is_read_by_the_real_reader(symbology: CodeSymbology) -> None:
    clock = FakeClock()
    simulation = Simulation(clock.monotonic)
    camera = SimulatedCamera(simulation, monotonic=clock.monotonic, sleep=clock.sleep)
    camera.open()
    simulation.present_card(CARD, symbology)
    frames, heard = FramesByHand(), Inbox()
    reader = CountingReader()
    card = CardReading(frames.mailbox, lambda: reader)
    frames.show(camera.read())
    card.start(heard)
    try:
        for _ in range(20):  # as many frames as every rescue of the reader needs to have its turn
            assert reader.looked.acquire(timeout=WAIT_SECONDS)
            if not heard.empty:
                break
            frames.show(camera.read())
        assert heard.next() == CodeSeen(Identifier(IdentifierKind.JKN_CARD, CARD))
    finally:
        card.stop()


def test_a_foreign_code_is_told_once_while_it_stays_and_again_later(rig: Rig) -> None:
    rig.start()
    for _ in range(20):
        rig.show("https://example.invalid/menu")
    assert rig.heard.next() == FOREIGN
    rig.show("another code")
    assert rig.heard.next() == FOREIGN
    assert rig.heard.empty
    rig.show("https://example.invalid/menu", seconds=REPEAT_SECONDS)
    rig.show()
    assert rig.heard.next() == FOREIGN
    assert rig.heard.empty


@pytest.mark.parametrize("token", [JWS, "IKD1:6BF$+%QC*HI.P A/B"])
def test_a_token_is_handed_on_whole_and_only_once_while_it_is_shown(rig: Rig, token: str) -> None:
    rig.start()
    for _ in range(5):
        rig.show(token)
    assert rig.heard.next() == TokenSeen(token)
    rig.show(CARD)
    assert rig.heard.next() == CodeSeen(Identifier(IdentifierKind.JKN_CARD, CARD))
    assert rig.heard.empty


def test_an_unplugged_camera_is_told_once_and_its_return_too(rig: Rig) -> None:
    rig.start()
    rig.show()
    assert rig.heard.empty, "a camera that is there is no news"
    rig.frames.unplug()
    assert rig.heard.next() == CameraChanged(False)
    rig.frames.unplug()
    rig.show(CARD)
    assert rig.heard.next() == CameraChanged(True)
    assert rig.heard.next() == CodeSeen(Identifier(IdentifierKind.JKN_CARD, CARD))


def test_a_camera_that_was_gone_before_is_told_at_once(rig: Rig) -> None:
    rig.card.start(rig.heard)
    assert rig.heard.next() == CameraChanged(False)


def test_a_frame_the_reader_stumbles_over_costs_that_frame_only(rig: Rig) -> None:
    rig.start()
    rig.reader.texts = ValueError(CARD)
    rig.frames.show()
    assert rig.reader.looked.acquire(timeout=WAIT_SECONDS)
    rig.show(CARD)
    assert rig.heard.next() == CodeSeen(Identifier(IdentifierKind.JKN_CARD, CARD))


def test_stop_ends_it_and_nothing_is_told_any_more(rig: Rig) -> None:
    rig.start()
    rig.card.stop()
    rig.reader.texts = (CARD,)
    rig.frames.show()
    rig.end()
    assert rig.heard.empty


def test_a_second_start_leaves_one_reader_at_work(rig: Rig) -> None:
    other = Inbox()
    rig.start()
    rig.card.start(other)
    assert rig.reader.looked.acquire(timeout=WAIT_SECONDS)
    rig.reader.texts = (CARD,)
    rig.frames.show(np.zeros((8, 8, 3), np.uint8))
    assert other.next() == CodeSeen(Identifier(IdentifierKind.JKN_CARD, CARD))
    rig.end()
    assert rig.heard.empty
