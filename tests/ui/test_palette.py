"""Everything written can be read: contrast of every pair of colours in both themes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ui import palette
from ui.gallery import theme_problems
from ui.palette import HIGH, NORMAL, contrast, weakest_pair


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_no_pair_of_either_theme_is_too_faint() -> None:
    assert not theme_problems()


def test_a_faint_colour_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette, "NORMAL", replace(NORMAL, muted="#8a9a92"))
    assert [problem for problem in theme_problems() if "muted" in problem]


def test_high_contrast_is_higher_everywhere() -> None:
    assert weakest_pair(HIGH)[0] >= 20.0 > weakest_pair(NORMAL)[0] >= 7.0
