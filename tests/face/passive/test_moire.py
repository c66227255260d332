"""Moire: a grid is one peak at one place; coding blocks, edges, cloth and noise are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiosk.face.cues import NOT_MEASURED, Cue
from kiosk.face.passive.moire import (
    CLEAR,
    COLOUR_CLEAR,
    COLOUR_LIMIT,
    COLOUR_STRONG,
    LIMIT,
    SIDE,
    STRONG,
    Heights,
    Moire,
    colour_peak,
    decide,
    grid_peak,
)
from kiosk.face.passive.spectrum import common_peak, lone_lines
from kiosk.vision import cv2
from tests.face.passive.drawn import Pixels, face_analysis, frame, person, wall


def with_grid(picture: Pixels, fx: float, fy: float, amplitude: float = 4.0) -> Pixels:
    """Coloured stripes of ``amplitude`` grey levels over everything, as a monitor's columns fold down."""
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    phase = 2 * np.pi * (fx * columns + fy * rows)
    stripes = np.stack([np.cos(phase + shift) for shift in (2.1, 0.0, -2.1)], 2)
    return np.clip(picture + amplitude * stripes, 0, 255).astype(np.uint8)


def as_jpeg(picture: Pixels, quality: int) -> Pixels:
    _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def crops(picture: Pixels) -> list[Pixels]:
    return [picture[y : y + SIDE, x : x + SIDE] for x, y in ((100, 100), (300, 180), (517, 90))]


def noise(seed: int, sigma: float = 2.0, level: float = 140.0) -> Pixels:
    grain = np.random.default_rng(seed).normal(level, sigma, (400, 700, 3))
    return np.clip(grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("fx", "fy"), [(0.29, 0.02), (0.11, -0.09), (0.0, 0.21), (0.34, 0.0), (0.2, 0.3)])
def test_a_grid_is_found_at_its_frequency(fx: float, fy: float) -> None:
    peak = grid_peak(crops(with_grid(noise(1), fx, fy)))
    assert peak.height > STRONG
    found = np.array([peak.x, peak.y])
    near = min(np.abs(found - np.array([fx, fy])).max(), np.abs(found + np.array([fx, fy])).max())
    assert near <= 3 / SIDE


@pytest.mark.parametrize("quality", [50, 60, 75, 85, 95])
def test_the_blocks_of_jpeg_are_no_grid(quality: int) -> None:
    picture = person(wall(5, noise=3.0))
    analysis = face_analysis()
    cue = Moire(every=1)
    coded = as_jpeg(picture, quality)
    for number in range(6):
        cue.watch(frame(coded, number), analysis)
    assert cue.reading.answer is not Cue.DENY
    assert cue.reading.value < 1
    assert grid_peak(crops(as_jpeg(noise(2, 4.0), quality))).height < LIMIT


def test_a_raster_of_8_pixels_is_coding_and_one_of_7_is_not() -> None:
    def raster(pitch: int) -> NDArray[np.float32]:
        plane = np.random.default_rng(0).normal(128, 1.5, (SIDE, SIDE))
        plane[::pitch] += 5
        plane[:, ::pitch] += 5
        return plane.astype(np.float32)

    assert common_peak([lone_lines(raster(8))] * 3).height < CLEAR
    assert common_peak([lone_lines(raster(7))] * 3).height > STRONG


def test_a_grid_in_one_patch_only_is_cloth() -> None:
    patches = crops(noise(3))
    patches[1] = with_grid(patches[1], 0.24, 0.07, 12.0)
    assert grid_peak(patches).height < CLEAR


def test_different_stripes_in_two_patches_are_not_one_screen() -> None:
    patches = crops(noise(3))
    patches[0], patches[1] = with_grid(patches[0], 0.24, 0.07), with_grid(patches[1], 0.13, -0.2)
    assert grid_peak(patches).height < CLEAR


def test_a_straight_edge_in_every_patch_is_a_streak_and_no_peak() -> None:
    patches = crops(noise(4))
    for patch in patches:
        patch[:, 60:] = np.clip(patch[:, 60:].astype(int) + 90, 0, 255)
    assert grid_peak(patches).height < LIMIT


@pytest.mark.parametrize("sigma", [0.0, 1.0, 4.0, 12.0])
def test_noise_of_any_strength_is_clear(sigma: float) -> None:
    assert max(grid_peak(crops(noise(seed, sigma))).height for seed in range(5)) < CLEAR


def test_one_strong_picture_denies_and_it_stays() -> None:
    cue = Moire(every=1)
    cue.watch(frame(with_grid(person(wall()), 0.3, 0.03)), face_analysis())
    assert cue.reading.answer is Cue.DENY
    for number in range(2, 8):
        cue.watch(frame(person(wall(number)), number), face_analysis(number))
    assert cue.reading.answer is Cue.DENY


def test_a_face_without_a_grid_is_confirmed_when_it_is_sharp() -> None:
    cue = Moire(every=1)
    cue.watch(frame(wall()), face_analysis())
    assert cue.reading.answer is Cue.CONFIRM
    assert decide(Heights((2.0,)), sharp=False).answer is Cue.ABSTAIN


def test_several_weak_frames_deny_and_fewer_do_not() -> None:
    assert decide(Heights(), sharp=True) == NOT_MEASURED
    assert decide(Heights((LIMIT,) * 2), sharp=True).answer is Cue.ABSTAIN
    assert decide(Heights((LIMIT, 1.0) * 3), sharp=True).answer is Cue.DENY
    assert decide(Heights((1.0,) * 6, (COLOUR_LIMIT,) * 2), sharp=True).answer is Cue.ABSTAIN
    assert decide(Heights((1.0,) * 6, (COLOUR_LIMIT, 1.0) * 3), sharp=True).answer is Cue.DENY
    assert decide(Heights((1.0,), (COLOUR_STRONG,)), sharp=True).answer is Cue.DENY


def skin(seed: int) -> Pixels:
    """Blotches and shadows as skin has them: along its own colour, with a sensor's noise."""
    blotches = cv2.GaussianBlur(np.random.default_rng(seed + 50).normal(0, 60, (400, 700)), (0, 0), 2.5)
    return np.clip(noise(seed) + blotches[..., None] * (0.7, 0.85, 1.0), 0, 255).astype(np.uint8)


def test_a_grid_of_22_pixels_shows_at_half_size_only() -> None:
    picture = with_grid(skin(1), 0.045, 0.01, 2.0)
    wide = [picture[y : y + 2 * SIDE, x : x + 2 * SIDE] for x, y in ((10, 10), (200, 100), (400, 60))]
    assert colour_peak(crops(picture), []) < COLOUR_LIMIT < colour_peak(crops(picture), wide)


@pytest.mark.parametrize("fx", [0.055, 0.08, 0.11])
def test_a_grid_too_coarse_for_brightness_shows_in_colour_at_half_size(fx: float) -> None:
    """Rendered monitors whose grid folds to 9 to 18 px got past the look at full size alone."""
    picture = with_grid(skin(1), fx, 0.01, 0.7)
    wide = [picture[y : y + 2 * SIDE, x : x + 2 * SIDE] for x, y in ((10, 10), (200, 100), (400, 60))]
    assert grid_peak(crops(picture)).height < LIMIT
    assert colour_peak(crops(picture), wide) > COLOUR_LIMIT


def test_a_faint_grid_shows_in_colour_before_it_shows_in_brightness() -> None:
    picture = with_grid(noise(1), 0.25, 0.01, 0.7)
    assert grid_peak(crops(picture)).height < LIMIT
    assert colour_peak(crops(picture), []) > COLOUR_LIMIT


@pytest.mark.parametrize("sigma", [1.0, 2.0, 4.0])
def test_the_noise_of_a_sensor_is_clear_in_colour_too(sigma: float) -> None:
    for seed in range(4):
        picture = noise(seed, sigma)
        wide = [picture[y : y + 2 * SIDE, x : x + 2 * SIDE] for x, y in ((10, 10), (200, 100), (400, 60))]
        assert colour_peak(crops(picture), wide) < COLOUR_CLEAR


def test_a_small_face_is_not_measured() -> None:
    cue = Moire(every=1)
    cue.watch(frame(with_grid(person(wall()), 0.3, 0.03)), face_analysis(scale=0.4))
    assert cue.reading == NOT_MEASURED


@settings(deadline=None, max_examples=40)
@given(
    size=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    middle=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    scale=st.floats(0.0, 4.0),
    level=st.integers(0, 255),
)
def test_no_picture_makes_it_raise(
    size: tuple[int, int], middle: tuple[float, float], scale: float, level: int
) -> None:
    picture: NDArray[np.uint8] = np.full((*size, 3), level, np.uint8)
    cue = Moire(every=1)
    cue.watch(frame(picture), face_analysis(middle=middle, scale=scale))
    assert cue.reading.answer in (Cue.CONFIRM, Cue.ABSTAIN)
