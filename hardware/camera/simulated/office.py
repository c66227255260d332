"""A plain office behind the people, drawn and out of focus: wall, window, door, plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2

Colour = tuple[int, int, int]
WALL_LEFT, WALL_RIGHT = np.array([196, 203, 206.0]), np.array([214, 219, 221.0])  # BGR
FLOOR: Colour = (138, 146, 152)
DOOR: Colour = (120, 148, 172)
FRAME: Colour = (232, 236, 238)
DAYLIGHT: Colour = (250, 244, 236)
PLANT: tuple[Colour, ...] = ((78, 120, 84), (66, 104, 70), (92, 138, 100))
POT: Colour = (96, 112, 150)
OUT_OF_FOCUS = 0.012  # blur, of the picture's height


def office(width: int, height: int) -> NDArray[np.uint8]:
    """uint8 (height, width, 3) BGR, always the same."""
    across = np.linspace(0, 1, width)[None, :, None]
    down = np.linspace(1.0, 0.9, height)[:, None, None]
    image = np.ascontiguousarray(((WALL_LEFT * (1 - across) + WALL_RIGHT * across) * down).astype(np.uint8))

    def box(x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        cv2.rectangle(image, (int(x0 * width), int(y0 * height)), (int(x1 * width), int(y1 * height)), colour, -1)

    box(0, 0.9, 1, 1, FLOOR)
    box(0, 0.885, 1, 0.9, (170, 176, 180))
    box(0.04, 0.08, 0.26, 0.62, FRAME)
    box(0.055, 0.105, 0.145, 0.595, DAYLIGHT)
    box(0.155, 0.105, 0.245, 0.595, DAYLIGHT)
    box(0.80, 0.16, 0.955, 0.9, DOOR)
    box(0.815, 0.19, 0.94, 0.88, (132, 160, 184))
    cv2.circle(image, (int(0.828 * width), int(0.56 * height)), max(2, height // 70), (170, 190, 200), -1)
    rng = np.random.default_rng(7)
    for _ in range(26):
        angle, length = rng.uniform(-2.3, -0.8), rng.uniform(0.10, 0.26) * height
        foot = np.array([0.765 * width, 0.78 * height])
        tip = foot + length * np.array([np.cos(angle), np.sin(angle)])
        middle = tuple(int(v) for v in (foot + tip) / 2)
        axes = (int(length / 2), max(2, int(length * 0.10)))
        cv2.ellipse(image, middle, axes, float(np.degrees(angle)), 0, 360, PLANT[int(rng.integers(3))], -1)
    box(0.735, 0.78, 0.795, 0.9, POT)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), OUT_OF_FOCUS * height), np.uint8)
