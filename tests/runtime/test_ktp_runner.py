"""Capturing an e-KTP. The risk: two answers, an answer of a visit that is over, a person who waits for ever."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pytest

from kiosk.config import KtpSettings
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.gate import GateView
from kiosk.identity.ktp.guide import Guide
from kiosk.identity.ktp.reading import NikReading
from kiosk.identity.nik import Sex
from kiosk.journey.inputs import CameraChanged, FactsRead, KtpRead
from kiosk.ports import Frame, KtpHint, KtpOutcome, KtpProgress, KtpResult, LastingFault, Mailbox
from kiosk.runtime import ktp_runner
from kiosk.runtime.ktp_runner import KtpRunner, Picture
from tests.journey.support import NIK
from tests.runtime.support import Inbox

RIGHT = NikReading(NIK, NIK, date(1995, 8, 15), Sex.FEMALE)
DOUBTED = NikReading(NIK, "", date(1995, 8, 15), Sex.FEMALE)
NOTHING = NikReading()
FIELDS = CardFields(nik=NIK, nama="SITI CONTOH", alamat="JL. CONTOH NO 2")
SETTINGS = KtpSettings(find_seconds=5.0)


class Engine:
    """Says what the test says, in order, the last for ever."""

    def __init__(self, *readings: NikReading) -> None:
        self.readings = list(readings)
        self.read = 0
        self.fault: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()
        self.fields_go_on = threading.Event()
        self.fields_go_on.set()

    def load(self) -> None:
        if self.fault is not None:
            raise self.fault

    def read_nik(self, picture: Picture, guide: Guide) -> NikReading:
        assert self.go_on.wait(5)
        self.read += 1
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]

    def read_fields(self, picture: Picture, guide: Guide, begun: NikReading | None = None) -> CardFields:
        assert self.fields_go_on.wait(5)
        return FIELDS


class Gate:
    def __init__(self, view: GateView) -> None:
        self.view = view

    def look(self, picture: Picture, at: float) -> GateView:
        return self.view


class Rig:
    def __init__(self, engine: Engine, settings: KtpSettings = SETTINGS, ready: bool = True) -> None:
        self.frames: Mailbox[Frame] = Mailbox()
        self.progress: Mailbox[KtpProgress] = Mailbox()
        self.heard = Inbox()
        hint = KtpHint.HOLD_STILL if ready else KtpHint.GLARE
        view = GateView(hint, ready, 1.0)
        self.runner = KtpRunner(engine, self.frames, self.progress, settings, new_gate=lambda _: Gate(view))
        self.camera_on = threading.Event()
        self.camera_on.set()
        self._end = threading.Event()
        threading.Thread(target=self._film, daemon=True).start()

    def _film(self) -> None:
        number = 0
        while not self._end.is_set():
            if self.camera_on.is_set():
                number += 1
                self.frames.put(Frame(np.zeros((72, 128, 3), np.uint8), number, time.monotonic(), "test"))
            time.sleep(0.01)

    def close(self) -> None:
        self.runner.forget()
        self._end.set()

    def result(self) -> KtpResult:
        answer = self.heard.next()
        assert isinstance(answer, KtpRead)
        return answer.result


@pytest.fixture
def make() -> Iterator[Callable[..., Rig]]:
    rigs: list[Rig] = []

    def build(engine: Engine, settings: KtpSettings = SETTINGS, ready: bool = True) -> Rig:
        rigs.append(Rig(engine, settings, ready))
        return rigs[-1]

    yield build
    for rig in rigs:
        rig.close()


def test_a_good_card_is_answered_once_with_its_number_and_then_its_fields(make: Callable[..., Rig]) -> None:
    rig = make(Engine(RIGHT))
    rig.runner.start(rig.heard)
    assert rig.result() == KtpResult(KtpOutcome.ACCEPTED, NIK)
    facts = rig.heard.next()
    assert isinstance(facts, FactsRead) and facts.facts.name == "SITI CONTOH" and facts.facts.nik == NIK
    rig.heard.silent(0.3)


def test_the_fields_still_come_after_the_capture_was_stopped(make: Callable[..., Rig]) -> None:
    engine = Engine(RIGHT)
    engine.fields_go_on.clear()
    rig = make(engine)
    rig.runner.start(rig.heard)
    rig.result()
    rig.runner.stop()  # as the journey does with the lookup
    engine.fields_go_on.set()
    assert isinstance(rig.heard.next(), FactsRead)


def test_nothing_comes_of_a_visit_that_is_over(make: Callable[..., Rig]) -> None:
    engine = Engine(RIGHT)
    engine.fields_go_on.clear()
    rig = make(engine)
    rig.runner.start(rig.heard)
    rig.result()
    rig.runner.forget()
    engine.fields_go_on.set()
    rig.heard.silent(0.3)


def test_whoever_went_back_while_a_picture_was_read_gets_no_answer(make: Callable[..., Rig]) -> None:
    engine = Engine(RIGHT)
    engine.go_on.clear()
    rig = make(engine)
    rig.runner.start(rig.heard)
    time.sleep(0.2)
    rig.runner.stop()
    engine.go_on.set()
    rig.heard.silent(0.3)


def test_doubtful_pictures_end_in_a_question_after_five_and_not_before(make: Callable[..., Rig]) -> None:
    engine = Engine(DOUBTED)
    rig = make(engine)
    rig.runner.start(rig.heard)
    assert rig.result() == KtpResult(KtpOutcome.ASK, NIK)
    assert engine.read == SETTINGS.frames


def test_a_card_that_says_nothing_is_unreadable(make: Callable[..., Rig]) -> None:
    rig = make(Engine(NOTHING))
    rig.runner.start(rig.heard)
    assert rig.result() == KtpResult(KtpOutcome.UNREADABLE)


def test_a_card_that_never_lies_well_is_unreadable_after_a_while_and_not_a_wait_for_ever(
    make: Callable[..., Rig],
) -> None:
    rig = make(Engine(RIGHT), KtpSettings(find_seconds=1.0), ready=False)
    rig.runner.start(rig.heard)
    assert rig.result() == KtpResult(KtpOutcome.UNREADABLE)


def test_the_hint_of_the_gate_is_shown_until_a_picture_is_taken(make: Callable[..., Rig]) -> None:
    rig = make(Engine(RIGHT), ready=False)
    rig.runner.start(rig.heard)
    _, shown = rig.progress.wait_newer(0, 2.0)
    assert shown is not None and shown.hint is KtpHint.GLARE


def test_the_screen_is_told_which_picture_is_being_read(make: Callable[..., Rig]) -> None:
    engine = Engine(DOUBTED)
    engine.go_on.clear()
    rig = make(engine)
    rig.runner.start(rig.heard)
    until = time.monotonic() + 3
    while time.monotonic() < until:
        _, shown = rig.progress.peek()
        if shown is not None and shown.hint is KtpHint.READING:
            break
        time.sleep(0.01)
    assert shown is not None and shown.frames_read == 1
    time.sleep(0.1)
    assert rig.progress.peek()[1] == shown, "the gate's hints do not talk over the reading"
    engine.go_on.set()


def test_a_camera_that_gives_nothing_is_lost(make: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ktp_runner, "CAMERA_SILENCE_SECONDS", 0.4)
    rig = make(Engine(RIGHT), ready=False)
    rig.camera_on.clear()
    rig.runner.start(rig.heard)
    assert rig.result() == KtpResult(KtpOutcome.CAMERA_LOST)
    rig.runner.start(rig.heard)  # as the journey does
    rig.heard.silent(0.2)
    rig.camera_on.set()
    assert rig.heard.next() == CameraChanged(True)
    rig.heard.silent(0.2)


def test_a_reader_that_does_not_load_or_breaks_is_said_and_typing_follows(make: Callable[..., Rig]) -> None:
    for fault in (LastingFault("ocr_missing:ktp_detector"), RuntimeError("broken")):
        engine = Engine(RIGHT)
        engine.fault = fault
        rig = make(engine)
        rig.runner.start(rig.heard)
        assert rig.result() == KtpResult(KtpOutcome.ENGINE_UNAVAILABLE)


def test_no_picture_is_left_behind_once_a_card_was_read(make: Callable[..., Rig]) -> None:
    rig = make(Engine(RIGHT))
    rig.runner.start(rig.heard)
    rig.result()
    capture = rig.runner._capture
    assert capture is not None
    until = time.monotonic() + 3
    while capture.picked.peek()[1] is not None and time.monotonic() < until:
        time.sleep(0.02)
    assert capture.picked.peek()[1] is None
    rig.runner.forget()
    assert rig.runner._capture is None and rig.progress.peek()[1] is None


def test_a_second_start_takes_over_from_the_first(make: Callable[..., Rig]) -> None:
    engine = Engine(RIGHT)
    engine.go_on.clear()
    rig, second = make(engine), Inbox()
    rig.runner.start(rig.heard)
    rig.runner.start(second)
    engine.go_on.set()
    assert isinstance(second.next(), KtpRead)
    rig.heard.silent(0.2)


def test_neither_number_nor_name_is_logged(make: Callable[..., Rig], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rig = make(Engine(RIGHT))
    rig.runner.start(rig.heard)
    rig.result()
    rig.heard.next()
    assert NIK not in caplog.text and "CONTOH" not in caplog.text
