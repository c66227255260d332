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


class Noise:
    """Noise of ``sigma`` grey levels for pictures of ``width`` x ``height`` px, each colour its own as on a sensor: one
    tile, cut differently."""

    def __init__(self, width: int, height: int, sigma: float, rng: np.random.Generator) -> None:
        noise = rng.normal(0, sigma, (height + NOISE_SLACK, width + NOISE_SLACK))
        brighter = np.clip(np.rint(noise), 0, 255).astype(np.uint8)
        darker = np.clip(np.rint(-noise), 0, 255).astype(np.uint8)
        self._brighter = _coloured(brighter)
        self._darker = _coloured(darker)

    def add(self, picture: NDArray[np.uint8], cut: np.random.Generator) -> None:
        """Into ``picture``, uint8 (h, w, 3) BGR; ``cut`` draws where."""
        height, width = picture.shape[:2]
        dy, dx = (int(v) for v in cut.integers(0, NOISE_SLACK, 2))
        cv2.add(picture, self._brighter[dy : dy + height, dx : dx + width], picture)
        cv2.subtract(picture, self._darker[dy : dy + height, dx : dx + width], picture)


def _coloured(tile: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8 (h, w, 3): the tile for each colour from another place, so that none repeats another's near it."""
    return np.asarray(cv2.merge([np.roll(tile, (31 * n, 57 * n), (0, 1)) for n in range(3)]), np.uint8)


class Finish:
    def __init__(self, width: int, height: int, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._noise = Noise(width, height, NOISE_SIGMA, self._rng)
        self._box = watermark_box(width, height)
        x0, y0, x1, y1 = self._box
        stamp = np.full((y1 - y0, x1 - x0, 3), (60, 60, 60), np.uint8)
        scale = (y1 - y0) / 42
        (text_width, text_height), _ = cv2.getTextSize(WATERMARK, cv2.FONT_HERSHEY_DUPLEX, scale, 2)
        at = ((x1 - x0 - text_width) // 2, (y1 - y0 + text_height) // 2)
        cv2.putText(stamp, WATERMARK, at, cv2.FONT_HERSHEY_DUPLEX, scale, (245, 245, 245), 2, cv2.LINE_AA)
        self._stamp = stamp

    def apply(self, picture: NDArray[np.uint8], cut: np.random.Generator | None = None) -> NDArray[np.uint8]:
        """Write noise and watermark into ``picture`` (uint8 (h, w, 3) BGR) and return it; ``cut`` draws the noise, the
        own sequence when None."""
        self._noise.add(picture, self._rng if cut is None else cut)
        x0, y0, x1, y1 = self._box
        picture[y0:y1, x0:x1] = self._stamp
        return picture
