"""The kiosk's own light on what stands before the simulated camera: by formula, and none on what shines."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.camera.simulated.camera import SimulatedCamera
from hardware.camera.simulated.control import Simulation
from hardware.camera.simulated.optics import GAMMA
from hardware.camera.simulated.panel_light import PERSON_M, ROOM_M, WHITE_LUX, PanelLight
from hardware.camera.simulated.people import People
from hardware.camera.simulated.presentations import ATTACKS, LIVE
from kiosk.ports import SimulatedPerson

WARM, COOL, WHITE = (1.0, 0.45, 0.19), (0.19, 0.61, 1.0), (1.0, 1.0, 1.0)
SMALL = (640, 360)
MIDDLE, CORNER = np.s_[150:210, 300:340], np.s_[60:120, 4:40]


def answer(rendered: object, part: tuple[slice, slice]) -> float:
    """Change of ln(R/B) of linear light from cool to warm."""

    def log_ratio(colour: tuple[float, float, float]) -> float:
        picture: NDArray[np.uint8] = rendered.render(100.0, (), PanelLight(colour))  # type: ignore[attr-defined]
        blue, _, red = picture[part].reshape(-1, 3).astype(float).mean(0)
        return float(GAMMA * np.log(red / blue))

    return log_ratio(WARM) - log_ratio(COOL)


def expected(metres: float) -> float:
    warm, cool = (PanelLight(colour).light_at(metres) for colour in (WARM, COOL))
    return float(np.log(warm[2] / warm[0]) - np.log(cool[2] / cool[0]))


def made(name: str, seed: int = 3) -> object:
    return next(one for one in (*LIVE, *ATTACKS) if one.name == name).make(*SMALL, seed)


def test_the_light_is_the_formulas_and_a_white_screen_changes_nothing() -> None:
    assert PanelLight(WHITE).light_at(PERSON_M) == pytest.approx(1.0)
    all_lit = PanelLight((0.0, 0.0, 0.0), ambient=0.0).light_at(PERSON_M)
    assert all_lit == pytest.approx(0.78), "the rest of the screen stays white"
    assert _lambertian(0.53, 0.30, 0.60, 0.15) == pytest.approx(WHITE_LUX, abs=2.0)
    assert expected(ROOM_M) < expected(PERSON_M) / 5


def _lambertian(tall: float, wide: float, away: float, above: float) -> float:
    """lx of an upright panel at 300 cd/m2, summed over its parts; the face ``above`` its middle."""
    y, x = np.meshgrid(np.linspace(-tall / 2, tall / 2, 400) - above, np.linspace(-wide / 2, wide / 2, 400))
    squared = x**2 + y**2 + away**2
    return float(300 * (away**2 / squared**2).mean() * tall * wide)


@pytest.mark.parametrize("name", ["plain", "skin_darker", "print_flat_obedient", "print_bent_obedient"])
def test_people_and_prints_answer_as_what_is_lit_does(name: str) -> None:
    assert answer(made(name), MIDDLE) == pytest.approx(expected(PERSON_M), rel=0.15)


@pytest.mark.parametrize("person", [SimulatedPerson.PARTICIPANT, SimulatedPerson.PRINT])
def test_the_people_of_the_demonstration_answer_too_and_the_room_behind_them_little(person: SimulatedPerson) -> None:
    someone = People(*SMALL, 20).get(person)
    assert answer(someone, MIDDLE) == pytest.approx(expected(PERSON_M), rel=0.15)
    assert 0 < answer(someone, CORNER) < 0.4 * expected(PERSON_M)


def test_an_empty_place_is_lit_as_a_room() -> None:
    assert answer(People(*SMALL, 20).get(SimulatedPerson.NOBODY), MIDDLE) < 0.4 * expected(PERSON_M)


@pytest.mark.parametrize("name", ["phone_replay_obedient", "tablet_replay_obedient", "screen_replay_obedient"])
def test_a_screen_answers_by_its_glass_alone(name: str) -> None:
    assert 0 <= answer(made(name), MIDDLE) < 0.5 * expected(PERSON_M)


@pytest.mark.parametrize("name", ["film_on_demand", "film_loop", "frozen_frame"])
def test_what_is_fed_in_answers_nothing(name: str) -> None:
    assert answer(made(name), MIDDLE) == 0.0


def test_everything_that_can_be_presented_can_be_lit() -> None:
    for one in (*LIVE, *ATTACKS):
        picture = one.make(320, 180, 3).render(100.0, (), PanelLight(WARM))
        assert picture.shape == (180, 320, 3) and picture.dtype == np.uint8


def test_the_lever_lights_the_camera_and_lets_go_again() -> None:
    now = [100.0]
    simulation = Simulation(lambda: now[0])
    camera = SimulatedCamera(simulation, width=640, height=360, monotonic=lambda: now[0], sleep=lambda _: None)
    camera.open()

    def red_over_blue() -> float:
        now[0] += 1 / 15
        mean = camera.read()[MIDDLE].reshape(-1, 3).astype(float).mean(0)
        return float(mean[2] / mean[0])

    white = red_over_blue()
    simulation.light(WARM)
    assert red_over_blue() > 1.01 * white
    simulation.light(COOL)
    assert red_over_blue() < white
    simulation.light(None)
    assert red_over_blue() == pytest.approx(white, rel=0.01)
