"""What may stand behind a person: the plain office, and rooms full of straight edges round the head.

Edges are what a false alarm is made of: a door frame is as upright as a phone. Not as far out of focus as the office.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.office import DAYLIGHT, FRAME, office
from kiosk.vision import cv2

Pixels = NDArray[np.uint8]
WALL, WOOD, DARK, PAPER = (206, 212, 216), (74, 104, 138), (58, 60, 66), (228, 234, 236)  # BGR
NEARLY_SHARP = 0.0022  # blur, of the picture's height
COLOURS = ((60, 90, 190), (150, 110, 60), (90, 150, 90), (70, 170, 210))


def door_frame(width: int, height: int) -> Pixels:
    """Stands in the doorway: an upright dark rectangle with a light frame right round head and shoulders."""
    image = _wall(width, height)
    _box(image, 0.325, 0.02, 0.675, 1.0, FRAME)
    _box(image, 0.345, 0.05, 0.655, 1.0, DARK)
    _box(image, 0.345, 0.05, 0.40, 1.0, (84, 88, 96))
    _box(image, 0.72, 0.42, 0.75, 0.50, FRAME)
    return _focused(image)


def window(width: int, height: int) -> Pixels:
    """Before a bright window with bars."""
    image = _wall(width, height)
    _box(image, 0.24, 0.04, 0.76, 0.74, FRAME)
    for column in range(3):
        for row in range(2):
            x, y = 0.255 + 0.166 * column, 0.065 + 0.335 * row
            _box(image, x, y, x + 0.152, y + 0.315, DAYLIGHT)
            _box(image, x, y + 0.22, x + 0.152, y + 0.315, (214, 226, 206))
    _box(image, 0.22, 0.74, 0.78, 0.77, PAPER)
    return _focused(image)


def poster(width: int, height: int) -> Pixels:
    """Before a poster with a thin dark border, a heading and lines of print."""
    image = _wall(width, height)
    _box(image, 0.36, 0.03, 0.70, 0.80, DARK)
    _box(image, 0.366, 0.04, 0.694, 0.79, PAPER)
    _box(image, 0.366, 0.04, 0.694, 0.16, (140, 90, 30))
    for line in range(16):
        y = 0.20 + 0.035 * line
        _box(image, 0.385, y, 0.66 - 0.03 * (line % 3), y + 0.014, (120, 124, 128))
    _box(image, 0.02, 0.10, 0.16, 0.55, (96, 120, 150))
    _box(image, 0.03, 0.12, 0.15, 0.53, (190, 200, 196))
    return _focused(image)


def shelves(width: int, height: int) -> Pixels:
    """Before shelves of files: edges in both directions everywhere."""
    image = _wall(width, height)
    _box(image, 0.14, 0.0, 0.86, 1.0, WOOD)
    rng = np.random.default_rng(3)
    for shelf in range(4):
        top = 0.02 + 0.25 * shelf
        _box(image, 0.155, top, 0.845, top + 0.225, (60, 76, 96))
        x = 0.16
        while x < 0.83:
            wide, tall = float(rng.uniform(0.012, 0.03)), float(rng.uniform(0.13, 0.21))
            if rng.uniform() < 0.85:
                _box(image, x, top + 0.225 - tall, min(x + wide, 0.845), top + 0.225, COLOURS[int(rng.integers(4))])
            x += wide + 0.002
    return _focused(image)


ROOMS = (office, door_frame, window, poster, shelves)


def room_for(width: int, height: int, seed: int) -> Pixels:
    """uint8 (height, width, 3) BGR; five seeds in a row see five rooms."""
    return ROOMS[seed % len(ROOMS)](width, height)


def _wall(width: int, height: int) -> Pixels:
    shade = np.linspace(1.0, 0.92, width)[None, :, None] * np.linspace(1.0, 0.94, height)[:, None, None]
    return np.ascontiguousarray(np.rint(np.array(WALL) * shade).astype(np.uint8))


def _box(image: Pixels, x0: float, y0: float, x1: float, y1: float, colour: tuple[int, int, int]) -> None:  # noqa: PLR0917
    height, width = image.shape[:2]
    cv2.rectangle(image, (int(x0 * width), int(y0 * height)), (int(x1 * width), int(y1 * height)), colour, -1)


def _focused(image: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), NEARLY_SHARP * image.shape[0]), np.uint8)
