"""The three corners of a QR code, though all but one may be broken: by a crack in the glass, a scratch, a reflection.

A decoder finds a code by its three corner patterns and gives up where the ring of one is cut, although its contents
bear far worse. Here one whole corner is enough: it says how large the modules are and how they lie; with the picture
laid straight by it, even a broken corner resembles the pattern more than anything else does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from kiosk.identity.grid import read_grid
from kiosk.identity.regions import Grey
from kiosk.identity.rescues import Found
from kiosk.vision import cv2

_Points = NDArray[np.float64]
_Outline = cv2.typing.MatLike

PX = 6
"""Of a module where the code is read; the search is at half of it."""
BLOCK = 41
"""px of surroundings that decide black from white: two corners of 3 px modules, or one of 6."""
CONTRAST = 6
"""Grey levels under those surroundings: fewer, and noise makes thousands of outlines."""
SPECKS = 0.04
"""Of the pixels: more of them alone among others is noise, and most of the time would go into its outlines. Fewer are
the fine parts of a code."""
HOLE, CENTRE = 5, 3
"""Modules: a corner is a ring of 7 round a light 5 round a dark 3."""
RIM = 2.0
"""px. OpenCV's outline of a light thing runs through the dark pixels round it, that of a dark one through its own."""
LIKE = 0.42
"""Correlation with the pattern: broken corners have 0.56 and more, other parts of codes now and then 0.45, which do
not lie as corners do."""
MOST_TRIED = 2
LONGEST = 700
"""px, at half size: larger, and what was taken for a corner was a speck."""
ALIKE, SQUARE = 1.25, 0.22
"""The sides of a code seen askew, longer by shorter; cosine of the angle between them."""


def _pattern(px: int) -> Grey:
    rings = np.full((9, 9), 255, np.uint8)
    rings[1:8, 1:8], rings[2:7, 2:7], rings[3:6, 3:6] = 0, 255, 0
    return np.repeat(np.repeat(rings, px, 0), px, 1)


SMALL_PATTERN = _pattern(PX // 2)


@dataclass(frozen=True, slots=True)
class _Straight:
    """A picture laid straight by one corner."""

    picture: Grey  # at PX / 2 a module
    matrix: NDArray[np.float64]  # (2, 3), px of the part -> of ``picture``
    corner: _Points


def by_corners(grey: Grey) -> list[Found]:
    """A ``rescues.Rescue``: the code that has one whole corner, read on its grid."""
    for hole, inverted in _holes(grey)[:MOST_TRIED]:
        part = np.asarray(255 - grey, np.uint8) if inverted else grey
        straight = _laid_straight(part, hole, RIM if inverted else 0.0)
        corners = _three_corners(straight) if straight is not None else None
        if straight is None or corners is None:
            continue
        matrix = 2 * straight.matrix
        picture = _warped(part, matrix, 2 * np.array(straight.picture.shape[::-1]))
        found = read_grid(picture, 2 * np.array(corners) + 0.5, PX)
        if found:
            back = np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))
            ends = np.hstack([found[0].corners, np.ones((4, 1))]) @ back.T
            return [Found(found[0].text, ends[:, :2], found[0].modules)]
    return []


def _holes(grey: Grey) -> list[tuple[_Outline, bool]]:
    """Outlines of the light squares of whole corners, largest first, and whether the code is inverted."""
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, BLOCK, CONTRAST)
    calm = cv2.medianBlur(dark, 3)
    if np.count_nonzero(dark != calm) > SPECKS * dark.size:
        dark = calm
    outlines, tree = cv2.findContours(dark, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return []
    child, parent = tree[0][:, 2], tree[0][:, 3]
    pairs = [(outlines[int(n)], outlines[int(parent[n])]) for n in np.flatnonzero((parent >= 0) & (child < 0))]
    # findContours goes round dark things one way and round light things within them the other
    holes = [(hole, cv2.contourArea(hole, True) < 0) for centre, hole in pairs if _is_corner(centre, hole)]
    return sorted(holes, key=lambda found: cv2.contourArea(found[0]), reverse=True)


def _is_corner(centre: _Outline, hole: _Outline) -> bool:
    _, _, small_wide, small_high = cv2.boundingRect(centre)
    _, _, wide, high = cv2.boundingRect(hole)
    usual = HOLE / CENTRE
    if small_wide * small_high < 25 or not all(
        0.78 * usual < large / small < 1.32 * usual for large, small in ((wide, small_wide), (high, small_high))
    ):
        return False
    at, size, _ = cv2.minAreaRect(hole)
    small_at, small_size, _ = cv2.minAreaRect(centre)
    return bool(
        min(size) >= 0.5 * max(size)
        and min(small_size) >= 0.5 * max(small_size)
        and cv2.contourArea(hole) >= 0.75 * size[0] * size[1]
        and cv2.contourArea(centre) >= 0.6 * small_size[0] * small_size[1]
        and np.hypot(at[0] - small_at[0], at[1] - small_at[1]) <= 0.08 * sum(size)
    )


def _laid_straight(part: Grey, hole: _Outline, rim: float) -> _Straight | None:
    """``rim`` px are added to the outline."""
    hull = cv2.convexHull(hole)
    quad = cv2.approxPolyDP(hull, 0.08 * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float64)
    if len(quad) != 4:
        quad = cv2.boxPoints(cv2.minAreaRect(hole)).astype(np.float64)
    middle = quad.mean(0)
    quad = quad[np.argsort(np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0]))]
    quad = middle + (quad - middle) * (1 + rim / np.hypot(*(quad[1] - quad[0])))
    reach = HOLE / 2 * PX / 2
    square = np.array([(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)])
    matrix = np.linalg.lstsq(np.hstack([quad, np.ones((4, 1))]), square, rcond=None)[0].T
    height, width = part.shape
    ends = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) @ matrix.T
    low = ends.min(0)
    size = np.ceil(ends.max(0) - low).astype(int)
    if size.max() > LONGEST or size.min() < 2 * len(SMALL_PATTERN):
        return None
    matrix[:, 2] -= low
    return _Straight(_warped(part, matrix, size), matrix, -low)


def _warped(part: Grey, matrix: NDArray[np.float64], size: NDArray[np.int_]) -> Grey:
    to = (int(size[0]), int(size[1]))
    return np.asarray(cv2.warpAffine(part, matrix, to, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _three_corners(straight: _Straight) -> list[_Points] | None:
    """The best three that lie as a code's corners do and have the whole one among them."""
    likeness = cv2.matchTemplate(straight.picture, SMALL_PATTERN, cv2.TM_CCOEFF_NORMED)
    likely = list(_peaks(np.asarray(likeness, np.float32)))
    best, corners = 0.0, None
    for three in permutations(likely, 3):
        (_, at), (_, right), (_, below) = three
        across, down = right - at, below - at
        wide, high = float(np.hypot(*across)), float(np.hypot(*down))
        near = min(float(np.hypot(*(place - straight.corner))) for _, place in three)
        if near > PX or min(wide, high) < 13 * PX / 2 or max(wide, high) > ALIKE * min(wide, high):
            continue
        together = sum(like for like, _ in three)
        if abs(across @ down) <= SQUARE * wide * high and together > best:
            best, corners = together, [at, right, below]
    return corners


def _peaks(likeness: NDArray[np.float32], most: int = 8) -> Iterator[tuple[float, _Points]]:
    half = len(SMALL_PATTERN) // 2
    for _ in range(most):
        _, like, _, (x, y) = cv2.minMaxLoc(likeness)
        if like < LIKE:
            return
        yield like, np.array((x + half, y + half), np.float64)
        likeness[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1] = -1
