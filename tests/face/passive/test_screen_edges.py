"""Screen edges: what hides the body is a device, what the body hides is a room."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera.simulated.finish import Finish
from hardware.camera.simulated.people import People
from kiosk.face.cues import NOT_MEASURED, Cue
from kiosk.face.engine import FaceEngine
from kiosk.face.passive.edge_lines import SLANTS, fitted_shares, line_steps, sideways_steps
from kiosk.face.passive.outline import Region, outline_of, shrunk_region
from kiosk.face.passive.region import place_of
from kiosk.face.passive.screen_edges import AGREEING, BEFORE_LIMIT, CLEAR, EVERY, STRONG, ScreenEdges, decide, share_of
from kiosk.ports import Frame, SimulatedPerson
from kiosk.vision import cv2
from tests.face.passive.drawn import CHIN, FACE, HEIGHT, Pixels, device, face_analysis, frame, person, wall

Draw = Callable[[Pixels], object]


def region_of(picture: Pixels) -> Region:
    place = place_of(face_analysis().face)
    assert place is not None
    region = shrunk_region(picture, place)
    assert region is not None
    return region


def share(picture: Pixels) -> float:
    return share_of(outline_of(region_of(picture)))


def door(picture: Pixels, half_width: int = 170) -> None:
    x = int(FACE[0])
    cv2.rectangle(picture, (x - half_width, 40), (x + half_width, HEIGHT + 40), (60, 90, 130), -1)
    cv2.rectangle(picture, (x - half_width, 40), (x + half_width, HEIGHT + 40), (240, 240, 240), 12)


def window(picture: Pixels) -> None:
    cv2.rectangle(picture, (440, 60), (840, 520), (250, 246, 240), -1)
    cv2.rectangle(picture, (440, 60), (840, 520), (70, 70, 70), 10)


def poster(picture: Pixels) -> None:
    cv2.rectangle(picture, (500, 80), (780, 480), (40, 60, 160), -1)


def slats(picture: Pixels) -> None:
    for x in range(0, picture.shape[1], 40):
        cv2.rectangle(picture, (x, 0), (x + 16, HEIGHT), (120, 130, 130), -1)


def striped_shirt(picture: Pixels) -> None:
    for x in range(400, 880, 24):
        cv2.rectangle(picture, (x, int(CHIN) + 90), (x + 10, HEIGHT), (230, 230, 230), -1)


def lanyard(picture: Pixels) -> None:
    for side in (-1, 1):
        cv2.line(picture, (int(FACE[0]) + side * 60, int(CHIN) + 20), (int(FACE[0]), HEIGHT - 40), (30, 30, 200), 8)


def open_jacket(picture: Pixels) -> None:
    for x in (590, 690):
        cv2.line(picture, (x, int(CHIN) + 40), (x, HEIGHT), (20, 20, 20), 5)


@pytest.mark.parametrize("tilt", [0.0, 4.0, -7.0])
@pytest.mark.parametrize("half_width", [130.0, 190.0])
def test_a_frame_that_runs_on_before_the_body_is_found_in_one_picture(half_width: float, tilt: float) -> None:
    picture = person(wall())
    device(picture, half_width, tilt=tilt)
    cue = ScreenEdges()
    cue.watch(frame(picture), face_analysis())
    assert cue.reading.answer is Cue.DENY
    assert cue.reading.value >= STRONG


@pytest.mark.parametrize("behind", [door, window, poster, slats])
@pytest.mark.parametrize("worn", [None, striped_shirt, lanyard, open_jacket])
def test_straight_things_behind_or_on_a_living_person_are_no_device(behind: Draw, worn: Draw | None) -> None:
    picture = wall()
    behind(picture)
    person(picture)
    if worn is not None:
        worn(picture)
    assert share(picture) < 1


@pytest.mark.parametrize("half_width", range(110, 240, 15))
def test_a_door_frame_at_any_distance_from_the_head_ends_at_the_shoulders(half_width: int) -> None:
    picture = wall()
    door(picture, half_width)
    assert share(person(picture)) < CLEAR
    before = person(wall())
    door(before, half_width)
    assert min(line.weight for line in outline_of(region_of(before)).before_body) > BEFORE_LIMIT


def test_a_lower_edge_alone_is_a_table() -> None:
    picture = person(wall())
    cv2.rectangle(picture, (0, int(CHIN) + 190), (1280, HEIGHT), (40, 60, 90), -1)
    assert share(picture) < CLEAR
    door_behind = wall()
    door(door_behind)
    picture = person(door_behind)
    cv2.rectangle(picture, (0, int(CHIN) + 190), (1280, HEIGHT), (40, 60, 90), -1)
    assert share(picture) < 1, "it runs on beyond the door"


def test_a_line_is_measured_at_its_slant_and_place() -> None:
    grey = np.full((160, 160), 90, np.uint8)
    grey[:, 60:] = 150
    steps = line_steps(sideways_steps(grey), 80.0).min(1)  # a line is as good as its worst stretch
    slant, column = np.unravel_index(int(steps.argmax()), steps.shape)
    assert SLANTS[slant] == pytest.approx(0.0)
    assert column in (59, 60)
    assert steps.max() > 20


def test_texture_averages_out_along_a_line() -> None:
    grey = np.random.default_rng(3).normal(120, 12, (160, 160)).clip(0, 255).astype(np.uint8)
    assert share_of(outline_of(Region(grey, 80.0, 84.0))) == 0


def test_an_edge_that_wanders_is_no_line() -> None:
    stretches = np.ones(18, np.bool_)
    straight, wandering = np.zeros((18, 40), np.float32), np.zeros((18, 40), np.float32)
    straight[:, 20] = 20.0
    wandering[np.arange(18), 20 + np.random.default_rng(0).integers(-2, 3, 18)] = 20.0
    assert fitted_shares(straight, 20, (stretches,)) == (1.0,)
    assert fitted_shares(wandering, 20, (stretches,))[0] < 0.5


def test_few_frames_near_the_limit_neither_deny_nor_confirm() -> None:
    assert decide([]) == NOT_MEASURED
    assert decide([1.05, 1.05]).answer is Cue.ABSTAIN
    assert decide([1.05, 0.1, 1.05, 0.1, 1.05]).answer is Cue.DENY
    assert decide([0.2, 0.5]).answer is Cue.CONFIRM


def test_a_frame_nearer_the_limit_than_living_people_come_is_a_doubt() -> None:
    assert not decide([0.9] * 5).doubt
    assert decide([0.2, 0.97, 0.3]).doubt
    assert not decide([1.0] * 3).doubt, "that is a denial"


def test_a_turned_small_or_dark_face_is_not_measured() -> None:
    picture = person(wall())
    device(picture)
    for analysis in (face_analysis(yaw=30.0), face_analysis(scale=0.2)):
        cue = ScreenEdges()
        cue.watch(frame(picture), analysis)
        assert cue.reading == NOT_MEASURED


def test_a_denial_stays_when_the_device_is_taken_away() -> None:
    cue, picture = ScreenEdges(), person(wall())
    device(picture)
    cue.watch(frame(picture), face_analysis())
    for number in range(2, 30):
        cue.watch(frame(person(wall()), number), face_analysis(number))
    assert cue.reading.answer is Cue.DENY


@settings(deadline=None, max_examples=40)
@given(
    size=st.tuples(st.integers(1, 200), st.integers(1, 200)),
    middle=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    scale=st.floats(0.0, 8.0),
    seed=st.integers(0, 99),
)
def test_no_picture_makes_it_raise(size: tuple[int, int], middle: tuple[float, float], scale: float, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)
    cue = ScreenEdges(every=1)
    cue.watch(frame(picture), face_analysis(middle=middle, scale=scale))
    assert cue.reading.answer in Cue


@pytest.mark.parametrize(
    ("who", "answer"),
    [(SimulatedPerson.PARTICIPANT, Cue.CONFIRM), (SimulatedPerson.PHONE, Cue.DENY), (SimulatedPerson.PRINT, Cue.DENY)],
)
def test_rendered_people_and_things_held_up(engine: FaceEngine, who: SimulatedPerson, answer: Cue) -> None:
    rendered, finish, cue = People(1280, 720, 20).get(who), Finish(1280, 720, 20), ScreenEdges()
    for number in range(AGREEING * EVERY):
        picture = Frame(finish.apply(rendered.render(number / 15, ())), number, number / 15, "cam-1")
        if number % EVERY == 0:
            cue.watch(picture, engine.analyse(picture))
        else:
            cue.watch(picture, face_analysis(number, yaw=0.0))
    assert cue.reading.answer is answer
