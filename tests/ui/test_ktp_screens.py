"""The e-KTP before the camera: the frame is where the reader looks, one hint at a time, and the number is compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.identity.ktp.guide import guide_for
from kiosk.journey import inputs as i
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod
from kiosk.ports import KtpHint, KtpProgress
from tests.ui.conftest import WORD_JOINER, Bench
from tests.ui.pictures import blue_place, off_by, pixels_of, where_blue
from ui.camera_view import CameraView
from ui.checks import scene_rect, walk
from ui.gallery import SIZES
from ui.gallery_states import PERSON, SCENES
from ui.viewmodels.ktp import TONES

KTP, CHECK = SCENES["ktp-no-card"].state, SCENES["ktp-check"].state


def tell(bench: Bench, hint: KtpHint, frames_read: int = 0) -> None:
    bench.door.ktp_progress.put(KtpProgress(hint, frames_read))
    bench.window.vm.property("ktp").peek()


@pytest.mark.parametrize("panel", SIZES, ids=str)
def test_the_frame_on_the_screen_is_where_the_reader_looks(bench: Bench, panel: tuple[int, int]) -> None:
    bench.window.show(panel)
    for camera in ((1280, 720), (640, 480)):
        guide = guide_for(*camera)
        bench.door.frames.put(blue_place(camera, guide.x, guide.y, guide.w, guide.h))
        bench.show(KTP)
        bench.window.feed.peek()
        bench.pilot.breathe()
        corners = bench.pilot.find("ktpGuide")
        assert scene_rect(corners).width() > 0.3 * bench.window.view.width()
        assert off_by(corners, where_blue(bench.window.grab())) <= 3, camera


def test_what_is_outside_the_frame_is_dimmed_and_the_card_is_not(bench: Bench) -> None:
    bench.door.frames.put(blue_place((1280, 720), 0.0, 0.0, 1.0, 1.0))
    bench.show(KTP)
    bench.pilot.breathe()
    view = next(item for item in walk(bench.window.view.contentItem()) if isinstance(item, CameraView))
    inside = scene_rect(bench.pilot.find("ktpGuide")).center()
    picture = pixels_of(bench.window.grab())
    above = (scene_rect(view).top() + scene_rect(bench.pilot.find("ktpGuide")).top()) / 2
    assert tuple(picture[round(inside.y()), round(inside.x())]) == (0, 0, 255)
    assert picture[round(above), round(inside.x()), 2] < 160


def test_a_hint_stays_for_a_second_before_the_next(bench: Bench) -> None:
    bench.door.frames.put(blue_place((64, 36), 0, 0, 1, 1))
    bench.show(KTP)
    assert bench.says("Letakkan e-KTP di dalam bingkai.")
    tell(bench, KtpHint.GLARE)
    assert bench.says("Ada pantulan cahaya.")
    bench.clock.now += 0.4
    tell(bench, KtpHint.BLURRED)
    assert bench.says("Ada pantulan cahaya.") and not bench.says("belum tajam")
    bench.clock.now += 0.7
    bench.window.vm.property("ktp").peek()
    assert bench.says("belum tajam")


def test_the_last_cards_words_are_not_said_of_the_next(bench: Bench) -> None:
    bench.door.frames.put(blue_place((64, 36), 0, 0, 1, 1))
    bench.show(KTP)
    tell(bench, KtpHint.READING, frames_read=4)
    assert bench.says("Foto 4 dari 5")
    bench.show(replace(KTP, ktp_tries=1, notice=Notice.KTP_UNREADABLE))
    bench.window.vm.property("ktp").peek()
    assert not bench.says("Foto 4") and bench.says("Letakkan e-KTP di dalam bingkai.")
    bench.show(SCENES["identity"].state)
    bench.show(KTP)
    bench.window.vm.property("ktp").peek()
    assert not bench.says("Foto 4")


def test_a_reader_that_falls_silent_takes_its_hint_back(bench: Bench) -> None:
    bench.door.frames.put(blue_place((64, 36), 0, 0, 1, 1))
    bench.show(KTP)
    tell(bench, KtpHint.READING)
    bench.door.ktp_progress.put(None)
    bench.window.vm.property("ktp").peek()
    bench.clock.now += 1.1
    bench.window.vm.property("ktp").peek()
    assert bench.says("Letakkan e-KTP di dalam bingkai.") and not bench.says("Foto")


@pytest.mark.parametrize(
    ("hint", "frames_read", "said"),
    [
        (KtpHint.READING, 1, "Foto 1 dari 5"),  # the first one, in hand
        (KtpHint.ANOTHER, 1, "Foto 2 dari 5"),  # the first was read, the second is asked for
        (KtpHint.ANOTHER, 5, "Foto 5 dari 5"),  # never beyond the last
        (KtpHint.READING, 0, "Foto 1 dari 5"),
    ],
)
def test_the_picture_that_is_being_read_is_counted(bench: Bench, hint: KtpHint, frames_read: int, said: str) -> None:
    bench.door.frames.put(blue_place((64, 36), 0, 0, 1, 1))
    bench.show(KTP)
    tell(bench, KtpHint.HOLD_STILL, frames_read=frames_read)
    assert not bench.says("Foto")
    bench.clock.now += 1.1
    tell(bench, hint, frames_read)
    assert bench.says(said)


def test_words_and_count_belong_to_the_same_moment(bench: Bench) -> None:
    """The reader's own thread and the one that looks at every frame take turns at the mailbox."""
    bench.door.frames.put(blue_place((64, 36), 0, 0, 1, 1))
    bench.show(KTP)
    tell(bench, KtpHint.ANOTHER, frames_read=1)
    bench.clock.now += 0.1
    tell(bench, KtpHint.BLURRED, frames_read=1)
    assert bench.says("Satu foto lagi") and bench.says("Foto 2 dari 5")
    bench.clock.now += 1.0
    bench.window.vm.property("ktp").peek()
    assert bench.says("belum tajam") and not bench.says("Foto")


def test_each_state_is_told_by_icon_and_words_and_not_by_colour_alone(bench: Bench) -> None:
    bench.door.frames.put(blue_place((64, 36), 0, 0, 1, 1))
    bench.show(KTP)
    ktp = bench.window.vm.property("ktp")
    told = set()
    for hint in KtpHint:
        bench.clock.now += 1.1
        tell(bench, hint)
        words = str(ktp.property("hint")).replace(WORD_JOINER, "")
        assert ktp.property("tone") == TONES[hint] and ktp.property("icon") and bench.says(words), hint
        told.add(words)
    assert len(told) == len(KtpHint)


def test_without_a_camera_it_says_so_rather_than_asking_for_the_card(bench: Bench) -> None:
    bench.show(KTP)
    assert bench.says("Kamera sedang disiapkan") and not bench.says("Letakkan e-KTP")


@pytest.mark.parametrize("state", [KTP, CHECK], ids=["ktp", "ktp-check"])
def test_typing_is_offered_beside_the_card(bench: Bench, state: object) -> None:
    bench.show(state)  # type: ignore[arg-type]
    bench.pilot.click("typeNik")
    bench.pilot.click("typeNik")
    assert bench.posted(i.ChooseMethod) == [i.ChooseMethod(IdentityMethod.NIK_TYPED)]


@pytest.mark.parametrize(("button", "right"), [("readingRight", True), ("readingWrong", False)])
def test_the_number_that_was_read_is_confirmed_or_denied_once(bench: Bench, button: str, right: bool) -> None:
    bench.show(CHECK)
    bench.pilot.click(button)
    bench.pilot.click(button)
    assert bench.posted(i.ConfirmReading) == [i.ConfirmReading(right)]


def test_every_digit_can_be_compared_with_the_card(bench: Bench) -> None:
    bench.show(CHECK)
    digits = [text for text in bench.texts() if len(text) == 1 and text.isdigit()]
    assert "".join(digits[-16:]) == PERSON.nik


def test_both_answers_have_the_same_size(bench: Bench) -> None:
    """Neither is the easier one to press without looking."""
    bench.show(CHECK)
    right, wrong = bench.pilot.find("readingRight"), bench.pilot.find("readingWrong")
    assert (right.width(), right.height()) == (wrong.width(), wrong.height())


def test_after_two_cards_in_vain_the_number_screen_says_why(bench: Bench) -> None:
    bench.show(SCENES["nik-instead-of-card"].state)
    assert bench.says("Kartu belum dapat dibaca kamera") and bench.pilot.look("key1") is not None
