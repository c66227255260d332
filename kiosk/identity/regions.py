"""Where in a frame a machine code may be: the places of fine detail, found before anything is decoded.

A QR code changes quickly whichever way one goes; bars change one way only; people, walls and door frames do neither
for long. One look costs a millisecond and makes every rescue five to ten times cheaper, because it is tried on a part
of the frame. Nothing is judged here: print and checked shirts are places too, and the decoders say no to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.vision import cv2

Grey = NDArray[np.uint8]
_Map = NDArray[np.float32]

CELL = 16
"""Frame px: half the smallest code worth finding, 21 modules of 1.5 px."""
SMOOTHED = 5
"""Cells. Joins the halves of a code under a shadow."""
EDGE = 0.25
"""Of the strongest detail. At this share all of 149 hard frames lay whole in the first two places; at 0.30 some were
cut."""
LEAST_DETAIL = 4.0
"""Grey levels between neighbours at half size, over what the whole frame has. The faintest of 230 hard frames that were
rescued has 5.1, empty rooms 0.3 to 2.4."""
NOISE = 8.0
"""What the whole frame has, at most: 560 frames, dark ones too, had up to 6.9. More is a code that fills the frame."""
SECOND = 0.3
"""Of the strongest detail: a second place below that is the rim of the first. One of 29 codes there was fainter."""
MARGIN = 24
"""Frame px: the quiet zone, and what smoothing took off."""
LONGEST = 560
"""Frame px. A larger place is a patterned wall; its middle is enough."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the frame, px."""

    x: int
    y: int
    width: int
    height: int

    def of(self, grey: Grey) -> Grey:
        return np.ascontiguousarray(grey[self.y : self.y + self.height, self.x : self.x + self.width])

    def corners(self) -> NDArray[np.float64]:
        right, bottom = self.x + self.width, self.y + self.height
        return np.array([(self.x, self.y), (right, self.y), (right, bottom), (self.x, bottom)], np.float64)


@dataclass(frozen=True, slots=True)
class Detail:
    """How quickly a frame changes, a cell at a time: float32 (h, w) along four directions."""

    across: _Map
    down: _Map
    falling: _Map
    rising: _Map

    def code_regions(self, shape: tuple[int, int], count: int) -> list[Region]:
        """Up to ``count`` places of a frame of ``shape`` (h, w) that change in every direction, strongest first."""
        least = np.minimum(np.minimum(self.across, self.down), np.minimum(self.falling, self.rising))
        return [_padded(box, shape) for box in _strongest(least, count)]

    def bar_region(self, shape: tuple[int, int]) -> Region | None:
        """The place that changes most in one direction and least across it."""
        one_way = np.hypot(self.across - self.down, self.falling - self.rising)
        boxes = _strongest(one_way, 1)
        return _padded(boxes[0], shape) if boxes else None


def detail_of(grey: Grey) -> Detail | None:
    """None for a frame under four cells high or wide."""
    rows, columns = grey.shape[0] // CELL - 1, grey.shape[1] // CELL - 1
    if rows < 4 or columns < 4:
        return None
    half = cv2.resize(grey, (grey.shape[1] // 2, grey.shape[0] // 2), interpolation=cv2.INTER_AREA)
    step = CELL // 2
    high, wide = rows * step, columns * step  # whole cells: INTER_AREA is several times faster then

    def change(down: int, right: int) -> _Map:
        """Between the two neighbours of every pixel that lie that way and opposite."""
        ahead = half[1 + down : 1 + down + high, 1 + right : 1 + right + wide]
        behind = half[1 - down : 1 - down + high, 1 - right : 1 - right + wide]
        mean = cv2.resize(cv2.absdiff(ahead, behind), (columns, rows), interpolation=cv2.INTER_AREA)
        return np.asarray(mean, np.float32)

    return Detail(change(0, 1), change(1, 0), change(1, 1), change(-1, 1))


def _strongest(detail: _Map, count: int) -> list[tuple[int, int, int, int]]:
    """(x, y, w, h) in cells."""
    smooth = np.asarray(cv2.blur(detail, (SMOOTHED, SMOOTHED)), np.float32)
    smooth -= min(float(np.median(smooth)), NOISE)
    boxes: list[tuple[int, int, int, int]] = []
    least = LEAST_DETAIL
    for _ in range(count):
        _, most, _, (x, y) = cv2.minMaxLoc(smooth)
        if most < least:
            break
        least = max(least, SECOND * most)
        _, labels, found, _ = cv2.connectedComponentsWithStats((smooth > EDGE * most).astype(np.uint8), connectivity=4)
        left, top, width, height, _ = (int(v) for v in found[labels[y, x]])
        boxes.append((left, top, width, height))
        smooth[labels == labels[y, x]] = 0
    return boxes


def _padded(box: Sequence[int], shape: tuple[int, int]) -> Region:
    spans = []
    for begin, length, limit in ((box[0], box[2], shape[1]), (box[1], box[3], shape[0])):
        low, high = begin * CELL - MARGIN, (begin + length) * CELL + MARGIN
        spare = max(0, high - low - LONGEST) // 2
        low, high = max(0, low + spare), min(limit, high - spare)
        spans.append((low, high - low))
    return Region(spans[0][0], spans[1][0], spans[0][1], spans[1][1])
