"""Hands that hold paper or a card: a sleeve from below, a fist at the edge, a thumb over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2

SKIN, SHADE, NAIL, SLEEVE = (150, 172, 204), (98, 120, 158), (172, 186, 212), (112, 92, 74)  # BGR
Colour = tuple[int, int, int]
Point = tuple[float, float]
STEPS = 6  # of shading across a finger


def _capsule(  # noqa: PLR0917 - two points, a width and two colours
    layer: NDArray[np.uint8], a: Point, b: Point, thickness: float, colour: Colour, edge: Colour
) -> None:
    """A rounded bar, shaded from ``edge`` at its rim to ``colour`` along a line a little above its middle."""
    for step in range(STEPS):
        part = step / (STEPS - 1)
        rim = np.array(edge)
        mixed = tuple(int(v) for v in rim * (1 - part) + np.array(colour) * part)
        lift = -0.14 * thickness * part
        ends = [(round(p[0] * 16), round((p[1] + lift) * 16)) for p in (a, b)]
        width = max(1, round(thickness * (1 - 0.55 * part)))
        cv2.line(layer, ends[0], ends[1], (*mixed, 255), width, cv2.LINE_AA, 4)


def draw_sleeve(layer: NDArray[np.uint8], grip: Point, elbow: Point, size: float) -> None:
    """Behind the paper: arm from ``elbow`` and the fist's fingers at ``grip``; ``size`` is a thumb's width, px."""
    direction = np.array(elbow) - np.array(grip)
    direction = direction / max(1.0, float(np.hypot(*direction)))
    wrist = (grip[0] + direction[0] * size * 3.2, grip[1] + direction[1] * size * 3.2)
    _capsule(layer, wrist, elbow, size * 4.4, SLEEVE, (82, 66, 52))
    _capsule(layer, grip, wrist, size * 2.9, (128, 150, 186), SHADE)


def draw_fingers(layer: NDArray[np.uint8], grip: Point, inwards: float, size: float) -> None:
    """Over the paper: the thumb, pointing up and ``inwards`` (-1 to the left, 1 to the right)."""
    root = (grip[0] - inwards * size * 0.8, grip[1] + size * 1.1)
    tip = (grip[0] + inwards * size * 1.1, grip[1] - size * 0.7)
    _capsule(layer, (root[0], root[1] + size * 0.4), root, size * 1.6, SKIN, (120, 142, 178))
    _capsule(layer, root, tip, size, SKIN, SHADE)
    nail = (tip[0] * 0.92 + root[0] * 0.08, tip[1] * 0.92 + root[1] * 0.08)
    _capsule(layer, nail, tip, size * 0.42, NAIL, SKIN)
