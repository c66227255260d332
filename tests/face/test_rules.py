"""The small pure rules: stillness, blink, neutral, continuity, match."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.blink import BlinkState, watch_blink
from kiosk.face.continuity import judge_continuity
from kiosk.face.cues import Cue
from kiosk.face.match import Zone, similarity_of, zone_of
from kiosk.face.neutral import NeutralWindow
from kiosk.face.quality import is_still
from tests.face.looks import STRAIGHT, Look, analysis_of, embedding_of


def test_a_head_that_moves_is_not_still() -> None:
    first = analysis_of(STRAIGHT, at=0.0)
    assert is_still(first, analysis_of(replace(STRAIGHT, yaw=1.0), at=1 / 15))
    assert not is_still(first, analysis_of(replace(STRAIGHT, yaw=12.0), at=1 / 15))
    assert not is_still(first, analysis_of(replace(STRAIGHT, centre=(680, 360)), at=1 / 15))
    assert not is_still(first, analysis_of(replace(STRAIGHT, track=2), at=1 / 15))


def test_the_neutral_is_the_median_of_a_still_window() -> None:
    window = NeutralWindow()
    found = [window.add(analysis_of(replace(STRAIGHT, ear=0.3 + n % 2 * 0.01), n, n / 15)) for n in range(9)]
    assert found[:7] == [None] * 7
    assert found[8] is not None and found[8].ear == pytest.approx(0.305, abs=0.006)


def test_a_jerk_begins_the_neutral_window_anew() -> None:
    window = NeutralWindow()
    for n in range(6):
        assert window.add(analysis_of(STRAIGHT, n, n / 15)) is None
    moved = replace(STRAIGHT, centre=(700, 360))
    assert all(window.add(analysis_of(moved, n, n / 15)) is None for n in range(6, 12))


def blinked(ratios: list[float], step: float = 1 / 15, shape: float = 0.05) -> bool:
    state = BlinkState()
    for n, ratio in enumerate(ratios):
        state = watch_blink(state, n * step, ratio, 0.5 if ratio < 0.3 else shape)
    return state.done


def test_open_closed_open_is_a_blink() -> None:
    assert blinked([1.0, 0.7, 0.2, 0.7, 1.0])


def test_narrowed_eyes_are_no_blink() -> None:
    assert not blinked([1.0, 0.7, 0.65, 0.7, 1.0])


def test_eyes_closed_for_long_are_no_blink() -> None:
    assert not blinked([1.0, *[0.2] * 40, 1.0])


def test_closed_then_open_without_having_been_open_is_no_blink() -> None:
    assert not blinked([0.2, 0.2, 1.0])


@settings(deadline=None)  # other work shares the machine
@given(st.lists(st.floats(0.61, 2.0), max_size=40))
def test_no_film_of_open_eyes_is_a_blink(ratios: list[float]) -> None:
    assert not blinked(ratios)


def same(*likenesses: float, person: int = 0) -> np.ndarray:
    return np.stack([embedding_of(Look(likeness=value, person=person)) for value in likenesses])


def test_pooling_never_lifts_the_score_above_the_probes_own_mean() -> None:
    reference = np.eye(128, dtype=np.float32)[0]
    assert similarity_of(same(0.38, 0.39, 0.37), reference) == pytest.approx(0.38, abs=1e-5)


def test_one_blurred_probe_does_not_spoil_the_match() -> None:
    reference = np.eye(128, dtype=np.float32)[0]
    odd = same(0.02, person=9)
    assert similarity_of(np.r_[same(0.8, 0.8, 0.8, 0.8), odd], reference) == pytest.approx(0.8, abs=1e-5)


def test_no_probe_and_no_number_are_no_match() -> None:
    assert similarity_of(np.empty((0, 128), np.float32), np.zeros(128, np.float32)) == -1.0
    assert zone_of(float("nan"), 0.4, 0.28) is Zone.NO_MATCH


@pytest.mark.parametrize(
    ("value", "zone"), [(0.40, Zone.MATCH), (0.399, Zone.STAFF), (0.28, Zone.STAFF), (0.279, Zone.NO_MATCH)]
)
def test_zones_begin_at_their_thresholds(value: float, zone: Zone) -> None:
    assert zone_of(value, 0.40, 0.28) is zone


def test_a_face_that_changes_between_movements_and_probes_denies() -> None:
    assert judge_continuity(list(same(0.7, 0.6)), same(0.7, 0.7)).answer is Cue.CONFIRM
    assert judge_continuity(list(same(0.2, person=3)), same(0.7, 0.7)).answer is Cue.DENY
    assert judge_continuity(list(same(0.7)), np.r_[same(0.7, 0.7, 0.7), same(0.1, person=4)]).answer is Cue.DENY
    assert judge_continuity([], same(0.7)).answer is Cue.ABSTAIN


def test_pooled_probes_are_shorter_than_1_and_no_strangers_for_that() -> None:
    assert judge_continuity(list(same(0.9)), 0.6 * same(0.9, 0.9)).value == pytest.approx(1.0, abs=1e-5)


def test_a_stranger_among_the_probes_is_not_hidden_by_their_mean() -> None:
    """Found by rendered face swaps: the mean of probes of both people was like both."""
    stranger, right = same(0.1, person=3), same(0.9)
    for mixed in (np.r_[stranger, right, right, right], np.r_[right, stranger, stranger, stranger]):
        assert judge_continuity(list(stranger), mixed).answer is Cue.DENY
        assert judge_continuity(list(right), mixed).answer is Cue.DENY
