"""Pictures drawn for the cues that look at pixels, and an analysis that says where the face is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.mesh import OVAL
from kiosk.ports import Frame
from kiosk.vision import cv2
from tests.face.looks import Look, analysis_of

WIDTH, HEIGHT = 1280, 720
FACE = (640.0, 300.0)  # middle
HALF = (90.0, 120.0)  # of the face's oval
CHIN = FACE[1] + HALF[1]
CHEEKS_AND_FOREHEAD = {50: (-0.45, 0.25), 280: (0.45, 0.25), 151: (0.0, -0.6)}
Pixels = NDArray[np.uint8]


def face_analysis(
    sequence: int = 1, *, yaw: float = 0.0, middle: tuple[float, float] = FACE, scale: float = 1.0
) -> FrameAnalysis:
    look = Look(yaw=yaw, centre=middle)
    analysis = analysis_of(look, sequence)
    assert analysis.face is not None
    points = np.zeros((478, 3), np.float32)
    half = np.array(HALF) * scale
    points[:, :2] = middle
    angles = np.linspace(-np.pi / 2, 1.5 * np.pi, len(OVAL), endpoint=False)  # from the top, clockwise
    points[list(OVAL), :2] = np.array(middle) + np.column_stack([np.cos(angles), np.sin(angles)]) * half
    for index, (x, y) in CHEEKS_AND_FOREHEAD.items():
        points[index, :2] = middle + np.array([x, y]) * half
    return replace(analysis, face=replace(analysis.face, points=points))


@cache
def _grain(seed: int, noise: float) -> Pixels:
    grain = np.random.default_rng(seed).normal(200, noise, (HEIGHT, WIDTH, 3)).clip(0, 255).astype(np.uint8)
    grain.flags.writeable = False
    return grain


def wall(seed: int = 0, noise: float = 1.6) -> Pixels:
    """A new picture of a wall; no two seeds have the same grain."""
    return _grain(seed, noise).copy()


def person(picture: Pixels, middle: tuple[float, float] = FACE) -> Pixels:
    """Head, neck and shoulders before what is there, drawn into ``picture``."""
    x, y = (int(v) for v in middle)
    chin = y + int(HALF[1])
    right = [(x + 70, chin + 50), (x + 255, chin + 130), (x + 280, HEIGHT)]
    left = [(2 * x - px, py) for px, py in reversed(right)]
    cv2.fillPoly(picture, [np.array(right + left)], (110, 80, 60), cv2.LINE_AA)
    cv2.rectangle(picture, (x - 60, y + 60), (x + 60, chin + 60), (130, 150, 190), -1)
    cv2.ellipse(picture, (x, y), (int(HALF[0]), int(HALF[1])), 0, 0, 360, (150, 170, 205), -1, cv2.LINE_AA)
    return picture


def device(
    picture: Pixels, half_width: float = 150.0, top: float = 60.0, bottom: float = 690.0, tilt: float = 0.0
) -> None:
    """A dark frame of 9 px round the face and the chest, before everything; ``tilt`` degrees."""
    middle = np.array([FACE[0], (top + bottom) / 2])
    half = np.array([half_width, (bottom - top) / 2])
    turn = cv2.getRotationMatrix2D((0.0, 0.0), tilt, 1.0)[:, :2]
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ turn.T + middle
    cv2.polylines(picture, [np.rint(corners).astype(np.int32)], True, (20, 20, 20), 9, cv2.LINE_AA)


def frame(picture: Pixels, sequence: int = 1) -> Frame:
    return Frame(picture, sequence, 100 + sequence / 15, "cam-1")
