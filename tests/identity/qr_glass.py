"""A phone's cracked glass over a code: lines that the code's error correction must be able to bear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2
from tests.identity.qr_carriers import Carrier, Pixels

MENDS = {"l": 0.07, "m": 0.15}
"""Codewords of a hundred that each level restores (ISO/IEC 18004); a wrong module spoils one codeword of eight."""
LEFT_FOR_THE_CAMERA = 0.5


def behind_cracked_glass(carrier: Carrier, level: str, rng: np.random.Generator) -> Carrier:
    """The carrier with cracks that spoil at most half of what ``level`` mends: a code that is broken beyond that is
    no question of reading."""
    while True:
        picture = _cracked(carrier, rng)
        if _spoilt(carrier, picture) <= LEFT_FOR_THE_CAMERA * MENDS[level] / 8:
            return replace(carrier, picture=picture)


def _spoilt(carrier: Carrier, picture: Pixels) -> float:
    """Share of modules that look the other way."""
    return float(np.mean(_modules(carrier, carrier.picture) != _modules(carrier, picture)))


def _modules(carrier: Carrier, picture: Pixels) -> NDArray[np.bool_]:
    x, y, side, _ = carrier.box
    code = picture[y : y + side, x : x + side].mean(2)
    count = side // carrier.module
    mean = code.reshape(count, carrier.module, count, carrier.module).mean((1, 3))
    return np.asarray(mean > 128)


def _cracked(carrier: Carrier, rng: np.random.Generator) -> Pixels:
    """Lines from where it fell on, near the code; light where the edge catches it, dark where it does not."""
    picture = carrier.picture.copy()
    x, y, side, _ = carrier.box
    struck = np.array([x, y]) + rng.uniform(-0.1, 1.1, 2) * side
    for _ in range(int(rng.integers(5, 10))):
        angle, at = rng.uniform(0, 2 * np.pi), struck.copy()
        colour = (235, 238, 238) if rng.uniform() < 0.6 else (40, 40, 40)
        for _ in range(int(rng.integers(4, 9))):
            angle += rng.normal(0, 0.25)
            on = at + side * rng.uniform(0.1, 0.3) * np.array([np.cos(angle), np.sin(angle)])
            thick = max(1, round(carrier.module * rng.uniform(0.15, 0.55)))
            ends = [tuple(int(v) for v in np.rint(end)) for end in (at, on)]
            cv2.line(picture, ends[0], ends[1], colour, thick, cv2.LINE_AA)
            at = on
    return picture
