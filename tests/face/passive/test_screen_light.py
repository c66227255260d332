"""The cue on painted pictures: patches that answer the colours as physics says, and others that do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.light_plan import LightPlan, plan_of
from kiosk.face.light_show import LightShow
from kiosk.face.mesh import OVAL
from kiosk.face.passive.light_answer import GAMMA, LONGEST_LAG, Answer, answer_of, opponent, played
from kiosk.face.passive.screen_light import PATCHES, ScreenLight, decide
from kiosk.ports import Frame
from tests.face.looks import Look, analysis_of

FPS = 10
SKIN, DARK_SKIN, WALL, CLOTH = (190, 140, 115), (70, 46, 36), (205, 205, 200), (60, 90, 150)
HEIGHT, WIDTH = 180, 320
FACE = (130, 40, 190, 120)  # x0, y0, x1, y1
PLAN = plan_of(b"visit:1", b"seed")


def analysis(number: int, at: float, yaw: float = 0.0) -> FrameAnalysis:
    seen = analysis_of(Look(yaw=yaw), number, at)
    assert seen.face is not None
    points = np.zeros((478, 3), np.float32)
    x0, y0, x1, y1 = FACE
    angle = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    points[:, :2] = ((x0 + x1) / 2, (y0 + y1) / 2)
    points[list(OVAL), 0] += (x1 - x0) / 2 * np.cos(angle)
    points[list(OVAL), 1] += (y1 - y0) / 2 * np.sin(angle)
    for index, (dx, dy) in zip(PATCHES, ((0, -22), (-17, 5), (17, 5)), strict=True):
        points[index, :2] += (dx, dy)
    return replace(seen, width=WIDTH, height=HEIGHT, face=replace(seen.face, points=points))


def painted(
    colour: tuple[float, float, float] | None, rng: np.random.Generator, *, face: float, cloth: float, room: float,
    skin: tuple[int, int, int] = SKIN, balance: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """``face``, ``cloth``, ``room``: panel light over all other light there; ``balance`` of the camera, how much of the
    room's mean change it takes away again."""
    lamp = np.array(colour if colour is not None else (1.0, 1.0, 1.0))
    picture = np.empty((HEIGHT, WIDTH, 3))
    whole = slice(None)
    for (rows, columns), base, gain in (
        ((whole, whole), WALL, room),
        ((slice(125, None), slice(90, 230)), CLOTH, cloth),
        ((slice(FACE[1] - 5, FACE[3] + 4), slice(FACE[0] - 4, FACE[2] + 4)), skin, face),
    ):
        picture[rows, columns] = np.array(base) * ((1 + gain * lamp) / (1 + gain)) ** (1 / GAMMA)
    if balance:
        picture *= (1 + balance * (1 - lamp)) ** (1 / GAMMA)
    noisy = picture[..., ::-1] + rng.normal(0, 1.6, picture.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def shown(seconds: float = 9.0, delay: float = 0.2, plan: LightPlan = PLAN, **gains: object) -> ScreenLight:
    show, rng = LightShow(plan), np.random.default_rng(3)
    show.begin(50.0)
    cue = ScreenLight(show)
    for number in range(int(seconds * FPS)):
        at = 50.0 + number / FPS
        colour = PLAN.colour_at(number / FPS - delay)
        cue.watch(Frame(painted(colour, rng, **gains), number, at, "c"), analysis(number, at))  # type: ignore[arg-type]
    return cue


def test_a_lit_face_confirms_and_delay_and_response_are_read_back() -> None:
    cue = shown(face=0.10, cloth=0.10, room=0.01, delay=0.2)
    assert cue.reading.answer is Cue.CONFIRM and cue.reading.value > 0.9
    assert cue.face.delay == pytest.approx(0.2, abs=0.05)
    assert cue.face.gain == pytest.approx(0.09, rel=0.2), "less the background's own"


@pytest.mark.parametrize(("skin", "face"), [(DARK_SKIN, 0.06), (SKIN, 0.02)])
def test_dark_skin_and_a_bright_room_still_confirm(skin: tuple[int, int, int], face: float) -> None:
    assert shown(face=face, cloth=face, room=0.002, skin=skin).reading.answer is Cue.CONFIRM


def test_a_camera_that_balances_its_white_does_not_hide_the_answer() -> None:
    cue = shown(face=0.10, cloth=0.10, room=0.01, balance=0.10)
    assert cue.reading.answer is Cue.CONFIRM


def test_a_replay_in_hands_that_the_light_reaches_denies() -> None:
    cue = shown(face=0.0, cloth=0.10, room=0.01)
    assert cue.reading.answer is Cue.DENY and cue.elsewhere.gain > 0.04  # cells at its rim have a part of it


def test_a_face_that_answers_is_not_denied_for_a_brighter_counter() -> None:
    assert shown(face=0.03, cloth=0.5, room=0.0).reading.answer is Cue.CONFIRM


def test_another_order_of_colours_is_no_answer() -> None:
    cue = shown(face=0.10, cloth=0.10, room=0.01, plan=plan_of(b"visit:2", b"seed"))
    assert cue.reading.answer is not Cue.CONFIRM


def test_little_time_says_nothing() -> None:
    assert shown(seconds=3.5, face=0.1, cloth=0.1, room=0.0).reading == NOT_MEASURED


def test_a_denial_stays_when_the_light_comes_after_all() -> None:
    cue = shown(face=0.0, cloth=0.10, room=0.01)
    assert cue.reading.answer is Cue.DENY
    rng = np.random.default_rng(4)
    for number in range(90, 240):
        at = 50.0 + number / FPS
        picture = painted(PLAN.colour_at(number / FPS - 0.2), rng, face=0.1, cloth=0.1, room=0.0)
        cue.watch(Frame(picture, number, at, "c"), analysis(number, at))
    assert cue.reading.answer is Cue.DENY


@pytest.mark.parametrize(
    ("face", "elsewhere", "answer"),
    [
        (Answer(0.05, 0.005, 0.8), Answer(), Cue.CONFIRM),
        (Answer(0.05, 0.02, 0.8), Answer(), Cue.ABSTAIN),  # a restless head
        (Answer(0.05, 0.005, 0.4), Answer(), Cue.ABSTAIN),
        (Answer(0.0, 0.002, 0.1), Answer(), Cue.DENY),  # the least any room leaves would have been seen
        (Answer(0.004, 0.003, 0.2), Answer(), Cue.ABSTAIN),  # daylight: too little to be told from none
        (Answer(0.0, 0.004, 0.1), Answer(0.10, 0.004, 0.95), Cue.DENY),
        (Answer(0.0, 0.004, 0.1), Answer(0.10, 0.004, 0.60), Cue.ABSTAIN),  # not sure that it arrived
        (Answer(0.0, 0.004, 0.1), Answer(0.05, 0.004, 0.95), Cue.ABSTAIN),  # the face may be that much farther away
        (Answer(), Answer(0.10, 0.004, 0.95), Cue.ABSTAIN),
    ],
)
def test_it_denies_only_where_light_arrived_or_would_have_been_seen(
    face: Answer, elsewhere: Answer, answer: Cue
) -> None:
    assert decide(face, elsewhere) == CueReading(answer, face.correlation, 0.6)


@settings(deadline=None, max_examples=25)
@given(seed=st.binary(min_size=1, max_size=4), lag=st.floats(0, LONGEST_LAG), gain=st.floats(0.02, 0.5))
def test_whatever_the_order_delay_and_gain_come_back(seed: bytes, lag: float, gain: float) -> None:
    plan, seconds = plan_of(b"n", seed), np.arange(0.6, 10, 0.1)
    seen = gain * played(plan, seconds - lag)[:, None]
    answer = answer_of(plan, seconds, seen, np.zeros((len(seconds), 1)))[0]
    assert answer.delay == pytest.approx(lag, abs=0.03) and answer.gain == pytest.approx(gain, rel=0.05)


def test_what_is_correlated_with_is_what_the_screen_was_told() -> None:
    seconds = np.linspace(-0.5, 60, 999)
    assert np.allclose(played(PLAN, seconds), opponent(np.array([PLAN.colour_at(s) for s in seconds])))


@pytest.mark.parametrize("shape", [(1, 1, 3), (20, 20, 3), (HEIGHT, WIDTH, 3)])
@pytest.mark.parametrize("look", [Look(), Look(face=False), Look(yaw=float("nan"), centre=(1e9, -1e9))])
def test_no_picture_makes_it_raise(shape: tuple[int, ...], look: Look) -> None:
    show = LightShow(PLAN)
    cue = ScreenLight(show)
    assert cue.reading == NOT_MEASURED
    show.begin(0.0)
    for number in range(90):
        pixels = np.full(shape, (number % 2) * 255, np.uint8)
        cue.watch(Frame(pixels, number, number / FPS, "c"), analysis_of(look, number, number / FPS))
        cue.watch(Frame(pixels, number, number / FPS, "c"), analysis(number, number / FPS))
    assert cue.reading.answer in Cue
