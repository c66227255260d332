"""Reading codes in camera-like frames. The risk: a card held in front of the kiosk that is never read."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from hardware.camera.simulated.rooms import shelves
from kiosk.identity.codes import TURNS, ZBAR_EVERY, MachineCodeReader
from kiosk.identity.zbar import LIBRARY_MISSING, ZbarReader
from kiosk.ports import CodeSpotter, PartState
from kiosk.vision import cv2
from tests.identity.pictures import Picture, bars, glare, qr, scene
from tests.identity.qr_frames import FRAMES, Hardship, draw_empties, draw_item, held_frames

CARD = "0001234567890"


def small(module: float) -> Picture:
    large = qr(CARD, 4)
    return cv2.resize(large, None, fx=module / 4, fy=module / 4, interpolation=cv2.INTER_AREA)


EASY = {
    "plain": scene(qr(CARD)),
    "turned 33 degrees": scene(qr(CARD), angle=33),
    "upside down": scene(qr(CARD), angle=180),
    "inverted": scene(qr(CARD, invert=True)),
    "two pixels a module": scene(qr(CARD, 2), angle=8, blur=0.5),
    "a little out of focus": scene(qr(CARD, 4), blur=2.0),
    "with a reflection": glare(scene(qr(CARD, 8)), 660, 380, 25),
    "dark": (scene(qr(CARD)) * 0.15).astype(np.uint8),
}

HARD = {
    "out of focus": scene(qr(CARD, 4), angle=12, blur=2.2),
    "too near to be sharp": scene(qr(CARD, 16), angle=12, blur=9.6),
    "small and turned": scene(small(1.5), angle=40, blur=0.3),
    "bar code": scene(bars(CARD)),
    "bar code on edge": scene(bars(CARD), angle=90),
    "bar code held 30 degrees askew": scene(bars(CARD), angle=30),
    "bar code held 30 degrees askew the other way": scene(bars(CARD), angle=-30),
}


def frames_until_read(reader: MachineCodeReader, frame: Picture, limit: int = len(TURNS)) -> int:
    for number in range(1, limit + 1):
        found = reader.read(frame)
        if found:
            assert list(found) == [CARD]
            return number
    return 0


@pytest.mark.parametrize("name", EASY)
def test_an_ordinary_code_is_read_from_its_first_frame(name: str) -> None:
    assert frames_until_read(MachineCodeReader(), EASY[name]) == 1


@pytest.mark.parametrize("name", HARD)
def test_a_hard_code_is_read_while_the_card_is_held(name: str) -> None:
    plain = zxingcpp.read_barcodes(HARD[name], formats=zxingcpp.BarcodeFormat.QRCode)
    assert not plain, "a picture that needs no rescue proves nothing"
    assert frames_until_read(MachineCodeReader(), HARD[name]) > 0


@pytest.mark.parametrize("name", [*EASY, *HARD])
def test_a_single_picture_gets_the_whole_ladder(name: str) -> None:
    assert list(MachineCodeReader().read_thoroughly({**EASY, **HARD}[name])) == [CARD]


def test_an_empty_wall_holds_no_code() -> None:
    reader, wall = MachineCodeReader(), scene(None, noise=12)
    assert [list(reader.read(wall)) for _ in range(2 * ZBAR_EVERY)] == [[]] * (2 * ZBAR_EVERY)
    assert list(reader.read_thoroughly(wall)) == []


def test_two_codes_in_view_are_both_told() -> None:
    both = np.hstack([scene(qr(CARD)), scene(qr("3174075508950001"))])
    assert set(MachineCodeReader().read(both)) == {CARD, "3174075508950001"}


def test_one_code_shown_twice_is_told_once() -> None:
    assert list(MachineCodeReader().read(np.hstack([scene(qr(CARD))] * 2))) == [CARD]


def test_grey_frames_views_and_tiny_frames_are_fine() -> None:
    frame = scene(qr(CARD))
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    assert list(MachineCodeReader().read(grey)) == [CARD]
    assert list(MachineCodeReader().read(np.hstack([grey, grey])[:, :1280])) == [CARD]
    for size in (1, 2, 7):
        assert list(MachineCodeReader().read_thoroughly(np.zeros((size, size), np.uint8))) == []


@pytest.mark.parametrize("shape", [(0, 0), (4, 4, 4), (4, 4, 1), (4,)])
def test_what_is_no_frame_is_refused_with_a_typed_error(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a frame is"):
        MachineCodeReader().read(np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        MachineCodeReader().read(np.zeros((4, 4)))  # type: ignore[arg-type]


def test_text_beyond_ascii_survives() -> None:
    assert list(MachineCodeReader().read(scene(qr("Kartu – é 健康")))) == ["Kartu – é 健康"]


def no_library() -> None:
    raise ImportError("Unable to find zbar shared library")


def test_without_zbar_the_reader_says_so_and_goes_on() -> None:
    reader = MachineCodeReader(ZbarReader(load=no_library))  # type: ignore[arg-type]
    health = reader.health()
    assert (health.state, health.last_fault) == (PartState.DEGRADED, LIBRARY_MISSING)
    assert "apt install libzbar0" in health.detail["zbar"]
    assert frames_until_read(reader, HARD["bar code"]) > 0
    assert list(reader.read_thoroughly(scene(None))) == []


class CountingZbar(ZbarReader):
    calls = 0

    def read(self, grey: np.ndarray) -> list[str]:
        self.calls += 1
        return super().read(grey)


def test_zbar_is_rare_because_it_costs_as_much_as_all_the_rest() -> None:
    zbar = CountingZbar()
    reader, full_of_edges = MachineCodeReader(zbar), shelves(1280, 720)
    for _ in range(2 * ZBAR_EVERY):
        assert list(reader.read(full_of_edges)) == []
    assert 2 <= zbar.calls <= 4, "on the place of a code and on that of bars"
    before = zbar.calls
    reader.read(EASY["plain"])
    assert zbar.calls == before


# ---- a code in a hand


@pytest.mark.parametrize("number", range(len(Hardship)))
def test_a_code_is_read_within_five_frames_whatever_is_wrong_with_it(number: int) -> None:
    item, reader = draw_item("tune-1", number), MachineCodeReader()
    for count, frame in enumerate(held_frames("tune-1", number), 1):
        found = list(reader.read(frame))
        if found:
            assert found == [item.text]
            return
        assert count < FRAMES, item.hardship


def test_scenes_without_a_code_hold_none_at_any_turn() -> None:
    reader = MachineCodeReader()
    for _, frame in draw_empties("tune-1", 9):
        assert [list(reader.read(frame)) for _ in TURNS] == [[]] * len(TURNS)
        assert list(reader.read_thoroughly(frame)) == []


# ---- where it is


def middle_of(corners: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    assert len(corners) == 4
    assert all(0.0 <= value <= 1.0 for corner in corners for value in corner)
    return float(np.mean([x for x, _ in corners])), float(np.mean([y for _, y in corners]))


@pytest.mark.parametrize("name", [*EASY, *HARD])
def test_the_place_of_a_code_is_told_whichever_way_it_was_read(name: str) -> None:
    reader, frame = MachineCodeReader(), {**EASY, **HARD}[name]
    assert isinstance(reader, CodeSpotter)
    for _ in TURNS:
        seen = [code for code in reader.look(frame) if code.text]
        if seen:
            break
    (code,) = seen
    assert code.text == CARD
    assert CARD not in repr(code)
    x, y = middle_of(code.corners)
    assert x == pytest.approx(0.5, abs=0.04), "on a phone the box must lie on the code"
    assert y == pytest.approx(0.5, abs=0.06)


def test_a_code_that_cannot_be_read_yet_has_a_place_but_is_no_text() -> None:
    code = qr(CARD, 8)
    code[104:200, 104:200] = 255  # more than its error correction mends
    reader = MachineCodeReader()
    (seen,) = reader.look(scene(code))
    assert seen.text == ""
    assert middle_of(seen.corners) == (pytest.approx(0.5, abs=0.03), pytest.approx(0.5, abs=0.03))
    assert list(reader.read(scene(code))) == []
