"""Signing in and deciding at the staff door, by real clicks. The risk: a screen that answers for somebody, says
less than it records, or lets one person decide alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.ports import ComparisonReason
from kiosk.staff import inputs as s
from kiosk.staff.state import Field, StaffNotice, StaffScreen, StaffState
from tests.ui.conftest import Bench
from ui.gallery_staff import ENTRIES
from ui.gallery_states import CASE, SCENES


def staff(name: str) -> StaffState:
    state = SCENES[name].staff
    assert state is not None
    return state


# ---- signing in


def test_a_username_is_typed_corrected_and_submitted_once(bench: Bench) -> None:
    bench.show_staff(staff("staff-who"))
    bench.type_letters("rina.contohx")
    bench.pilot.click("charDelete")
    bench.pilot.click("submitUsername")
    bench.pilot.click("submitUsername")
    assert bench.staff_posted(s.SubmitUsername) == [s.SubmitUsername("rina.contoh")]


def test_every_sign_of_a_username_has_a_key(bench: Bench) -> None:
    bench.show_staff(staff("staff-who"))
    bench.type_letters("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert bench.window.staff.property("signIn").property("username") == "abcdefghijklmnopqrstuvwxyz0123456789._-"


def test_a_name_that_cannot_be_one_is_told_and_not_sent(bench: Bench) -> None:
    bench.show_staff(staff("staff-who"))
    bench.pilot.click("submitUsername")
    assert bench.says("paling sedikit 3 huruf") and not bench.staff_posted(s.SubmitUsername)
    bench.type_letters("ri")
    assert not bench.says("paling sedikit 3 huruf")


def test_pin_and_code_go_off_by_themselves_and_once(bench: Bench) -> None:
    bench.show_staff(staff("staff-pin"))
    bench.pilot.type_digits("482915")
    assert bench.pilot.look("key1") is None, "no second secret before the answer to the first"
    bench.show_staff(staff("staff-totp"))
    bench.pilot.type_digits("407193")
    assert bench.staff_posted(s.SubmitPin) == [s.SubmitPin("482915")]
    assert bench.staff_posted(s.SubmitTotp) == [s.SubmitTotp("407193")]


def test_the_keys_work_again_when_nobody_took_the_pin(bench: Bench) -> None:
    bench.show_staff(staff("staff-pin"))
    bench.pilot.type_digits("482915")
    bench.clock.now += 2
    bench.window.staff.tick()
    bench.pilot.type_digits("482915")
    assert len(bench.staff_posted(s.SubmitPin)) == 2


def test_the_pin_is_hidden_and_the_code_may_be_seen(bench: Bench) -> None:
    bench.show_staff(staff("staff-pin"))
    bench.pilot.type_digits("482")
    assert bench.window.staff.property("signIn").property("digits") == ""
    bench.show_staff(staff("staff-totp"))
    assert bench.window.staff.property("signIn").property("count") == 0, "the PIN is gone with its question"
    bench.pilot.type_digits("4071")
    assert bench.window.staff.property("signIn").property("digits") == "4071"


def test_nothing_can_be_typed_while_the_centre_is_asked(bench: Bench) -> None:
    bench.show_staff(staff("staff-checking"))
    assert bench.says("Memeriksa di pusat data")
    assert bench.pilot.look("key1") is None and bench.pilot.look("backButton") is None


def test_a_badge_needs_no_name(bench: Bench) -> None:
    bench.show_staff(staff("staff-pin-badge"))
    assert bench.says("Badge sudah terbaca.") and bench.pilot.look("key1") is not None


@pytest.mark.parametrize("notice", StaffNotice)
def test_every_refusal_is_a_sentence_with_a_remedy(bench: Bench, notice: StaffNotice) -> None:
    bench.show_staff(replace(staff("staff-who"), notice=notice))
    said = bench.window.words.fill(f"staff.notice.{notice.value}")
    assert bench.says(said) and "undefined" not in said


def test_back_and_sign_out_are_there_from_the_first_question(bench: Bench) -> None:
    bench.show_staff(staff("staff-who"))
    bench.pilot.click("backButton")
    bench.pilot.click("signOut")
    assert bench.door.staff.posted[-2:] == [s.Back(), s.SignOut()]


# ---- the queue


def test_the_visit_is_opened_only_when_there_is_something_to_decide(bench: Bench) -> None:
    bench.show_staff(staff("staff-queue-not-decidable"))
    assert bench.pilot.look("openVisit") is None and bench.says("Belum ada yang perlu diputuskan")
    bench.show_staff(staff("staff-queue-empty"))
    assert bench.pilot.look("openVisit") is None and bench.says("Tidak ada peserta di kios ini")
    bench.show_staff(staff("staff-queue-visit"))
    assert bench.says(CASE) and bench.says("S. R.") and bench.says("Belum cocok dengan foto KTP")
    bench.pilot.click("openVisit")
    bench.pilot.click("openVisit")
    assert bench.staff_posted(s.OpenVisit) == [s.OpenVisit()]


def test_an_ended_visit_is_marked_and_a_done_one_says_by_whom(bench: Bench) -> None:
    bench.show_staff(staff("staff-queue-not-decidable"))
    bench.pilot.click(f"markHandled_{ENTRIES[0].case_number}")
    assert bench.staff_posted(s.MarkHandled) == [s.MarkHandled(ENTRIES[0].case_number)]
    assert bench.pilot.look(f"markHandled_{ENTRIES[2].case_number}") is None
    assert bench.says("Selesai, oleh budi.contoh")


def test_no_ended_visit_is_out_of_reach(bench: Bench) -> None:
    """More than fit on the smallest panel: every one is on some page, and on one only."""
    bench.window.show((1366, 768))
    many = tuple(replace(ENTRIES[0], case_number=f"AAAA-{at:04d}") for at in range(9))
    bench.show_staff(replace(staff("staff-queue-visit"), queue=many))
    bench.pilot.process(0.1)
    met: list[str] = []
    while True:
        met += [entry.case_number for entry in many if bench.pilot.look(f"markHandled_{entry.case_number}")]
        if bench.pilot.look("pageNext") is None:
            break
        bench.pilot.click("pageNext")
    assert met == [entry.case_number for entry in many]
    assert bench.pilot.look("pagePrevious") is not None


# ---- comparing


def test_the_second_person_is_asked_only_with_a_reason(bench: Bench) -> None:
    bench.show_staff(staff("staff-compare"))
    assert bench.pilot.look("askSecond") is None
    for reason in ComparisonReason:
        bench.pilot.click(f"reason_{reason.value}")
    assert bench.staff_posted(s.ChooseReason) == [s.ChooseReason(reason) for reason in ComparisonReason]
    bench.show_staff(staff("staff-compare-chosen"))
    bench.pilot.click("askSecond")
    assert bench.staff_posted(s.AskSecond) == [s.AskSecond()]


def test_staff_are_told_what_to_look_at(bench: Bench) -> None:
    bench.show_staff(staff("staff-compare"))
    assert bench.says("sama dengan foto pada KTP") and bench.says("KTP itu asli")
    assert bench.says("inisial nama S. R., nomor berakhir 0001")


def test_a_rejection_is_asked_twice(bench: Bench) -> None:
    bench.show_staff(staff("staff-compare"))
    bench.pilot.click("askReject")
    assert bench.door.staff.posted[-1] == s.AskReject()
    bench.show_staff(staff("staff-reject"))
    assert bench.pilot.look("askSecond") is None, "the screen below cannot be pressed"
    bench.pilot.click("rejectNo")
    bench.pilot.click("rejectYes")
    assert bench.staff_posted(s.AnswerReject) == [s.AnswerReject(sure=False), s.AnswerReject(sure=True)]


@pytest.mark.parametrize("field", Field)
def test_the_second_person_reads_what_is_signed_and_with_whom(bench: Bench, field: Field) -> None:
    bench.show_staff(replace(staff("staff-second-who"), asked=field))
    assert bench.says("Rina Contoh menyatakan") and bench.says(CASE) and bench.says("Foto KTP sudah lama")
    assert bench.says("Anda ikut menyatakannya")


def test_a_decision_names_both_and_hands_the_screen_back(bench: Bench) -> None:
    bench.show_staff(staff("staff-decided"))
    assert bench.says("Rina Contoh") and bench.says("Budi Contoh") and bench.says("Kepala cabang")
    bench.pilot.click("handBack")
    bench.pilot.click("handBack")
    assert bench.staff_posted(s.Back) == [s.Back()]


def test_a_rejection_says_so_under_one_name(bench: Bench) -> None:
    bench.show_staff(staff("staff-rejected"))
    assert bench.says("bukan orang yang sama") and bench.says("Rina Contoh") and not bench.says("Budi Contoh")


# ---- the frame


def test_the_header_says_who_is_signed_in(bench: Bench) -> None:
    bench.show_staff(staff("staff-queue-visit"))
    assert {"PETUGAS", "DEMO", "Rina Contoh", "Supervisor"} <= set(bench.texts())


def test_the_idle_warning_counts_and_is_answered(bench: Bench) -> None:
    bench.show_staff(staff("staff-idle"))
    assert bench.says("28 detik") and bench.pilot.look("openVisit") is None
    bench.pilot.click("staffStillHere")
    assert s.Touched() in bench.door.staff.posted


def test_touches_go_to_the_staff_door_at_most_once_a_second(bench: Bench) -> None:
    bench.show_staff(staff("staff-who"))
    bench.clock.now += 10
    bench.door.posted.clear()
    bench.type_letters("rina")
    assert bench.staff_posted(s.Touched) == [s.Touched()] and not bench.door.posted
    bench.clock.now += 1
    bench.type_letters("c")
    assert len(bench.staff_posted(s.Touched)) == 2


def test_every_screen_of_the_door_offers_the_way_out_and_the_looks(bench: Bench) -> None:
    for name, scene in SCENES.items():
        if scene.staff is None or scene.staff.idle_seconds_left or scene.staff.confirm_reject:
            continue
        bench.show_staff(StaffState())
        bench.show_staff(scene.staff)
        for button in ("signOut", "languageButton", "textSizeButton", "contrastButton"):
            assert bench.pilot.look(button) is not None, (name, button)


def test_the_door_has_a_file_for_every_state_of_it() -> None:
    assert {scene.staff.screen for scene in SCENES.values() if scene.staff} == set(StaffScreen) - {StaffScreen.CLOSED}
