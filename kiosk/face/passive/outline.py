"""The outline of a device or sheet round a face, measured on a shrunk grey region.

Lengths are face widths, from the middle of the face at chin level, until an array is indexed. Two signs tell a device
from a door frame, window or poster behind a person. A background line ends where the shoulders begin
(``shoulder_line``); a device's sides run on below (``before_body``). And a device has a lower edge, which joins its
sides across the chest and ends at them (``sides``, ``bottom``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face.passive.edge_lines import (
    SLANTS,
    STRETCH_PX,
    alone,
    candidates,
    fitted_shares,
    line_marks,
    line_steps,
    sideways_steps,
)
from kiosk.face.passive.region import FacePlace
from kiosk.vision import cv2

FACE_PX = 48
ABOVE, BELOW, BESIDE = 1.75, 2.0, 1.9  # of the region
# A phone's sides lie 0.55 to 0.9 from the middle, a tablet's and an A4 sheet's 0.8 to 1.3. Shoulders, 40-45 cm over a
# face of 14 cm, hide the background out to 1.4: farther out a line may pass beside a living person.
NEAREST, FARTHEST, WIDEST = 0.55, 1.35, 1.7
FROM_HAIR, TO_CHEEK = -1.65, -0.4  # the stretches beside the face; from the mouth down fingers hide a phone's side
BELOW_SPAN = 0.75  # below the shoulder line; more is often out of the picture or behind hands
BOTTOM_FROM, BOTTOM_TO = 0.45, 1.95
CORNER, OUTSIDE = 0.12, 0.6  # from a side: a corner's rounding, and how far beyond it no edge may run on
FEWEST_STRETCHES = 3  # below the shoulder line, half a face width
MARKED, CROWD = 0.6, 0.3  # columns with a line marked so much; slats and striped cloth have more of them than this
WORTH_FITTING, WORTH_JOINING = 0.3, 0.5  # weaker lines cannot change an answer
PAIRS_FITTED = 4
BEYOND_PX = 9  # rows that an edge beyond the sides may lie off the line between them


@dataclass(frozen=True, slots=True)
class SideLine:
    """``offset`` from the middle of the face at chin level, face widths; shares 0..1 of the line that are a step:
    ``beside`` from above the brows to the mouth, ``below`` from the shoulder line down."""

    offset: float = 0.0
    slant: float = 0.0
    beside: float = 0.0
    below: float = 0.0

    @property
    def weight(self) -> float:
        return min(self.beside, self.below)


NO_LINE = SideLine()
NO_LINES = (NO_LINE, NO_LINE)


@dataclass(frozen=True, slots=True)
class CrossLine:
    """A line across, above or below the face: ``level`` at the face's middle, face widths from the chin; shares 0..1 of
    it that are a step between the two side lines and just beyond them."""

    level: float = 0.0
    slant: float = 0.0
    between: float = 0.0
    beyond: float = 0.0


@dataclass(frozen=True, slots=True)
class Outline:
    """``before_body``: the pair of side lines that best continues below the shoulders. ``sides``: the pair that is
    plainest beside the face, with the lines across that join it, if it is worth looking for them."""

    before_body: tuple[SideLine, SideLine] = NO_LINES
    sides: tuple[SideLine, SideLine] = NO_LINES
    bottom: CrossLine = CrossLine()


@dataclass(frozen=True, slots=True)
class Region:
    """``grey`` uint8, shrunk; ``x`` and ``chin`` the chin's middle in it."""

    grey: NDArray[np.uint8]
    x: float
    chin: float


def shoulder_line(offset: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far below the chin a living body surely hides what is behind it, at ``offset``; face widths."""
    return 0.3 + 0.55 * np.abs(offset)


def shrunk_region(pixels: NDArray[np.uint8], place: FacePlace) -> Region | None:
    """From a uint8 (h, w, 3) BGR picture; None when hardly any of it is in the picture."""
    height, width = pixels.shape[:2]
    unit = place.width
    x0, x1 = max(0, int(place.x - BESIDE * unit)), min(width, int(place.x + BESIDE * unit))
    y0, y1 = max(0, int(place.chin - ABOVE * unit)), min(height, int(place.chin + BELOW * unit))
    scale = FACE_PX / unit
    size = (round((x1 - x0) * scale), round((y1 - y0) * scale))
    if min(size) < FACE_PX:
        return None
    grey = cv2.cvtColor(pixels[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return Region(np.asarray(small, np.uint8), (place.x - x0) * scale, (place.chin - y0) * scale)


def outline_of(region: Region) -> Outline:
    """What of a device's or sheet's outline the region shows."""
    mean = line_steps(sideways_steps(region.grey), region.chin)
    marks = line_marks(mean)
    level, offset = _levels(region.grey.shape[0], region.chin), _offsets(region.grey.shape[1], region.x)
    rows = (level >= FROM_HAIR) & (level <= TO_CHEEK)
    if rows.sum() < 4:
        return Outline()
    start = shoulder_line(offset)
    under = (level[:, None] >= start) & (level[:, None] < start + BELOW_SPAN)
    all_beside = marks[:, rows].mean(1)
    all_below = (marks * under.astype(np.float32)[:, :, None]).sum(1) / np.maximum(under.sum(0), 1)[:, None]
    beside, below = alone(all_beside), alone(all_below)
    deep = under.sum(0)[:, None] >= FEWEST_STRETCHES

    def lines(ranked: NDArray[np.float32], side: int, farthest: float, on_both: bool) -> list[SideLine]:
        inside = (side * offset >= NEAREST) & (side * offset <= farthest)
        found: list[SideLine] = []
        for slant, column, sign in candidates(np.where(inside[:, None], ranked, 0), WORTH_FITTING):
            if crowded(all_beside[slant], all_below[slant]):
                continue
            if on_both and found and ranked[slant, column, sign] <= max(line.weight for line in found):
                break  # what follows is lower still
            groups = (rows, under[:, column]) if on_both else (rows,)
            shares = [*fitted_shares(mean[slant] * (2 * sign - 1), column, groups), 1.0]
            found.append(
                SideLine(
                    float(offset[column]),
                    float(SLANTS[slant]),
                    min(float(beside[slant, column, sign]), shares[0]),
                    min(float(below[slant, column, sign]), shares[1]) if deep[column] else 0.0,
                )
            )
        return found

    weight = np.where(deep, np.minimum(beside, below), 0)
    before = [max(lines(weight, side, FARTHEST, True), key=lambda s: s.weight, default=NO_LINE) for side in (-1, 1)]
    pairs = [
        (left, right)
        for left in lines(beside, -1, WIDEST, False)
        for right in lines(beside, 1, WIDEST, False)
        if min(left.beside, right.beside) >= WORTH_JOINING
    ]
    sides, bottom = joined(region, pairs)
    return Outline((before[0], before[1]), sides, bottom)


def joined(region: Region, pairs: Sequence[tuple[SideLine, SideLine]]) -> tuple[tuple[SideLine, SideLine], CrossLine]:
    """The pair of side lines that a line across the body best joins and ends at, and that line."""
    low, high = (int(np.clip(region.chin + v * FACE_PX, 0, region.grey.shape[0])) for v in (BOTTOM_FROM, BOTTOM_TO))
    if not pairs or high - low < STRETCH_PX:
        return NO_LINES, CrossLine()
    mean = line_steps(sideways_steps(np.ascontiguousarray(region.grey[low:high].T)), region.x)
    marks = line_marks(mean)  # (slants, stretches across, rows, 2)
    summed = _summed(marks)
    # A little aslant, a table's edge is left at once beyond the sides: there it counts from rows above and below too.
    wide = cv2.dilate(marks.reshape(-1, *marks.shape[2:]), np.ones((1, BEYOND_PX), np.uint8))
    near = _summed(np.asarray(wide, np.float32).reshape(marks.shape))
    across, level = _levels(region.grey.shape[1], region.x), _offsets(high - low, region.chin - low)
    every = np.arange(high - low)
    ranked = []
    for pair in pairs:
        left, right = (line.offset + line.slant * level for line in pair)
        limits = (left - OUTSIDE, left - CORNER, left + CORNER, right - CORNER, right + CORNER, right + OUTSIDE)
        ends = [np.searchsorted(across, limit) for limit in limits]
        between = (summed[:, ends[3], every] - summed[:, ends[2], every]) / np.maximum(ends[3] - ends[2], 1)[:, None]
        parts = [near[:, ends[index], every] for index in (0, 1, 4, 5)]
        outside = np.maximum(ends[1] - ends[0] + ends[5] - ends[4], 1)[:, None]
        beyond = (parts[1] - parts[0] + parts[3] - parts[2]) / outside
        score = alone(between) - beyond
        for slant, row, sign in candidates(score.copy(), WORTH_FITTING):
            if float((between[slant].max(1) > MARKED).mean()) <= CROWD:
                line = CrossLine(
                    float(level[row]), float(SLANTS[slant]), float(score[slant, row, sign]),
                    float(beyond[slant, row, sign]),
                )  # fmt: skip
                weakest = min(line.between, *(side.beside for side in pair))
                ranked.append((weakest, pair, line, mean[slant] * (2 * sign - 1), row, ends))
                break
    sides, best = NO_LINES, CrossLine()
    for upper, pair, line, steps, row, ends in sorted(ranked, key=lambda r: -r[0])[:PAIRS_FITTED]:
        if upper <= best.between:
            break
        group = np.zeros(len(across), np.bool_)
        group[ends[2][row] : ends[3][row]] = True
        share = min(upper, *fitted_shares(steps, row, (group,)))
        if share > best.between:
            sides, best = pair, CrossLine(line.level, line.slant, share, line.beyond)
    return sides, best


def crowded(beside: NDArray[np.float32], below: NDArray[np.float32]) -> bool:
    """Whether parallel lines are so many that some will meet their continuation by chance: slats, striped cloth."""
    return max(float((shares.max(1) > MARKED).mean()) for shares in (beside, below)) > CROWD


def _summed(marks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Marks of all stretches up to each, one more than there are."""
    return np.concatenate([np.zeros_like(marks[:, :1]), np.cumsum(marks, 1)], 1)


def _levels(length: int, zero: float) -> NDArray[np.float64]:
    return ((np.arange(max(1, length // STRETCH_PX)) + 0.5) * STRETCH_PX - zero) / FACE_PX


def _offsets(length: int, zero: float) -> NDArray[np.float64]:
    return (np.arange(length) - zero) / FACE_PX
