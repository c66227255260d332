"""Portrait and its background: hints. The risk: a hint that is made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from kiosk.face.analysis import Detection
from kiosk.face.detector import FaceDetector
from kiosk.face.weights import WeightsStore
from kiosk.identity.ktp.background import Background, background_of, expected
from kiosk.identity.ktp.engine import KtpEngine
from kiosk.identity.ktp.guide import guide_for
from kiosk.identity.ktp.layout import PORTRAIT
from kiosk.identity.ktp.place import find_card
from kiosk.identity.ktp.portrait import portrait_of
from kiosk.vision import cv2
from tests.identity.ktp.support import card_lines, tilted
from tests.identity.ktp_sets import Specimen


def test_the_face_of_a_card_is_cut_out_large_enough_to_be_looked_at(
    engine: KtpEngine, specimens: Sequence[Specimen], weights_store: WeightsStore
) -> None:
    picture = specimens[-1].shots[0].picture
    place = engine.read_nik(picture, guide_for(picture.shape[1], picture.shape[0])).place
    detector = FaceDetector(weights_store.path("detector"))
    portrait = portrait_of(picture, place, detector.find_in_photo)
    assert place is not None and place.width >= 800
    assert portrait is not None and portrait.face_px >= 64
    again = detector.find_in_photo(portrait.pixels)
    assert len(again) >= 1 and again[0].width > 0.35 * portrait.pixels.shape[1]


def test_without_a_card_or_a_face_there_is_no_portrait() -> None:
    blank = np.full((720, 1280, 3), 120, np.uint8)
    assert portrait_of(blank, None, lambda _: pytest.fail("nothing to look at")) is None
    assert portrait_of(blank, find_card(card_lines()), lambda _: []) is None


def test_a_face_at_the_edge_is_cut_within_the_portrait() -> None:
    blank = np.full((720, 1280, 3), 120, np.uint8)
    face = Detection(-5.0, -8.0, 80.0, 90.0, np.zeros((5, 2), np.float32), 0.9)
    portrait = portrait_of(blank, find_card(card_lines()), lambda _: [face])
    assert portrait is not None and min(portrait.pixels.shape[:2]) > 40
    assert "pixels" not in repr(portrait)


COLOURS = {(40, 30, 200): Background.RED, (200, 60, 30): Background.BLUE, (30, 120, 230): Background.ORANGE}


@pytest.mark.parametrize("colour", [*COLOURS, (120, 120, 120), (60, 180, 60)])
def test_a_background_is_named_by_its_colour_and_grey_by_none(colour: tuple[int, int, int]) -> None:
    place = find_card(card_lines(tilted()))
    assert place is not None
    picture = np.full((720, 1280, 3), 200, np.uint8)
    left, top, right, bottom = PORTRAIT
    corners = place.to_picture([(left, top), (right, top), (right, bottom), (left, bottom)])
    cv2.fillConvexPoly(picture, corners.astype(np.int32), colour)
    assert background_of(picture, place) is COLOURS.get(colour)
    assert background_of(picture, None) is None


def test_cards_of_the_set_have_the_colour_of_their_year(engine: KtpEngine, specimens: Sequence[Specimen]) -> None:
    named = 0
    for specimen in specimens:
        picture = specimen.shots[0].picture
        place = engine.read_nik(picture, guide_for(picture.shape[1], picture.shape[0])).place
        colour = background_of(picture, place)
        named += colour is not None
        assert colour in {expected(specimen.person.tanggal_lahir), None}
    assert named >= 2


def test_odd_years_are_red_even_ones_blue_and_foreigners_orange() -> None:
    assert expected(date(1995, 8, 15)) is Background.RED
    assert expected(date(1996, 8, 15)) is Background.BLUE
    assert expected(date(1996, 8, 15), foreigner=True) is Background.ORANGE
