"""A sheet bent round an upright cylinder, as the camera sees it: where in the sheet each picture px looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.head import rotation
from hardware.camera.simulated.optics import Placed, focal_px

COARSE = 4  # the map is smooth: computed at this part of the size, enlarged by the caller
NOWHERE = 1e6  # mm: this ray meets no sheet
Floats = NDArray[np.float32]


def depth_at_edge(half_width: float, radius: float) -> float:
    """mm the edges stand behind the middle."""
    return radius * (1 - float(np.cos(half_width / radius)))


def width_of_half(half_width: float, radius: float) -> float:
    """mm from the middle to the edge, as the crow flies."""
    return radius * float(np.sin(half_width / radius))


def sheet_at(
    picture: tuple[int, int], sheet: Placed, radius: float, box: tuple[int, int, int, int]
) -> tuple[Floats, Floats]:
    """Two float32 maps, one value every ``COARSE`` px of ``box``: mm along the sheet and mm down, from its middle.

    The middle line of the sheet stands where ``sheet`` says and is nearest to the camera; ``radius`` mm.
    """
    x0, y0, x1, y1 = box
    focal = focal_px(picture[1])
    x = (np.arange(x0, x1 + COARSE, COARSE) - (picture[0] - 1) / 2) / focal
    y = (np.arange(y0, y1 + COARSE, COARSE) - (picture[1] - 1) / 2) / focal
    turned = rotation(sheet.pose)
    ray = np.stack(np.broadcast_arrays(x[None], y[:, None], np.ones((1, 1))), -1) @ turned
    eye = -sheet.place @ turned  # the lens, seen from the sheet
    a = ray[..., 0] ** 2 + ray[..., 2] ** 2
    b = ray[..., 0] * eye[0] + ray[..., 2] * (eye[2] - radius)
    c = eye[0] ** 2 + (eye[2] - radius) ** 2 - radius**2
    under = b * b - a * c
    length = (-b - np.sqrt(np.maximum(under, 0))) / a  # the nearer side: paper is not looked at from behind
    across = eye[0] + length * ray[..., 0]
    deep = eye[2] + length * ray[..., 2]
    along = radius * np.arctan2(across, radius - deep)
    along[under <= 0] = NOWHERE
    return along.astype(np.float32), (eye[1] + length * ray[..., 1]).astype(np.float32)
