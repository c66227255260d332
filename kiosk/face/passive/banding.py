"""Cue: bands that roll over a filmed screen and stop at its edge.

A backlight or OLED panel that is switched many times a second leaves bright and dark rows in a camera that reads row
by row. From one frame to the next they roll, so the ratio of two frames shows them and hides the face. Lamps on
the mains do the same to the whole picture: only bands over the face that are missing beside it deny.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.passive.region import FacePlace, place_of
from kiosk.ports import Frame
from kiosk.vision import cv2

COLUMNS = 12  # blocks across a strip; the median over them is a row's brightness
ABOVE, BELOW = 0.35, 0.6  # of the strip over the face top and under the chin, face widths
HALF_WIDTH = 0.45
BESIDE = (1.9, 2.9)  # where the surroundings are looked at, face widths from the middle
LEAST_ROWS, LEAST_COLUMNS = 128, 24
DARKEST = 12.0  # grey levels added before the logarithm, so that noise in black does not count
# Twice the mains (100 Hz) makes at most 3.3 bands in a picture read within 1/30 s; its overtone 6.7 weak ones.
FEWEST, MOST = 4.5, 90.0  # bands in a picture's height
AGREE_BANDS = 0.6  # the same panel counted again: within 0.6
LIMIT = 6.5  # over the median of the spectrum; 234 rendered living films <= 6.37, their counts scattered
LEAST_PERCENT = 0.15
STRONGEST_BESIDE = 0.35  # plain bands of rendered phones <= 0.04, a lamp on the whole picture 0.83 to 2.3
AGREEING = 3
MEASURED_FOR_CONFIRM = 2
EVERY, FIRST = 7, 4


@dataclass(frozen=True, slots=True)
class Bands:
    """``count`` bands in the picture's height, ``percent`` their amplitude in brightness, ``height`` over the rest of
    the spectrum, ``beside`` the amplitude beside the face at the same count over the one on it."""

    count: float = 0.0
    percent: float = 0.0
    height: float = 0.0
    beside: float = 1.0


def strip_of(pixels: NDArray[np.uint8], rows: tuple[int, int], columns: tuple[int, int]) -> NDArray[np.float32]:
    """float32 (rows, COLUMNS): logarithm of the brightness in blocks across."""
    part = pixels[rows[0] : rows[1], columns[0] : columns[1]]
    blocks = cv2.resize(part, (COLUMNS, part.shape[0]), interpolation=cv2.INTER_AREA)
    levels = blocks.astype(np.float32) @ np.full(3, 1 / 3, np.float32)
    return np.asarray(np.log(levels + DARKEST), np.float32)


def rolling(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) spectrum of what changed from row to row between two strips: amplitudes in log brightness."""
    change = np.median(after - before, axis=1).astype(np.float64)
    rows = np.arange(len(change))
    change -= np.polynomial.Polynomial.fit(rows, change, 3)(rows)
    window = np.hanning(len(change))
    out: NDArray[np.float64] = np.abs(np.fft.rfft(change * window, 4 * len(change))) * 2 / window.sum()
    return out


def bands_of(
    face: tuple[NDArray[np.float32], NDArray[np.float32]],
    beside: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
    picture_rows: int,
) -> Bands:
    """Each pair holds the strips of two frames, all of the same rows."""
    spectrum = rolling(*face)
    count = np.arange(len(spectrum)) * picture_rows / (4 * len(face[0]))
    inside = (count >= FEWEST) & (count <= MOST)
    if not inside.any():
        return Bands()
    peaks = inside.copy()
    peaks[1:-1] &= (spectrum[1:-1] >= spectrum[:-2]) & (
        spectrum[1:-1] >= spectrum[2:]
    )  # not the slope of a slower swing
    at = int(np.argmax(np.where(peaks, spectrum, 0)))
    rest = max(float(np.median(spectrum[inside])), 1e-6)
    near = np.abs(count - count[at]) <= 1.0
    around = max((float(rolling(*pair)[near].max()) for pair in beside), default=float(spectrum[at]))
    return Bands(
        float(count[at]), 50 * float(spectrum[at]), float(spectrum[at]) / rest, around / max(float(spectrum[at]), 1e-9)
    )


def decide(measured: Sequence[Bands]) -> CueReading:
    """Denies when ``AGREEING`` pairs of frames show the same number of plain bands over the face alone."""
    if not measured:
        return NOT_MEASURED
    plain = [b for b in measured if b.height >= LIMIT and b.percent >= LEAST_PERCENT]
    alone = [b for b in plain if b.beside <= STRONGEST_BESIDE]
    highest = max(b.height for b in measured)
    for one in alone:
        if sum(abs(b.count - one.count) <= AGREE_BANDS for b in alone) >= AGREEING:
            return CueReading(Cue.DENY, one.height, LIMIT)
    clear = not plain and len(measured) >= MEASURED_FOR_CONFIRM
    return CueReading(Cue.CONFIRM if clear else Cue.ABSTAIN, highest, LIMIT)


@dataclass(frozen=True, slots=True)
class _Kept:
    rows: tuple[int, int]
    columns: tuple[tuple[int, int], ...]
    strips: tuple[NDArray[np.float32], ...]


class Banding:
    """``PassiveCue``. Compares every ``EVERY``-th frame with the one before it; a single picture is not measured."""

    name = "banding"

    def __init__(self, every: int = EVERY, first: int = FIRST) -> None:
        self._every, self._first = every, first
        self._seen = 0
        self._kept: _Kept | None = None
        self._measured: list[Bands] = []
        self._reading = NOT_MEASURED

    @property
    def reading(self) -> CueReading:
        return self._reading

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        turn = self._seen % self._every
        self._seen += 1
        if self._reading.answer is Cue.DENY or turn not in (self._first, self._first + 1):
            return
        place = place_of(analysis.face)
        kept, self._kept = self._kept, None
        if turn == self._first and place is not None:
            self._kept = _keep(frame, place)
        elif turn == self._first + 1 and kept is not None and _fits(kept, frame.pixels):
            strips = [strip_of(frame.pixels, kept.rows, columns) for columns in kept.columns]
            pairs = list(zip(kept.strips, strips, strict=True))
            if np.array_equal(*pairs[0]):
                return  # one picture shown twice: nothing could roll
            self._measured.append(bands_of(pairs[0], pairs[1:], frame.pixels.shape[0]))
            self._reading = decide(self._measured)


def _keep(frame: Frame, place: FacePlace) -> _Kept | None:
    height, width = frame.pixels.shape[:2]
    rows = max(0, int(place.top - ABOVE * place.width)), min(height, int(place.chin + BELOW * place.width))
    reach = [(-HALF_WIDTH, HALF_WIDTH), (-BESIDE[1], -BESIDE[0]), BESIDE]
    spans = [
        (max(0, int(place.x + low * place.width)), min(width, int(place.x + high * place.width))) for low, high in reach
    ]
    spans = spans[:1] + [span for span in spans[1:] if span[1] - span[0] >= LEAST_COLUMNS]
    if rows[1] - rows[0] < LEAST_ROWS or spans[0][1] - spans[0][0] < LEAST_COLUMNS or len(spans) < 2:
        return None
    return _Kept(rows, tuple(spans), tuple(strip_of(frame.pixels, rows, span) for span in spans))


def _fits(kept: _Kept, pixels: NDArray[np.uint8]) -> bool:
    height, width = pixels.shape[:2]
    return bool(height >= kept.rows[1] and width >= max(span[1] for span in kept.columns))
