"""Where a code may be. The risk: a code outside every place, which no rescue will ever look at."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.identity.regions import LONGEST, MARGIN, Region, detail_of
from kiosk.vision import cv2
from tests.identity.pictures import Picture, bars, qr, scene
from tests.identity.qr_camera import HEIGHT, WIDTH
from tests.identity.qr_frames import draw_empties, draw_item, held_frames

CARD = "0001234567890"


def grey(frame: Picture) -> Picture:
    return cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)


def places(frame: Picture, count: int = 2) -> list[Region]:
    detail = detail_of(grey(frame))
    assert detail is not None
    return detail.code_regions(frame.shape[:2], count)


def covers(place: Region, centre: tuple[float, float], reach: float) -> bool:
    x, y = centre
    return (
        place.x <= x - reach
        and place.y <= y - reach
        and x + reach <= place.x + place.width
        and y + reach <= place.y + place.height
    )


def test_held_codes_lie_whole_in_one_of_the_first_places() -> None:
    """Not every one of them: an inverted code on a dim phone has less detail than a shelf of books behind it."""
    inside = 0
    for number in range(24):
        item = draw_item("tune-1", number)
        frame = next(iter(held_frames("tune-1", number)))
        half = item.carrier.box[2] / item.carrier.module * item.hold.module / 2
        sway = 20  # px, and the quiet zone that may be cut
        inside += any(covers(place, item.hold.centre, half - sway) for place in places(frame))
    assert inside >= 20


def test_the_place_of_a_code_is_much_smaller_than_the_frame() -> None:
    (place,) = places(scene(qr(CARD, 4)), 1)
    assert covers(place, (640, 360), 2 * 29)
    assert place.width * place.height < 0.1 * WIDTH * HEIGHT


@pytest.mark.parametrize("noise", [0, 4, 12])
def test_an_empty_wall_has_no_place_however_noisy(noise: int) -> None:
    assert places(scene(None, noise=noise)) == []


def test_a_code_that_fills_the_frame_has_a_place_all_the_same() -> None:
    """All of such a frame is fine detail, so nothing stands out."""
    frame = cv2.resize(scene(qr(CARD * 20, 6))[200:520, 400:880], (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    assert covers(places(frame)[0], (WIDTH / 2, HEIGHT / 2), 200)


def test_no_place_is_larger_than_the_time_for_it_or_outside_the_frame() -> None:
    for _, frame in draw_empties("tune-1", 9):
        for place in places(frame, 4):
            assert max(place.width, place.height) <= LONGEST + 2 * MARGIN
            assert place.of(grey(frame)).shape == (place.height, place.width)


@pytest.mark.parametrize("angle", [0, 25, 60, 90, -40])
def test_bars_have_a_place_of_their_own_however_they_lean(angle: float) -> None:
    frame = scene(bars(CARD), angle=angle)
    detail = detail_of(grey(frame))
    assert detail is not None
    place = detail.bar_region((HEIGHT, WIDTH))
    assert place is not None
    assert covers(place, (640, 360), 60)
    assert max(place.width, place.height) < 560


@settings(max_examples=60)
@given(st.integers(1, 140), st.integers(1, 140), st.integers(0, 2**32 - 1))
def test_frames_of_any_size_are_looked_at_or_left_alone(height: int, width: int, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    detail = detail_of(picture)
    if detail is None:
        assert min(height, width) < 80
        return
    for place in (*detail.code_regions(picture.shape, 3), detail.bar_region(picture.shape)):
        if place is not None:
            assert place.of(picture).shape == (place.height, place.width)
            assert place.height > 0
            assert place.width > 0
