"""The screens of a deferred visit: each button posts what it says, and the words say what is still to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.config import Settings
from kiosk.events import VisitStatus
from kiosk.gateways.sms_text import to_messages
from kiosk.journey import inputs as i
from kiosk.journey.effects import PrintReceipt
from kiosk.journey.state import IdentityMethod, Language
from tests.journey.support import NIK, VISIT_ID
from tests.ui.conftest import Bench
from ui.gallery import SIZES
from ui.gallery_states import SCENES
from ui.receipt import receipt_text
from ui.sms import deferred_texts


def test_an_absent_centre_offers_three_ways_and_the_words_of_the_journey(bench: Bench) -> None:
    bench.show(SCENES["lookup-choice"].state)
    assert bench.says("Server sedang sibuk")
    assert bench.says("Coba lagi nanti, atau pilih 'Simpan & kabari'.")
    for button, posted in (("deferButton", i.Defer), ("staffButton", i.GoToCounter), ("retryButton", i.Retry)):
        bench.pilot.click(button)
        assert len(bench.posted(posted)) == 1


def test_after_the_last_try_no_other_is_offered(bench: Bench) -> None:
    bench.show(SCENES["lookup-choice-last"].state)
    assert bench.pilot.look("retryButton") is None
    assert bench.pilot.look("deferButton") is not None


def test_without_the_centres_key_it_is_not_offered(bench: Bench) -> None:
    bench.show(SCENES["lookup-busy"].state)
    assert bench.pilot.look("deferButton") is None


@pytest.mark.parametrize(("typed", "ready"), [("081200000", False), ("0812000008", True), ("0812000008901", True)])
def test_a_phone_number_is_taken_from_ten_digits_on(bench: Bench, typed: str, ready: bool) -> None:
    bench.show(SCENES["defer-phone"].state)
    bench.pilot.type_digits(typed)
    assert (bench.pilot.look("submitNumber") is not None) is ready
    if ready:
        bench.pilot.click("submitNumber")
        assert bench.posted(i.SubmitPhone) == [i.SubmitPhone(typed)]


def test_the_phone_number_may_be_skipped(bench: Bench) -> None:
    bench.show(SCENES["defer-phone"].state)
    bench.pilot.click("skipPhone")
    assert bench.posted(i.SkipPhone)
    assert bench.says("tidak pernah kode")


def test_what_was_typed_is_gone_with_the_screen(bench: Bench) -> None:
    bench.show(SCENES["defer-phone"].state)
    bench.pilot.type_digits("0812000008")
    bench.show(SCENES["defer-face-ready"].state)
    assert not bench.says("0812")
    bench.show(SCENES["case-empty"].state)
    assert bench.window.vm.property("number").property("digits") == ""


def test_the_recording_says_who_can_open_it_and_for_how_long(bench: Bench) -> None:
    bench.show(SCENES["defer-face-ready"].state)
    assert bench.says("Rekam wajah untuk nanti")
    assert bench.says("7 hari")
    bench.pilot.click("beginFace")
    assert bench.posted(i.BeginFace) == [i.BeginFace()]


def test_the_end_shows_number_date_and_what_is_still_to_come(bench: Bench) -> None:
    bench.show(SCENES["ended-deferred"].state)
    assert bench.says("4821-0937-55628")
    assert bench.says("Hasil paling lambat Senin, 23 Nov 2026")
    assert bench.says("kode SMS dan PIN di kios mana pun")
    assert not bench.says("sudah dihapus"), "the sealed recording is still here"


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("panel", SIZES, ids=str)
@pytest.mark.parametrize("scene", ["identity", "identity-denied", "identity-not-found"])
def test_a_case_can_be_finished_under_every_notice_on_every_panel(
    bench: Bench, scene: str, panel: tuple[int, int], large: bool
) -> None:
    bench.window.show(panel)
    bench.show(replace(SCENES[scene].state, large_text=large))
    bench.pilot.breathe()
    bench.pilot.click("chooseCase")
    assert bench.posted(i.ChooseMethod) == [i.ChooseMethod(IdentityMethod.CASE_NUMBER)]


def test_a_case_number_is_typed_from_the_choice_of_ways(bench: Bench) -> None:
    bench.show(SCENES["identity"].state)
    bench.pilot.click("chooseCase")
    assert bench.posted(i.ChooseMethod) == [i.ChooseMethod(IdentityMethod.CASE_NUMBER)]
    bench.show(SCENES["case-empty"].state)
    bench.pilot.type_digits("4821093755628")
    bench.pilot.click("submitNumber")
    assert bench.posted(i.SubmitNumber) == [i.SubmitNumber("4821093755628")]


def test_the_receipt_says_what_is_still_to_come() -> None:
    effect = PrintReceipt(VISIT_ID, "4821-0937-55628", VisitStatus.DITUNDA, date(2026, 11, 23), Language.INDONESIAN)
    lines, _ = receipt_text(effect, Settings(), date(2026, 11, 20))
    assert "Nomor kasus: 4821-0937-55628" in lines
    assert "Hasil paling lambat Senin, 23 Nov 2026." in lines
    assert any("PIN menyusul" in line for line in lines)
    others, _ = receipt_text(replace(effect, status=VisitStatus.PERLU_PETUGAS), Settings(), date(2026, 11, 20))
    assert not any("menyusul" in line for line in others)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("matched", [True, False])
def test_news_hold_no_number_of_case_or_person_and_a_typed_phone_gets_one_short_message(
    language: str, matched: bool
) -> None:
    settings = Settings()
    settings = settings.model_copy(update={"site": settings.site.model_copy(update={"language": language})})
    record, typed = (say(matched) for say in deferred_texts(settings))
    assert "165" in record
    assert len(to_messages(typed, reference=1)) == 1
    for text in (record, typed):
        assert "{" not in text and NIK not in text
        assert not any(char.isdigit() for char in text.replace("165", ""))
