"""Codes with a broken corner. The risk: a cracked phone that is never read, or a code made up out of a pattern."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.identity.corners import by_corners
from kiosk.identity.rescues import decode
from kiosk.vision import cv2
from tests.identity.pictures import Picture, qr

CARD = "0001234567890"
MODULE = 6
CORNERS = {"top left": (7.5, 7.5), "top right": (21.5, 7.5), "bottom left": (7.5, 21.5)}  # modules, quiet zone of 4


def scratched(code: Picture, *names: str, light: bool = True, width: int = 4) -> Picture:
    """A line right through each of these corners."""
    picture = code.copy()
    for name in names:
        x, y = (round(v * MODULE) for v in CORNERS[name])
        reach = 5 * MODULE
        cv2.line(picture, (x - reach, y - reach // 2), (x + reach, y + reach // 2), 255 if light else 0, width)
    return picture


def seen(code: Picture, angle: float = 0.0, tilt: float = 0.0) -> Picture:
    """Grey, with room round it, turned and seen askew."""
    picture = cv2.copyMakeBorder(code, 60, 60, 60, 60, cv2.BORDER_REPLICATE)
    size = picture.shape[0]
    ends = np.array([(0, 0), (size, 0), (size, size), (0, size)], np.float32)
    askew = np.array([(tilt, tilt), (size, 0), (size, size), (tilt, size - tilt)], np.float32)
    picture = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(ends, askew), (size, size), borderValue=128)
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), angle, 0.9)
    return np.asarray(cv2.GaussianBlur(cv2.warpAffine(picture, turn, (size, size), borderValue=128), (0, 0), 0.8))


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("angle", [0.0, 17.0, 130.0])
@pytest.mark.parametrize("name", CORNERS)
def test_one_broken_corner_does_not_matter(name: str, angle: float, invert: bool, light: bool) -> None:
    picture = seen(scratched(qr(CARD, MODULE), name, light=light), angle, tilt=14.0)
    assert [code.text for code in by_corners(255 - picture if invert else picture)] == [CARD]


def test_one_whole_corner_is_enough() -> None:
    picture = seen(scratched(qr(CARD, MODULE), "top left", "bottom left"), 10.0)
    assert decode(picture) == [], "else this would prove nothing"
    assert [code.text for code in by_corners(picture)] == [CARD]


def test_without_any_whole_corner_nothing_is_made_up() -> None:
    assert by_corners(seen(scratched(qr(CARD, MODULE), *CORNERS, width=9))) == []


def test_the_place_is_told_in_the_picture_as_it_was() -> None:
    picture = seen(scratched(qr(CARD, MODULE), "top right"))
    (found,) = by_corners(picture)
    size = picture.shape[0]
    assert np.hypot(*(found.corners.mean(0) - size / 2)) < MODULE
    assert np.ptp(found.corners[:, 0]) == pytest.approx(0.9 * 21 * MODULE, abs=2 * MODULE)


def test_three_corners_round_nothing_are_no_code() -> None:
    """Its parts stand where they should, and there is nothing to read between them."""
    code = qr(CARD, MODULE)
    blank = np.full_like(code, 255)
    for x, y in CORNERS.values():
        window = np.s_[round((y - 4.5) * MODULE) : round((y + 4.5) * MODULE), :]
        columns = np.s_[round((x - 4.5) * MODULE) : round((x + 4.5) * MODULE)]
        blank[window][:, columns] = code[window][:, columns]
    assert by_corners(seen(blank)) == []


def test_a_corner_that_lies_at_the_edge_of_the_place_is_drawn_as_far_as_it_goes() -> None:
    picture = seen(scratched(qr(CARD, MODULE), "top right"))
    cut = picture[70:, 70:]  # through the quiet zone
    assert [code.text for code in by_corners(np.ascontiguousarray(cut))] == [CARD]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_noise_of_any_size_is_looked_at_without_complaint(height: int, width: int, seed: int, grain: int) -> None:
    small = np.random.default_rng(seed).integers(0, 2, (height // grain + 1, width // grain + 1)).astype(np.uint8) * 255
    picture = np.repeat(np.repeat(small, grain, 0), grain, 1)[:height, :width]
    assert by_corners(np.ascontiguousarray(picture)) == []
