"""A lamp mirrored in a screen's glass: fixed in the room, so its image moves with the glass and not with the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.optics import GAMMA, Placed, focal_px
from kiosk.vision import cv2

GLOSSY_REFLECTS, MATTE_REFLECTS = (0.05, 0.30), (0.005, 0.03)
"""Mirrored lamp over screen white, linear. Glass returns 4.5 % of a lamp's 500-3000 cd/m2, a phone in a room shows
white at 450; matte glass returns as much but spreads it over ten times the area."""
GLOSSY_EDGE, MATTE_EDGE = 0.004, 0.09  # blur of the image, of the picture's height
LAMP_MM = ((600.0, 600.0), (1200.0, 120.0), (250.0, 250.0), (700.0, 1100.0))  # ceiling panel, tube, bulb, window
AWAY_MM = (1200.0, 2600.0)
REDUCED = 4  # a soft image is drawn at this part of the size
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Lamp:
    """``corners`` float64 (4, 3) mm before the camera; ``light`` over screen white, ``edge`` blur in px."""

    corners: NDArray[np.float64]
    light: float
    edge: float


def lamp_seen_at(
    picture: tuple[int, int], seen: tuple[float, float], glass: Placed, rng: np.random.Generator, matte: bool
) -> Lamp:
    """A lamp whose mirror image is at ``seen`` px while the glass is where it is now; the rest is drawn by ``rng``."""
    width, height = picture
    normal = glass.normal
    ray = np.array([seen[0] - width / 2, seen[1] - height / 2, focal_px(height)])
    ray /= np.linalg.norm(ray)
    hit = ray * float(glass.place @ normal) / float(ray @ normal)
    back = ray - 2 * float(ray @ normal) * normal
    middle = hit + back * float(rng.uniform(*AWAY_MM))
    size = LAMP_MM[int(rng.integers(len(LAMP_MM)))]
    angle = float(rng.uniform(-0.5, 0.5))
    x = np.array([np.cos(angle), np.sin(angle), 0.0]) * size[0] / 2
    y = np.array([-np.sin(angle), np.cos(angle), 0.0]) * size[1] / 2
    corners = middle + np.array([-x - y, x - y, x + y, -x + y])
    reflects, edge = (MATTE_REFLECTS, MATTE_EDGE) if matte else (GLOSSY_REFLECTS, GLOSSY_EDGE)
    return Lamp(corners, float(rng.uniform(*reflects)), edge * height)


def add_glare(
    lit: Pixels, box: tuple[int, int, int, int], lamp: Lamp, picture: tuple[int, int], glass: Placed
) -> None:  # fmt: skip
    """Add the mirror image to ``lit``, uint8 BGR, the part of the picture inside ``box`` that is glass."""
    width, height = picture
    behind = lamp.corners - 2 * ((lamp.corners - glass.place) @ glass.normal)[:, None] * glass.normal
    if (behind[:, 2] <= 1.0).any():
        return
    seen = focal_px(height) * behind[:, :2] / behind[:, 2:] + (width / 2, height / 2)
    room = 3 * lamp.edge
    low = np.maximum(np.floor(seen.min(0) - room).astype(int), box[:2])
    high = np.minimum(np.ceil(seen.max(0) + room).astype(int), box[2:])
    if (high - low < REDUCED).any():
        return
    reduced = REDUCED if lamp.edge > 2 * REDUCED else 1
    size = tuple(int(v) for v in (high - low))
    share: Any = np.zeros((size[1] // reduced + 1, size[0] // reduced + 1), np.uint8)
    cv2.fillConvexPoly(share, np.rint((seen - low) / reduced * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(share, (0, 0), lamp.edge / reduced, borderType=cv2.BORDER_CONSTANT)
    share = cv2.resize(share, size, interpolation=cv2.INTER_LINEAR)
    part = lit[low[1] - box[1] : high[1] - box[1], low[0] - box[0] : high[0] - box[0]]
    levels = np.arange(256) / 255
    table = np.rint(255 * np.minimum(1, levels**GAMMA + lamp.light) ** (1 / GAMMA)).astype(np.uint8)
    brighter = cv2.subtract(cv2.LUT(part, table), part)
    cv2.add(part, cv2.multiply(brighter, cv2.merge([share] * 3), scale=1 / 255), part)
