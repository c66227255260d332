"""Turns the person of a photo into somebody else: other proportions, other colours, smoothly.

Every feature is a plain measure a police artist would name. Geometry is one smooth displacement field
(sums of bell curves round landmarks), so nothing tears; colour works on soft masks made from landmarks.
No search for values here: see ``impostor``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.head import OVAL
from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

FloatImage = NDArray[np.float32]
FloatArray = NDArray[np.float64]

RIGHT_EYE, LEFT_EYE, NOSE_TIP, NOSE_BRIDGE, CHIN, FOREHEAD = 468, 473, 1, 168, 152, 10
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
EYES = ((33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
        (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249))  # fmt: skip
FIXED_POINT_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Features:
    """0 everywhere is the person of the photo. Lengths in parts of the pupil distance, sizes as relative
    growth, colours in grey levels, shades 0 .. 1."""

    eye_gap: float = 0.0
    eye_height: float = 0.0  # downwards
    eye_size: float = 0.0
    eye_slant: float = 0.0  # radians, outer corners up
    brow_height: float = 0.0  # downwards
    nose_length: float = 0.0
    nose_width: float = 0.0
    mouth_height: float = 0.0  # downwards
    mouth_width: float = 0.0
    lip_fullness: float = 0.0
    jaw_width: float = 0.0
    cheek_width: float = 0.0
    chin_length: float = 0.0
    temple_width: float = 0.0
    forehead_height: float = 0.0  # of the fringe, upwards
    skin_light: float = 0.0
    skin_red: float = 0.0
    skin_yellow: float = 0.0
    brow_shade: float = 0.0
    brow_thickness: float = 0.0
    beard_shade: float = 0.0
    hair_shade: float = 0.0
    lip_red: float = 0.0
    smooth: float = 0.0  # of the skin


def morphed(texture: FaceTexture, features: Features) -> FaceTexture:
    """A new texture with moved landmarks and matte; the given one is left alone."""
    coloured = _colour(texture, features)
    field = _Field(texture, features)
    height, width = texture.image.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float64)
    grid = np.stack([xs.ravel(), ys.ravel()], 1)
    source = (grid + field.pull(grid)).astype(np.float32).reshape(height, width, 2)
    to_x, to_y = np.ascontiguousarray(source[..., 0]), np.ascontiguousarray(source[..., 1])
    image = cv2.remap(coloured, to_x, to_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    matte = cv2.remap(texture.matte, to_x, to_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    landmarks = texture.landmarks.copy()
    landmarks[:, :2] = field.push(texture.landmarks[:, :2])
    return FaceTexture(np.asarray(image, np.uint8), np.asarray(matte, np.uint8), landmarks, texture.triangles)


class _Field:
    """Where a pixel of the new picture comes from: ``pull`` its offset, ``push`` the way back."""

    def __init__(self, texture: FaceTexture, f: Features) -> None:
        at = texture.landmarks[:, :2]
        self._unit = float(np.hypot(*(at[LEFT_EYE] - at[RIGHT_EYE])))
        middle = at[NOSE_BRIDGE]
        mouth = at[list(LIPS)].mean(0)
        self._bells: list[tuple[FloatArray, FloatArray, FloatArray, FloatArray]] = []
        for eye, brow, side in ((RIGHT_EYE, RIGHT_BROW, -1.0), (LEFT_EYE, LEFT_BROW, 1.0)):
            slant = f.eye_slant * side
            self._bell(at[eye], (0.42, 0.34), (side * f.eye_gap / 2, f.eye_height))
            self._bell(at[eye], (0.34, 0.26), linear=((f.eye_size, slant), (-slant, f.eye_size)))
            self._bell(at[list(brow)].mean(0), (0.50, 0.22), (0.0, f.brow_height))
        self._bell(at[NOSE_TIP], (0.42, 0.40), (0.0, f.nose_length), ((f.nose_width, 0.0), (0.0, 0.0)))
        self._bell(mouth, (0.60, 0.34), (0.0, f.mouth_height), ((f.mouth_width, 0.0), (0.0, f.lip_fullness)))
        self._bell(mouth, (1.50, 0.62), linear=((f.jaw_width, 0.0), (0.0, 0.0)))
        self._bell(at[CHIN], (0.90, 0.50), (0.0, f.chin_length))
        self._bell(at[NOSE_TIP] * 0.6 + middle * 0.4, (1.60, 0.50), linear=((f.cheek_width, 0.0), (0.0, 0.0)))
        fringe = at[FOREHEAD] * 0.6 + middle * 0.4
        self._bell(fringe, (0.95, 0.26), (0.0, -f.forehead_height))
        self._bell(at[FOREHEAD], (1.50, 0.55), linear=((f.temple_width, 0.0), (0.0, 0.0)))

    def _bell(
        self, centre: NDArray[np.float64], reach: tuple[float, float], shift: tuple[float, float] = (0.0, 0.0),
        linear: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0)),
    ) -> None:  # fmt: skip
        self._bells.append((centre, np.array(reach) * self._unit, np.array(shift) * self._unit, np.array(linear)))

    def pull(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) offsets from new picture to old, px."""
        total = np.zeros_like(points)
        for centre, reach, shift, linear in self._bells:
            away = points - centre
            weight = np.exp(-((away / reach) ** 2).sum(1) / 2)[:, None]
            total -= weight * (shift + away @ linear.T)
        return total

    def push(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where old points are in the new picture: the fixed point of ``p = old - pull(p)``."""
        new = points.copy()
        for _ in range(FIXED_POINT_ROUNDS):
            new = points - self.pull(new)
        return new


def _soft(shape: tuple[int, ...], polygon: NDArray[np.float64], sigma: float) -> FloatImage:
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [np.rint(polygon).astype(np.int32)], 1.0)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)


def _colour(texture: FaceTexture, f: Features) -> NDArray[np.uint8]:
    at = texture.landmarks[:, :2]
    shape = texture.image.shape
    unit = float(np.hypot(*(at[LEFT_EYE] - at[RIGHT_EYE])))
    oval = at[list(OVAL)]
    face = _soft(shape, oval, 0.03 * unit)
    lips = _soft(shape, at[list(LIPS)], 0.02 * unit) * (1 - _soft(shape, at[list(INNER_LIPS)], 0.015 * unit))
    eyes = np.maximum(*(_soft(shape, at[list(eye)], 0.02 * unit) for eye in EYES))
    mouth = _soft(shape, at[list(LIPS)], 0.02 * unit)
    person = texture.matte.astype(np.float32) / 255
    chin_row = float(at[CHIN, 1])
    rows = np.arange(shape[0], dtype=np.float32)[:, None]
    neck_skin = person * _flesh(texture.image) * (1 - face)
    skin = np.clip(face + neck_skin, 0, 1) * (1 - eyes) * (1 - mouth)
    hair = person * (1 - face) * (1 - neck_skin) * np.clip((chin_row - 0.55 * unit - rows) / (0.2 * unit), 0, 1)

    image = texture.image
    if f.smooth > 0:
        calm = cv2.bilateralFilter(image, 9, 28, 5)
        share = (skin * f.smooth)[..., None]
        image = np.rint(image * (1 - share) + calm * share).astype(np.uint8)
    lab = cv2.cvtColor(image, cv2.COLOR_BGR2LAB).astype(np.float32)
    # Shadows and lights move by the same factor, as paint would, not by the same amount.
    lab[..., 0] *= 1 + skin * (f.skin_light / 180)
    lab[..., 1] += skin * f.skin_red + lips * f.lip_red
    lab[..., 2] += skin * f.skin_yellow
    fringe = _soft(shape, oval, 0.03 * unit) * _hairlike(texture.image) * np.clip(
        (float(at[NOSE_BRIDGE, 1]) - 0.25 * unit - rows) / (0.1 * unit), 0, 1
    )  # fmt: skip
    lab[..., 0] *= 1 - np.clip(hair + fringe, 0, 1) * f.hair_shade
    lab[..., 1:] += (128 - lab[..., 1:]) * (np.clip(hair + fringe, 0, 1) * f.hair_shade)[..., None] * 0.8
    brows = np.zeros(shape[:2], np.float32)
    for brow in (RIGHT_BROW, LEFT_BROW):
        points = at[list(brow)]
        upper, lower = points[:5], points[:4:-1]
        line = (upper + lower) / 2
        strip = np.zeros(shape[:2], np.float32)
        thickness = max(1, round((0.09 + f.brow_thickness) * unit))
        cv2.polylines(strip, [np.rint(line * 16).astype(np.int32)], False, 1.0, thickness, cv2.LINE_AA, 4)
        brows = np.maximum(brows, cv2.GaussianBlur(strip, (0, 0), 0.022 * unit))
    lab[..., 0] *= 1 - brows * f.brow_shade
    nose_row, mouth_row = float(at[NOSE_TIP, 1]), float(at[list(LIPS)].mean(0)[1])
    below = np.clip((rows - nose_row - 0.12 * unit) / (mouth_row - nose_row), 0, 1)
    beard = face * below * (1 - mouth)
    lab[..., 0] *= 1 - beard * f.beard_shade
    lab[..., 1:] += (128 - lab[..., 1:]) * (beard * f.beard_shade)[..., None] * 0.5
    return np.asarray(cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2BGR), np.uint8)


def _flesh(image: NDArray[np.uint8]) -> FloatImage:
    """1 where the colour is this photo's skin: ears and neck, which have no landmarks."""
    ycc = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb)
    hit = (ycc[..., 0] > 90) & (ycc[..., 1] > 133) & (ycc[..., 1] < 170) & (ycc[..., 2] < 126)
    hit[: image.shape[0] // 5] = False  # hair in full light is as pink as skin
    return np.asarray(cv2.GaussianBlur(hit.astype(np.float32), (0, 0), 1.2), np.float32)


def _hairlike(image: NDArray[np.uint8]) -> FloatImage:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return np.asarray(np.clip((165 - grey) / 40, 0, 1), np.float32)
