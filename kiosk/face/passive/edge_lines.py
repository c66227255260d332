"""Straight upright lines in a small grey picture: where they lie, and how much of each is an edge.

The picture is read in stretches of ``STRETCH_PX`` rows. A line is named by its slant and by the column in which it
crosses one level. The step to the right is averaged along each stretch of each line: texture averages out, an edge
stays. Nothing here knows of faces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2

STRETCH_PX = 8
STEP = 6.0  # grey levels over 2 px; noise of 8 levels on a 200 px face leaves at most 2.3 along a stretch
UPRIGHT = 1.5  # step across over step along: the gradient is within 34 degrees of the horizontal
SLANTS = np.linspace(-0.25, 0.25, 21)  # px across for a px down: +-14 degrees
NEIGHBOURS_PX = 21  # beside a line, where stripes and texture have lines as well
FIT_PX = 0.4  # a drawn edge keeps to 0.07 px of a straight line; lucky neighbours are spread over REACH_PX
REACH_PX = 2
FEWEST_FITTED = 5
CANDIDATES = 3
Floats = NDArray[np.float32]


def sideways_steps(grey: NDArray[np.uint8]) -> Floats:
    """float32 (h, w): grey levels the picture rises by over 2 px to the right, where it steps sideways rather than
    downwards; 0 elsewhere."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0.6)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3) / 4
    along = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3) / 4
    return np.where(np.abs(across) > UPRIGHT * np.abs(along), across, 0).astype(np.float32)


def line_steps(steps: Floats, zero: float) -> Floats:
    """float32 (slants, stretches, columns): mean step along each stretch of the line that crosses row ``zero`` in that
    column; texture averages out, an edge does not."""
    height, width = steps.shape
    stretches = max(1, height // STRETCH_PX)
    mean = np.empty((len(SLANTS), stretches, width), np.float32)
    for index, slant in enumerate(SLANTS.tolist()):
        upright = cv2.warpAffine(
            steps, np.array([[1.0, slant, -slant * zero], [0.0, 1.0, 0.0]]), (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )  # fmt: skip
        cv2.resize(upright[: stretches * STRETCH_PX], (width, stretches), mean[index], interpolation=cv2.INTER_AREA)
    return mean


def line_marks(mean: Floats) -> Floats:
    """float32 (slants, stretches, columns, 2), 1 or 0: whether that stretch is an edge, give or take a px; darker to
    the right, and brighter."""
    size = np.abs(mean)
    rows = size.reshape(-1, mean.shape[2])
    peak = (cv2.dilate(rows, np.ones((1, 3), np.uint8)) == rows).reshape(size.shape) & (size >= STEP)
    marks = np.stack([peak & (mean < 0), peak & (mean > 0)], 3).astype(np.uint8)
    wide = cv2.dilate(marks.reshape(-1, mean.shape[2], 2), np.ones((1, 3), np.uint8))
    return wide.reshape(marks.shape).astype(np.float32)


def alone(shares: Floats) -> Floats:
    """What a line has more than its neighbours: stripes and texture have neighbours that are marked as well."""
    slants, width, signs = shares.shape
    around = cv2.blur(shares.transpose(1, 0, 2).reshape(width, -1), (1, NEIGHBOURS_PX))
    return np.asarray(shares - around.reshape(width, slants, signs).transpose(1, 0, 2), np.float32)


def candidates(ranked: Floats, least: float) -> Iterator[tuple[int, int, int]]:
    """The few highest places, no two of them beside one another."""
    for _ in range(CANDIDATES):
        slant, column, sign = (int(i) for i in np.unravel_index(int(np.argmax(ranked)), ranked.shape))
        if ranked[slant, column, sign] <= least:
            return
        ranked[:, max(0, column - 2) : column + 3] = 0
        yield slant, column, sign


def fitted_shares(steps: Floats, column: int, groups: Sequence[NDArray[np.bool_]]) -> tuple[float, ...]:
    """Share of each group's stretches whose edge lies on one straight line through all groups, within ``FIT_PX``."""
    low, high = max(0, column - REACH_PX), min(steps.shape[1], column + REACH_PX + 1)
    strip = np.maximum(steps[:, low:high], 0)
    every = np.arange(len(strip))
    at = strip.argmax(1)
    found = strip[every, at] >= STEP
    inner = np.clip(at, 1, max(1, strip.shape[1] - 2))
    if strip.shape[1] < 3:
        return tuple(0.0 for _ in groups)
    before, peak, after = (strip[every, inner + k].astype(np.float64) for k in (-1, 0, 1))
    place = inner + np.clip((after - before) / np.maximum(2 * (2 * peak - before - after), 1e-3), -1, 1)
    use = found & np.logical_or.reduce(list(groups))
    off = np.zeros(len(strip))
    for _ in range(2):
        if use.any():
            chosen = np.sort(off[use])
            use &= off <= max(FIT_PX, float(chosen[(len(chosen) - 1) // 2]))
        if int(np.count_nonzero(use)) < FEWEST_FITTED:
            return tuple(0.0 for _ in groups)
        rows, places = every[use], place[use]
        middle, level = rows.mean(), places.mean()
        slope = float(((rows - middle) * (places - level)).sum()) / max(float(((rows - middle) ** 2).sum()), 1e-9)
        off = np.abs(place - level - slope * (every - middle))
    on = found & (off <= FIT_PX)
    return tuple(float(np.count_nonzero(on & group)) / max(int(np.count_nonzero(group)), 1) for group in groups)
