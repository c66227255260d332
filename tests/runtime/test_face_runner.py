"""The face step's thread. The risk: a fault, a silence or a leftover of another visit that ends as a match."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.config import FaceSettings
from kiosk.face.attempt import Attempt
from kiosk.face.reference import Reference, ReferenceRefused
from kiosk.face.seal import one_off_sealer
from kiosk.face.types import FaceOutcome, FacePhase, FaceProgress, FaceResult
from kiosk.journey.effects import StartFace
from kiosk.journey.inputs import FaceFinished, FaceReady
from kiosk.ports import CentreRefused, CentreUnreachable, Frame, LastingFault, Mailbox
from kiosk.runtime import face_runner
from kiosk.runtime.face_runner import FaceRunner
from tests.face.looks import CAMERA, Look, ScriptedEngine, frames_of, reference
from tests.runtime.support import WAIT_SECONDS, FakeCentre, FramesByHand, Inbox

SEALER = one_off_sealer("kiosk-1")
START = StartFace("visit-1", "ticket-1", 1)
MATCHED = FaceResult(FaceOutcome.MATCHED, {"zone": "match"})


class Engine:
    """Loads and embeds as told."""

    def __init__(self) -> None:
        self.load_fault: Exception | None = None
        self.embed_fault: Exception | None = None
        self.embedded: list[bytes] = []

    def load(self) -> None:
        if self.load_fault is not None:
            raise self.load_fault

    def embed_reference(self, image_bytes: bytes) -> Reference:
        self.embedded.append(image_bytes)
        if self.embed_fault is not None:
            raise self.embed_fault
        return reference()

    def reset(self) -> None: ...


class Session:
    """Ends after the script's last word: a phase to show, a result, or an exception."""

    script: queue.SimpleQueue[Any]

    def __init__(self, engine: object, settings: FaceSettings, attempt: Attempt) -> None:
        self.attempt = attempt
        self.result: FaceResult | None = None
        self.declined = 0

    def decline_movement(self) -> None:
        self.declined += 1

    def observe(self, frame: Frame) -> FaceProgress:
        word = self.script.get(timeout=WAIT_SECONDS)
        if isinstance(word, Exception):
            raise word
        if isinstance(word, FaceResult):
            self.result = word
            return FaceProgress(FacePhase.DONE)
        return FaceProgress(word)


class Rig:
    def __init__(self) -> None:
        self.engine, self.centre, self.frames, self.heard = Engine(), FakeCentre(photo=b"jpeg"), FramesByHand(), Inbox()
        self.progress: Mailbox[FaceProgress] = Mailbox()
        self.script: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.sessions: list[Session] = []
        self.runner = FaceRunner(
            engine=self.engine,  # type: ignore[arg-type]
            centre=self.centre,
            frames=self.frames.mailbox,
            progress=self.progress,
            camera=lambda: CAMERA,
            settings=FaceSettings(),
            sealer=SEALER,
            software="test",
        )

    def session(self, *given: Any) -> Session:
        made = Session(*given)
        made.script = self.script
        self.sessions.append(made)
        return made

    def outcome(self, effect: StartFace = START, *words: Any) -> FaceOutcome:
        """One attempt to its end; ``words`` are the session's answers to the frames."""
        self.runner.start(effect, self.heard)
        for word in words:
            self.script.put(word)
        while isinstance(answer := self.heard.next(), FaceReady):
            while self.heard.empty:
                self.frames.show()
                threading.Event().wait(0.001)
        assert isinstance(answer, FaceFinished)
        return answer.result.outcome

    def end(self) -> None:
        self.runner.forget()
        self.frames.show()
        for thread in threading.enumerate():
            if thread.name == "face":
                thread.join(WAIT_SECONDS)
                assert not thread.is_alive()


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    rig = Rig()
    monkeypatch.setattr(face_runner, "FaceSession", rig.session)
    yield rig
    rig.end()


def test_only_the_sessions_own_match_is_a_match(rig: Rig) -> None:
    assert rig.outcome(START, MATCHED) is FaceOutcome.MATCHED
    assert rig.progress.peek()[1] is None, "no picture of the attempt stays on the screen"


@pytest.mark.parametrize("fault", [LastingFault("weights_missing"), RuntimeError("bug"), MemoryError()])
def test_an_engine_that_does_not_load_passes_nobody_and_asks_for_no_photo(rig: Rig, fault: Exception) -> None:
    rig.engine.load_fault = fault
    assert rig.outcome() is FaceOutcome.ENGINE_UNAVAILABLE
    assert rig.centre.photos_asked == 0


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (CentreUnreachable(), FaceOutcome.REFERENCE_UNAVAILABLE),
        (CentreRefused("consent_not_seen"), FaceOutcome.REFERENCE_UNAVAILABLE),
        (CentreRefused("no_reference"), FaceOutcome.REFERENCE_UNUSABLE),
        (CentreRefused("already_served"), FaceOutcome.REFERENCE_UNUSABLE),
        (CentreRefused("chain_not_trusted"), FaceOutcome.REFERENCE_UNUSABLE),
        (OSError("3174075508950001"), FaceOutcome.ENGINE_UNAVAILABLE),
    ],
)
def test_without_the_photo_on_record_nobody_passes(rig: Rig, fault: Exception, outcome: FaceOutcome) -> None:
    rig.centre.photo = fault
    assert rig.outcome() is outcome
    assert rig.sessions == []


def test_a_photo_that_cannot_serve_passes_nobody(rig: Rig) -> None:
    rig.engine.embed_fault = ReferenceRefused("face_too_small")
    assert rig.outcome() is FaceOutcome.REFERENCE_UNUSABLE


def test_a_fault_inside_the_attempt_is_no_match_and_its_words_stay_out_of_the_log(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    assert rig.outcome(START, FacePhase.FIND, ValueError("bug")) is FaceOutcome.ENGINE_UNAVAILABLE
    assert "face attempt failed" in caplog.text


def test_a_camera_that_falls_silent_is_lost(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_runner, "CAMERA_SILENCE_SECONDS", 0.01)
    rig.frames.show()  # an old frame is none
    rig.runner.start(START, rig.heard)
    assert rig.heard.next() == FaceReady()
    assert rig.heard.next().result.outcome is FaceOutcome.CAMERA_LOST


def test_an_unplugged_camera_is_lost_at_once(rig: Rig) -> None:
    rig.runner.start(START, rig.heard)
    assert rig.heard.next() == FaceReady()
    stop = threading.Event()
    while not stop.wait(0.001) and rig.heard.empty:  # the attempt may not be looking yet
        rig.frames.unplug()
    assert rig.heard.next().result.outcome is FaceOutcome.CAMERA_LOST


@pytest.mark.parametrize("halt", [FaceRunner.stop, FaceRunner.forget])
def test_a_stopped_attempt_answers_nothing_even_if_it_would_have_matched(
    rig: Rig, halt: Callable[[FaceRunner], None]
) -> None:
    rig.runner.start(START, rig.heard)
    assert rig.heard.next() == FaceReady()
    halt(rig.runner)
    rig.script.put(MATCHED)
    rig.frames.show()
    rig.end()
    assert rig.heard.empty
    assert rig.progress.peek()[1] is None


def test_another_movement_is_asked_of_the_running_attempt_and_of_no_other(rig: Rig) -> None:
    rig.runner.decline()
    rig.runner.start(START, rig.heard)
    assert rig.heard.next() == FaceReady()
    rig.runner.decline()
    rig.script.put(FaceResult(FaceOutcome.LIVENESS_FAILED))
    while rig.heard.empty:
        rig.frames.show()
        threading.Event().wait(0.001)
    rig.runner.decline()
    assert [session.declined for session in rig.sessions] == [1]


def test_a_second_attempt_of_the_visit_does_not_ask_for_the_photo_again(rig: Rig) -> None:
    assert rig.outcome(START, FaceResult(FaceOutcome.LIVENESS_FAILED)) is FaceOutcome.LIVENESS_FAILED
    assert rig.outcome(StartFace("visit-1", "ticket-1", 2), MATCHED) is FaceOutcome.MATCHED
    assert rig.centre.photos_asked == 1
    nonces = [session.attempt.nonce for session in rig.sessions]
    assert nonces[0].startswith(b"visit-1:1")
    assert nonces[1].startswith(b"visit-1:2")
    assert rig.sessions[0].attempt.seed != rig.sessions[1].attempt.seed


@pytest.mark.parametrize("effect", [START, StartFace("visit-2", "ticket-2", 1)])
def test_after_the_wipe_the_photo_is_asked_for_again(rig: Rig, effect: StartFace) -> None:
    rig.outcome(START, MATCHED)
    rig.runner.forget()
    rig.outcome(effect, MATCHED)
    assert rig.centre.photos_asked == 2


def test_another_ticket_never_meets_the_photo_of_the_one_before(rig: Rig) -> None:
    rig.outcome(START, MATCHED)
    rig.outcome(StartFace("visit-1", "ticket-2", 2), MATCHED)
    assert rig.centre.photos_asked == 2


def test_a_photo_that_arrives_after_the_wipe_is_not_kept(rig: Rig) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(_call: str) -> None:
        asked.set()
        assert go_on.wait(WAIT_SECONDS)

    rig.centre.before = slow
    rig.runner.start(START, rig.heard)
    assert asked.wait(WAIT_SECONDS)
    rig.runner.forget()
    go_on.set()
    rig.end()
    rig.centre.before = lambda _: None
    while not rig.heard.empty:
        assert rig.heard.next() == FaceReady()
    rig.outcome(START, MATCHED)
    assert rig.centre.photos_asked == 2


def test_the_real_session_ends_without_a_match_when_nobody_is_there() -> None:
    looks = [Look(face=False, step=1.0)] * 2000  # more than are ever needed

    class Scripted(ScriptedEngine):
        load = Engine.load
        load_fault = None

        def embed_reference(self, image_bytes: bytes) -> Reference:
            return reference()

    frames: Mailbox[Frame] = Mailbox()
    heard = Inbox()
    runner = FaceRunner(
        engine=Scripted(looks),  # type: ignore[arg-type]
        centre=FakeCentre(photo=b"jpeg"),
        frames=frames,
        progress=Mailbox(),
        camera=lambda: CAMERA,
        settings=FaceSettings(),
        sealer=SEALER,
        software="test",
    )
    runner.start(START, heard)
    assert heard.next() == FaceReady()
    for frame in frames_of(looks):
        frames.put(frame)
        threading.Event().wait(0.005)
        if not heard.empty:
            break
    assert heard.next().result.outcome is FaceOutcome.NO_USABLE_FACE


@pytest.mark.parametrize("light", [True, False])
def test_the_attempt_has_coloured_light_only_as_the_person_wants_it(rig: Rig, light: bool) -> None:
    rig.outcome(StartFace("visit-1", "ticket-1", 1, light=light), MATCHED)
    assert rig.sessions[-1].attempt.light is light
