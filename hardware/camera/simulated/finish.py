"""What the simulated lens adds to every picture: sensor noise, and the word DEMO in a corner.

The watermark is in the pixels, so no frame of the simulation can be taken for a real one, whatever
happens to its metadata.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2

WATERMARK = "DEMO"
NOISE_SIGMA = 1.6  # grey levels; a webcam in office light
NOISE_SLACK = 97  # the noise tile is cut at another place for every frame


def watermark_box(width: int, height: int) -> tuple[int, int, int, int]:
    """(x0, y0, x1, y1) px, top left corner: never over a face that is in the middle."""
    return int(0.012 * width), int(0.02 * height), int(0.112 * width), int(0.085 * height)


class Finish:
    def __init__(self, width: int, height: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        noise = rng.normal(0, NOISE_SIGMA, (height + NOISE_SLACK, width + NOISE_SLACK))
        brighter = np.clip(np.rint(noise), 0, 255).astype(np.uint8)
        darker = np.clip(np.rint(-noise), 0, 255).astype(np.uint8)
        self._brighter = cv2.merge([brighter] * 3)
        self._darker = cv2.merge([darker] * 3)
        self._rng = rng
        self._box = watermark_box(width, height)
        x0, y0, x1, y1 = self._box
        stamp = np.full((y1 - y0, x1 - x0, 3), (60, 60, 60), np.uint8)
        scale = (y1 - y0) / 42
        (text_width, text_height), _ = cv2.getTextSize(WATERMARK, cv2.FONT_HERSHEY_DUPLEX, scale, 2)
        at = ((x1 - x0 - text_width) // 2, (y1 - y0 + text_height) // 2)
        cv2.putText(stamp, WATERMARK, at, cv2.FONT_HERSHEY_DUPLEX, scale, (245, 245, 245), 2, cv2.LINE_AA)
        self._stamp = stamp

    def apply(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Write noise and watermark into ``picture`` (uint8 (h, w, 3) BGR) and return it."""
        height, width = picture.shape[:2]
        dy, dx = (int(v) for v in self._rng.integers(0, NOISE_SLACK, 2))
        cv2.add(picture, self._brighter[dy : dy + height, dx : dx + width], picture)
        cv2.subtract(picture, self._darker[dy : dy + height, dx : dx + width], picture)
        x0, y0, x1, y1 = self._box
        picture[y0:y1, x0:x1] = self._stamp
        return picture
