"""Reads a QR code module by module, once its three corners are known.

A decoder must find everything by itself and takes a module for what one pixel of it says. Here the modules that every
code of a size has alike (corners, alignment, timing) lay the grid; each other one is the mean of its middle against its
neighbours, sharpened by what a blurred lens mixed into it. A clean code is drawn from that and decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.identity.regions import Grey
from kiosk.identity.rescues import Found, decode
from kiosk.vision import cv2

Points = NDArray[np.float64]
_Modules = NDArray[np.float32]

SMALLEST, LARGEST = 21, 97
"""Modules. Our largest code has 89."""
CORNER = 3.5
"""Modules from the edge to the middle of a corner."""
MISCOUNTED = 0.06
"""Of the modules: a size worked out from one corner is that wrong at most; at least three."""
ASKEW = 18
"""Modules of a side for each that the fourth corner may be off, seen in perspective."""
GUESSED, LIKELY = 0.2, 0.5
"""Correlation of the grid with what it must show, before and after it is fitted: of 93 codes read so from frames of the
tuning set 0.31 and more, then 0.87 and more; of what empty frames held, at most 0.13 and 0.29."""
TRIED = 5
PX = 4
"""Of a module where its middle is taken."""
SHARPENED, NEIGHBOURS = (0.0, 1.0, 3.0), (7, 31)
BESIDE = np.array([(0, 1, 0), (1, 0, 1), (0, 1, 0)], np.float32) / 4
"""The four modules whose light a blurred lens mixes into the one between them. Taking all eight reads a tenth less."""
DRAWN = 3


@cache
def fixed_modules(count: int) -> _Modules:
    """float32 (count, count): 0 dark, 1 light, NaN where a code's contents are. Not to be written to."""
    modules = np.full((count, count), np.nan, np.float32)
    corner = np.ones((9, 9), np.float32)
    corner[1:8, 1:8], corner[2:7, 2:7], corner[3:6, 3:6] = 0, 1, 0
    modules[:8, :8], modules[:8, -8:], modules[-8:, :8] = corner[1:, 1:], corner[1:, :-1], corner[:-1, 1:]
    modules[6, 8:-8] = modules[8:-8, 6] = np.arange(8, count - 8) % 2
    modules[count - 8, 8] = 0
    mark = np.zeros((5, 5), np.float32)
    mark[1:4, 1:4], mark[2, 2] = 1, 0
    places = alignment_places(count)
    for y in places:
        for x in places:
            if (y, x) not in ((6, 6), (6, places[-1]), (places[-1], 6)):
                modules[y - 2 : y + 3, x - 2 : x + 3] = mark
    return modules


def alignment_places(count: int) -> list[int]:
    """Rows and columns of the middles of the alignment patterns (ISO/IEC 18004 annex E)."""
    version = (count - 17) // 4
    if version == 1:
        return []
    lines = version // 7 + 2
    step = (version * 4 + lines * 2 + 1) // (lines * 2 - 2) * 2
    return [6, *sorted(count - 7 - n * step for n in range(lines - 1))]


class _Grid:
    """A grid of ``count`` modules on a picture, held by the middles of its four corners (clockwise from top left)."""

    def __init__(self, picture: Grey, count: int) -> None:
        self._picture = picture
        self.count = count
        far = count - CORNER
        self._held = np.array([(CORNER, CORNER), (far, CORNER), (far, far), (CORNER, far)], np.float32)
        known = fixed_modules(count)
        rows, columns = np.nonzero(~np.isnan(known))
        self._places = np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))])
        wanted = known[rows, columns]
        self._wanted = (wanted - wanted.mean()) / wanted.std()

    def onto(self, corners: Points) -> NDArray[np.float64]:
        """(3, 3): modules -> px."""
        return np.asarray(cv2.getPerspectiveTransform(self._held, corners.astype(np.float32)), np.float64)

    def likeness(self, corners: Points) -> float:
        """How well the picture shows the fixed modules where the grid has them: correlation, -1 to 1."""
        x, y, depth = self.onto(corners) @ self._places
        across, down = (x / depth).astype(np.float32), (y / depth).astype(np.float32)
        seen = cv2.remap(self._picture, across[None], down[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        light = seen[0].astype(np.float32)
        spread = float(light.std())
        return float(np.mean((light - light.mean()) * self._wanted)) / spread if spread > 0 else 0.0

    def fitted(self, corners: Points, px: float) -> tuple[float, Points]:
        """The best likeness near ``corners`` (float64 (4, 2)), and where; each corner is moved by itself."""
        best, step = self.likeness(corners), px / 3
        while step > px / 15:
            moved = False
            for corner, axis, way in np.ndindex(4, 2, 2):
                other = corners.copy()
                other[corner, axis] += step if way else -step
                likeness = self.likeness(other)
                if likeness > best:
                    best, corners, moved = likeness, other, True
            step = step if moved else step / 2
        return best, corners

    def light(self, corners: Points) -> _Modules:
        """float32 (count, count) grey levels of the middles of the modules."""
        side = self.count * PX
        to_modules = np.array([(1 / PX, 0, 0.5 / PX), (0, 1 / PX, 0.5 / PX), (0, 0, 1)])
        flat = cv2.warpPerspective(
            self._picture,
            self.onto(corners) @ to_modules,
            (side, side),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        middles = np.asarray(flat, np.float32).reshape(self.count, PX, self.count, PX)[:, 1:-1, :, 1:-1]
        return np.asarray(middles.mean((1, 3)), np.float32)

    def middles(self, outer: Points) -> tuple[Points, float]:
        """The middles of the corners of a code whose outer corners are ``outer``, and px a module."""
        edge = np.array([(0, 0), (self.count, 0), (self.count, self.count), (0, self.count)], np.float32)
        matrix = cv2.getPerspectiveTransform(edge, outer.astype(np.float32))
        middles = np.hstack([self._held, np.ones((4, 1))]) @ np.asarray(matrix, np.float64).T
        return middles[:, :2] / middles[:, 2:], float(np.sqrt(cv2.contourArea(outer.astype(np.float32)))) / self.count

    def read(self, corners: Points) -> list[Found]:
        for code in _drawn(self.light(corners)):
            texts = decode(code)
            if texts:
                ends = np.array([(0, 0, 1), (self.count, 0, 1), (self.count, self.count, 1), (0, self.count, 1)])
                outer = ends @ self.onto(corners).T
                return [Found(texts[0].text, outer[:, :2] / outer[:, 2:], self.count)]
        return []


def read_grid(picture: Grey, corners: Points, px: float) -> list[Found]:
    """``corners`` float64 (3, 2): middles of the corners at top left, top right and bottom left, px of ``picture``,
    a dark code on light; ``px`` about the size of a module."""
    at, right, below = corners
    sides = (np.hypot(*(right - at)) + np.hypot(*(below - at))) / 2 / px + 2 * CORNER
    best, grid, found = GUESSED, None, None
    for count in _sizes(float(sides)):
        tried = _Grid(picture, count)
        for last in _fourth_corners(picture, corners, count, px):
            four = np.array([at, right, last, below])
            likeness = tried.likeness(four)
            if likeness > best:
                best, grid, found = likeness, tried, four
    if grid is None or found is None:
        return []
    likeness, found = grid.fitted(found, px)
    return grid.read(found) if likeness >= LIKELY else []


def read_located(picture: Grey, located: Found) -> list[Found]:
    """A code that a decoder has found and could not read; px of ``picture``, dark on light or light on dark."""
    if not SMALLEST <= located.modules <= LARGEST:
        return []
    grid = _Grid(picture, located.modules)
    four, px = grid.middles(located.corners)
    likeness = grid.likeness(four)
    if abs(likeness) < GUESSED:
        return []
    if likeness < 0:
        grid = _Grid(np.asarray(255 - picture, np.uint8), located.modules)
    likeness, four = grid.fitted(four, px)
    return grid.read(four) if likeness >= LIKELY else []


def _sizes(about: float) -> list[int]:
    sizes = range(SMALLEST, LARGEST + 1, 4)
    return [count for count in sizes if abs(count - about) <= max(3.0, MISCOUNTED * count)]


def _fourth_corners(picture: Grey, corners: Points, count: int, px: float) -> Iterator[Points]:
    """Where the three others say it is, if one looked straight at it; then where things like the alignment pattern
    nearest to it are, as far off as a code can be askew."""
    at, right, below = corners
    straight = right + below - at
    yield straight
    if not alignment_places(count):
        return
    inwards = (at - straight) * (3.0 / (count - 2 * CORNER))  # the pattern lies three modules within it
    mark = np.repeat(np.repeat(np.nan_to_num(fixed_modules(count)[-9:-4, -9:-4]), round(px), 0), round(px), 1)
    reach = (count / ASKEW + 3.0) * px + len(mark) / 2
    low = np.maximum(np.floor(straight + inwards - reach).astype(int), 0)
    high = np.ceil(straight + inwards + reach).astype(int)
    window = picture[low[1] : high[1], low[0] : high[0]]
    if min(window.shape) < len(mark):
        return
    likeness = cv2.matchTemplate(window, (mark * 255).astype(np.uint8), cv2.TM_CCOEFF_NORMED)
    for _ in range(TRIED):
        _, like, _, (x, y) = cv2.minMaxLoc(likeness)
        if like <= 0:
            return
        yield low + np.array((x, y)) + (len(mark) - 1) / 2 - inwards
        around = round(px)
        likeness[max(0, y - around) : y + around + 1, max(0, x - around) : x + around + 1] = -1


def _drawn(light: _Modules) -> Iterator[Grey]:
    """Clean codes, dark on light, by every way of telling dark from light."""
    fixed = fixed_modules(len(light))
    beside = cv2.filter2D(light, -1, BESIDE, borderType=cv2.BORDER_REFLECT)
    for much in SHARPENED:
        sharp = light + much * (light - beside)
        for wide in NEIGHBOURS:
            around = cv2.blur(sharp, (wide, wide), borderType=cv2.BORDER_REFLECT)
            modules = np.where(np.isnan(fixed), sharp > around, fixed > 0).astype(np.uint8) * 255
            padded = np.pad(modules, 4, constant_values=255)
            yield np.repeat(np.repeat(padded, DRAWN, 0), DRAWN, 1)
