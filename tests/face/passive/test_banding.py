"""Banding: bands that roll over the face and not beside it; lamps light both."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.cues import NOT_MEASURED, Cue
from kiosk.face.passive.banding import AGREEING, COLUMNS, EVERY, FIRST, LIMIT, Banding, Bands, bands_of, decide
from tests.face.passive.drawn import HEIGHT, WIDTH, Pixels, face_analysis, frame, person, wall

ROW_SECONDS = 36e-6
NOT_LOOKED_AT = np.zeros((2, 2, 3), np.uint8)
PANEL = (440, 840)  # columns of a screen round the face


def lit(picture: Pixels, at: float, hertz: float, percent: float, columns: tuple[int, int] = (0, WIDTH)) -> Pixels:
    """Brightness that swings with ``hertz``, read row by row from ``at`` s."""
    swing = 1 + percent / 100 * np.cos(2 * np.pi * hertz * (at + ROW_SECONDS * np.arange(HEIGHT)))
    out = picture.copy()
    part = out[:, columns[0] : columns[1]]
    part[:] = np.rint(part * swing[:, None, None].astype(np.float32)).clip(0, 255)
    return out


def film(hertz: float, percent: float, columns: tuple[int, int] = (0, WIDTH), fps: float = 14.7) -> Banding:
    cue = Banding()
    for number in range(EVERY * (AGREEING + 1)):
        if number % EVERY not in (FIRST, FIRST + 1):
            cue.watch(frame(NOT_LOOKED_AT, number), face_analysis(number))
            continue
        picture = lit(person(wall(number % 4)), number / fps, hertz, percent, columns)
        cue.watch(frame(picture, number), face_analysis(number))
    return cue


@pytest.mark.parametrize("hertz", [220.0, 240.0, 480.0])
def test_bands_inside_a_panel_only_are_denied_and_counted(hertz: float) -> None:
    cue = film(hertz, 2.0, PANEL)
    assert cue.reading.answer is Cue.DENY
    assert cue.reading.value > LIMIT


@pytest.mark.parametrize("hertz", [100.0, 120.0, 300.0, 1000.0])
def test_a_lamp_that_flickers_on_the_whole_picture_never_denies(hertz: float) -> None:
    assert film(hertz, 3.0).reading.answer is not Cue.DENY


def test_mains_light_on_the_face_alone_is_too_few_bands() -> None:
    assert film(100.0, 3.0, PANEL).reading.answer is not Cue.DENY


def test_steady_light_confirms() -> None:
    assert film(0.0, 0.0).reading.answer is Cue.CONFIRM


def test_the_number_of_bands_is_measured() -> None:
    rows = np.arange(400)
    rng = np.random.default_rng(0)

    def strip(phase: float, size: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        wave = size * np.cos(2 * np.pi * 9.0 * rows / HEIGHT + phase)
        return (wave[:, None] + rng.normal(0, 0.001, (400, COLUMNS)) + 5).astype(np.float32)

    bands = bands_of((strip(0.3, 0.01), strip(1.9, 0.01)), [(strip(0.3, 0.0), strip(1.9, 0.0))], HEIGHT)
    assert bands.count == pytest.approx(9.0, abs=0.5)
    assert bands.percent == pytest.approx(0.7, abs=0.25)  # half of |1 - exp(1.6 i)| x 1 %
    assert bands.beside < 0.2


def test_bands_of_another_number_each_time_are_movement() -> None:
    plain = [Bands(count, 0.5, 2 * LIMIT, 0.01) for count in (6.0, 9.0, 13.0, 18.0)]
    assert decide(plain).answer is Cue.ABSTAIN
    assert decide([Bands(9.0, 0.5, 2 * LIMIT, 0.01)] * AGREEING).answer is Cue.DENY
    assert decide([Bands(9.0, 0.5, 2 * LIMIT, 0.9)] * AGREEING).answer is Cue.ABSTAIN
    assert decide([]) == NOT_MEASURED


def test_one_picture_and_a_frozen_one_are_not_measured() -> None:
    cue, picture = Banding(), person(wall())
    for number in range(20):
        cue.watch(frame(picture, number), face_analysis(number))
    assert cue.reading == NOT_MEASURED


def test_a_denial_stays() -> None:
    cue = film(240.0, 2.0, PANEL)
    for number in range(40):
        cue.watch(frame(wall(number % 2), number), face_analysis(number))
    assert cue.reading.answer is Cue.DENY


@settings(deadline=None, max_examples=30)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 250), st.integers(1, 250)), min_size=3, max_size=8),
    middle=st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
    scale=st.floats(0.0, 4.0),
    seed=st.integers(0, 9),
)
def test_no_pictures_make_it_raise(
    sizes: list[tuple[int, int]], middle: tuple[float, float], scale: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    cue = Banding(every=2, first=0)
    for number, size in enumerate(sizes):
        picture = rng.integers(0, 256, (*size, 3)).astype(np.uint8)
        cue.watch(frame(picture, number), face_analysis(number, middle=middle, scale=scale))
    assert cue.reading.answer in Cue
