from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.face.passive.turns import Turns


def measured(turns: Turns, frames: int, possible: frozenset[int] | None = None) -> list[int]:
    """The frames on which a cue measured that can measure ``possible`` ones only."""
    out = []
    for number in range(frames):
        if turns.come() and (possible is None or number in possible):
            turns.taken()
            out.append(number)
    return out


def test_the_first_frame_is_measured_at_once_so_that_one_picture_has_an_answer() -> None:
    assert measured(Turns(7, 3), 25) == [0, 3, 10, 17, 24]


def test_a_measurement_that_could_not_be_made_is_owed_until_it_can() -> None:
    assert measured(Turns(7, 0), 20, frozenset({5, 6, 13, 16})) == [5, 13, 16]


@pytest.mark.parametrize("first", [0, 3])
def test_every_frame_is_every_frame_wherever_the_count_begins(first: int) -> None:
    assert measured(Turns(1, first), 5) == [0, 1, 2, 3, 4]


@given(st.integers(1, 30), st.integers(0, 60))
def test_no_two_measurements_are_further_apart_than_asked(every: int, first: int) -> None:
    frames = measured(Turns(every, first), 5 * every)
    assert all(b - a <= every for a, b in pairwise(frames))
    assert len(frames) <= 6
