"""Write ``resources/demo/participant_matte.png``: which pixels of the demo photo are the person.

Run by a developer when the texture changes, never by the kiosk::

    python -m hardware.camera.simulated.make_matte resources/demo/participant_matte.png

GrabCut from outlines read off the picture by hand; the result was looked at.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.texture import load_texture
from kiosk.vision import cv2

PERHAPS = (
    (150, 70), (165, 35), (225, 10), (285, 35), (302, 80), (290, 120), (262, 150), (300, 190), (305, 240), (350, 270),
    (365, 330), (365, 511), (20, 511), (30, 330), (50, 260), (110, 230), (115, 185), (150, 150), (185, 150), (158, 115),
)  # fmt: skip
SURELY_HAIR = ((180, 60), (225, 22), (275, 50), (285, 90), (225, 75), (170, 100))
SURELY_SUIT = (
    (135, 190), (160, 165), (250, 180), (290, 215), (290, 260), (340, 290), (345, 511), (40, 511), (50, 330),
    (70, 270), (130, 240),
)  # fmt: skip
ROUNDS = 6
SMALLEST_HOLE_PX = 400
SOFT_EDGE = 1.0  # px


def matte_of(image: NDArray[np.uint8], landmarks: NDArray[np.float64]) -> NDArray[np.uint8]:
    """uint8 (h, w), 255 on the person, with a soft edge."""
    cv2.setRNGSeed(1)
    mask = np.full(image.shape[:2], cv2.GC_BGD, np.uint8)
    cv2.fillPoly(mask, [np.array(PERHAPS)], cv2.GC_PR_FGD)
    cv2.fillConvexPoly(mask, cv2.convexHull(landmarks[:468, :2].astype(np.int32)), cv2.GC_FGD)
    cv2.fillPoly(mask, [np.array(SURELY_HAIR)], cv2.GC_FGD)
    cv2.fillPoly(mask, [np.array(SURELY_SUIT)], cv2.GC_FGD)
    cv2.grabCut(image, mask, (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    matte = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(matte)
    matte = np.where(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), 255, 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(255 - matte)
    for hole in range(1, count):
        if stats[hole, cv2.CC_STAT_AREA] < SMALLEST_HOLE_PX:
            matte[labels == hole] = 255
    return np.asarray(cv2.GaussianBlur(matte, (0, 0), SOFT_EDGE), np.uint8)


if __name__ == "__main__":
    texture = load_texture(with_matte=False)
    cv2.imwrite(sys.argv[1], matte_of(texture.image, texture.landmarks), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(Path(sys.argv[1]).stat().st_size, "bytes")  # noqa: T201
