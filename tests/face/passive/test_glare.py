"""Glare: a burnt spot that crosses the face's contour and stays while the face moves."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.cues import NOT_MEASURED, Cue
from kiosk.face.passive.glare import AGREEING, Glare, burnt_spots
from kiosk.vision import cv2
from tests.face.passive.drawn import FACE, HALF, Pixels, face_analysis, frame, person, wall

Place = tuple[float, float]
ACROSS = [(FACE[0] + shift, FACE[1]) for shift in (0.0, 14.0, 28.0, 14.0, 0.0, -14.0)]


def spot(picture: Pixels, middle: Place, radius: int = 34) -> Pixels:
    cv2.circle(picture, (int(middle[0]), int(middle[1])), radius, (255, 255, 255), -1, cv2.LINE_AA)
    return picture


def seen(pictures: list[Pixels], places: list[Place]) -> Glare:
    cue = Glare(every=1, first=0)
    for number, (picture, place) in enumerate(zip(pictures, places, strict=True)):
        cue.watch(frame(picture, number), face_analysis(number, middle=place))
    return cue


def at_contour(place: Place) -> Place:
    return place[0] + HALF[0], place[1] - 20


def test_a_spot_that_stays_while_the_contour_moves_under_it_denies_and_stays() -> None:
    fixed = at_contour(FACE)
    cue = seen([spot(person(wall(), place), fixed) for place in ACROSS], ACROSS)
    assert cue.reading.answer is Cue.DENY
    cue.watch(frame(person(wall()), 99), face_analysis(99))
    assert cue.reading.answer is Cue.DENY


def test_a_spot_over_a_face_that_keeps_still_says_nothing() -> None:
    still = [FACE] * 6
    assert seen([spot(person(wall()), at_contour(FACE)) for _ in still], still).reading.answer is Cue.ABSTAIN


def test_a_spot_that_goes_with_the_face_is_skin() -> None:
    pictures = [spot(person(wall(), place), at_contour(place)) for place in ACROSS]
    assert seen(pictures, ACROSS).reading.answer is Cue.ABSTAIN


def test_a_shining_forehead_is_inside_the_face() -> None:
    pictures = [spot(person(wall(), place), (FACE[0], FACE[1] - 60)) for place in ACROSS]
    assert seen(pictures, ACROSS).reading.answer is Cue.ABSTAIN


def test_a_bright_window_behind_ends_at_the_face() -> None:
    def room() -> Pixels:
        picture = wall()
        cv2.rectangle(picture, (700, 150), (800, 330), (255, 255, 255), -1)
        return picture

    pictures = [person(room(), place) for place in ACROSS]
    assert seen(pictures, ACROSS).reading.answer is Cue.ABSTAIN


def test_nothing_burnt_confirms_after_several_frames_and_one_picture_says_nothing() -> None:
    pictures = [person(wall(), place) for place in ACROSS]
    assert seen(pictures, ACROSS).reading.answer is Cue.CONFIRM
    assert seen(pictures[:1], ACROSS[:1]).reading.answer is Cue.ABSTAIN
    assert Glare().reading == NOT_MEASURED


def test_a_spot_needs_several_sightings() -> None:
    fixed = at_contour(FACE)
    few = ACROSS[: AGREEING - 1]
    assert seen([spot(person(wall(), place), fixed) for place in few], few).reading.answer is Cue.ABSTAIN


def test_spots_are_measured_with_their_share_on_the_face() -> None:
    small = np.full((96, 96, 3), 120, np.uint8)
    oval = np.zeros((96, 96), np.bool_)
    oval[:, :48] = True
    small[30:50, 43:63] = 255
    ((x, y, area, crossing),) = burnt_spots(small, oval)
    assert (x, y, area) == (52.5, 39.5, 400)
    assert crossing == 0.25
    small[10:60, 20:44] = 255
    assert burnt_spots(small, oval) == [], "an overexposed face has no spots"


@settings(deadline=None, max_examples=40)
@given(
    size=st.tuples(st.integers(1, 200), st.integers(1, 200)),
    middle=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    scale=st.floats(0.0, 8.0),
    level=st.integers(240, 255),
)
def test_no_picture_makes_it_raise(size: tuple[int, int], middle: Place, scale: float, level: int) -> None:
    picture = np.full((*size, 3), level, np.uint8)
    cue = Glare()
    for number in range(40):
        cue.watch(frame(picture, number), face_analysis(number, middle=middle, scale=scale))
    assert cue.reading.answer is not Cue.DENY
