"""A life-size print worn before the face, its eyes cut out: the wearer's own eyes blink in the holes.

Head and sheet turn together, the sheet as a sheet. The holes shift a little against the eyes behind them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated import subjects
from hardware.camera.simulated.framing import enlarged
from hardware.camera.simulated.head import (
    EYE_DISTANCE_MM,
    LEFT_LOWER,
    LEFT_UPPER,
    RIGHT_LOWER,
    RIGHT_UPPER,
    HeadMesh,
    Pose,
    rotation,
)
from hardware.camera.simulated.motion import Begun, Manner
from hardware.camera.simulated.optics import Placed, focal_px
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.print_attack import A4_MM, PAPER_WHITE, printed, printed_face
from hardware.camera.simulated.rooms import room_for
from hardware.camera.simulated.screen import Hold
from hardware.camera.simulated.sheet import Sheet
from hardware.camera.simulated.standing import Standing
from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

WORN_MM = (480.0, 620.0)  # before the lens
BENDS_MM = (None, 400.0, 250.0, 170.0)  # radius: a sheet tied round a head bends
BEFORE_EYES_MM = 16.0  # it lies on the nose
# Along and across the lids: the cut goes round them, or no blink would be seen. Measured on three seeds: with 10 % of
# the light lost a blink reads 0.41-0.52 of the open EAR, with 25 % 0.51-0.63; a wider cut (2.5) 0.53-0.57.
HOLE_ALONG, HOLE_ACROSS = 1.15, (1.6, 2.2)
HOLE_SHADES = (0.04, 0.20)  # of the light does not get to the eyes behind
IRISES = (468, 473)
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]


class Mask:
    def __init__(self, wearer: Standing, sheet: Sheet, middle: Floats, pivot: Floats) -> None:
        """``middle`` of the sheet and ``pivot`` of the head, (3,) mm before the lens, looking straight."""
        self._wearer, self._sheet, self._arm, self._pivot = wearer, sheet, middle - pivot, pivot

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        picture = self._wearer.render(at, begun, light)
        pose = self._wearer.pose(at, begun)
        place = self._pivot + rotation(pose) @ self._arm + np.array([*pose.shift, 0.0])
        self._sheet.lay(picture, Placed(place, Pose(pose.yaw, pose.pitch, pose.roll)), light)
        return picture


def print_eyes(width: int, height: int, seed: int) -> Mask:
    rng = np.random.default_rng([seed, 12])
    distance = float(rng.uniform(*WORN_MM))
    scale = focal_px(height) / distance
    texture, other = subjects.right(), subjects.wrong(seed % 3 == 2)
    closer = EYE_DISTANCE_MM * scale / _pupils(enlarged(other, width, height))
    aside = (float(rng.uniform(-0.04, 0.04)) * width, float(rng.uniform(-0.01, 0.03)) * height)
    manner = Manner(blink_every=float(rng.uniform(2.5, 5.0)), sway=float(rng.uniform(0.8, 1.8)))
    wearer = Standing(enlarged(other, width, height, closer, aside), room_for(width, height, seed), seed, manner)

    face = printed_face(texture, scale, EYE_DISTANCE_MM)
    across, shade = float(rng.uniform(*HOLE_ACROSS)), float(rng.uniform(*HOLE_SHADES))
    paper = with_holes(printed(texture, scale, EYE_DISTANCE_MM, hands=False), face, across, shade)
    radius = BENDS_MM[int(rng.integers(len(BENDS_MM)))]
    sheet = Sheet(paper, None, scale, A4_MM, Hold((0.0, 0.0, distance)), seed, radius)

    mesh = HeadMesh(wearer.face)
    eyes = wearer.face.landmarks[list(IRISES)].mean(0)
    lens = np.array([(width - 1) / 2, (height - 1) / 2])
    on_paper = (face[list(IRISES)].mean(0) - (np.array(paper.shape[1::-1]) - 1) / 2) / scale
    before = distance - BEFORE_EYES_MM
    middle = np.array([*((eyes[:2] - lens) / focal_px(height) * before - on_paper), before])
    pivot_deep = distance + (mesh.pivot[2] - eyes[2]) / mesh.px_per_mm
    pivot = np.array([*((mesh.pivot[:2] - lens) / focal_px(height) * pivot_deep), pivot_deep])
    return Mask(wearer, sheet, middle, pivot)


def with_holes(paper: Pixels, landmarks: Floats, across: float, shade: float) -> Pixels:
    """Cut out the eyes of ``landmarks``, (478, 2) px of the layer; ``across`` the lids the cut is that much larger."""
    cut = np.zeros(paper.shape[:2], np.uint8)
    for upper, lower in ((RIGHT_UPPER, RIGHT_LOWER), (LEFT_UPPER, LEFT_LOWER)):
        points = landmarks[[*upper, *reversed(lower)]]
        rim = (points - points.mean(0)) * (HOLE_ALONG, across) + points.mean(0)
        hull = cv2.convexHull(rim.astype(np.float32))
        cv2.fillConvexPoly(cut, np.rint(hull * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    out = paper.copy()
    edge = cv2.subtract(cv2.dilate(cut, np.ones((3, 3), np.uint8)), cut)[..., None] / 255
    out[..., :3] = np.rint(out[..., :3] * (1 - 0.6 * edge) + np.array(PAPER_WHITE) * 0.6 * edge)
    hole = cut[..., None] / 255
    out[..., :3] = np.rint(out[..., :3] * (1 - hole))
    out[..., 3:] = np.rint(out[..., 3:] * (1 - hole * (1 - shade)))
    return out


def _pupils(face: FaceTexture) -> float:
    return float(np.hypot(*(face.landmarks[IRISES[1], :2] - face.landmarks[IRISES[0], :2])))
