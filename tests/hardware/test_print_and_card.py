"""A print must fool the detector and fail as a plane; a card's code must be readable by the kiosk's readers."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from kiosk.ports import CodeSymbology, Movement, SimulatedPerson
from tests.hardware.conftest import Looker, Pixels, Stage

CARD = "0001234567890"


def codes(picture: Pixels, form: zxingcpp.BarcodeFormat) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=form)]


def test_the_print_shows_the_right_person(stage: Stage, look: Looker, reference: Pixels) -> None:
    stage.simulation.choose_person(SimulatedPerson.PRINT)
    picture = stage.camera.read()
    assert look.faces(picture) == 1
    assert look.likeness(picture, reference) > 0.5, "an attack with the wrong face would test nothing"


@pytest.mark.parametrize("movement", [Movement.TURN_LEFT, Movement.TURN_RIGHT])
def test_the_print_turns_as_a_plane(stage: Stage, look: Looker, movement: Movement) -> None:
    stage.simulation.choose_person(SimulatedPerson.PRINT)
    neutral = stage.camera.read()
    turned = stage.picture_in_the_middle_of(movement)
    narrower = np.ptp(look.points(turned)[:468, 0]) / np.ptp(look.points(neutral)[:468, 0])
    assert narrower < 0.92, "the sheet must really turn"
    assert abs(look.pose(turned).yaw - look.pose(neutral).yaw) < 8
    assert look.planarity(neutral, turned) < 2


def test_the_print_cannot_blink(stage: Stage, look: Looker) -> None:
    stage.simulation.choose_person(SimulatedPerson.PRINT)
    before = look.eye_openness(stage.camera.read())
    assert look.eye_openness(stage.picture_in_the_middle_of(Movement.BLINK)) > 0.85 * before


@pytest.mark.parametrize("text", [CARD, "https://example.invalid/kartu?no=" + CARD, "X" * 500])
def test_a_qr_card_is_read_over_and_over(stage: Stage, text: str) -> None:
    stage.simulation.present_card(text)
    seen = []
    for _ in range(4):
        seen += codes(stage.camera.read(), zxingcpp.BarcodeFormat.QRCode)
        stage.clock.sleep(1.1)
    assert set(seen) == {text}
    assert len(seen) >= 3


def test_a_barcode_card_is_read(stage: Stage) -> None:
    stage.simulation.present_card(CARD, CodeSymbology.CODE128)
    assert codes(stage.camera.read(), zxingcpp.BarcodeFormat.Code128) == [CARD]


def test_the_card_goes_away_again(stage: Stage, look: Looker) -> None:
    stage.simulation.present_card(CARD)
    stage.camera.read()
    stage.simulation.present_card(None)
    picture = stage.camera.read()
    assert codes(picture, zxingcpp.BarcodeFormat.QRCode) == []
    assert look.faces(picture) == 1


def test_a_code_no_symbology_can_carry_is_refused_at_the_lever(stage: Stage) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        stage.simulation.present_card("", CodeSymbology.CODE128)
    with pytest.raises(ValueError, match="fit"):
        stage.simulation.present_card("x" * 5000)
    assert stage.simulation.stage().card is None
