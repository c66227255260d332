"""What years in a purse do to a card: scratches, stains, faded print, grime. Not a matter of one photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Wear:
    scratches: int
    stains: int
    faded: float  # 0..1, how far the print has gone towards the ground
    grime: float  # grey levels of uneven dirt

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Wear:
        old = float(rng.beta(1.3, 2.2))  # most cards are in fair shape
        return cls(
            scratches=int(rng.poisson(9 * old)),
            stains=int(rng.poisson(2.2 * old)),
            faded=0.42 * old * float(rng.random()),
            grime=16.0 * old * float(rng.random()),
        )


def worn(face: Picture, wear: Wear, rng: np.random.Generator) -> Picture:
    """A new picture, uint8 BGR, of ``face`` after ``wear``."""
    height, width = face.shape[:2]
    paper = np.array(cv2.mean(face)[:3])
    out = face.astype(np.float32)
    if wear.faded > 0:
        patchy = _blotches(rng, width, height, 5)[..., None] * 0.5 + 0.75
        pale = np.clip(wear.faded * patchy, 0, 0.6)
        out = out * (1 - pale) + np.clip(paper + 18, 0, 255).astype(np.float32) * pale
    if wear.grime > 0:
        out -= wear.grime * (_blotches(rng, width, height, 9) + 0.4)[..., None] * np.array([1.25, 1.0, 0.8], np.float32)
    for _ in range(wear.stains):
        spot = np.zeros((height, width), np.float32)
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        axes = (int(rng.uniform(0.01, 0.06) * width), int(rng.uniform(0.01, 0.05) * width))
        cv2.ellipse(spot, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        soft = np.asarray(cv2.GaussianBlur(spot, (0, 0), 0.006 * width), np.float32)[..., None]
        out -= soft * np.array([46, 30, 20], np.float32) * float(rng.uniform(0.4, 1.0))
    out = np.ascontiguousarray(np.clip(out, 0, 255), np.float32)
    for _ in range(wear.scratches):
        start = np.array([rng.uniform(0, width), rng.uniform(0, height)])
        angle, length = rng.uniform(0, np.pi), rng.uniform(0.04, 0.35) * width
        end = start + length * np.array([np.cos(angle), np.sin(angle)])
        bend = (start + end) / 2 + rng.normal(0, 0.03 * width, 2)
        light = float(rng.choice([248.0, 236.0, 120.0]))
        points = np.rint(np.stack([start, bend, end]) * 8).astype(np.int32)
        line = out.copy()
        cv2.polylines(line, [points], False, (light, light, light), int(rng.integers(1, 4)), cv2.LINE_AA, 3)
        share = float(rng.uniform(0.25, 0.7))
        out = np.asarray(cv2.addWeighted(line, share, out, 1 - share, 0), np.float32)
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _blotches(rng: np.random.Generator, width: int, height: int, count: int) -> NDArray[np.float32]:
    """(height, width), about -0.5 .. 0.5, smooth."""
    small = rng.normal(0, 0.25, (count, int(count * 1.6))).astype(np.float32)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
