"""Measures on the three panels: text and targets never fall below what eyes and hands need."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.gallery import SIZES
from ui.theme import Theme


def theme_on(width: float, height: float, inch: float = 24.0) -> Theme:
    theme = Theme(inch, "DejaVu Sans")
    theme.fit(width, height)
    return theme


def test_smallest_text_on_the_standing_panel_is_24_pixels() -> None:
    theme = theme_on(1080, 1920)
    assert min(theme.text_size(name) for name in ("small", "body", "lead", "title")) >= 24
    assert theme.text_size("body") >= 32
    assert theme.text_size("title") == 56


def test_large_text_is_half_as_large_again() -> None:
    theme = theme_on(1080, 1920)
    before = theme.text_size("body")
    theme.use(large_text=True)
    assert theme.text_size("body") == round(before * 1.5)


@pytest.mark.parametrize("size", SIZES)
def test_touch_targets_are_20_millimetres(size: tuple[int, int]) -> None:
    theme = theme_on(*size)
    per_mm = math.hypot(*size) / (24 * 25.4)
    assert theme.touch_target >= 20 * per_mm


def test_touch_targets_on_the_standing_panel_are_88_pixels() -> None:
    assert theme_on(1080, 1920).touch_target >= 88


@given(st.floats(10, 60), st.integers(600, 4000), st.integers(600, 4000))
def test_no_panel_makes_targets_too_small(inch: float, width: int, height: int) -> None:
    theme = theme_on(width, height, inch)
    assert theme.touch_target / (math.hypot(width, height) / (inch * 25.4)) >= 20 - 1e-9
