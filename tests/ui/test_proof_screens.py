"""Face, code, PIN and the last screens: each button posts what it says, once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF

from kiosk.face.types import FaceHint, FacePhase, FaceProgress
from kiosk.journey import inputs as i
from kiosk.journey.state import Language, PinPhase, VisitState
from kiosk.participants.masking import short_name
from kiosk.ports import Movement
from tests.ui.conftest import Bench
from ui.checks import scene_rect
from ui.gallery_states import NOW, PERSON, SCENES

CARD_MARGIN = 24
"""Pixels of 1920; with 14 the last line seemed cut."""


def test_the_face_begins_when_the_person_is_ready(bench: Bench) -> None:
    bench.show(SCENES["face-ready"].state)
    bench.pilot.click("beginFace")
    bench.pilot.click("beginFace")
    assert bench.posted(i.BeginFace) == [i.BeginFace()]


def test_a_hint_changes_at_most_once_a_second(bench: Bench) -> None:
    bench.show(SCENES["face-turn"].state)
    face = bench.window.vm.property("face")

    def hint(of: FaceHint) -> str:
        bench.door.face_progress.put(FaceProgress(FacePhase.FIND, of))
        face.peek()
        return str(face.property("hint"))

    first = hint(FaceHint.TOO_FAR)
    bench.clock.now += 0.4
    assert hint(FaceHint.TOO_CLOSE) == first
    bench.clock.now += 0.7
    face.peek()
    assert face.property("hint") == "Mundur sedikit."


def test_the_words_of_the_last_attempt_are_not_shown_in_the_next(bench: Bench) -> None:
    bench.show(SCENES["face-turn"].state)
    bench.door.face_progress.put(FaceProgress(FacePhase.CHALLENGE, FaceHint.DO_BLINK, Movement.BLINK, 0, 2))
    bench.window.vm.property("face").peek()
    bench.show(SCENES["face-again"].state)
    bench.show(replace(SCENES["face-turn"].state, face_attempt=2))
    assert not bench.says("Kedipkan mata")


def test_a_movement_is_shown_as_word_beside_its_icon(bench: Bench) -> None:
    bench.show(SCENES["face-turn"].state)
    bench.door.face_progress.put(SCENES["face-turn"].progress)
    bench.window.vm.property("face").peek()
    assert bench.says("Toleh ke kiri") and bench.says("1 dari 2 gerakan selesai")


def test_another_movement_is_offered_while_there_is_one_and_asked_for_once(bench: Bench) -> None:
    bench.show(SCENES["face-turn"].state)
    face = bench.window.vm.property("face")
    for scene, offered in (("face-turn", False), ("face-nod", True), ("face-wrong-movement", True)):
        bench.door.face_progress.put(SCENES[scene].progress)
        face.peek()
        assert bench.says("Gerakan lain") is offered
    bench.pilot.click("other_movement")
    bench.pilot.click("other_movement")
    assert bench.posted(i.DeclineMovement) == [i.DeclineMovement()]


def test_after_an_attempt_no_other_movement_is_asked_for(bench: Bench) -> None:
    bench.show(SCENES["face-nod"].state)
    bench.door.face_progress.put(SCENES["face-nod"].progress)
    face = bench.window.vm.property("face")
    face.peek()
    bench.show(SCENES["face-again"].state)
    face.otherMovement()
    assert not bench.says("Gerakan lain") and not bench.posted(i.DeclineMovement)


def test_between_two_movements_the_look_straight_ahead_takes_their_place(bench: Bench) -> None:
    bench.show(SCENES["face-wait"].state)
    bench.door.face_progress.put(SCENES["face-wait"].progress)
    bench.window.vm.property("face").peek()
    assert bench.says("Lihat lurus ke depan") and not bench.says("Toleh ke kiri")


def test_a_match_without_a_profile_offers_a_retry(bench: Bench) -> None:
    stuck = replace(SCENES["face-matched"].state, waiting=None)
    bench.show(stuck)
    bench.pilot.click("retryButton")
    assert bench.door.posted[-1] == i.Retry()


def test_a_code_goes_off_by_itself_and_once(bench: Bench) -> None:
    bench.show(SCENES["otp"].state)
    bench.pilot.type_digits("407193")
    assert bench.posted(i.SubmitCode) == [i.SubmitCode("407193")]
    assert bench.window.vm.property("code").property("count") == 0


def test_no_key_works_while_the_code_is_checked(bench: Bench) -> None:
    bench.show(SCENES["pin-sealing"].state)
    assert bench.pilot.look("key1") is None


def test_another_code_can_be_asked_for_only_after_the_wait(bench: Bench) -> None:
    bench.show(SCENES["otp"].state)
    assert bench.pilot.look("resendCode") is None
    assert bench.says("Kirim ulang dalam 00:42")
    bench.clock.now = NOW + 42
    bench.window.vm.tick()
    bench.pilot.click("resendCode")
    assert bench.posted(i.ResendCode) == [i.ResendCode()]


def test_shuffled_keys_type_what_they_say(bench: Bench) -> None:
    bench.show(SCENES["otp"].state)
    before = [bench.pilot.find(f"key{digit}").mapToScene(QPointF(0, 0)).toTuple() for digit in range(10)]
    bench.pilot.click("shuffleKeys")
    after = [bench.pilot.find(f"key{digit}").mapToScene(QPointF(0, 0)).toTuple() for digit in range(10)]
    assert sorted(before) == sorted(after) and before != after
    bench.pilot.type_digits("407193")
    assert bench.posted(i.SubmitCode) == [i.SubmitCode("407193")]


def test_the_next_person_finds_the_keys_in_order(bench: Bench) -> None:
    bench.show(SCENES["otp"].state)
    order = bench.window.vm.property("code").property("order")
    bench.pilot.click("shuffleKeys")
    bench.show(VisitState())
    assert bench.window.vm.property("code").property("order") == order


def test_a_pin_is_chosen_and_repeated(bench: Bench) -> None:
    bench.show(SCENES["pin-refused"].state)
    assert bench.says("NIK, kartu, atau nomor HP")
    bench.pilot.type_digits("592748")
    bench.show(replace(SCENES["pin-refused"].state, notice=None, pin_phase=PinPhase.REPEAT))
    assert bench.says("Ketik PIN sekali lagi")
    bench.pilot.type_digits("592748")
    assert bench.posted(i.SubmitPin) == [i.SubmitPin("592748")] * 2


@pytest.mark.parametrize("scene", ["done-verified", "done-waiting", "ended-face"])
def test_the_last_screen_is_left_once(bench: Bench, scene: str) -> None:
    bench.show(SCENES[scene].state)
    bench.pilot.click("finishButton")
    bench.pilot.click("finishButton")
    assert bench.posted(i.Finish) == [i.Finish()]


def test_waiting_for_the_centre_says_until_when(bench: Bench) -> None:
    bench.show(SCENES["done-waiting"].state)
    assert bench.says("Menunggu sinkronisasi") and bench.says("Senin, 23 Nov 2026")
    assert not bench.says("Terverifikasi")


@pytest.mark.parametrize(
    ("language", "now", "later"),
    [(Language.INDONESIAN, "Sekarang Anda dapat memakai", "Setelah kepesertaan aktif, Anda dapat memakai"),
     (Language.ENGLISH, "You can now use", "Once your membership is active, you can use")],
)  # fmt: skip
@pytest.mark.parametrize("membership", ["TIDAK_AKTIF", "TIDAK_AKTIF_TUNGGAKAN"])
def test_an_inactive_membership_is_not_told_that_it_can_use_anything_now(
    bench: Bench, membership: str, language: Language, now: str, later: str
) -> None:
    verified = replace(SCENES["done-verified"].state, language=language)
    bench.show(verified)
    assert bench.says(now) and not bench.says(later)
    bench.show(replace(verified, profile=replace(PERSON, membership=membership)))
    assert bench.says(later) and not bench.says(now)


def test_what_hangs_on_the_centre_and_on_the_membership_is_not_promised(bench: Bench) -> None:
    bench.show(SCENES["done-inactive-waiting"].state)
    assert bench.says("tidak aktif") and not bench.says("dapat memakai") and not bench.says("Antrean online")


def test_name_and_identifiers_on_the_last_screen_are_masked(bench: Bench) -> None:
    bench.show(SCENES["done-verified"].state)
    assert bench.says(short_name(PERSON.name)) and not bench.says(PERSON.name)
    assert not bench.says(PERSON.nik) and not bench.says("3174 0755 0895 0001")
    assert not bench.says(PERSON.card_number)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("scene", [name for name in SCENES if name.startswith("done-")])
def test_the_digital_card_keeps_a_margin_below_its_last_line(bench: Bench, scene: str, large: bool) -> None:
    bench.show(replace(SCENES[scene].state, large_text=large))
    card, facts = (scene_rect(bench.pilot.find(name)) for name in ("digitalCard", "digitalCardFacts"))
    assert card.bottom() - facts.bottom() >= CARD_MARGIN


def test_the_qr_code_holds_the_visit_and_nothing_of_the_person(bench: Bench) -> None:
    bench.show(SCENES["done-verified"].state)
    qr = str(bench.window.vm.property("done").property("qr"))
    assert qr == f"BPJSK:{SCENES['done-verified'].state.visit_id}"


def test_the_signed_receipt_takes_the_place_of_the_bare_reference(bench: Bench) -> None:
    bench.show(replace(SCENES["done-verified"].state, receipt="BPJSK1:KIOSK:SIGNED"))
    assert str(bench.window.vm.property("done").property("qr")) == "BPJSK1:KIOSK:SIGNED"


def test_an_end_with_staff_shows_number_and_next_step(bench: Bench) -> None:
    bench.show(SCENES["ended-face"].state)
    assert bench.says("7K2Q-9XMD") and bench.says("Petugas akan datang")


def test_whoever_wants_no_coloured_light_begins_without_it(bench: Bench) -> None:
    bench.show(SCENES["face-ready"].state)
    assert bench.says("Kamera memandu Anda dengan dua gerakan ringan. Layar akan berganti warna pelan-pelan.")
    bench.pilot.click("without_light")
    assert bench.posted(i.BeginFace) == [i.BeginFace(light=False)]


def test_in_high_contrast_the_screen_keeps_its_colours_unasked(bench: Bench) -> None:
    bench.window.theme.use(high_contrast=True)
    bench.show(SCENES["face-ready"].state)
    assert bench.pilot.look("without_light") is None
    assert not bench.says("Kamera memandu Anda dengan dua gerakan ringan. Layar akan berganti warna pelan-pelan.")
    bench.pilot.click("beginFace")
    assert bench.posted(i.BeginFace) == [i.BeginFace(light=False)]


def test_the_surface_takes_the_colour_of_the_running_attempt_only(bench: Bench) -> None:
    bench.window.theme.hold_still()
    face = bench.window.vm.property("face")
    bench.show(SCENES["face-turn"].state)
    bench.door.face_progress.put(replace(SCENES["face-turn"].progress, light="#78cdff"))
    face.peek_light()
    bench.pilot.breathe()
    surface = bench.pilot.find("screenLight")
    assert surface.isVisible() and surface.property("color").name() == "#78cdff"
    bench.show(SCENES["face-again"].state)
    bench.pilot.breathe()
    assert bench.pilot.look("screenLight") is None
    bench.show(replace(SCENES["face-turn"].state, face_attempt=2))
    face.peek_light()
    assert not face.property("lit"), "the colour of the attempt before"
