"""Timing: a pause is where things are swapped, and time that does not go on is no camera's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.cues import Cue
from kiosk.face.passive.timing import ENOUGH_FRAMES, LONGEST_SECONDS, Timing, TimingState, judge, next_frame
from kiosk.ports import Frame
from tests.face.looks import STRAIGHT, analysis_of

STEPS = st.tuples(st.integers(-3, 3), st.floats(allow_nan=True, allow_infinity=True))


def after(times: list[float], numbers: list[int] | None = None) -> TimingState:
    state = TimingState()
    for number, at in zip(numbers or range(1, len(times) + 1), times, strict=True):
        state = next_frame(state, number, at)
    return state


@pytest.mark.parametrize("fps", [3, 10, 30])
def test_a_camera_that_keeps_its_pace_confirms(fps: int) -> None:
    reading = judge(after([100 + i / fps for i in range(ENOUGH_FRAMES)]))
    assert reading.answer is Cue.CONFIRM
    assert reading.value == pytest.approx(1 / fps)


def test_too_few_frames_say_nothing() -> None:
    assert judge(TimingState()).answer is Cue.ABSTAIN
    assert judge(after([100 + i / 15 for i in range(ENOUGH_FRAMES - 1)])).answer is Cue.ABSTAIN


def test_a_stutter_neither_confirms_nor_denies() -> None:
    times = [100 + i / 15 for i in range(8)] + [102.0 + i / 15 for i in range(8)]
    reading = judge(after(times))
    assert reading.answer is Cue.ABSTAIN
    assert reading.value > 1.0


def test_a_pause_long_enough_to_swap_somebody_denies_for_good() -> None:
    times = [100 + i / 15 for i in range(20)]
    times += [times[-1] + LONGEST_SECONDS + 0.01 + i / 15 for i in range(40)]
    reading = judge(after(times))
    assert reading.answer is Cue.DENY
    assert reading.value == pytest.approx(LONGEST_SECONDS + 0.01)
    assert judge(after([*times[:20], times[19] + LONGEST_SECONDS])).answer is Cue.ABSTAIN, "at the limit it is not over"


@pytest.mark.parametrize(
    ("numbers", "times"),
    [
        ([1, 2, 2], [1.0, 1.1, 1.2]),
        ([1, 3, 2], [1.0, 1.1, 1.2]),
        ([1, 2, 3], [1.0, 1.1, 1.1]),
        ([1, 2, 3], [1.0, 1.1, 1.0]),
        ([1, 2, 3], [1.0, math.nan, 1.2]),
        ([1, 2], [math.nan, 1.0]),
        ([1, 2], [1.0, math.inf]),
    ],
)
def test_numbers_or_time_that_do_not_go_on_deny(numbers: list[int], times: list[float]) -> None:
    assert judge(after(times, numbers)).answer is Cue.DENY


def test_left_out_numbers_are_no_attack() -> None:
    """The analysis is slower than the camera: it sees every second frame."""
    assert judge(after([100 + i / 15 for i in range(20)], list(range(1, 41, 2)))).answer is Cue.CONFIRM


@given(st.lists(STEPS, max_size=40))
@settings(deadline=None)
def test_a_denial_never_goes_away_whatever_comes_after(steps: list[tuple[int, float]]) -> None:
    state, number, denied = TimingState(), 0, False
    for step, at in steps:
        number += step
        state = next_frame(state, number, at)
        answer = judge(state).answer
        assert not (denied and answer is not Cue.DENY)
        denied = answer is Cue.DENY


def test_the_cue_takes_number_and_time_from_the_frame() -> None:
    cue = Timing()
    pixels = np.zeros((2, 2, 3), np.uint8)
    for number in range(1, ENOUGH_FRAMES + 1):
        assert cue.reading.answer is Cue.ABSTAIN
        cue.watch(Frame(pixels, number, number / 15, "cam-1"), analysis_of(STRAIGHT, number, number / 15))
    assert (cue.name, cue.reading.answer) == ("timing", Cue.CONFIRM)
    cue.watch(Frame(pixels, 3, 5.0, "cam-1"), analysis_of(STRAIGHT, 3, 5.0))
    assert cue.reading.answer is Cue.DENY
