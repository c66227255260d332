"""Does a blink look like one: both eyes together, quickly, while the rest of the face stays as it is?

A sheet tilted about its horizontal axis squeezes eyes and face by the same factor; lids close alone. Rendered: blinks
bring the eyes to 0.16-0.21 of their open ratio and the face's height over its width to 0.96-0.98; a print tilted 56-60
degrees brings them to 0.55-0.65 and 0.69-0.75. Living eyes behind the holes of a print blink as eyes do: by its
landmarks they are not told from a person.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.blink import CLOSED_RATIO, LONGEST_SECONDS, OPEN_RATIO
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.mesh import LEFT_EYE, RIGHT_EYE
from kiosk.ports import Frame

FOREHEAD, NOSE_BASE, RIGHT_CHEEK, LEFT_CHEEK = 10, 2, 234, 454  # without the jaw, which speaks and yawns

SHORTEST_SECONDS = 0.08
SLOWEST_STEP = 0.125  # s between frames; at 8 a second shut lids of 0.16 s are still seen
FAST_STEP = 0.045  # s; only here are closing and opening told apart
APART_SECONDS = 0.06  # between both eyes; 38 blinks rendered at 10, 15 and 30 frames a second: at most 0.03
APART_RATIO = 0.25  # between both eyes when shut; those 38: at most 0.06
STEADY_HEIGHT = 0.06  # of the face's height over width; those 38: at most 0.04, an error of the landmark net
STEADY_DEGREES = 6.0  # pitch and yaw; those 38: at most 3.2
# A squeezed face. A print tilted until its height reads 0.79 and less (44 degrees forwards, 40 back): eyes 0.78-0.98
# of that, pitch -11 to 1 degrees. A head leaning back until its height reads 0.79: pitch -30; nodding by 30 keeps 0.94.
SQUEEZED_EYES = 0.70
SQUEEZED_HEIGHT = 0.80
SQUEEZED_ALIKE = 0.75
SQUEEZED_DEGREES = 15.0
SQUEEZED_FRAMES = 3
BASE_FRAMES = 15
MOST_BASE_FRAMES = 150


class BlinkFlaw(StrEnum):
    """Why a closing of the eyes does not count as well-shaped. None of these denies."""

    NOT_BOTH = "not_both"  # one eye, or not together
    TOO_FEW_FRAMES = "too_few_frames"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SLOW_CLOSING = "slow_closing"  # slower than the opening
    FACE_MOVED = "face_moved"


@dataclass(frozen=True, slots=True)
class Lids:
    """One frame. ``right``, ``left`` eye aspect ratios and ``height`` of the face over its width, each in parts of the
    person's own median; ``pitch``, ``yaw`` degrees from it."""

    at: float
    right: float
    left: float
    height: float = 1.0
    pitch: float = 0.0
    yaw: float = 0.0

    @property
    def eyes(self) -> float:
        return (self.right + self.left) / 2


@dataclass(frozen=True, slots=True)
class ShapeState:
    closing: tuple[Lids, ...] = ()  # from the last open frame on
    squeezed: int = 0  # frames in a row
    flaw: BlinkFlaw | None = None  # of the last closing
    best: float | None = None  # deepest well-shaped blink: eyes over face height
    denied: float | None = None  # eyes over face height of a squeezed face


def watch_shape(state: ShapeState, seen: Lids) -> ShapeState:
    """One frame further. A denial stays."""
    if state.denied is not None:
        return state
    alike = seen.eyes / max(seen.height, 1e-6)
    if seen.eyes < SQUEEZED_EYES and seen.height < SQUEEZED_HEIGHT and abs(seen.pitch) < SQUEEZED_DEGREES:
        squeezed = state.squeezed + 1 if alike >= SQUEEZED_ALIKE else 0
    else:
        squeezed = 0
    state = replace(state, squeezed=squeezed)
    if squeezed >= SQUEEZED_FRAMES:
        return replace(state, denied=alike, closing=())
    if min(seen.right, seen.left) < OPEN_RATIO:
        if not state.closing or seen.at - state.closing[0].at > 2 * LONGEST_SECONDS:
            return replace(state, closing=())  # not begun from open eyes, or long closed
        return replace(state, closing=(*state.closing, seen))
    whole = (*state.closing, seen)
    state = replace(state, closing=(seen,))
    if min(f.eyes for f in whole) >= CLOSED_RATIO:
        return state
    flaw = flaw_of(whole)
    if flaw is not None:
        return replace(state, flaw=flaw)
    depth = min(f.eyes / max(f.height, 1e-6) for f in whole)
    return replace(state, flaw=None, best=min(depth, state.best if state.best is not None else depth))


def flaw_of(whole: tuple[Lids, ...]) -> BlinkFlaw | None:
    """``whole`` begins and ends with open eyes."""
    steps = [b.at - a.at for a, b in pairwise(whole)]
    if len(whole) < 3 or max(steps) > SLOWEST_STEP:
        return BlinkFlaw.TOO_FEW_FRAMES
    right, left = (_crossings([f.at for f in whole], values) for values in _eyes(whole))
    if right is None or left is None:
        return BlinkFlaw.NOT_BOTH
    deepest = min(whole, key=lambda f: f.eyes)
    apart = max(abs(a - b) for a, b in zip(right, left, strict=True))
    if apart > APART_SECONDS or abs(deepest.right - deepest.left) > APART_RATIO:
        return BlinkFlaw.NOT_BOTH
    shut = (right[1] - right[0] + left[1] - left[0]) / 2
    if not SHORTEST_SECONDS <= shut <= LONGEST_SECONDS:
        return BlinkFlaw.TOO_SHORT if shut < SHORTEST_SECONDS else BlinkFlaw.TOO_LONG
    before = whole[0]
    for f in whole[1:]:
        turned = max(abs(f.pitch - before.pitch), abs(f.yaw - before.yaw))
        if abs(f.height - before.height) > STEADY_HEIGHT or turned > STEADY_DEGREES:
            return BlinkFlaw.FACE_MOVED
    if max(steps) <= FAST_STEP:
        closed = [f.at for f in whole if f.eyes < CLOSED_RATIO]
        down, up = closed[0] - before.at, whole[-1].at - closed[-1]
        if down > 2 * up + FAST_STEP:
            return BlinkFlaw.SLOW_CLOSING
    return None


def _eyes(whole: tuple[Lids, ...]) -> tuple[list[float], list[float]]:
    return [f.right for f in whole], [f.left for f in whole]


def _crossings(at: list[float], values: list[float]) -> tuple[float, float] | None:
    """When an eye fell below the closed ratio and when it rose above it again, between frames; None: never."""
    below = [i for i, value in enumerate(values) if value < CLOSED_RATIO]
    if not below or below[0] == 0 or below[-1] == len(values) - 1:
        return None

    def crossed(i: int, j: int) -> float:
        part = (values[i] - CLOSED_RATIO) / max(values[i] - values[j], 1e-9)
        return at[i] + part * (at[j] - at[i])

    return crossed(below[0] - 1, below[0]), crossed(below[-1] + 1, below[-1])


def judge(state: ShapeState) -> CueReading:
    """``value``: the eyes' closing over the face's, 0.2 for a blink, 0.8-1 for a tilted sheet."""
    if state.denied is not None:
        return CueReading(Cue.DENY, state.denied, SQUEEZED_ALIKE)
    if state.best is not None:
        return CueReading(Cue.CONFIRM, state.best, CLOSED_RATIO)
    return NOT_MEASURED


class BlinkShape:
    """The passive cue "blink_shape"."""

    name = "blink_shape"

    def __init__(self) -> None:
        self._state = ShapeState()
        self._track: int | None = None
        self._at = -np.inf
        self._seen: deque[tuple[float, ...]] = deque(maxlen=MOST_BASE_FRAMES)
        self._base: tuple[float, ...] | None = None

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        face, at = analysis.face, analysis.captured_at
        if face is None or face.track != self._track:  # another face has another neutral
            self._state = replace(self._state, closing=(), squeezed=0)
            if face is not None:
                self._track, self._base = face.track, None
                self._seen.clear()
        if face is None or not at > self._at:
            return
        self._at = at
        if not np.isfinite(face.points).all():
            return
        values = (*_shape(face.points), face.pose.pitch, face.pose.yaw)
        if not np.isfinite(values).all() or min(values[:3]) <= 0:
            return
        self._seen.append(values)
        due = len(self._seen) % BASE_FRAMES == 0 and len(self._seen) < MOST_BASE_FRAMES
        if due or self._base is None:
            enough = len(self._seen) >= BASE_FRAMES
            self._base = tuple(median(column) for column in zip(*self._seen, strict=True)) if enough else None
        if self._base is not None:
            right, left, height = (v / b for v, b in zip(values[:3], self._base[:3], strict=True))
            pitch, yaw = values[3] - self._base[3], values[4] - self._base[4]
            self._state = watch_shape(self._state, Lids(at, right, left, height, pitch, yaw))

    @property
    def reading(self) -> CueReading:
        return judge(self._state)


def _shape(points: NDArray[np.float32]) -> tuple[float, float, float]:
    """Eye aspect ratio of the right and the left eye, height of the face over its width."""
    right, left = eye_ratios(points)
    height = float(np.hypot(*(points[FOREHEAD, :2] - points[NOSE_BASE, :2])))
    width = float(np.hypot(*(points[RIGHT_CHEEK, :2] - points[LEFT_CHEEK, :2])))
    return right, left, height / max(width, 1e-6)


def eye_ratios(points: NDArray[np.float32]) -> tuple[float, float]:
    """Right and left eye aspect ratio; ``points`` float32 (478, 3) in px."""
    both = []
    for eye in (RIGHT_EYE, LEFT_EYE):
        outer, up1, up2, inner, low2, low1 = points[list(eye), :2].tolist()
        width = float(np.hypot(outer[0] - inner[0], outer[1] - inner[1]))
        first = float(np.hypot(up1[0] - low1[0], up1[1] - low1[1]))
        both.append((first + float(np.hypot(up2[0] - low2[0], up2[1] - low2[1]))) / max(2 * width, 1e-6))
    return both[0], both[1]
