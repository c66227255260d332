"""Pictures that come again: a frozen stream, the same pictures twice, a film that begins anew.

Nothing is kept but a digest of each picture, its pose and lids, and the face at 24x24 grey, all in memory.

What this cue cannot tell: a still held up to the camera from a person who merely stands there. With every frame
laid on the middle one by a homography a print read 0.10 % and a rendered head that only sways 0.33 %, irises 0.14
against 0.17 % and lids 0.7 against 1.2 %, and no living person who tries to be still was measured. So stillness
denies nothing: such a still does no movement either, and the challenge refuses it. A film within its first pass,
or played there and back, is not told from a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.mesh import LEFT_OUTER_EYE, RIGHT_OUTER_EYE
from kiosk.ports import Frame
from kiosk.vision import cv2

# Identical pictures. Sensor noise never repeats, but a driver may hand one buffer out twice. Rules, not measurements.
SAMPLE_STEP = 8  # every 8th pixel of every 8th row: 43 kB of a 1280x720 picture
FROZEN_SECONDS = 1.0
FROZEN_FRAMES = 8
RETURNS = 3  # pictures that came before, with another in between
MOST_DIGESTS = 4096

# A film that begins again.
GRID_HZ = 20.0
KEPT_SECONDS = 30.0
SHORTEST, LONGEST = 1.5, 10.0  # period, s
OVERLAP_SECONDS = 3.0
OVERLAP_SHARE = 0.5
OUT_DEGREES = 10.0  # a turn or a nod; sway of a standing person reads 2-3
CLOSED_RATIO = 0.6  # of the own open eyes
MOVEMENTS = 2  # inside the overlap, one of them of the head: their distance in time must repeat as well
LONGEST_GAP = 0.35  # s without a face, over which nothing is compared
# RMS difference of yaw and pitch between two passes, rendered with sensor noise. Films: 0.10-0.18 played straight into
# the camera, 0.17-0.31 on a phone at 24 and 30 pictures a second; with glass, hand and moire rendered as well 0.24-0.47
# (phone, tablet, monitor). The same in every look. A head asked four times for the same turn, each 3 % different in
# speed and 1.2 % in amount: 1.2 and above; 15 % and 6 %: 1.8. The very same curves after the very same time read
# 0.31-0.75 from the sway alone; two of six such renderings were denied, in the third and fourth round. No person does
# that; a script that drives the simulated one could.
LOOP_DEGREES = 0.32
LOOP_DEGREES_LONG = 0.50  # when more movements were compared
CLEAR_DEGREES = 1.0  # from here on nothing repeats; between, nothing is said
COARSE_DEGREES = 2.0  # half a grid step off, a turn of 60 degrees a second reads up to 0.7 more
LOOP_LIDS = 0.08  # films 0.004-0.074; blinks at other moments 0.12-0.22
LOOP_THUMB = 0.30  # films 0.03-0.07, another phase of the movements 0.6-0.9; one photo's skin cannot tell more
# Made-up tracks of a person steadier than people are, four equal turns and blinks apart by 3 % in pace, 4 % in amount
# and 0.1 s in time. At 0.32 degrees 7 of 3000 had one exact look, 1 two in a row, none three; with three movements at
# 0.50 degrees 15 of 1200 had one, none two. With twice the spread none had any.
AGREEING_LOOKS = 3
LOOK_SECONDS = 1.0
PERIOD_DRIFT = 0.1  # s between looks that agree
THUMB = 24


@dataclass(frozen=True, slots=True)
class Returned:
    """Which pictures came again."""

    last: bytes = b""
    since: float = 0.0
    run: int = 0  # frames that are the last one, unbroken
    returns: int = 0
    stood: float = 0.0  # s that the last one has stood


def next_digest(state: Returned, digest: bytes, at: float, known: bool) -> Returned:
    """One picture further; ``known``: this digest was seen before in the attempt."""
    if state.last == digest:
        return replace(state, run=state.run + 1, stood=at - state.since)
    return replace(state, last=digest, since=at, run=1, stood=0.0, returns=state.returns + known)


def judge_digests(state: Returned) -> CueReading | None:
    """A denial, in seconds of standing still or in pictures that returned; None for pictures as a sensor gives them."""
    if state.run >= FROZEN_FRAMES and state.stood >= FROZEN_SECONDS:
        return CueReading(Cue.DENY, state.stood, FROZEN_SECONDS)
    if state.returns >= RETURNS:
        return CueReading(Cue.DENY, float(state.returns), float(RETURNS))
    return None


@dataclass(frozen=True, slots=True)
class Track:
    """The followed face over time, oldest first. ``at`` seconds (n,); ``rows`` (n, 3) yaw and pitch in degrees and
    the eye aspect ratio; ``thumbs`` n times uint8 (24, 24) grey."""

    at: NDArray[np.float64]
    rows: NDArray[np.float64]
    thumbs: Sequence[NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Loop:
    """The lag at which the track comes nearest to repeating itself; each number 0 for a perfect copy."""

    period: float  # s
    degrees: float  # RMS of yaw and pitch
    limit: float = LOOP_DEGREES
    lids: float = np.inf  # RMS of the eye aspect ratio, in parts of open eyes; measured where the pose repeats
    thumb: float = np.inf  # RMS difference of the two passes' faces, in parts of their contrast; likewise

    @property
    def exact(self) -> bool:
        return self.degrees <= self.limit and self.lids <= LOOP_LIDS and self.thumb <= LOOP_THUMB


def find_loop(track: Track) -> Loop | None:
    """The best period of 1.5-10 s; None while nothing can be claimed: too short, or too little moved."""
    if len(track.at) < 2 or track.at[-1] - track.at[0] < SHORTEST + OVERLAP_SECONDS:
        return None
    grid = np.arange(track.at[0], track.at[-1], 1 / GRID_HZ)
    rows = np.stack([np.interp(grid, track.at, column) for column in track.rows.T], 1)
    rows[:, 2] /= max(float(np.median(rows[:, 2])), 1e-6)
    ends = _ends_of_movements(rows)
    if len(ends) < MOVEMENTS:
        return None
    after = np.clip(np.searchsorted(track.at, grid, side="right"), 1, len(track.at) - 1)
    seen = track.at[after] - track.at[after - 1] <= LONGEST_GAP
    lags = np.arange(int(SHORTEST * GRID_HZ), min(int(LONGEST * GRID_HZ), len(grid) - 1 - ends[MOVEMENTS - 1]) + 1)
    overlap = len(grid) - lags
    lags = lags[overlap >= np.maximum(OVERLAP_SECONDS * GRID_HZ, lags * OVERLAP_SHARE)]
    if not len(lags):
        return None
    degrees = _apart_by_lag(rows[:, :2], seen)[lags]
    if not degrees.min() <= COARSE_DEGREES:
        return Loop(float(lags[degrees.argmin()]) / GRID_HZ, float(degrees.min()))
    best = min(_refine(grid, rows, seen, float(lag) / GRID_HZ) for lag in lags[np.argsort(degrees)[:2]])
    compared = sum(end < len(grid) - best[2] * GRID_HZ for end in ends)
    limit = LOOP_DEGREES_LONG if compared > MOVEMENTS else LOOP_DEGREES
    loop = Loop(period=best[2], degrees=best[0], limit=limit, lids=best[1])
    return replace(loop, thumb=_thumb_difference(track, loop.period)) if loop.degrees <= limit else loop


def _apart_by_lag(rows: NDArray[np.float64], seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """RMS difference to itself at every lag of the grid, without its mean; infinite where little was seen."""
    weight = seen.astype(np.float64)
    count = _correlate(weight, weight)
    enough = count >= 0.9 * np.arange(len(rows), 0, -1)
    count = np.maximum(count, 1.0)
    total = np.zeros(len(rows))
    for column in rows.T:
        x = (column - np.median(column)) * weight
        mean = (_correlate(x, weight) - _correlate(weight, x)) / count
        square = (_correlate(x * x, weight) + _correlate(weight, x * x) - 2 * _correlate(x, x)) / count
        total += np.maximum(square - mean**2, 0.0)
    return np.where(enough, np.sqrt(total / rows.shape[1]), np.inf)


def _correlate(later: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of ``later[i + lag] * first[i]`` for every lag from 0."""
    return np.correlate(later, first, "full")[len(first) - 1 :]


def begins_again(looks: Sequence[Loop | None]) -> bool:
    """Whether the last looks all found the same exact period."""
    exact = [loop.period for loop in looks[-AGREEING_LOOKS:] if loop is not None and loop.exact]
    return len(exact) == AGREEING_LOOKS and max(exact) - min(exact) <= PERIOD_DRIFT


def _refine(
    grid: NDArray[np.float64], rows: NDArray[np.float64], seen: NDArray[np.bool_], period: float
) -> tuple[float, float, float]:
    """Degrees, lids and period at the best lag within one grid step: the film's period is no multiple of it."""
    found = []
    for one in period + np.linspace(-1, 1, 9) / GRID_HZ:
        both = seen & (grid <= grid[-1] - one)
        both &= np.interp(grid + one, grid, seen) >= 1
        if not both.any():
            continue
        later = np.stack([np.interp(grid[both] + one, grid, column) for column in rows.T], 1)
        apart = later - rows[both]
        found.append((_rms(apart[:, :2]), float(np.sqrt((apart[:, 2] ** 2).mean())), float(one)))
    return min(found, default=(np.inf, np.inf, period))


def _rms(apart: NDArray[np.float64]) -> float:
    """Without the constant part: the hand that holds a screen does not come back to the same tilt."""
    return float(np.sqrt(apart.var(0).mean()))


def _ends_of_movements(rows: NDArray[np.float64]) -> list[int]:
    """Grid indices at which the whole movements are over; a blink before the first of the head counts from there."""
    out = np.abs(rows[:, :2] - np.median(rows[:, :2], 0)).max(1) >= OUT_DEGREES
    head = _ends(out)
    return sorted(max(end, head[0]) for end in head + _ends(rows[:, 2] < CLOSED_RATIO)) if head else []


def _ends(inside: NDArray[np.bool_]) -> list[int]:
    """Ends of the runs that neither begin with the track nor are cut off by its end."""
    steps = np.diff(inside.astype(np.int8))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [int(e) for e in ends if starts.size and starts[0] < e]


def _thumb_difference(track: Track, period: float) -> float:
    """Median over the overlap of the RMS difference between the faces of both passes, each of contrast 1."""
    later = np.searchsorted(track.at, track.at + period)
    first = np.flatnonzero(later < len(track.at))
    if not len(first):
        return np.inf
    faces = np.stack(track.thumbs).reshape(len(track.at), -1).astype(np.float32)
    faces -= faces.mean(1, keepdims=True)
    faces /= np.maximum(faces.std(1, keepdims=True), 1.0)
    return float(np.median(np.sqrt(((faces[later[first]] - faces[first]) ** 2).mean(1))))


def thumbprint(pixels: NDArray[np.uint8], face: TrackedFace) -> NDArray[np.uint8]:
    """uint8 (24, 24) grey: the face with its eyes level and always at the same place."""
    right, left = face.points[RIGHT_OUTER_EYE, :2], face.points[LEFT_OUTER_EYE, :2]
    across = (left - right) / max(float((left - right) @ (left - right)), 1.0)
    side = 4 * THUMB
    c, s = 0.44 * side * across
    middle = (left + right) / 2
    matrix = np.array([[c, s, 0.0], [-s, c, 0.0]])
    matrix[:, 2] = (side / 2, 0.35 * side) - matrix[:, :2] @ middle
    crop = cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, (THUMB, THUMB), interpolation=cv2.INTER_AREA), np.uint8)


class Repetition:
    """The passive cue "repetition". CONFIRM: at least two movements were seen, and nothing came again."""

    name = "repetition"

    def __init__(self) -> None:
        self._returned = Returned()
        self._known: set[bytes] = set()
        self._kept: list[tuple[float, tuple[float, float, float], NDArray[np.uint8]]] = []
        self._looked_at = -np.inf
        self._sequence: int | None = None
        self._looks: tuple[Loop | None, ...] = ()
        self._doubted = False  # one exact look: a film just begun anew, or a chance
        self._reading = NOT_MEASURED

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        face, at = analysis.face, frame.captured_at
        if face is None or self._reading.answer is Cue.DENY or not np.isfinite(at) or frame.pixels.size == 0:
            return
        if frame.sequence == self._sequence:
            return
        self._sequence = frame.sequence
        sample = np.ascontiguousarray(frame.pixels[::SAMPLE_STEP, ::SAMPLE_STEP])
        digest = hashlib.blake2b(sample.data, digest_size=16).digest()
        self._returned = next_digest(self._returned, digest, at, digest in self._known)
        if len(self._known) < MOST_DIGESTS:
            self._known.add(digest)
        denial = judge_digests(self._returned)
        if denial is not None:
            self._reading = denial
            self._kept.clear()
            return
        self._keep(frame.pixels, face, at)
        if at - self._looked_at >= LOOK_SECONDS:
            self._looked_at = at
            self._look()

    def _keep(self, pixels: NDArray[np.uint8], face: TrackedFace, at: float) -> None:
        row = (face.pose.yaw, face.pose.pitch, face.ear)
        if self._kept and at - self._kept[-1][0] < 0.9 / GRID_HZ:
            return
        if not np.isfinite(row).all() or not np.isfinite(face.points).all():
            return
        self._kept.append((at, row, thumbprint(pixels, face)))
        while at - self._kept[0][0] > KEPT_SECONDS:
            del self._kept[0]

    def _look(self) -> None:
        if not self._kept:
            return
        at, rows, thumbs = zip(*self._kept, strict=True)
        loop = find_loop(Track(np.array(at), np.array(rows), thumbs))
        self._looks = (*self._looks, loop)[-AGREEING_LOOKS:]
        if loop is None or not np.isfinite(loop.degrees):  # no two moments alike enough to compare
            return
        if begins_again(self._looks):
            answer = Cue.DENY
            self._kept.clear()
        else:
            answer = Cue.CONFIRM if loop.degrees >= CLEAR_DEGREES else Cue.ABSTAIN
        self._doubted = self._doubted or (loop.exact and answer is not Cue.DENY)
        self._reading = CueReading(answer, loop.degrees, loop.limit, doubt=self._doubted and answer is not Cue.DENY)

    @property
    def reading(self) -> CueReading:
        return self._reading
