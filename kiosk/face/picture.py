"""Light and sharpness of a whole picture, for a camera nobody stands before. Not for judging a face."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kiosk.face.light import BURNT_LEVEL
from kiosk.vision import cv2

SIDE = 320
"""Longer side that is measured, px: the numbers then compare between cameras."""


class PictureLight(NamedTuple):
    brightness: float  # median grey level 0..255
    burnt: float  # share of pixels at 250 and above
    sharpness: float  # variance of the Laplacian over the variance of the picture


def measure_picture(pixels: NDArray[np.uint8]) -> PictureLight:
    """``pixels`` uint8 (h, w, 3) BGR."""
    height, width = pixels.shape[:2]
    scale = SIDE / max(height, width)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    _, detail = cv2.meanStdDev(cv2.Laplacian(smooth, cv2.CV_32F))
    _, contrast = cv2.meanStdDev(smooth)
    return PictureLight(
        brightness=float(np.median(grey)),
        burnt=float(np.mean(grey >= BURNT_LEVEL)),
        sharpness=float(detail[0, 0] ** 2 / max(float(contrast[0, 0]) ** 2, 1.0)),
    )
