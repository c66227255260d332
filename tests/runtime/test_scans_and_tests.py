"""Scans, guided tests, self-test. The risk: a badge that ends as a card, a camera that passes blind, a hidden fault."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.events import Event, SelfTested
from kiosk.face.analysis import FrameAnalysis
from kiosk.health.diagnostics import Diagnostics, PictureNumbers
from kiosk.health.part_verdicts import MIN_FPS, as_measured, judge_camera
from kiosk.health.readiness import Part
from kiosk.journey.inputs import CodeSeen, TokenSeen
from kiosk.ports import BADGE_PREFIX, Frame, LastingFault, Mailbox, PartHealth, PartState, RecordedEvent, Scan
from kiosk.runtime import part_tests
from kiosk.runtime.diagnostics_watch import DiagnosticsWatch
from kiosk.runtime.part_tests import PartTester
from kiosk.runtime.picture_meter import PictureMeter
from kiosk.runtime.scan_router import ScanRouter
from kiosk.runtime.self_test import SelfTest
from kiosk.staff.inputs import BadgeSeen
from kiosk.staff.state import GuidedPart, PartTest, Shortcoming
from tests.runtime.support import WAIT_SECONDS, FramesByHand

TOKEN = "q8Zt3-demo-token-0001"
GOOD = PictureNumbers(1280, 720, 15.0, 120.0, 0.01, 0.05, 90.0)


def scan(text: str) -> Scan:
    return Scan(text, 1.0, "serial#1")


# ---- scans


def test_a_badge_goes_to_the_staff_door_and_everything_else_to_the_visit() -> None:
    router, to_visit, to_staff = ScanRouter(), [], []  # type: ignore[var-annotated]
    router.deliver(scan("before anybody listens"))
    router.connect(to_visit.append, to_staff.append)
    for text in (BADGE_PREFIX + TOKEN, "0001234567890", BADGE_PREFIX + "short", "rubbish"):
        router.deliver(scan(text))
    assert to_staff == [BadgeSeen(TOKEN)]
    assert [type(seen) for seen in to_visit] == [CodeSeen] * 3
    assert [seen.identifier is not None for seen in to_visit] == [True, False, False]


@pytest.mark.parametrize("token", ["eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.aZ-_09", "IKD1:6BF$+%QC*HI.P A/B"])
def test_a_scanned_token_reaches_the_visit_whole_and_never_the_staff_door(token: str) -> None:
    router, to_visit, to_staff = ScanRouter(), [], []  # type: ignore[var-annotated]
    router.connect(to_visit.append, to_staff.append)
    router.deliver(scan(token))
    assert (to_visit, to_staff) == ([TokenSeen(token)], [])
    assert token not in repr(to_visit)


def test_a_code_that_a_test_waits_for_goes_nowhere_else() -> None:
    router, seen = ScanRouter(), []  # type: ignore[var-annotated]
    router.connect(seen.append, seen.append)
    taken: queue.SimpleQueue[Scan | None] = queue.SimpleQueue()
    stop = threading.Event()
    waiting = threading.Thread(target=lambda: taken.put(router.next_scan(WAIT_SECONDS, stop)))
    waiting.start()
    while router._tester is None:
        threading.Event().wait(0.005)
    router.deliver(scan(BADGE_PREFIX + TOKEN))
    waiting.join(WAIT_SECONDS)
    assert taken.get(timeout=1) == scan(BADGE_PREFIX + TOKEN)
    assert seen == []
    assert router.next_scan(0.0, stop) is None


# ---- verdicts


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        (GOOD, Shortcoming.NOTHING),
        (None, Shortcoming.NO_PICTURE),
        (replace(GOOD, fps=MIN_FPS - 0.1), Shortcoming.TOO_SLOW),
        (replace(GOOD, eye_px=None), Shortcoming.NO_FACE),
        (replace(GOOD, eye_px=20.0), Shortcoming.NO_FACE),
        (replace(GOOD, brightness=10.0), Shortcoming.TOO_DARK),
        (replace(GOOD, brightness=250.0), Shortcoming.TOO_BRIGHT),
        (replace(GOOD, burnt=0.5), Shortcoming.TOO_BRIGHT),
        (replace(GOOD, sharpness=0.001), Shortcoming.NOT_SHARP),
    ],
)
def test_the_first_thing_to_mend_is_named(numbers: PictureNumbers | None, reason: Shortcoming) -> None:
    assert judge_camera(numbers) is reason


@given(
    st.builds(
        PictureNumbers,
        st.integers(1, 4000),
        st.integers(1, 4000),
        st.floats(0, 60),
        st.floats(0, 255),
        st.floats(0, 1),
        st.floats(0, 1),
        st.none() | st.floats(0, 500),
    )
)
def test_no_camera_passes_that_the_face_step_could_not_use(numbers: PictureNumbers) -> None:
    if judge_camera(numbers) is Shortcoming.NOTHING:
        assert numbers.fps >= MIN_FPS
        assert numbers.eye_px is not None
    assert all(isinstance(text, str) for pair in as_measured(numbers) for text in pair)


# ---- guided tests


class Blind:
    """An engine that sees nobody."""

    broken = False

    def analyse(self, frame: Frame) -> FrameAnalysis:
        if self.broken:
            raise LastingFault("weights")
        return FrameAnalysis(frame.sequence, frame.captured_at, frame.source, 128, 72, None)

    def reset(self) -> None: ...


def part_tester(frames: FramesByHand, router: ScanRouter, present: bool = True) -> PartTester:
    return PartTester(
        frames=frames.mailbox,
        new_meter=lambda: PictureMeter(Blind()),  # type: ignore[arg-type]
        scans=router,
        scanner_present=lambda: present,
    )


def run(test: PartTester, part: GuidedPart) -> queue.SimpleQueue[PartTest]:
    done: queue.SimpleQueue[PartTest] = queue.SimpleQueue()
    test.start(part, done.put)
    return done


def test_a_camera_without_pictures_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_tests, "SILENCE_SECONDS", 0.05)
    result = run(part_tester(FramesByHand(), ScanRouter()), GuidedPart.CAMERA).get(timeout=WAIT_SECONDS)
    assert (result.passed, result.reason) == (False, Shortcoming.NO_PICTURE)


def test_a_camera_nobody_stands_before_says_so_with_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_tests, "CAMERA_SECONDS", 0.3)
    frames = FramesByHand()
    done = run(part_tester(frames, ScanRouter()), GuidedPart.CAMERA)
    while done.empty():
        frames.show()
        threading.Event().wait(0.01)
    result = done.get(timeout=WAIT_SECONDS)
    assert (result.passed, result.running, result.reason) == (False, False, Shortcoming.NO_FACE)
    assert dict(result.measured)["size"] == "128x72"


def test_a_scanner_test_tells_the_length_and_never_the_text() -> None:
    router = ScanRouter()
    done = run(part_tester(FramesByHand(), router), GuidedPart.SCANNER)
    while done.empty():
        router.deliver(scan("0001234567890"))
        threading.Event().wait(0.01)
    result = done.get(timeout=WAIT_SECONDS)
    assert result.passed
    assert result.measured == (("characters", "13"),)
    assert "0001234567890" not in repr(result)


def test_a_scanner_that_reads_nothing_or_is_not_there_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_tests, "SCAN_SECONDS", 0.0)
    frames, router = FramesByHand(), ScanRouter()
    silent = run(part_tester(frames, router), GuidedPart.SCANNER).get(timeout=WAIT_SECONDS)
    absent = run(part_tester(frames, router, present=False), GuidedPart.SCANNER).get(timeout=WAIT_SECONDS)
    assert (silent.reason, absent.reason) == (Shortcoming.NO_SCAN, Shortcoming.ABSENT)


def test_a_stopped_test_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    router = ScanRouter()
    test = part_tester(FramesByHand(), router)
    done = run(test, GuidedPart.SCANNER)
    test.stop()
    threading.Event().wait(0.5)
    assert done.empty()


def test_the_pace_is_counted_by_the_frames_own_numbers_and_begins_anew_after_a_re_plug() -> None:
    frames, meter = FramesByHand(), PictureMeter(Blind())  # type: ignore[arg-type]
    numbers = None
    for _ in range(40):
        frames.show(seconds=0.1)
        numbers = meter.measure(frames.mailbox.peek()[1])  # type: ignore[arg-type]
    assert numbers is not None
    assert numbers.fps == pytest.approx(10.0, abs=0.1)
    frames.show()
    other = replace(frames.mailbox.peek()[1], source="test-2")  # type: ignore[type-var]
    assert meter.measure(other).fps == 0.0  # type: ignore[arg-type]


def test_a_face_engine_that_does_not_load_leaves_the_picture_s_own_numbers() -> None:
    engine = Blind()
    engine.broken = True
    frames = FramesByHand()
    frames.show()
    numbers = PictureMeter(engine).measure(frames.mailbox.peek()[1])  # type: ignore[arg-type]
    assert (numbers.eye_px, numbers.brightness) == (None, 0.0)


# ---- self-test and diagnostics


class Kept:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.kept: Sequence[RecordedEvent] = ()

    def record(self, visit_id: str, events: Sequence[Event]) -> None:
        self.events += events

    def recent(self, types: Sequence[str], days: float) -> Sequence[RecordedEvent]:
        return self.kept


def part(name: str, state: PartState = PartState.READY) -> PartHealth:
    return PartHealth(name, state)


def test_the_self_test_is_on_record_and_its_word_stands_for_what_nobody_watches() -> None:
    store = Kept()
    probes = {
        Part.CAMERA: lambda: part("camera", PartState.FAULT),
        Part.CODES: lambda: part("codes", PartState.ABSENT),
    }
    live = [part("camera"), part("weights"), part("store"), part("centre")]
    test = SelfTest(probes, lambda: live, store)  # type: ignore[arg-type]
    assert test.parts() == live, "until it has run, only what is watched is known"
    test.run()
    assert [one.name for one in test.parts()] == ["camera", "weights", "store", "centre", "codes"]
    assert test.parts()[0].state is PartState.READY, "a watched part speaks for itself, now"
    (event,) = store.events
    assert isinstance(event, SelfTested)
    assert event.parts == {"camera": "fault", "codes": "absent"}
    assert event.offered == (), "at that moment nothing could be offered"


def test_the_diagnostics_show_what_doctor_says_and_end_with_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    frames, diagnostics, picture = FramesByHand(), Mailbox[Diagnostics](), Mailbox[PictureNumbers]()
    watch = DiagnosticsWatch(
        probes=lambda: {Part.DISK: lambda: part("disk", PartState.FAULT)},
        tests=dict,
        frames=frames.mailbox,
        new_meter=lambda: PictureMeter(Blind()),  # type: ignore[arg-type]
        diagnostics=diagnostics,
        picture=picture,
    )
    frames.show()
    watch.start()
    _, shown = diagnostics.wait_newer(0, WAIT_SECONDS)
    assert shown is not None
    assert [(one.name, one.state) for one in shown.parts] == [("disk", PartState.FAULT)]
    version, numbers = picture.wait_newer(0, WAIT_SECONDS)
    assert numbers is not None and numbers.width == 128
    watch.stop()
    while picture.peek()[1] is not None:
        version, _ = picture.wait_newer(version, WAIT_SECONDS)
