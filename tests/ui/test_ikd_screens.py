"""IKD: the code on the screen can be scanned and ends in time; another code and another way are offered."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import segno
import zxingcpp

from kiosk.config import IkdSettings, Settings
from kiosk.journey import inputs as i
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, Language
from tests.ui.conftest import WORD_JOINER, Bench
from tests.ui.pictures import pixels_of
from ui.gallery import SIZES
from ui.gallery_identity import LOGIN
from ui.gallery_states import NOW, SCENES
from ui.viewmodels.notice import notice_text
from ui.words import Words

SHOWN, EXPIRED, OPENING = SCENES["ikd"].state, SCENES["ikd-expired"].state, SCENES["ikd-opening"].state
LONG_URI = "https://ikd.contoh.example/masuk?" + "&".join(f"permintaan{n}=abcdefghijklmnopqrstu" for n in range(7))
SMALLEST_MODULE = 4
"""Pixels; a phone held at 20 cm resolves less."""


@pytest.mark.parametrize("panel", SIZES, ids=str)
def test_a_phone_can_scan_the_code_from_the_screen(bench: Bench, panel: tuple[int, int]) -> None:
    bench.window.show(panel)
    for uri, high, large in product((LOGIN.uri, LONG_URI), (False, True), (False, True)):
        bench.window.theme.use(high_contrast=high)
        bench.show(replace(SHOWN, login=replace(LOGIN, uri=uri), large_text=large))
        (code,) = zxingcpp.read_barcodes(pixels_of(bench.window.grab()))
        assert code.text == uri, (high, large)
        modules, _ = segno.make(uri, error="m", micro=False).symbol_size(border=0)
        assert (code.position.top_right.x - code.position.top_left.x) / modules >= SMALLEST_MODULE, (high, large)


def test_a_spent_code_is_no_longer_on_the_screen(bench: Bench) -> None:
    bench.show(SHOWN)
    item = bench.pilot.find("loginCode")
    assert item.property("content") == LOGIN.uri
    bench.show(EXPIRED)
    assert item.property("content") == "" and bench.pilot.look("loginCode") is None
    assert not zxingcpp.read_barcodes(pixels_of(bench.window.grab()))


def test_the_time_that_is_left_runs_down_and_stops_at_nothing(bench: Bench) -> None:
    bench.show(SHOWN)
    assert bench.says("01:42")
    bench.clock.now = NOW + 100
    bench.window.vm.tick()
    assert bench.says("00:02")
    bench.clock.now = NOW + 300
    bench.window.vm.tick()
    assert bench.says("00:00")


def test_the_countdown_follows_the_language(bench: Bench) -> None:
    bench.show(replace(SHOWN, language=Language.ENGLISH))
    assert bench.says("Code valid for 01:42")


def test_the_code_to_type_is_shown_in_groups_and_left_out_when_there_is_none(bench: Bench) -> None:
    bench.show(replace(SHOWN, login=replace(LOGIN, user_code="WDJBMJHT")))
    assert bench.says("WDJB MJHT")
    bench.show(replace(SHOWN, login=replace(LOGIN, user_code="")))
    assert not bench.says("Tidak bisa memindai?")


@pytest.mark.parametrize("panel", SIZES, ids=str)
def test_the_code_to_type_is_on_every_panel_in_large_text_too_and_in_one_piece(
    bench: Bench, panel: tuple[int, int]
) -> None:
    bench.window.show(panel)
    for large in (False, True):
        bench.show(replace(SHOWN, large_text=large))
        assert bench.says(LOGIN.user_code), large
    assert str(bench.window.vm.property("ikd").property("userCode")).endswith(f"WDJB-{WORD_JOINER}MJHT")


def test_three_steps_say_what_to_do_on_the_phone(bench: Bench) -> None:
    bench.show(SHOWN)
    assert [bench.says(step) for step in ("Buka aplikasi IKD", "Pindai kode ini", "Setujui di HP")] == [True] * 3


def test_while_the_login_is_opened_it_says_so_and_offers_no_second_one(bench: Bench) -> None:
    bench.show(OPENING)
    assert bench.says("Menyiapkan kode IKD")
    assert [bench.pilot.look(name) for name in ("newLogin", "showPhone", "useKtp", "loginCode")] == [None] * 4
    assert bench.pilot.look("backButton") is not None


@pytest.mark.parametrize("notice", [Notice.IKD_LOGIN_EXPIRED, Notice.IKD_LOGIN_DENIED])
def test_another_code_is_made_once_the_last_is_spent(bench: Bench, notice: Notice) -> None:
    bench.show(replace(EXPIRED, notice=notice))
    bench.pilot.click("newLogin")
    bench.pilot.click("newLogin")
    assert bench.posted(i.Retry) == [i.Retry()]
    assert bench.pilot.look("useKtp") is None


@pytest.mark.parametrize("state", [SHOWN, EXPIRED], ids=["shown", "expired"])
def test_a_code_on_the_phone_is_the_other_way(bench: Bench, state: object) -> None:
    bench.show(state)  # type: ignore[arg-type]
    bench.pilot.click("showPhone")
    assert bench.posted(i.ChooseMethod) == [i.ChooseMethod(IdentityMethod.IKD_CODE)]


@pytest.mark.parametrize("notice", [Notice.IKD_NOT_ACTIVE, Notice.IKD_NOT_ACCEPTED, Notice.IKD_UNAVAILABLE])
def test_where_the_words_name_the_e_ktp_a_button_leads_there(bench: Bench, notice: Notice) -> None:
    bench.show(replace(EXPIRED, notice=notice))
    assert bench.says("e-KTP") and bench.pilot.find("useKtp").property("kind") == "primary"
    bench.pilot.click("newLogin")
    bench.pilot.click("useKtp")
    assert bench.door.posted[-2:] == [i.Retry(), i.ChooseMethod(IdentityMethod.KTP_CAMERA)]


def test_the_life_of_a_code_is_said_as_it_is_set() -> None:
    state = SCENES["ikd-code-expired"].state
    assert "90 detik" in notice_text(Words(), state, Settings())
    assert "60 detik" in notice_text(Words(), state, Settings(ikd=IkdSettings(token_seconds=60)))
