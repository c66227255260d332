"""What a technician sees. The risk: a broken part that looks well, one that is never seen, or a test that tells
nothing about what to mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.health.diagnostics import Diagnostics
from kiosk.health.readiness import Part, offers
from kiosk.journey.state import Language
from kiosk.ports import PartHealth, PartState
from kiosk.staff import inputs as s
from kiosk.staff.state import GuidedPart, PartTest, Shortcoming
from tests.ui.conftest import Bench
from ui.camera_view import CameraView
from ui.checks import walk
from ui.gallery_states import SCENES
from ui.still_door import drawn_frame
from ui.viewmodels.part_words import STATE_ICONS, part_card
from ui.words import Words


def show(bench: Bench, name: str) -> None:
    scene = SCENES[name]
    bench.door.staff.diagnostics.put(scene.diagnostics)
    bench.door.staff.picture.put(scene.picture)
    bench.show_staff(scene.staff)
    bench.window.staff.tick()
    bench.pilot.process(0.1)


def all_pages(bench: Bench) -> list[str]:
    met = bench.texts()
    while bench.pilot.look("pageNext") is not None:
        bench.pilot.click("pageNext")
        met += bench.texts()
    return met


@pytest.mark.parametrize("size", [(1080, 1920), (1366, 768)])
def test_every_part_is_on_some_page(bench: Bench, size: tuple[int, int]) -> None:
    bench.window.show(size)
    show(bench, "parts-faulty")
    met, words = all_pages(bench), bench.window.words
    assert not [part for part in Part if words.fill(f"staff.part.name.{part.value}") not in met]


def test_every_state_has_a_word_and_an_icon_of_its_own() -> None:
    words = Words()
    assert set(STATE_ICONS) == set(PartState) and len(set(STATE_ICONS.values())) == len(PartState)
    assert len({words.fill(f"staff.part.state.{state.value}") for state in PartState}) == len(PartState)


def test_a_fault_is_told_in_words_and_one_nobody_translated_as_it_is(bench: Bench) -> None:
    show(bench, "parts-faulty")
    met = "\n".join(all_pages(bench))
    assert "Gangguan terakhir: tercabut" in met and "Gangguan terakhir: kertas habis" in met
    assert "Gangguan terakhir: zbar_missing" in met


def test_the_last_test_is_told_with_who_and_why(bench: Bench) -> None:
    show(bench, "parts-faulty")
    assert bench.says("oleh teguh.contoh: belum baik. Terlalu gelap.")


def test_what_is_not_offered_names_the_part(bench: Bench) -> None:
    show(bench, "parts-well")
    assert bench.says("Verifikasi akun: tersedia")
    show(bench, "parts-faulty")
    assert bench.says("tidak tersedia. Kamera terganggu, Model wajah disiapkan")


def test_the_picture_is_live_with_its_numbers_and_gone_afterwards(bench: Bench) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    show(bench, "parts-well")
    assert bench.says("1280x720") and bench.says("29.8") and bench.window.feed.image is not None
    assert [item for item in walk(bench.window.view.contentItem()) if isinstance(item, CameraView)]
    bench.show_staff(SCENES["staff-queue-visit"].staff)
    bench.pilot.process(0.1)
    assert bench.window.feed.image is None


def test_without_a_picture_it_says_so(bench: Bench) -> None:
    show(bench, "parts-looking")
    assert bench.says("Belum ada gambar dari kamera.") and bench.says("Memeriksa semua bagian")


def test_with_a_picture_but_no_numbers_yet_it_does_not_say_there_is_none(bench: Bench) -> None:
    bench.door.frames.put(drawn_frame(64, 48))
    show(bench, "parts-looking")
    assert bench.window.feed.live and not bench.says("Belum ada gambar dari kamera.")


def page_shown(bench: Bench) -> list[str]:
    return [text for text in bench.texts() if text.startswith("Halaman")]


def test_looking_again_turns_no_page_back(bench: Bench) -> None:
    """The parts are examined every five seconds: whoever reads page two stays there."""
    show(bench, "parts-well")
    bench.pilot.click("pageNext")
    bench.pilot.wait_until(lambda: [text[:9] for text in page_shown(bench)] == ["Halaman 2"], 5.0)
    page = page_shown(bench)
    found = SCENES["parts-well"].diagnostics
    assert found is not None
    bench.door.staff.diagnostics.put(replace(found, at=found.at + timedelta(minutes=5)))
    bench.window.staff.tick()
    bench.pilot.wait_until(lambda: bench.says("Diperiksa pukul 09.47"), 5.0)
    assert page_shown(bench) == page
    unwell = (replace(found.parts[0], state=PartState.FAULT), *found.parts[1:])
    bench.door.staff.diagnostics.put(replace(found, parts=unwell))
    bench.window.staff.tick()
    bench.pilot.process(0.1)
    assert page_shown(bench) == page


def test_a_part_nobody_knows_is_shown_all_the_same(bench: Bench) -> None:
    part = PartHealth("moon", PartState.READY, "1.0", "", {"phase": "full"})
    bench.door.staff.diagnostics.put(Diagnostics(datetime.now(UTC), (part,), offers((part,))))
    bench.show_staff(SCENES["parts-well"].staff)
    bench.window.staff.tick()
    bench.pilot.process(0.1)
    assert bench.says("moon") and bench.says("phase full")


@pytest.mark.parametrize(("language", "day"), [(Language.INDONESIAN, "21 Des 2026"), (Language.ENGLISH, "21 Dec 2026")])
def test_a_certificate_that_ends_is_told_with_the_branchs_day_and_what_to_do(language: Language, day: str) -> None:
    words = Words()
    words.speak(language)
    detail = {"certificate_ends": "2026-12-20T20:00:00+00:00", "warning": "certificate_ends_soon"}
    text = part_card(words, PartHealth(Part.CENTRE, PartState.DEGRADED, detail=detail), None, "Asia/Jakarta")["text"]
    assert day in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "main.py kiosk csr --renew" in text


@pytest.mark.parametrize("part", GuidedPart)
def test_a_guided_test_is_started_by_its_button(bench: Bench, part: GuidedPart) -> None:
    show(bench, "parts-well")
    bench.pilot.click(f"test_{part.value}")
    assert bench.staff_posted(s.StartTest) == [s.StartTest(part)]


@pytest.mark.parametrize("part", GuidedPart)
def test_a_running_test_says_what_to_do_and_can_be_left(bench: Bench, part: GuidedPart) -> None:
    bench.show_staff(SCENES[f"test-{part.value}-running"].staff)
    assert bench.says("60 cm" if part is GuidedPart.CAMERA else "Pindai kode apa saja") and bench.says("Sedang diuji")
    assert bench.pilot.look("testAgain") is None
    bench.pilot.click("backButton")
    assert bench.door.staff.posted[-1] == s.Back()


@pytest.mark.parametrize("reason", [reason for reason in Shortcoming if reason is not Shortcoming.NOTHING])
def test_a_failed_test_says_what_to_mend_and_can_be_done_again(bench: Bench, reason: Shortcoming) -> None:
    before = SCENES["test-camera-failed"].staff
    assert before is not None
    bench.show_staff(replace(before, test=PartTest(GuidedPart.CAMERA, running=False, reason=reason)))
    assert bench.says("Belum baik") and bench.says(bench.window.words.fill(f"staff.test.reason.{reason.value}"))
    bench.pilot.click("testAgain")
    assert bench.staff_posted(s.StartTest) == [s.StartTest(GuidedPart.CAMERA)]


def test_a_passed_test_shows_what_was_measured(bench: Bench) -> None:
    bench.show_staff(SCENES["test-camera-passed"].staff)
    assert bench.says("Baik") and bench.says("Gambar/detik") and bench.says("29.8")
