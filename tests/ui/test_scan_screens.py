"""A code before the camera: the mark is where the code is, says what is known of it, and never of another one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import QRectF

from kiosk.journey import inputs as i
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, VisitState
from kiosk.ports import CodeBox
from tests.ui.conftest import Bench
from tests.ui.pictures import blue_place, off_by, where_blue
from ui.gallery import SIZES
from ui.gallery_states import SCENES
from ui.still_door import drawn_frame

CARD, PHONE = SCENES["card"].state, SCENES["ikd-code"].state
SCREENS = {"card": CARD, "ikdCode": PHONE}
BOX = CodeBox(0.42, 0.3, 0.2, 0.35)


def see(bench: Bench, vm: str, box: CodeBox | None) -> None:
    bench.door.code_box.put(box)
    bench.window.vm.property(vm).peek()
    bench.pilot.breathe()


@pytest.fixture(params=SCREENS)
def vm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("panel", SIZES, ids=str)
def test_the_mark_lies_round_the_code_in_the_picture(bench: Bench, panel: tuple[int, int]) -> None:
    bench.window.show(panel)
    bench.pilot.breathe()
    border = max(3.0, round(10 * bench.window.theme.unit))
    for vm, camera in product(SCREENS, ((1280, 720), (640, 480))):
        bench.door.frames.put(blue_place(camera, BOX.x, BOX.y, BOX.width, BOX.height))
        bench.show(SCREENS[vm])
        see(bench, vm, BOX)
        # the badge on the upper right corner hides a part of the code, never one of its edges from end to end
        assert off_by(bench.pilot.find("codeMark"), where_blue(bench.window.grab()), border) <= 3, (vm, camera)


@pytest.mark.parametrize("panel", SIZES, ids=str)
def test_a_code_at_the_edge_of_what_the_reader_sees_is_on_the_screen_with_its_sign(
    bench: Bench, panel: tuple[int, int]
) -> None:
    bench.window.show(panel)
    edge = CodeBox(0.86, 0.02, 0.13, 0.23)
    for vm, camera in product(SCREENS, ((1280, 720), (640, 480))):
        bench.door.frames.put(drawn_frame(*camera))
        bench.show(SCREENS[vm])
        see(bench, vm, edge)
        mark = bench.pilot.find("codeMark")
        assert mark.parentItem().width() - mark.x() >= 0.9 * mark.width(), (vm, camera)
        sign = next(item for item in mark.childItems() if item.childItems())
        whole = QRectF(0, 0, mark.parentItem().width(), mark.parentItem().height()).adjusted(-1, -1, 1, 1)
        assert whole.contains(sign.mapRectToItem(mark.parentItem(), sign.boundingRect())), (vm, camera)


def test_a_code_is_told_as_seen_and_then_as_read(bench: Bench, vm: str) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    bench.show(SCREENS[vm])
    assert bench.pilot.look("codeMark") is None and bench.says("Mencari kode")
    see(bench, vm, replace(BOX, read=False))
    assert bench.says("Kode terlihat") and not bench.pilot.find("codeMark").property("read")
    bench.clock.now += 1.1
    see(bench, vm, BOX)
    assert bench.says("Kode terbaca") and bench.pilot.find("codeMark").property("read")


def test_the_mark_follows_at_once_and_the_words_stay_for_a_second(bench: Bench, vm: str) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    bench.show(SCREENS[vm])
    see(bench, vm, replace(BOX, read=False))
    first = bench.pilot.find("codeMark").x()
    bench.clock.now += 0.3
    see(bench, vm, replace(BOX, x=0.5))
    assert bench.pilot.find("codeMark").x() > first
    assert bench.says("Kode terlihat") and not bench.says("Kode terbaca")
    bench.clock.now += 0.9
    bench.window.vm.property(vm).peek()
    assert bench.says("Kode terbaca")


def test_the_mark_goes_when_the_code_is_gone_or_nobody_renews_it(bench: Bench, vm: str) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    bench.show(SCREENS[vm])
    see(bench, vm, BOX)
    see(bench, vm, None)
    assert bench.pilot.look("codeMark") is None
    see(bench, vm, BOX)
    assert bench.pilot.look("codeMark") is not None
    bench.clock.now += 1.5
    bench.window.vm.property(vm).peek()
    bench.pilot.breathe()
    assert bench.pilot.look("codeMark") is None


def test_the_last_screens_code_is_not_marked_on_this_one(bench: Bench) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    bench.show(CARD)
    see(bench, "card", BOX)
    bench.show(PHONE)
    bench.window.vm.property("ikdCode").peek()
    bench.pilot.breathe()
    assert bench.pilot.look("codeMark") is None


@pytest.mark.parametrize(
    ("vm_name", "notice"),
    [
        ("card", Notice.CODE_UNKNOWN),
        ("ikdCode", Notice.CODE_UNKNOWN),
        ("ikdCode", Notice.IKD_EXPIRED),
        ("ikdCode", Notice.IKD_USED),
    ],
)
def test_a_refused_code_gets_no_green_tick(bench: Bench, vm_name: str, notice: Notice) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    bench.show(SCREENS[vm_name])
    see(bench, vm_name, BOX)
    assert bench.pilot.find("codeMark").property("read")
    bench.clock.now += 1.1
    bench.show(replace(SCREENS[vm_name], notice=notice))
    see(bench, vm_name, BOX)
    assert not bench.pilot.find("codeMark").property("read")
    assert bench.says("Mencari kode") and not bench.says("Kode terbaca")


def test_a_code_that_is_no_ikd_code_is_told_in_words_of_ikd(bench: Bench) -> None:
    bench.show(replace(PHONE, notice=Notice.CODE_UNKNOWN))
    assert bench.says("bukan kode IKD") and not bench.says("kartu JKN")


def test_while_a_code_is_checked_nothing_else_can_be_chosen(bench: Bench) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    bench.show(SCENES["ikd-code-checking"].state)
    see(bench, "ikdCode", BOX)
    assert bench.says("Memeriksa kode IKD") and bench.says("Biasanya selesai dalam 5 detik")
    assert bench.pilot.look("useKtp") is None and bench.pilot.look("codeMark") is None


@pytest.mark.parametrize("notice", [None, Notice.IKD_EXPIRED, Notice.IKD_NOT_READ])
def test_the_e_ktp_is_the_other_way_beside_the_phone(bench: Bench, notice: Notice | None) -> None:
    state: VisitState = replace(PHONE, notice=notice)
    bench.show(state)
    bench.pilot.click("useKtp")
    assert bench.posted(i.ChooseMethod) == [i.ChooseMethod(IdentityMethod.KTP_CAMERA)]
