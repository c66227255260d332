"""Each rescue mends the fault it is there for. The risk: one that costs time in every frame and reads nothing."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from kiosk.identity import rescues
from kiosk.identity.corners import by_corners
from kiosk.identity.regions import detail_of
from kiosk.identity.rescues import CODE128, Found, Rescue, changed, decode
from kiosk.vision import cv2
from tests.identity.pictures import Picture, bars, qr, scene
from tests.identity.qr_frames import draw_empties, draw_item, held_frames

CARD = "0001234567890"

RESCUES: dict[str, tuple[Rescue, int, int]] = {  # with an item of the tuning set and the frame that only it reads
    "sharpened": (changed(rescues.sharpened), 109, 2),
    "levelled": (changed(rescues.levelled), 24, 0),
    "calmed": (changed(rescues.calmed, 1.5), 160, 0),
    "darkened": (changed(rescues.darkened, 2.0), 110, 1),
    "enlarged": (changed(rescues.as_it_is, 1.5), 14, 0),
    "fine": (rescues.fine, 84, 2),
    "by_corners": (by_corners, 155, 0),
}


def grey(frame: Picture) -> Picture:
    return cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)


def rescued(rescue: Rescue, frame: Picture) -> list[Found]:
    detail = detail_of(grey(frame))
    assert detail is not None
    places = detail.code_regions(frame.shape[:2], 2)
    found = (code.moved(place.x, place.y) for place in places for code in rescue(place.of(grey(frame))))
    return [code for code in found if code.text]  # without the ones that were only located


@pytest.mark.parametrize("name", RESCUES)
def test_a_rescue_reads_what_neither_the_plain_look_nor_another_one_does_and_tells_where(name: str) -> None:
    rescue, number, index = RESCUES[name]
    item = draw_item("tune-1", number)
    frame = next(islice(held_frames("tune-1", number), index, None))
    assert decode(grey(frame), whole=True) == [], "a picture that needs no rescue proves nothing"
    found = rescued(rescue, frame)
    assert [code.text for code in found] == [item.text]
    assert not any(rescued(other, frame) for key, (other, _, _) in RESCUES.items() if key not in (name, "by_corners"))
    assert np.hypot(*(found[0].corners.mean(0) - item.hold.centre)) < 40, "the hand sways by some 9 px a frame"


@pytest.mark.parametrize("module", [8, 12, 20])
def test_a_code_too_near_to_be_sharp_is_read_when_it_is_made_small(module: int) -> None:
    frame = grey(scene(qr(CARD, module), angle=12, blur=0.6 * module))
    assert [code.text for code in decode(frame, whole=True)] == []
    (found,) = rescues.near(frame)
    assert found.text == CARD
    assert np.hypot(*(found.corners.mean(0) - (640, 360))) < 2 * module


@pytest.mark.parametrize(("read", "blur"), [(rescues.bars, 0.7), (rescues.soft_bars, 1.8)])
@pytest.mark.parametrize("angle", [0, 8, 20, 45, 70, 90, 170, -15, -35])
def test_bars_are_read_however_the_card_is_held(read: object, blur: float, angle: float) -> None:
    frame = grey(scene(bars(CARD), angle=angle, blur=blur))
    detail = detail_of(frame)
    assert detail is not None
    place = detail.bar_region(frame.shape)
    assert place is not None
    assert [code.text for code in read(frame, place)] == [CARD]  # type: ignore[operator]


def test_a_code_that_is_found_and_not_read_has_a_place_and_no_text() -> None:
    code = qr(CARD, 8)
    code[104:200, 104:200] = 255  # more than its error correction mends; the corners stay
    frame = grey(scene(code))
    assert decode(frame) == []
    (found,) = decode(frame, unread=True)
    assert found.text == ""
    assert np.hypot(*(found.corners.mean(0) - (640, 360))) < 30


def test_one_code_in_view_twice_is_one_and_other_formats_are_none() -> None:
    both = np.hstack([grey(scene(qr(CARD)))] * 2)
    assert [code.text for code in decode(both)] == [CARD]
    assert decode(both, CODE128) == []
    assert decode(grey(scene(bars(CARD)))) == []


def test_scenes_without_a_code_stay_without_one_whatever_is_tried() -> None:
    for _, frame in draw_empties("tune-1", 18):
        assert not any(rescued(rescue, frame) for rescue, _, _ in RESCUES.values())
        assert rescues.near(grey(frame)) == []


def test_nothing_is_enlarged_beyond_what_a_frame_has_time_for() -> None:
    larger, by = rescues.enlarged(np.zeros((300, 560), np.uint8), 2.0)
    assert max(larger.shape) == rescues.ENLARGED_TO
    assert by == rescues.ENLARGED_TO / 560
    assert rescues.enlarged(np.zeros((900, 900), np.uint8), 2.0)[1] == 1.0
    assert rescues.enlarged(np.zeros((100, 100), np.uint8), 2.0)[0].shape == (200, 200)


def test_a_code_is_in_no_text_of_what_was_found() -> None:
    assert CARD not in repr(Found(CARD, np.zeros((4, 2))))
