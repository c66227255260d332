"""Time and picture of a real camera go on. The risk: a frozen or halted source passes for a person who stands still."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware.camera.capture import STALL_SECONDS, CaptureService
from hardware.camera.standstill import FROZEN_SECONDS, StandstillWatch
from kiosk.ports import CameraIdentity, Frame, Mailbox, PassingFault
from tests.hardware.conftest import FakeClock

Pixels = NDArray[np.uint8]
PERIOD = 0.1


class Lens:
    """A camera whose pictures and pace the test decides."""

    def __init__(self, clock: FakeClock, picture: Callable[[], Pixels], *, simulated: bool = False) -> None:
        self.identity = CameraIdentity("1-2:1.0", "046d:0825", "uvcvideo", simulated=simulated)
        self.pauses: Iterator[float] = iter(())
        self._clock, self._picture = clock, picture

    def open(self) -> None: ...

    def read(self) -> Pixels:
        self._clock.sleep(next(self.pauses, PERIOD))
        return self._picture()

    def close(self) -> None: ...


def textured(seed: int = 3) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (240, 320, 3), dtype=np.uint8)


def noisy() -> Callable[[], Pixels]:
    rng = np.random.default_rng(5)
    scene = textured().astype(np.int16)
    return lambda: np.clip(scene + rng.integers(-1, 2, scene.shape, np.int16), 0, 255).astype(np.uint8)


def capture(
    picture: Callable[[], Pixels], *, simulated: bool = False
) -> tuple[CaptureService, Lens, Callable[[], Frame]]:
    clock = FakeClock()
    mailbox: Mailbox[Frame] = Mailbox()
    lens = Lens(clock, picture, simulated=simulated)
    service = CaptureService(lens, mailbox, clock.monotonic)
    service.set_up()

    def next_frame() -> Frame:
        service.work()
        frame = mailbox.peek()[1]
        assert frame is not None
        return frame

    return service, lens, next_frame


def test_a_real_camera_that_repeats_one_picture_is_opened_again() -> None:
    service, _, next_frame = capture(textured)
    with pytest.raises(PassingFault, match="frozen"):
        for _ in range(40):
            last = next_frame()
    assert last.captured_at < 100.0 + PERIOD + FROZEN_SECONDS
    service.set_up()
    again = next_frame()
    assert (again.source, again.sequence) == ("1-2:1.0#2", last.sequence + 1)


def test_a_camera_before_a_still_scene_is_not_frozen_for_its_sensor_has_noise() -> None:
    _, _, next_frame = capture(noisy())
    assert [next_frame().sequence for _ in range(40)][-1] == 40


@pytest.mark.parametrize("level", [0, 16, 255])
def test_a_covered_or_blinded_lens_is_not_called_frozen(level: int) -> None:
    _, _, next_frame = capture(lambda: np.full((240, 320, 3), level, np.uint8))
    assert [next_frame().sequence for _ in range(40)][-1] == 40


def test_a_recorded_still_may_stand_as_long_as_it_likes() -> None:
    _, _, next_frame = capture(textured, simulated=True)
    assert [next_frame().sequence for _ in range(40)][-1] == 40


def test_one_new_picture_begins_the_count_anew() -> None:
    watch = StandstillWatch()
    assert not any(watch.frozen(textured(), at) for at in np.arange(0, 1.9, 0.1))
    assert not watch.frozen(textured(4), 1.95)
    assert not watch.frozen(textured(), 3.9)
    assert not watch.frozen(textured(), 5.8)
    assert watch.frozen(textured(), 5.95)


@pytest.mark.parametrize("simulated", [False, True])
def test_after_a_stall_the_frames_are_those_of_a_new_instance(simulated: bool) -> None:
    _, lens, next_frame = capture(noisy(), simulated=simulated)
    lens.pauses = iter([PERIOD, STALL_SECONDS - 0.1, PERIOD, STALL_SECONDS + 0.1, PERIOD])
    frames = [next_frame() for _ in range(5)]
    assert [frame.source[-2:] for frame in frames] == ["#1", "#1", "#1", "#2", "#2"]
    assert [frame.sequence for frame in frames] == [1, 2, 3, 4, 5]


def test_a_camera_that_needs_long_for_its_first_picture_has_not_stalled() -> None:
    service, lens, next_frame = capture(noisy())
    lens.pauses = iter([STALL_SECONDS + 1, PERIOD, STALL_SECONDS + 1])
    assert next_frame().source == "1-2:1.0#1"
    assert next_frame().source == "1-2:1.0#1"
    service.tear_down()
    service.set_up()
    assert next_frame().source == "1-2:1.0#2"


@settings(deadline=None)
@given(pauses=st.lists(st.floats(0, 6), min_size=2, max_size=20), faults=st.sets(st.integers(0, 19)))
def test_time_and_sequence_only_grow_and_no_instance_spans_a_gap(pauses: list[float], faults: set[int]) -> None:
    service, lens, next_frame = capture(noisy())
    lens.pauses = iter(pauses)
    frames = []
    for number in range(len(pauses)):
        if number in faults:
            service.tear_down()
            service.set_up()
        frames.append(next_frame())
    for before, after in itertools.pairwise(frames):
        assert after.sequence == before.sequence + 1
        assert after.captured_at > before.captured_at
        assert after.source != before.source or after.captured_at - before.captured_at <= STALL_SECONDS
    assert [int(f.source.partition("#")[2]) for f in frames] == sorted(int(f.source.partition("#")[2]) for f in frames)
