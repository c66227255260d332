"""Flat layers with transparency, laid over a picture through a homography."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.optics import Matrix, project
from kiosk.vision import cv2

Pixels = NDArray[np.uint8]


def premultiplied(layer: Pixels) -> Pixels:
    """Of uint8 (h, w, 4) BGRA, so that edges blend without a halo."""
    share = layer[..., 3:].astype(np.uint16)
    out = layer.copy()
    out[..., :3] = (layer[..., :3] * share + 127) // 255
    return out


def from_middle(layer: Pixels, px_per_mm: float) -> Matrix:
    """3x3 from the layer's px to mm from its middle."""
    rows, columns = layer.shape[:2]
    s = 1 / px_per_mm
    return np.array([[s, 0, -(columns - 1) / 2 * s], [0, s, -(rows - 1) / 2 * s], [0, 0, 1]])


def lay_over(region: Pixels, layer: Pixels) -> None:
    """A premultiplied BGRA layer over a BGR region of its size, in place."""
    through = cv2.cvtColor(255 - layer[..., 3], cv2.COLOR_GRAY2BGR)
    region[:] = cv2.add(cv2.cvtColor(layer, cv2.COLOR_BGRA2BGR), cv2.multiply(region, through, scale=1 / 255))


def lay_flat(picture: Pixels, layer: Pixels, matrix: Matrix) -> None:
    """A premultiplied BGRA layer over ``picture`` where ``matrix`` (3x3, layer px to picture px) puts it."""
    rows, columns = layer.shape[:2]
    box = seen_box(picture, project(matrix, np.array([[0.0, 0], [columns, 0], [columns, rows], [0, rows]])))
    if box is None:
        return
    x0, y0, x1, y1 = box
    shift = np.array([[1.0, 0, -x0], [0, 1, -y0], [0, 0, 1]])
    laid = cv2.warpPerspective(layer, shift @ matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    lay_over(picture[y0:y1, x0:x1], np.asarray(laid, np.uint8))


def seen_box(picture: Pixels, points: NDArray[np.float64]) -> tuple[int, int, int, int] | None:
    """x0, y0, x1, y1 px round ``points`` (n, 2), inside the picture; None when nothing of it is."""
    low = np.maximum(np.floor(points.min(0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(points.max(0)).astype(int) + 1, picture.shape[1::-1])
    if (high <= low).any():
        return None
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
