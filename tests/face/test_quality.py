"""Quality of a frame and its hints. The risk: a frame the match cannot use, a person sent round in circles."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.face.analysis import Cover
from kiosk.face.hints import HOLD_SECONDS, STEADY_FRAMES, HintKeeper
from kiosk.face.quality import DARK_MEDIAN, MARGIN, REMEDY, Component, Reading, SteadyQuality, assess, hint_for
from kiosk.face.types import FaceHint
from tests.face.looks import STRAIGHT, Look, analysis_of

FAILING = {
    Component.FACE: Look(face=False),
    Component.SINGLE_FACE: Look(others=1),
    Component.EYE_SHARE: Look(eye_px=45),
    Component.EYE_SHARE_NEAR: Look(eye_px=230),
    Component.INSIDE: Look(centre=(90, 360)),
    Component.POSITION_X: Look(centre=(1000, 360)),
    Component.POSITION_Y: Look(centre=(640, 590)),
    Component.BRIGHTNESS: Look(median=20),
    Component.EVENNESS: Look(unevenness=0.9),
    Component.GLARE: Look(median=240),
    Component.BURNT: Look(burnt=0.5),
    Component.SHARPNESS: Look(sharpness=0.001),
    Component.YAW: Look(yaw=-20),
    Component.PITCH: Look(pitch=40),
    Component.ROLL: Look(roll=-30),
    Component.CLOTH: Look(cover=Cover(cloth=2.0)),
    Component.MOUTH_SEEN: Look(cover=Cover(mouth=0.6)),
    Component.EYES_SEEN: Look(cover=Cover(shades=0.9)),
    Component.EYES_OPEN: Look(ear=0.05),
    Component.LIDS: Look(blink=0.6),
    Component.MOUTH_CLOSED: Look(mouth_gap=0.4),
}


@pytest.mark.parametrize("component", FAILING)
def test_each_failing_component_is_one_remedy(component: Component) -> None:
    quality = assess(analysis_of(FAILING[component]))
    assert quality.failed is component
    assert quality.hint is REMEDY[component]


def test_a_usable_frame_tells_every_component_by_name_and_fails_none() -> None:
    quality = assess(analysis_of(STRAIGHT))
    assert quality.hint is None and set(quality.components) == set(Component)
    assert quality.components["yaw"] == 0.0 and quality.components["brightness"] == STRAIGHT.median


def test_every_component_has_its_remedy() -> None:
    assert set(REMEDY) == set(Component)


def test_few_pixels_on_a_coarse_camera_are_too_far_however_large_the_face() -> None:
    small = analysis_of(Look(eye_px=38))
    coarse = type(small)(1, 0.0, "cam-1", 640, 480, analysis_of(Look(eye_px=38, centre=(320, 240))).face)
    assert assess(coarse).failed is Component.EYE_DISTANCE
    assert hint_for(coarse) is FaceHint.TOO_FAR


def test_the_first_of_several_is_said() -> None:
    assert hint_for(analysis_of(Look(eye_px=45, median=20, yaw=40))) is FaceHint.TOO_FAR
    assert hint_for(analysis_of(Look(cover=Cover(cloth=3.0, mouth=0.5), ear=0.01))) is FaceHint.UNCOVER_FACE


@pytest.mark.parametrize(
    "look",
    [
        Look(mouth_gap=0.20),  # a broad smile
        Look(mouth_gap=0.12),  # lips a little apart
        Look(cover=Cover(cloth=0.79, mouth=1.3, shades=0.28)),  # the nearest any bare face came
    ],
)
def test_a_smile_a_beard_and_clear_glasses_pass(look: Look) -> None:
    assert hint_for(analysis_of(look)) is None


@given(
    cm=st.floats(40, 80),
    lens=st.floats(60, 78),
    eyes_mm=st.floats(54, 70),
)
@example(cm=80, lens=78, eyes_mm=54)
@example(cm=40, lens=60, eyes_mm=70)
@settings(deadline=None)
def test_everyone_between_40_and_80_cm_is_neither_too_near_nor_too_far(cm: float, lens: float, eyes_mm: float) -> None:
    width_mm = 2 * cm * 10 * math.tan(math.radians(lens / 2))
    assert hint_for(analysis_of(Look(eye_px=1280 * eyes_mm / width_mm))) is None


@pytest.mark.parametrize(("cm", "hint"), [(20, FaceHint.TOO_CLOSE), (150, FaceHint.TOO_FAR)])
@pytest.mark.parametrize("lens", [60, 78])
def test_far_outside_they_are_told(cm: float, hint: FaceHint, lens: float) -> None:
    width_mm = 2 * cm * 10 * math.tan(math.radians(lens / 2))
    assert hint_for(analysis_of(Look(eye_px=1280 * 63 / width_mm))) is hint


@pytest.mark.parametrize("upper", [True, False])
def test_what_is_not_a_number_never_passes(upper: bool) -> None:
    assert not Reading(Component.YAW, math.nan, 1.0, upper).passed


def test_what_failed_has_to_clear_its_limit_by_a_margin() -> None:
    steady = SteadyQuality()
    near = DARK_MEDIAN * (1 + MARGIN / 2)
    said = [
        steady.assess(analysis_of(Look(median=median))).failed
        for median in (120, near, DARK_MEDIAN - 1, near, DARK_MEDIAN - 1, near, DARK_MEDIAN * (1 + 2 * MARGIN), near)
    ]
    assert said == [None, None, *[Component.BRIGHTNESS] * 4, None, None]


@pytest.mark.parametrize("component", [c for c in FAILING if c not in (Component.FACE, Component.SINGLE_FACE)])
def test_no_failing_component_is_a_trap(component: Component) -> None:
    steady = SteadyQuality()
    assert steady.assess(analysis_of(FAILING[component])).failed is component
    assert steady.assess(analysis_of(STRAIGHT)).failed is None


@pytest.mark.parametrize("look", [Look(face=False), Look(others=2)])
def test_a_face_that_is_alone_again_is_so_at_once(look: Look) -> None:
    steady = SteadyQuality()
    assert steady.assess(analysis_of(look)).failed is not None
    assert steady.assess(analysis_of(STRAIGHT)).failed is None


@given(st.floats(0.5, 1.5), st.lists(st.floats(-0.9, 0.9), max_size=30))
@settings(deadline=None)
def test_a_value_that_wanders_less_than_the_margin_changes_its_answer_at_most_once(
    middle: float, steps: list[float]
) -> None:
    steady, answers = SteadyQuality(), []
    for step in steps:
        median = DARK_MEDIAN * middle * (1 + step * MARGIN / 2.2)
        answers.append(steady.assess(analysis_of(Look(median=median))).failed)
    assert sum(a is not b for a, b in pairwise(answers)) <= 1


RUNS = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from([None, FaceHint.TOO_DARK, FaceHint.NOT_SHARP])), max_size=25
)
HINTS = st.builds(
    lambda step, runs: [(step, wish) for count, wish in runs for _ in range(count)], st.floats(0.01, 0.5), RUNS
)


@given(HINTS)
@settings(deadline=None)
def test_a_hint_stays_for_a_second_at_least(steps: list[tuple[float, FaceHint | None]]) -> None:
    keeper, at, shown, since = HintKeeper(), 0.0, None, None
    for step, wish in steps:
        at += step
        now = keeper.show(wish, at)
        if now is not shown:
            assert since is None or at - since >= HOLD_SECONDS
            shown, since = now, at


@given(HINTS)
@settings(deadline=None)
def test_what_is_shown_was_wished_for_three_frames_in_a_row(steps: list[tuple[float, FaceHint | None]]) -> None:
    keeper, at, shown, wishes = HintKeeper(), 0.0, None, []
    for step, wish in steps:
        at += step
        wishes.append(wish)
        now = keeper.show(wish, at)
        if now is not shown:
            assert wishes[-STEADY_FRAMES:] == [now] * STEADY_FRAMES
            shown = now


@given(
    wish=st.sampled_from([None, *FaceHint]),
    odd=st.sampled_from([None, *FaceHint]),
    gaps=st.lists(st.integers(1, 12), max_size=12),
)
@settings(deadline=None)
def test_a_blip_of_one_frame_is_never_shown(wish: FaceHint | None, odd: FaceHint | None, gaps: list[int]) -> None:
    keeper, frames = HintKeeper(), [wish] * STEADY_FRAMES
    for gap in gaps:
        frames += [odd, *[wish] * gap]
    shown = [keeper.show(frame, n / 15) for n, frame in enumerate(frames)]
    assert set(shown[STEADY_FRAMES - 1 :]) == {wish}


def test_a_wish_that_lasts_is_shown_in_the_end() -> None:
    keeper = HintKeeper()
    for n in range(40):
        keeper.show(FaceHint.TOO_DARK if n < 10 else FaceHint.EYES_OPEN, n / 15)
    assert keeper.shown is FaceHint.EYES_OPEN
