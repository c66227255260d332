"""Cue: the mirror image of a lamp in the glass of a screen.

It is burnt and sharply bounded, lies over the face and what is beside it alike, and stays where it is while the face
moves under it. A forehead, a nose or spectacles shine too, but only within the face; a bright window ends where the
face begins. So only a burnt spot that crosses the face's contour counts, and only when the contour moved under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.mesh import OVAL
from kiosk.face.passive.region import place_of
from kiosk.ports import Frame
from kiosk.vision import cv2

# Chosen by what a lamp's image must look like; none of 234 rendered living films and no
# rendered screen had such a spot, so how often this cue finds one is not known.
FACE_PX = 64  # a face's width in the shrunk picture
AROUND = 0.35  # of the region beyond the landmarks, face widths
BURNT = 250  # in every colour
SMALLEST, LARGEST = 0.02, 0.45  # of a spot, squared face widths
ON_EACH_SIDE = 0.25  # of the spot, on the face and beside it
SAME_PLACE, SAME_SIZE = 0.06, 1.35  # of two sightings: face widths apart, ratio of areas
MOVED = 0.08  # of the contour, face widths; or the head turned
TURNED_DEGREES = 10.0
AGREEING = 3
BURNT_FACE = 0.20  # more of the face burnt is an overexposed picture, no spot
LEAST_FACE_PX = 60.0
EVERY, FIRST = 7, 2


@dataclass(frozen=True, slots=True)
class Spot:
    """Middle and area in picture px and px2; ``crossing`` 0..0.5, share of the area on the smaller side of the face's
    contour. ``face`` the middle and ``yaw`` of the face when it was seen, ``unit`` a face's width in px."""

    x: float
    y: float
    area: float
    crossing: float
    face: tuple[float, float]
    yaw: float
    unit: float


def burnt_spots(small: NDArray[np.uint8], oval: NDArray[np.bool_]) -> list[tuple[float, float, float, float]]:
    """x, y, area and crossing of every burnt spot of a fitting size. ``small`` uint8 (h, w, 3) BGR, face 64 px wide;
    ``oval`` bool (h, w), True on the face. Empty when much of the face is burnt or a spot leaves the region."""
    burnt = (small.min(2) >= BURNT).astype(np.uint8)
    on_face = int(np.count_nonzero(oval))
    if on_face == 0 or np.count_nonzero(burnt[oval]) > BURNT_FACE * on_face:
        return []
    count, labels, stats, middles = cv2.connectedComponentsWithStats(burnt, connectivity=4)
    height, width = burnt.shape
    found = []
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        if not SMALLEST * FACE_PX**2 <= area <= LARGEST * FACE_PX**2:
            continue
        if x == 0 or y == 0 or x + w == width or y + h == height:
            continue  # it runs on beyond the region: a window, a wall
        inside = float(np.count_nonzero(oval[labels == index])) / area
        found.append((float(middles[index][0]), float(middles[index][1]), float(area), min(inside, 1 - inside)))
    return found


def decide(frames: Sequence[Sequence[Spot]]) -> CueReading:
    """``frames``: the spots of every measured frame. Denies when one spot was seen in ``AGREEING`` frames at one place
    while the face moved; the value is the number of those frames."""
    if not frames:
        return NOT_MEASURED
    most = 0
    for spots in frames:
        for spot in spots:
            if spot.crossing < ON_EACH_SIDE:
                continue
            again = [other for seen in frames for other in seen if _same(spot, other)]
            if any(_moved(spot, other) for other in again):
                most = max(most, len(again))
    if most >= AGREEING:
        return CueReading(Cue.DENY, float(most), float(AGREEING))
    free = len(frames) >= AGREEING and not any(spots for spots in frames)
    return CueReading(Cue.CONFIRM if free else Cue.ABSTAIN, float(most), float(AGREEING))


def _same(a: Spot, b: Spot) -> bool:
    apart = float(np.hypot(a.x - b.x, a.y - b.y)) / a.unit
    return apart <= SAME_PLACE and max(a.area, b.area) <= SAME_SIZE * min(a.area, b.area)


def _moved(a: Spot, b: Spot) -> bool:
    apart = float(np.hypot(a.face[0] - b.face[0], a.face[1] - b.face[1])) / a.unit
    return apart >= MOVED or abs(a.yaw - b.yaw) >= TURNED_DEGREES


def spots_of(pixels: NDArray[np.uint8], face: TrackedFace) -> list[Spot] | None:
    """None when the face is too small to tell."""
    place = place_of(face)
    if place is None or place.width < LEAST_FACE_PX:
        return None
    height, width = pixels.shape[:2]
    left, top, right, bottom = face.box
    room = AROUND * place.width
    x0, y0 = max(0, int(left - room)), max(0, int(top - room))
    x1, y1 = min(width, int(right + room)), min(height, int(bottom + room))
    scale = FACE_PX / place.width
    size = (round((x1 - x0) * scale), round((y1 - y0) * scale))
    if min(size) < FACE_PX // 2:
        return None
    small = cv2.resize(pixels[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    contour = np.rint((face.points[list(OVAL), :2] - (x0, y0)) * scale).clip(-4096, 4096).astype(np.int32)
    oval = np.zeros(small.shape[:2], np.uint8)
    cv2.fillPoly(oval, [contour], 1)
    middle = ((left + right) / 2, (top + bottom) / 2)
    return [
        Spot(x0 + x / scale, y0 + y / scale, area / scale**2, crossing, middle, face.pose.yaw, place.width)
        for x, y, area, crossing in burnt_spots(np.asarray(small, np.uint8), oval > 0)
    ]


class Glare:
    """``PassiveCue``. Measures every ``EVERY``-th frame; a single picture never denies."""

    name = "glare"

    def __init__(self, every: int = EVERY, first: int = FIRST) -> None:
        self._every, self._first = every, first % every
        self._seen = 0
        self._frames: list[list[Spot]] = []
        self._reading = NOT_MEASURED

    @property
    def reading(self) -> CueReading:
        return self._reading

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        due = self._seen % self._every == self._first
        self._seen += 1
        face = analysis.face
        if face is None or not due or self._reading.answer is Cue.DENY:
            return
        spots = spots_of(frame.pixels, face)
        if spots is not None:
            self._frames.append(spots)
            self._reading = decide(self._frames)
