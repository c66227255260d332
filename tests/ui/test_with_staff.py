"""A participant who waits for staff. The risk: blame, no number to tell, or no way to go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.health.readiness import OfferNotice
from kiosk.journey import inputs as i
from kiosk.journey.reasons import STAFF_AT_THE_KIOSK, EndReason
from tests.ui.conftest import Bench
from ui.gallery_states import CASE, SCENES
from ui.ports import ServicesOffered


@pytest.mark.parametrize("reason", sorted(STAFF_AT_THE_KIOSK))
def test_every_failed_face_step_waits_with_a_reason_and_a_number(bench: Bench, reason: EndReason) -> None:
    bench.show(replace(SCENES["with-staff"].state, reason=reason))
    assert bench.says("Petugas sudah dipanggil") and bench.says("Mohon tunggu di sini") and bench.says(CASE)
    assert bench.says(bench.window.words.fill(f"end.{reason.value}.text"))
    assert bench.window.vm.property("progress") == 1


def test_the_counter_is_chosen_once(bench: Bench) -> None:
    bench.show(SCENES["with-staff"].state)
    bench.pilot.click("goToCounter")
    bench.pilot.click("goToCounter")
    assert bench.posted(i.GoToCounter) == [i.GoToCounter()]


def test_who_waits_for_staff_is_not_asked_to_call_them_again(bench: Bench) -> None:
    bench.show(replace(SCENES["with-staff"].state, help_open=True))
    assert bench.pilot.look("callStaff") is None and bench.pilot.look("closeHelp") is not None


def test_called_staff_are_on_their_way_and_one_may_go_on_alone(bench: Bench) -> None:
    bench.show(SCENES["help-called"].state)
    assert bench.says("Petugas segera datang") and bench.says(CASE)
    assert bench.pilot.look("callStaff") is None, "called once is enough"
    bench.pilot.click("closeHelp")
    bench.pilot.click("goToCounter")
    assert bench.door.posted[-2:] == [i.CloseHelp(), i.GoToCounter()]


def test_a_rejection_by_staff_blames_nobody(bench: Bench) -> None:
    bench.show(SCENES["ended-rejected"].state)
    assert bench.says("Mari lanjut di loket") and bench.says(CASE) and bench.says("Silakan ke loket.")
    assert not any(word in text.lower() for text in bench.texts() for word in ("ditolak", "bukan orang", "gagal"))


def test_the_start_screen_says_what_is_different_today(bench: Bench) -> None:
    bench.door.offered = ServicesOffered(notices=tuple(notice.value for notice in OfferNotice))
    bench.window.vm.tick()
    bench.pilot.breathe()
    assert bench.says("hasil mungkin menyusul") and bench.says("nomor kartu diketik")
    bench.pilot.click("startButton")
    assert bench.posted(i.Start)


def test_news_of_a_service_that_is_not_offered_gives_way_to_the_reason(bench: Bench) -> None:
    bench.door.offered = ServicesOffered(verify=False, reason="camera", notices=("centre_down", "moon"))
    bench.window.vm.tick()
    bench.pilot.breathe()
    assert bench.says("Kamera sedang diperiksa") and not bench.says("hasil mungkin menyusul")
