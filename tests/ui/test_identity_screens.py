"""From the start screen to the confirmed person: each button posts what it says, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.journey import inputs as i
from kiosk.journey.state import IdentityMethod, Language
from tests.ui.conftest import NO_BREAK_SPACE, Bench
from ui.checks import scene_rect
from ui.gallery import SIZES
from ui.gallery_states import NOW, SCENES
from ui.ports import ServicesOffered
from ui.viewmodels.consent import shown_consent


def test_a_double_tap_starts_one_visit(bench: Bench) -> None:
    bench.pilot.click("startButton")
    bench.pilot.click("startButton")
    (start,) = bench.posted(i.Start)
    assert isinstance(start, i.Start) and len(start.visit_id) == 36


def test_start_is_offered_again_when_the_loop_did_not_take_it(bench: Bench) -> None:
    bench.pilot.click("startButton")
    bench.clock.now += 5
    bench.pilot.click("startButton")
    assert len(bench.posted(i.Start)) == 2


def test_no_visit_starts_while_the_service_is_not_offered(bench: Bench) -> None:
    bench.door.offered = ServicesOffered(verify=False, reason="camera")
    bench.window.vm.tick()
    bench.pilot.breathe()
    assert bench.pilot.look("startButton") is None
    assert bench.says("Kamera sedang diperiksa")
    bench.door.offered = ServicesOffered()
    bench.window.vm.tick()
    bench.pilot.click("startButton")
    assert bench.posted(i.Start)


def test_an_unknown_reason_still_gets_a_sentence(bench: Bench) -> None:
    bench.door.offered = ServicesOffered(verify=False, reason="moon")
    bench.window.vm.tick()
    assert bench.says("belum tersedia")


@pytest.mark.parametrize(("button", "given"), [("consentYes", True), ("consentNo", False)])
def test_consent_carries_version_and_hash_of_the_text_as_shown(bench: Bench, button: str, given: bool) -> None:
    bench.show(SCENES["consent"].state)
    bench.pilot.click(button)
    bench.pilot.click(button)
    shown = shown_consent(Language.INDONESIAN)
    assert bench.posted(i.AnswerConsent) == [i.AnswerConsent(given, shown.version, shown.sha256)]
    on_screen = bench.texts()
    assert all(line in on_screen for line in shown.text.split("\n"))


def test_both_consent_answers_have_the_same_size(bench: Bench) -> None:
    bench.show(SCENES["consent"].state)
    yes, no = bench.pilot.find("consentYes"), bench.pilot.find("consentNo")
    assert (yes.width(), yes.height()) == (no.width(), no.height())


@pytest.mark.parametrize(
    ("button", "method"),
    [
        ("chooseIkd", IdentityMethod.IKD_LOGIN),
        ("chooseKtp", IdentityMethod.KTP_CAMERA),
        ("chooseNik", IdentityMethod.NIK_TYPED),
        ("chooseCard", IdentityMethod.JKN_CODE),
    ],
)
def test_each_way_to_identify_is_chosen(bench: Bench, button: str, method: IdentityMethod) -> None:
    bench.show(SCENES["identity"].state)
    bench.pilot.click(button)
    assert bench.door.posted[-1] == i.ChooseMethod(method)


@pytest.mark.parametrize("panel", SIZES, ids=str)
def test_the_ways_to_identify_stand_in_their_order(bench: Bench, panel: tuple[int, int]) -> None:
    """The surest and quickest first; a card number is typed from the card's own screen."""
    bench.window.show(panel)
    bench.show(SCENES["identity"].state)
    bench.pilot.breathe()
    names = ["chooseCard", "chooseIkd", "chooseKtp", "chooseNik"]
    places = {name: scene_rect(bench.pilot.find(name)).topLeft() for name in names}
    in_order = sorted(names, key=lambda name: (round(places[name].y()), places[name].x()))
    assert in_order == ["chooseIkd", "chooseKtp", "chooseNik", "chooseCard"]
    assert bench.pilot.look("chooseCardNumber") is None and bench.pilot.look("backButton") is None


def test_a_nik_is_typed_corrected_and_submitted_once(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    assert bench.pilot.look("submitNumber") is None
    bench.pilot.type_digits("31740755089500019")
    bench.pilot.click("keyDelete")
    assert bench.pilot.look("submitNumber") is None
    bench.pilot.click("key2")
    bench.pilot.click("submitNumber")
    bench.pilot.click("submitNumber")
    assert bench.posted(i.SubmitNumber) == [i.SubmitNumber("3174075508950002")]


def test_the_hint_follows_the_typing(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.type_digits("3174075")
    assert bench.says("tanggal lahir") and bench.says("Kurang 9 angka lagi.")


def test_a_refused_nik_stays_on_the_screen_and_may_be_searched_all_the_same(bench: Bench) -> None:
    bench.show(SCENES["nik-refused"].state)
    bench.pilot.click("forceNik")
    assert bench.posted(i.ForceNik) == [i.ForceNik()]
    assert bench.window.vm.property("number").property("digits") == "3174079908950001"


def test_searching_all_the_same_is_not_offered_without_leave(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    assert bench.pilot.look("forceNik") is None


def test_going_from_one_number_to_the_other_starts_empty(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.type_digits("3174")
    bench.show(SCENES["identity"].state)
    bench.show(SCENES["card-number"].state)
    bench.pilot.type_digits("0001234567890")
    bench.pilot.click("submitNumber")
    assert bench.door.posted[-1] == i.SubmitNumber("0001234567890")


def test_not_found_repeats_the_number_in_groups(bench: Bench) -> None:
    bench.show(SCENES["nik-not-found"].state)
    assert bench.says("3174 0755 0895 0001")
    in_one_piece = "3174 0755 0895 0001".replace(" ", NO_BREAK_SPACE)
    assert in_one_piece in str(bench.window.vm.property("notice")), "no line ends within the number"
    bench.show(replace(SCENES["nik-not-found"].state, notice_values=()))
    assert bench.says("Silakan coba cara lain")


def test_the_card_screen_offers_to_type_instead(bench: Bench) -> None:
    bench.show(SCENES["card"].state)
    bench.pilot.click("typeInstead")
    assert bench.door.posted[-1] == i.ChooseMethod(IdentityMethod.JKN_TYPED)


def test_a_busy_server_offers_a_retry_and_a_way_back(bench: Bench) -> None:
    bench.show(SCENES["lookup-busy"].state)
    bench.pilot.click("retryButton")
    bench.pilot.click("backButton")
    assert bench.door.posted[-2:] == [i.Retry(), i.Back()]


def test_waiting_says_why_and_then_offers_a_way_out(bench: Bench) -> None:
    bench.show(SCENES["lookup"].state)
    assert bench.says("Biasanya selesai dalam 5 detik")
    bench.clock.now = NOW + 6
    bench.window.vm.tick()
    assert bench.says("lebih lambat dari biasanya")
    bench.clock.now = NOW + 20
    bench.window.vm.tick()
    assert bench.says("Tekan Bantuan")


@pytest.mark.parametrize(("button", "mine"), [("confirmYes", True), ("confirmNo", False)])
def test_initials_are_confirmed_or_denied(bench: Bench, button: str, mine: bool) -> None:
    bench.show(SCENES["confirm"].state)
    bench.pilot.click(button)
    assert bench.posted(i.ConfirmIdentity) == [i.ConfirmIdentity(mine)]


def test_the_region_is_named_as_the_nik_is_typed_and_never_as_a_fault(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    number = bench.window.vm.property("number")
    named = []
    for digit in "317407":
        bench.pilot.click(f"key{digit}")
        named.append(str(number.property("region")))
    assert named[0] == "" and len(set(named[1::2])) == 3
    assert "Jakarta" in named[1] and bench.says(named[-1])
    assert bench.window.vm.property("notice") == ""


def test_an_unknown_region_says_nothing(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.type_digits("0099")
    assert bench.window.vm.property("number").property("region") == ""
    assert bench.window.vm.property("notice") == ""


def test_a_card_number_has_no_region(bench: Bench) -> None:
    bench.show(SCENES["card-number"].state)
    bench.pilot.type_digits("3174070")
    assert bench.window.vm.property("number").property("region") == ""


def test_a_new_number_screen_starts_without_the_last_region(bench: Bench) -> None:
    bench.show(SCENES["nik-empty"].state)
    bench.pilot.type_digits("317407")
    bench.show(SCENES["identity"].state)
    assert bench.window.vm.property("number").property("region") == ""
