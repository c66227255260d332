"""Blink shape: lids close alone; a tilted sheet squeezes everything, and may never pass for a blink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware.camera.simulated.finish import Finish
from hardware.camera.simulated.head import Pose, rotation
from hardware.camera.simulated.motion import Begun, Sway, pose_at
from hardware.camera.simulated.people import Alive, People
from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import Cue, CueReading
from kiosk.face.engine import FaceEngine
from kiosk.face.passive.blink_shape import BlinkFlaw, BlinkShape, Lids, ShapeState, eye_ratios, judge, watch_shape
from kiosk.ports import Frame, Movement, SimulatedPerson
from kiosk.vision import cv2
from tests.face.looks import STRAIGHT, analysis_of

BLACK = np.zeros((2, 2, 3), np.uint8)
OPEN = Lids(0.0, 1.0, 1.0)


def after(frames: list[Lids], step: float = 1 / 15) -> ShapeState:
    state = ShapeState()
    for number, frame in enumerate(frames):
        state = watch_shape(state, replace(frame, at=number * step))
    return state


def lids(*values: float) -> list[Lids]:
    return [Lids(0.0, v, v) for v in values]


def squeezed(height: float, pitch: float = -5.0) -> Lids:
    return Lids(0.0, 0.9 * height, 0.9 * height, height=height, pitch=pitch)


BLINK = lids(1.0, 0.7, 0.2, 0.2, 0.7, 1.0)


def test_both_lids_down_and_up_confirm() -> None:
    state = after(BLINK)
    assert (judge(state).answer, state.flaw) == (Cue.CONFIRM, None)
    assert judge(state).value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("frames", "step", "flaw"),
    [
        ([replace(f, left=1.0 if f.right < 1 else f.left) for f in BLINK], 1 / 15, None),  # a wink never closes both
        ([*lids(1.0), Lids(0, 0.2, 0.7), Lids(0, 0.2, 0.7), *lids(1.0)], 1 / 15, BlinkFlaw.NOT_BOTH),
        ([*lids(1.0), Lids(0, 0.1, 0.7), Lids(0, 0.1, 0.1), Lids(0, 0.7, 0.1), *lids(1.0)], 0.1, BlinkFlaw.NOT_BOTH),
        (BLINK, 0.2, BlinkFlaw.TOO_FEW_FRAMES),
        (lids(1.0, 0.55, 1.0), 1 / 30, BlinkFlaw.TOO_SHORT),
        (lids(1.0, *[0.2] * 20, 1.0), 0.1, BlinkFlaw.TOO_LONG),
        (lids(1.0, *[0.7] * 12, 0.2, 0.2, 0.2, 1.0), 1 / 30, BlinkFlaw.SLOW_CLOSING),
        ([replace(f, pitch=20 * (1 - f.right)) for f in BLINK], 1 / 15, BlinkFlaw.FACE_MOVED),
        ([replace(f, yaw=-9 * (1 - f.right)) for f in BLINK], 1 / 15, BlinkFlaw.FACE_MOVED),
        ([replace(f, height=1 - 0.1 * (1 - f.right)) for f in BLINK], 1 / 15, BlinkFlaw.FACE_MOVED),
    ],
)
def test_a_closing_with_a_flaw_says_nothing(frames: list[Lids], step: float, flaw: BlinkFlaw | None) -> None:
    state = after(frames, step)
    assert (judge(state).answer, state.flaw) == (Cue.ABSTAIN, flaw)


def test_eyes_that_were_never_seen_open_did_not_blink() -> None:
    assert judge(after(lids(0.2, 0.2, 0.7, 1.0))).answer is Cue.ABSTAIN


def test_a_face_squeezed_along_with_its_eyes_denies_and_no_blink_makes_up_for_it() -> None:
    tilted = [squeezed(0.74)] * 3
    assert judge(after([*BLINK, *tilted[:2], OPEN])).answer is Cue.CONFIRM, "two frames may be a bad mesh"
    assert judge(after([*BLINK, *tilted, *BLINK])).answer is Cue.DENY


@pytest.mark.parametrize(
    "frame",
    [
        Lids(0, 0.6, 0.6, height=0.78, pitch=-30.0),  # leaning back, lids falling
        Lids(0, 0.45, 0.45, height=0.97, pitch=26.0),  # nodding, lids falling
        Lids(0, 0.2, 0.2, height=0.75, pitch=0.0),  # lids shut beyond what the squeezing explains
        Lids(0, 0.9, 0.9, height=0.75, pitch=0.0),
    ],
)
def test_a_head_that_leans_or_nods_is_no_tilted_sheet(frame: Lids) -> None:
    assert judge(after([*BLINK, *[frame] * 20])).answer is not Cue.DENY


NUMBERS = st.floats(-10, 10) | st.sampled_from([0.0, 0.2, 0.5, 0.72, 1.0])


@given(st.lists(st.builds(Lids, at=st.just(0.0), right=NUMBERS, left=NUMBERS, height=NUMBERS, pitch=NUMBERS)))
@settings(deadline=None)
def test_no_lids_make_the_rule_raise_and_a_denial_stays(frames: list[Lids]) -> None:
    state, denied = ShapeState(), False
    for number, frame in enumerate(frames):
        state = watch_shape(state, replace(frame, at=number / 15))
        answer = judge(state).answer
        assert not (denied and answer is not Cue.DENY)
        denied = answer is Cue.DENY
        assert len(state.closing) < 200


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e30])
def test_landmarks_that_are_none_do_not_raise(value: float) -> None:
    cue = BlinkShape()
    for number in range(40):
        analysis = analysis_of(STRAIGHT, number, number / 15)
        assert analysis.face is not None
        points = np.full((478, 3), value, np.float32)
        cue.watch(Frame(BLACK, number, number / 15, "c"), replace(analysis, face=replace(analysis.face, points=points)))
    cue.watch(Frame(BLACK, 41, 41.0, "c"), replace(analysis, face=None))
    assert cue.reading.answer is Cue.ABSTAIN


# ------------------------------------------------------------------ rendered

Render = Callable[[float], NDArray[np.uint8]]


def shown(engine: FaceEngine, render: Render, fps: int, seconds: float) -> CueReading:
    cue, finish = BlinkShape(), Finish(1280, 720, 7)
    for number in range(round(seconds * fps)):
        frame = Frame(finish.apply(render(number / fps)), number, number / fps, "simulated-1")
        analysis: FrameAnalysis = engine.analyse(frame)
        cue.watch(frame, analysis)
    return cue.reading


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_a_rendered_blink_confirms_at_every_frame_rate_a_camera_has(engine: FaceEngine, fps: int) -> None:
    person = People(1280, 720, 20).get(SimulatedPerson.PARTICIPANT)
    begins = 15.5 / fps + 0.1
    reading = shown(engine, lambda at: person.render(at, (Begun(Movement.BLINK, begins),)), fps, begins + 0.7)
    assert reading.answer is Cue.CONFIRM
    assert 0.1 < reading.value < 0.3


def test_a_rendered_sheet_that_is_tilted_for_a_blink_is_denied(engine: FaceEngine) -> None:
    photo = People(1280, 720, 20).get(SimulatedPerson.PARTICIPANT).render(0.0, ())
    corners = np.array([[-400.0, -360, 0], [400, -360, 0], [400, 360, 0], [-400, 360, 0]])
    middle = np.array([640.0, 360])

    def tilted(at: float) -> NDArray[np.uint8]:
        turned = corners @ rotation(Pose(pitch=58 * float(np.clip((at - 1.6) / 0.8, 0, 1)))).T
        seen = turned[:, :2] * (1044 / (1044 + turned[:, 2:])) + middle
        matrix = cv2.getPerspectiveTransform(np.float32(corners[:, :2] + middle), np.float32(seen))
        return np.asarray(cv2.warpPerspective(photo, matrix, (1280, 720), borderValue=(90, 90, 90)), np.uint8)

    reading = shown(engine, tilted, 10, 3.2)
    assert reading.answer is Cue.DENY
    assert reading.value > 0.75


def test_a_rendered_head_that_leans_far_back_is_not_denied(engine: FaceEngine) -> None:
    person = People(1280, 720, 20).get(SimulatedPerson.PARTICIPANT)
    assert isinstance(person, Alive)

    def leaning(at: float) -> NDArray[np.uint8]:
        along = float(np.clip((at - 1.6) / 0.8, 0, 1))
        pose = replace(pose_at(at, Sway(3), ()), pitch=-28 * along, blink=0.7 * along)
        return person._warp.render(person._mesh.posed(pose))

    assert shown(engine, leaning, 10, 3.2).answer is Cue.ABSTAIN


def test_each_eye_is_measured_by_itself(engine: FaceEngine) -> None:
    points = np.zeros((478, 3), np.float32)
    for eye, height in (((33, 160, 158, 133, 153, 144), 0.2), ((263, 387, 385, 362, 380, 373), 0.4)):
        outer, up1, up2, inner, low2, low1 = eye
        points[inner, 0] = 10
        points[[up1, up2], 1], points[[low1, low2], 1] = -5 * height, 5 * height
        points[outer, 0] = 0
    assert eye_ratios(points) == pytest.approx((0.2, 0.4))
