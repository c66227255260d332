"""The picture that a deferred visit leaves for the centre: the face and what is close round it, nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import MAX_PROBE_BYTES

MARGIN = 0.5
"""Of the face's longer side on each side of it: the detector wants some room round a face to find it again."""
LONGEST_SIDE = 400
"""px; half of it is the face, twice the 112 px that the embedder looks at."""
QUALITIES = (92, 85, 75, 60, 45, 30)


def crop_face(pixels: NDArray[np.uint8], box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """A copy, uint8 (h, w, 3) BGR. ``box``: x0, y0, x1, y1 of the landmarks, px."""
    x0, y0, x1, y1 = box
    half = (0.5 + MARGIN) * max(x1 - x0, y1 - y0)
    height, width = pixels.shape[:2]
    left, right = max(0, int((x0 + x1) / 2 - half)), min(width, int((x0 + x1) / 2 + half))
    top, bottom = max(0, int((y0 + y1) / 2 - half)), min(height, int((y0 + y1) / 2 + half))
    return pixels[top:bottom, left:right].copy()


def encode_probe(crop: NDArray[np.uint8]) -> bytes:
    """JPEG of at most 48 kB without any metadata; empty when there is nothing to encode."""
    from kiosk.vision import cv2  # noqa: PLC0415  screens import the face room; OpenCV is for those who watch

    if not crop.size:
        return b""
    scale = LONGEST_SIDE / max(crop.shape[:2])
    if scale < 1:
        crop = np.asarray(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    for quality in QUALITIES:
        done, encoded = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and encoded.size <= MAX_PROBE_BYTES:
            return encoded.tobytes()
    return b""
