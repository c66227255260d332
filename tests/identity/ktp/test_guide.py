"""The frame on the screen. The risk: the screen shows one rectangle and the reader cuts another."""

from __future__ import annotations

import pytest

from kiosk.identity.ktp.guide import CARD_RATIO, GUIDE, WHOLE, guide_for


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (640, 480), (720, 1280), (2560, 720)])
def test_the_guide_has_the_shape_of_a_card_and_lies_in_the_middle(size: tuple[int, int]) -> None:
    width, height = size
    guide = guide_for(width, height)
    assert guide.w * width / (guide.h * height) == pytest.approx(CARD_RATIO)
    assert guide.x + guide.w / 2 == pytest.approx(0.5) and guide.y + guide.h / 2 == pytest.approx(0.5)
    assert guide.w <= 0.62 + 1e-9 and guide.h <= 0.9 + 1e-9


def test_the_guide_of_an_ordinary_picture_is_the_constant() -> None:
    assert GUIDE.w == pytest.approx(0.62)
    left, top, right, bottom = GUIDE.pixels(1280, 720)
    assert (left, right) == (243, 1037) and bottom - top == 500


def test_a_margin_never_leaves_the_picture() -> None:
    assert WHOLE.pixels(300, 200, 0.5) == (0, 0, 300, 200)
    left, top, right, bottom = guide_for(1280, 720).pixels(1280, 720, 0.5)
    assert (left, top, right, bottom) == (0, 0, 1280, 720)
