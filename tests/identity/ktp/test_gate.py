"""The look at every frame. The risk: a person who is photographed without a card, or one whose good card never is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.camera.simulated import living
from hardware.camera.simulated.ektp import Conditions, draw_card, invent, photograph
from hardware.camera.simulated.ektp.conditions import Glare
from hardware.camera.simulated.office import office
from kiosk.config import KtpSettings
from kiosk.identity.ktp.gate import HOLD_SECONDS, PATIENCE, CardGate, GateView, complaint, look_at
from kiosk.ports import KtpHint
from kiosk.vision import cv2
from tests.identity.ktp_sets import Specimen
from tests.identity.pictures import bars, qr, scene

Picture = NDArray[np.uint8]
FRAME = 1 / 15
HELD = Conditions(card_width=780, defocus=0.6, motion=0.5)
SEED = "tune-1/gate"
CARD = draw_card(invent(SEED), SEED)


def shot(**changes: object) -> Picture:
    return photograph(CARD, replace(HELD, **changes), SEED).picture  # type: ignore[arg-type]


GOOD = shot()


def watch(gate: CardGate, pictures: Sequence[Picture], begin: float = 100.0) -> list[GateView]:
    return [gate.look(picture, begin + FRAME * number) for number, picture in enumerate(pictures)]


def test_a_card_that_is_held_still_is_photographed_after_a_moment_and_not_before() -> None:
    views = watch(CardGate(KtpSettings()), [GOOD] * 8)
    assert not any(view.ready for view in views[: int(HOLD_SECONDS / FRAME)])
    assert views[-1].ready and views[-1].hint is KtpHint.HOLD_STILL


SPOILT = {
    KtpHint.TOO_FAR: shot(card_width=340.0),
    KtpHint.TOO_DARK: shot(exposure=0.08),
    KtpHint.BLURRED: shot(defocus=3.5),
    KtpHint.GLARE: shot(glare=(Glare(0.4, 0.5, 0.2, 0.8, 1.2),)),
    KtpHint.NO_CARD: office(1280, 720),
}


@pytest.mark.parametrize("hint", SPOILT)
def test_what_is_wrong_is_said_and_no_picture_is_taken_of_it(hint: KtpHint) -> None:
    views = watch(CardGate(KtpSettings()), [SPOILT[hint]] * 8)
    assert {view.hint for view in views} == {hint}
    assert not any(view.ready for view in views)


@pytest.mark.parametrize("someone", [living.plain, living.near, living.far, living.skin_darker, living.glasses])
def test_a_face_is_never_taken_for_a_card_however_long_it_looks(someone: object) -> None:
    person = someone(1280, 720, 3)  # type: ignore[operator]
    gate = CardGate(KtpSettings())
    for at in (100.0, 100.3, 103.5, 107.0):
        view = gate.look(person.render(at, ()), at)
        assert (view.hint, view.ready) == (KtpHint.NO_CARD, False)


@pytest.mark.parametrize("code", [qr("0001234567890", 8), bars("0001234567890")], ids=["qr", "bars"])
def test_a_card_with_a_machine_code_is_no_e_ktp(code: Picture) -> None:
    assert complaint(look_at(scene(code))) is KtpHint.NO_CARD


def moved(px: float) -> Picture:
    shift = np.array([[1, 0, px], [0, 1, 0]], np.float64)
    return np.asarray(cv2.warpAffine(GOOD, shift, (1280, 720), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def test_a_card_on_the_move_is_not_photographed() -> None:
    views = watch(CardGate(KtpSettings()), [moved(12 * number - 40) for number in range(8)])
    assert not any(view.ready for view in views)
    assert views[-1].hint is KtpHint.BLURRED


def test_the_sway_of_a_hand_does_not_keep_a_card_from_being_photographed() -> None:
    views = watch(CardGate(KtpSettings()), [moved(2.0 * (number % 2)) for number in range(8)])
    assert views[-1].ready


def test_a_camera_that_is_never_quite_sharp_locks_nobody_out() -> None:
    soft = SPOILT[KtpHint.BLURRED]
    gate = CardGate(KtpSettings())
    for at in np.arange(100.0, 100.0 + PATIENCE, 0.25):
        assert not gate.look(soft, float(at)).ready
    view = gate.look(soft, 100.0 + PATIENCE)
    assert view.ready and view.hint is KtpHint.BLURRED


def test_patience_begins_anew_with_the_next_card() -> None:
    gate = CardGate(KtpSettings())
    gate.look(SPOILT[KtpHint.BLURRED], 100.0)
    gate.look(office(1280, 720), 101.0)
    assert not gate.look(SPOILT[KtpHint.BLURRED], 100.0 + PATIENCE).ready


def test_of_a_card_as_people_hold_it_one_picture_in_two_passes(specimens: Sequence[Specimen]) -> None:
    for specimen in specimens:
        assert None in [complaint(look_at(shot.picture)) for shot in specimen.shots]


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080), (720, 1280), (3, 2)])
def test_pictures_of_any_size_are_looked_at(size: tuple[int, int]) -> None:
    width, height = size
    assert complaint(look_at(np.full((height, width, 3), 200, np.uint8))) is KtpHint.NO_CARD


def test_a_look_is_quick() -> None:
    gate = CardGate(KtpSettings())
    gate.look(GOOD, 100.0)
    began = time.thread_time()
    for number in range(10):
        gate.look(GOOD, 100.1 + number)
    assert (time.thread_time() - began) / 10 < 0.020, "3 ms on a free core; the frames come every 66 ms"
