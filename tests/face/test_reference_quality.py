"""The photo on record. The risk: an answer about nothing, or an old but good photo refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware.camera.simulated.reference import reference_photo
from kiosk.face.analysis import Light
from kiosk.face.engine import FaceEngine
from kiosk.face.landmarks import rect_of_box, rect_of_points
from kiosk.face.pose import HeadPose
from kiosk.face.reference_quality import PhotoLook, PhotoProblem, assess_reference, look_at_photo
from kiosk.vision import cv2

GOOD = PhotoLook(110.0, 1.0, Light(160.0, 0.25, 0.0, 0.0125), HeadPose(5.0, 4.0, 0.0))
MIN_PX = 64.0


def lit(**changes: float) -> PhotoLook:
    return replace(GOOD, light=replace(GOOD.light, **changes))


def turned(**changes: float) -> PhotoLook:
    return replace(GOOD, pose=replace(GOOD.pose, **changes))


@pytest.mark.parametrize(
    ("look", "problem"),
    [
        (GOOD, None),
        (lit(median=20.0), None),
        (lit(sharpness=0.0026, unevenness=0.9), None),
        (turned(yaw=-28.0), None),
        (replace(GOOD, face_px=30.0), PhotoProblem.FACE_TOO_SMALL),
        (replace(GOOD, presence=0.1), PhotoProblem.NO_FACE_MESH),
        (lit(median=5.0), PhotoProblem.TOO_DARK),
        (lit(burnt=0.6), PhotoProblem.BURNT_OUT),
        (lit(sharpness=0.001), PhotoProblem.NOT_SHARP),
        (turned(yaw=47.0), PhotoProblem.TURNED_AWAY),
        (turned(pitch=50.0), PhotoProblem.TURNED_AWAY),
    ],
)
def test_wide_limits_keep_out_what_says_nothing(look: PhotoLook, problem: PhotoProblem | None) -> None:
    assert assess_reference(look, MIN_PX) is problem


@pytest.mark.parametrize(
    "look",
    [
        replace(GOOD, face_px=math.nan),
        replace(GOOD, presence=math.nan),
        lit(median=math.nan),
        lit(burnt=math.nan),
        lit(sharpness=math.nan),
        turned(yaw=math.nan),
        turned(pitch=math.nan),
    ],
)
def test_what_is_not_a_number_is_refused(look: PhotoLook) -> None:
    assert assess_reference(look, MIN_PX) is not None


@given(st.floats(64, 2000), st.floats(20, 250), st.floats(-30, 30), st.floats(-20, 35), st.floats(-180, 180))
@settings(deadline=None)
def test_no_ordinary_photo_is_refused(px: float, median: float, yaw: float, pitch: float, roll: float) -> None:
    look = PhotoLook(px, 0.9, Light(median, 0.6, 0.3, 0.003), HeadPose(yaw, pitch, roll))
    assert assess_reference(look, MIN_PX) is None


def look_of(engine: FaceEngine, photo: NDArray[np.uint8], like: NDArray[np.uint8]) -> PhotoLook:
    """``like``: the photo as it was, in which the detector finds the face."""
    models, scale = engine._ready(), len(photo) / len(like)
    found = max(models.detector.find(like), key=lambda d: d.score)
    x, y, width, height = (scale * side for side in (found.x, found.y, found.width, found.height))
    first = models.net.mesh(photo, rect_of_box(x, y, width, height, 0.0))
    mesh = models.net.mesh(photo, rect_of_points(first.points))
    return look_at_photo(mesh, models.pose, min(width, height))


def changed(photo: NDArray[np.uint8], light: float) -> NDArray[np.uint8]:
    return np.clip(photo * light, 0, 255).astype(np.uint8)


def test_the_demonstrations_own_photo_serves_and_what_is_left_of_it_does_not(engine: FaceEngine) -> None:
    photo = cv2.imdecode(np.frombuffer(reference_photo(), np.uint8), cv2.IMREAD_COLOR)
    small = cv2.resize(photo, None, fx=0.27, fy=0.27, interpolation=cv2.INTER_AREA)
    blot = cv2.GaussianBlur(photo, (0, 0), 4)
    left = (photo, small, changed(photo, 0.04), changed(photo, 1.9), blot)
    assert [assess_reference(look_of(engine, one, photo), MIN_PX) for one in left] == [
        None, PhotoProblem.FACE_TOO_SMALL, PhotoProblem.TOO_DARK, PhotoProblem.BURNT_OUT, PhotoProblem.NOT_SHARP
    ]  # fmt: skip


def test_a_profile_of_the_group_does_not_serve(engine: FaceEngine, group: bytes) -> None:
    profile = cv2.imdecode(np.frombuffer(group, np.uint8), cv2.IMREAD_COLOR)[30:260, 850:1070]
    assert assess_reference(look_of(engine, profile, profile), MIN_PX) is PhotoProblem.TURNED_AWAY
