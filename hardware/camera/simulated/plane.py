"""A flat thing held before the camera: tilted as a plane, laid over the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.head import Pose, rotation
from kiosk.vision import cv2

CAMERA_DISTANCE = 1.45  # of the picture's height: the lens of the simulated camera


class Plane:
    """``layer`` uint8 (h, w, 4) BGRA, not premultiplied; its middle is what it turns about."""

    def __init__(self, layer: NDArray[np.uint8]) -> None:
        share = layer[..., 3:].astype(np.uint16)
        self._layer = layer.copy()
        self._layer[..., :3] = (layer[..., :3] * share + 127) // 255  # premultiplied: edges blend without a halo

    def draw(self, picture: NDArray[np.uint8], centre: tuple[float, float], pose: Pose, blur: float = 0.0) -> None:
        """Write into ``picture`` (uint8 (h, w, 3) BGR) with the plane's middle at ``centre``, px."""
        height, width = self._layer.shape[:2]
        corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
        turned = np.hstack([corners, np.zeros((4, 1))]) @ rotation(pose).T
        distance = CAMERA_DISTANCE * picture.shape[0]
        seen = turned[:, :2] * (distance / (distance + turned[:, 2:])) + centre
        low = np.maximum(np.floor(seen.min(0)).astype(int) - 2, 0)
        high = np.minimum(np.ceil(seen.max(0)).astype(int) + 2, picture.shape[1::-1])
        if (high <= low).any():
            return
        matrix = cv2.getPerspectiveTransform(
            (corners + np.array([width / 2, height / 2])).astype(np.float32), (seen - low).astype(np.float32)
        )
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        laid: Any = cv2.warpPerspective(self._layer, matrix, size, flags=cv2.INTER_LINEAR)
        if blur > 0:
            laid = cv2.GaussianBlur(laid, (0, 0), blur)
        region = picture[low[1] : high[1], low[0] : high[0]]
        through = cv2.cvtColor(255 - laid[..., 3], cv2.COLOR_GRAY2BGR)
        region[:] = cv2.add(laid[..., :3], cv2.multiply(region, through, scale=1 / 255))
