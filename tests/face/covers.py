"""Masks, glasses, beards and lights drawn on a picture of a bare face, by its landmarks. Rendered, not photographed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiosk.face.mesh import LEFT_EYE, OVAL, RIGHT_EYE
from kiosk.vision import cv2

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]
Colour = tuple[int, int, int]  # BGR

_JAW = (454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234)
_UNDER_EYES = (117, 118, 100, 126, 197, 355, 329, 347, 346)
_BEARD = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 425, 423, 2, 203, 205)
_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)


def _laid_over(
    picture: Picture,
    outline: Points,
    layer: Colour | NDArray[np.float64],
    share: float = 1.0,
    hole: Points | None = None,
) -> Picture:
    over = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(over, [np.rint(outline).astype(np.int32)], 1.0)
    if hole is not None:
        cv2.fillPoly(over, [np.rint(hole).astype(np.int32)], 0.0)
    over = cv2.GaussianBlur(over, (0, 0), 1.5)[..., None] * share
    return np.clip(picture * (1 - over) + np.asarray(layer) * over, 0, 255).astype(np.uint8)


def mask(picture: Picture, points: Points, colour: Colour) -> Picture:
    """From the bridge of the nose to under the chin, with pleats and the noise of a sensor."""
    middle = points[list(OVAL), :2].mean(0)
    outline = np.vstack([middle + (points[list(_JAW), :2] - middle) * 1.04, points[list(_UNDER_EYES), :2]])
    height, width = picture.shape[:2]
    pleats = 1 + 0.06 * np.sin(np.arange(height) / (np.ptp(points[:, 0]) * 0.03))
    noise = np.random.default_rng(5).normal(0, 2, (height, width, 3))
    return _laid_over(picture, outline, np.array(colour) * pleats[:, None, None] + noise)


def beard(picture: Picture, points: Points, colour: Colour = (25, 28, 35), share: float = 0.9) -> Picture:
    """Full, with a moustache; the lips stay free."""
    hairs = np.random.default_rng(5).normal(0, 12, picture.shape[:2])
    hole = points[list(_LIPS), :2]
    return _laid_over(picture, points[list(_BEARD), :2], np.array(colour) + hairs[..., None], share, hole)


def lipstick(picture: Picture, points: Points, colour: Colour) -> Picture:
    return _laid_over(picture, points[list(_LIPS), :2], colour, 0.8)


def hijab(picture: Picture, points: Points, colour: Colour) -> Picture:
    """Everything outside a slightly narrowed face oval."""
    middle = points[list(OVAL), :2].mean(0)
    face = middle + (points[list(OVAL), :2] - middle) * 0.95
    return _laid_over(
        picture, np.array([(-9, -9), (9999, -9), (9999, 9999), (-9, 9999)], np.float32), colour, hole=face
    )


def glasses(picture: Picture, points: Points, lens: float) -> Picture:
    """Black rims; ``lens`` 0 clear .. 1 black."""
    out = picture
    for eye in (RIGHT_EYE, LEFT_EYE):
        width = float(np.ptp(points[list(eye), 0]))
        outline = _ellipse(points[list(eye), :2].mean(0) + np.array([0, width * 0.1]), width * 0.95, width * 0.72)
        out = _laid_over(out, outline, (22, 22, 24), lens)
        cv2.polylines(
            out, [np.rint(outline).astype(np.int32)], True, (25, 25, 25), max(1, int(width * 0.1)), cv2.LINE_AA
        )
    return out


def _ellipse(centre: Sequence[float] | NDArray[np.floating], half_width: float, half_height: float) -> Points:
    t = np.linspace(0, 2 * np.pi, 40)
    return np.stack([centre[0] + half_width * np.cos(t), centre[1] + half_height * np.sin(t)], 1).astype(np.float32)


def lit(
    picture: Picture,
    points: Points,
    left: float = 1.0,
    right: float = 1.0,
    tint: Colour | tuple[float, ...] = (1, 1, 1),
) -> Picture:
    """Light from the left to the right edge of the face, times its colour; linear in light."""
    low, high = float(points[:, 0].min()), float(points[:, 0].max())
    at = np.clip((np.arange(picture.shape[1]) - low) / (high - low), 0, 1)
    light = (left + (right - left) * at)[None, :, None] * np.array(tint)
    return np.clip(255 * np.clip((picture / 255.0) ** 2.2 * light, 0, 1) ** (1 / 2.2), 0, 255).astype(np.uint8)


def dark_skin(picture: Picture, points: Points, share: float = 0.2) -> Picture:
    """``share`` of the light comes back, less of the blue."""
    middle = points[list(OVAL), :2].mean(0)
    face = middle + (points[list(OVAL), :2] - middle) * 1.1
    return _laid_over(picture, face, lit(picture, points, tint=(share * 0.75, share * 0.9, share)).astype(np.float64))
