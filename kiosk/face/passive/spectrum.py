"""Lone lines in the spectrum of picture patches: what a screen's pixel grid leaves after the camera sampled it.

Skin, hair and cloth spread over directions and scales; a folded pixel grid is one sharp peak, at the same place for
every patch of the same screen. A power spectrum is divided by the typical power at its radius, and never by less than
a camera's own noise, so a value says how many times a peak stands above its surroundings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2

SOFT_PX = 3.0  # coarser detail than this blur is taken off before the transform
NOISE_SIGMA = 1.5  # grey levels: the least noise a camera is taken to have
COARSEST, FINEST = 0.06, 0.42  # cycles a px; features of the face below, the chroma raster of JPEG above
RING_BINS = 4.0
# 8 x 8 coding blocks repeat: their lattice in the spectrum is left out, this many bins round every node.
BLOCK, BLOCK_BINS = 8, 1.6
SPREAD = 5  # bins: perspective changes a screen's frequency between two patches
CANDIDATES = 3
AWAY = np.concatenate([np.arange(-14, -5), np.arange(6, 15)])  # bins along which a streak is told from a peak
DIRECTIONS = np.radians(np.arange(0, 180, 15))[:, None]
STREAKS = np.rint(np.stack([np.sin(DIRECTIONS) * AWAY, np.cos(DIRECTIONS) * AWAY])).astype(np.int64)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Peak:
    """``height`` over its surroundings; ``x``, ``y`` cycles a px."""

    height: float = 0.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class _Tables:
    window: Floats
    floor: float
    order: NDArray[np.int64]  # bins by ring
    starts: NDArray[np.int64]
    ring: NDArray[np.int64]
    usable: NDArray[np.bool_]


@lru_cache(maxsize=4)
def _tables(side: int, block: int) -> _Tables:
    one = np.hanning(side)
    window = np.outer(one, one).astype(np.float32)
    y, x = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    radius = np.hypot(x, y)
    ring = np.rint(radius * side / RING_BINS).astype(np.int64)
    order = np.argsort(ring, axis=None, kind="stable")
    starts = np.searchsorted(ring.ravel()[order], np.arange(ring.max() + 1))

    def on_block(f: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        away: NDArray[np.floating[Any]] = np.abs((f * block + 0.5) % 1 - 0.5) * side / block
        return away < BLOCK_BINS

    fine = np.maximum(np.abs(x), np.abs(y)) > FINEST
    usable = (radius > COARSEST) & ~fine & ~(on_block(x) & on_block(y))
    return _Tables(window, float((window**2).sum()) * NOISE_SIGMA**2, order, starts, ring, usable)


def lone_lines(plane: Floats, block: int = BLOCK) -> Floats:
    """float32 (side, side / 2 + 1): power over its surroundings, 0 where nothing is to be judged. ``plane`` float32
    (side, side) levels; ``block`` px of a JPEG block in it, less than ``BLOCK`` in a picture made smaller."""
    tables = _tables(plane.shape[0], block)
    detail = plane - cv2.GaussianBlur(plane, (0, 0), SOFT_PX)
    both = cv2.dft(detail * tables.window, flags=cv2.DFT_COMPLEX_OUTPUT)[:, : plane.shape[1] // 2 + 1]
    power = both[..., 0] ** 2 + both[..., 1] ** 2
    logs = np.log(power.ravel()[tables.order] + 1e-3)
    counts = np.diff(np.append(tables.starts, len(logs)))
    typical = np.exp(np.add.reduceat(logs, tables.starts) / np.maximum(counts, 1))
    around = np.maximum(typical, np.float32(0.56 * tables.floor))[tables.ring]  # exp of the mean log of noise power
    return np.where(tables.usable, power / around, 0).astype(np.float32)


def common_peak(patches: list[Floats]) -> Peak:
    """The highest peak that all patches but one share; ``patches`` of ``lone_lines``, at least 2."""
    side = patches[0].shape[0]
    spread = np.sort(np.stack([cv2.dilate(patch, np.ones((SPREAD, SPREAD), np.uint8)) for patch in patches]), 0)
    shared = spread[1 if len(patches) > 2 else 0]
    best, whole = Peak(), shared.copy()
    for _ in range(CANDIDATES):  # the highest may be a streak, and a peak be next
        row, column = (int(i) for i in np.unravel_index(int(shared.argmax()), shared.shape))
        height = float(shared[row, column]) / _streak(whole, row, column)
        if height > best.height:
            best = Peak(height, column / side, float(np.fft.fftfreq(side)[row]))
        shared[max(0, row - SPREAD) : row + SPREAD + 1, max(0, column - SPREAD) : column + SPREAD + 1] = 0
    return best


def _streak(power: Floats, row: int, column: int) -> float:
    """How high the power is farther along a line through one place: a straight edge in the picture is a streak in its
    spectrum, and no peak. The direction in which it is highest counts."""
    rows, columns = row + STREAKS[0], column + STREAKS[1]
    side = power.shape[0]
    other_half = (columns < 0) | (columns >= power.shape[1])  # the spectrum of a real picture is symmetric
    rows, columns = np.where(other_half, -rows, rows) % side, np.where(other_half, -columns, columns) % side
    along = power[rows, np.minimum(columns, power.shape[1] - 1)]
    return max(1.0, float(np.sort(along, 1)[:, along.shape[1] // 2].max()))
