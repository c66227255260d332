"""A rendered screen must give itself away as much as a real one would, and no more: its grid, bands and glare follow
from pitch, distance, lens and shutter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera.simulated.glass import add_glare, lamp_seen_at
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.optics import (
    CUTOFF,
    GAMMA,
    Placed,
    band_contrast,
    focal_px,
    lens_mtf,
    plane_to_picture,
    sampled_contrast,
    sinc,
)
from hardware.camera.simulated.panel import PHONES, STRIPE, PanelType, Shutter, bands_on, grid_on

PICTURE = (1280, 720)
BOX = (200, 300, 712, 332)


def sampled(pitch: float, distance: float, pose: Pose | None = None) -> np.ndarray | None:
    panel = PanelType("test", (2000.0, 2000.0), pitch)
    plane = Placed(np.array([0.0, 0.0, distance]), pose or Pose())
    return grid_on(panel, np.linalg.inv(plane_to_picture(PICTURE, plane)), BOX)


def peak(row: np.ndarray) -> float:
    """Cycles a px of the strongest wave in a row."""
    window = np.hanning(len(row))
    spectrum = np.abs(np.fft.rfft((row - row.mean()) * window, 16 * len(row)))
    return float(np.argmax(spectrum)) / (16 * len(row))


@pytest.mark.parametrize(("pitch", "distance"), [(0.2768, 260.0), (0.2520, 200.0), (0.2768, 330.0), (0.1793, 200.0)])
def test_the_grid_shows_at_the_alias_that_sampling_theory_predicts(pitch: float, distance: float) -> None:
    cycles = distance / focal_px(720) / pitch
    grid = sampled(pitch, distance)
    assert grid is not None
    assert peak(grid[8, :, 1]) == pytest.approx(abs(cycles - round(cycles)), abs=0.002)


def test_the_grid_is_as_strong_as_stripe_lens_and_pixel_leave_it() -> None:
    pitch, distance = 0.2520, 200.0
    cycles = distance / focal_px(720) / pitch
    grid = sampled(pitch, distance)
    assert grid is not None
    expected = 2 * sinc(STRIPE) * abs(sampled_contrast(cycles)) / GAMMA
    assert grid[8, :, 1].std() * np.sqrt(2) == pytest.approx(expected, rel=0.1)
    assert expected > 0.01


def test_the_three_colours_lie_a_third_of_a_pitch_apart() -> None:
    grid = sampled(0.2520, 200.0)
    assert grid is not None
    waves = np.fft.rfft((grid[8] - 1) * np.hanning(grid.shape[1])[:, None], axis=0)
    at = int(np.abs(waves[:, 1]).argmax())
    apart = np.degrees(np.angle(waves[at, 0] / waves[at, 1])) % 360
    assert apart == pytest.approx(120, abs=3) or apart == pytest.approx(240, abs=3)


def test_a_tilted_panel_bends_its_moire() -> None:
    grid = sampled(0.2768, 260.0, Pose(yaw=12.0))
    assert grid is not None
    left, right = peak(grid[8, :200, 1]), peak(grid[8, -200:, 1])
    assert abs(left - right) > 0.01


@pytest.mark.parametrize("panel", PHONES, ids=lambda panel: panel.name)
@pytest.mark.parametrize("distance", [230.0, 300.0, 400.0])
def test_a_phones_grid_is_beyond_the_lens(panel: PanelType, distance: float) -> None:
    plane = Placed(np.array([0.0, 0.0, distance]), Pose())
    grid = grid_on(panel, np.linalg.inv(plane_to_picture(PICTURE, plane)), BOX)
    assert grid is None or np.abs(grid - 1).max() * 255 < 0.01, "grey levels; sensor noise is 1.6"


@given(st.floats(0.0, 5.0), st.floats(0.0, 5.0))
@settings(deadline=None)
def test_the_lens_never_favours_the_finer_pattern(a: float, b: float) -> None:
    coarse, fine = sorted((a, b))
    assert 1.0 >= lens_mtf(coarse) >= lens_mtf(fine) >= 0.0
    assert lens_mtf(CUTOFF + a) == 0.0


@given(st.floats(100.0, 1000.0), st.floats(0.1, 0.9), st.floats(0.002, 0.04))
@settings(deadline=None, max_examples=40)
def test_the_band_formula_is_the_integral_of_the_light_over_the_exposure(
    hertz: float, duty: float, exposure: float
) -> None:
    moments = (np.arange(256) + 0.5) / 256 / hertz
    inside = (np.arange(2000) + 0.5) / 2000 * exposure
    light = (np.abs(((moments[:, None] + inside) * hertz + 0.5) % 1 - 0.5) < duty / 2).mean(1) / duty
    first = 2 * abs(np.mean(light * np.exp(-2j * np.pi * hertz * moments)))
    assert first == pytest.approx(abs(band_contrast(hertz, duty, exposure)), abs=0.02 + 0.02 / duty)


def test_bands_repeat_every_period_of_the_backlight_in_rows_and_wander_from_frame_to_frame() -> None:
    panel = PanelType("test", (100.0, 100.0), 0.1, hertz=240.0, duty=0.7)
    shutter = Shutter(1 / 100, 40e-6)
    bands = bands_on(panel, shutter, 10.0, (0, 720))
    later = bands_on(panel, shutter, 10.0 + 1 / 15.3, (0, 720))
    assert bands is not None and later is not None
    assert peak(bands[:, 0, 0]) == pytest.approx(240.0 * 40e-6, abs=5e-4)
    assert np.abs(bands - later).max() > 0.3 * np.ptp(bands)
    assert bands_on(PanelType("steady", (100.0, 100.0), 0.1), shutter, 10.0, (0, 720)) is None


def test_an_exposure_of_whole_periods_leaves_no_bands() -> None:
    assert abs(band_contrast(200.0, 0.5, 1 / 100)) < 1e-9
    assert abs(band_contrast(240.0, 0.5, 1 / 100)) > 0.05


def glare_middle(yaw: float) -> np.ndarray:
    place = np.array([0.0, 0.0, 250.0])
    at_rest = Placed(place, Pose())
    lamp = lamp_seen_at(PICTURE, (640.0, 360.0), at_rest, np.random.default_rng(1), matte=False)
    lit = np.full((720, 1280, 3), 40, np.uint8)
    add_glare(lit, (0, 0, 1280, 720), lamp, PICTURE, Placed(place, Pose(yaw=yaw)))
    rows, columns = np.nonzero(lit[..., 1] > 45)
    return np.array([columns.mean(), rows.mean()])


def test_a_mirrored_lamp_moves_by_twice_the_tilt_of_the_glass() -> None:
    still, tilted = glare_middle(0.0), glare_middle(2.0)
    assert np.allclose(still, (640, 360), atol=12)
    moved = np.degrees(np.arctan(abs(tilted[0] - still[0]) / focal_px(720)))
    assert moved == pytest.approx(4.0, abs=0.6)
