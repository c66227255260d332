"""Cue: the pixel grid of a filmed screen, folded down by the camera's own grid.

Measured on both cheeks and the forehead. In brightness and in red against blue at full resolution, as the stripes of
a screen's three colours fold to coloured ones; and in green against magenta at full and at half resolution, the axis
along which skin and lamps hardly vary, so that a fainter and a coarser grid still shows. A screen finer than the lens
can resolve leaves nothing: this cue finds monitors and laptops and not phones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.passive.region import place_of
from kiosk.face.passive.spectrum import BLOCK, Floats, Peak, common_peak, lone_lines
from kiosk.face.passive.turns import Turns
from kiosk.ports import Frame
from kiosk.vision import cv2

PATCH_POINTS = (50, 280, 151)  # landmarks: right cheek, left cheek, forehead
SIDE, SMALL_SIDE = 128, 64  # px
SIDE_FROM_FACE, LEAST_FACE_PX = 150.0, 90.0  # smaller patches stay on the face
# 234 rendered living films <= 12.8. Two real photos with 7 faces, shrunk, enlarged 3 times, recoded at qualities 60-95
# and with noise, 1665 pictures: 99 % <= 10.5, highest 25.5 (a JPEG photo enlarged 2.6 times, without noise). Rendered
# screens that fill the view, 12 of them: 2 to 2278, median 204; 58 % over 40, after JPEG at quality 92 4 %.
STRONG, LIMIT = 45.0, 30.0  # one frame is enough; AGREEING frames
# Green against magenta: 33 rendered living films <= 3.9; the photos, 105 pictures with camera noise <= 5.5, without it
# and enlarged <= 17.3, which no camera's film is. Eight rendered screens that the first two miss: 2.4 to 29, median 11.
COLOUR_STRONG, COLOUR_LIMIT = 27.0, 8.0
AGREEING = 3
CLEAR, COLOUR_CLEAR = 14.0, 6.0
LEAST_SHARPNESS = 0.004  # of a face that a grid would show on
LEAST_LIGHT = 35.0
BRIGHTNESS, RED_BLUE, GREEN_MAGENTA = (1 / 3, 1 / 3, 1 / 3), (-1.0, 0.0, 1.0), (-0.5, 1.0, -0.5)  # BGR weights
Colours = NDArray[np.uint8]
EVERY, FIRST = 14, 3  # 6.5 ms a measurement


@dataclass(frozen=True, slots=True)
class Heights:
    """Of the measured frames in order; ``colour`` is green against magenta."""

    plain: tuple[float, ...] = ()
    colour: tuple[float, ...] = ()

    def share(self) -> float:
        """How far the plainest sign goes, of what denies: 1 and above denies."""
        return max(_share(self.plain, STRONG, LIMIT), _share(self.colour, COLOUR_STRONG, COLOUR_LIMIT))


def _share(heights: Sequence[float], strong: float, limit: float) -> float:
    ordered = sorted(heights, reverse=True)
    alone = ordered[0] / strong if ordered else 0.0
    return max(alone, ordered[AGREEING - 1] / limit if len(ordered) >= AGREEING else 0.0)


def grid_peak(patches: Sequence[Colours]) -> Peak:
    """The plainest line that the patches, uint8 (side, side, 3) BGR, have in common, in brightness or red-blue."""
    return max((common_peak(_lines(patches, mix, BLOCK)) for mix in (BRIGHTNESS, RED_BLUE)), key=lambda p: p.height)


def colour_peak(patches: Sequence[Colours], wide: Sequence[Colours]) -> float:
    """Height of the plainest line in green against magenta: ``patches`` as they are, ``wide`` ones at half size."""
    small = [np.asarray(cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8) for p in wide]
    looks = [_lines(patches, GREEN_MAGENTA, BLOCK)]
    if len(small) > 1:
        looks.append(_lines(small, GREEN_MAGENTA, BLOCK // 2))
    return max(common_peak(look).height for look in looks)


def _lines(patches: Sequence[Colours], mix: tuple[float, float, float], block: int) -> list[Floats]:
    weights = np.array(mix, np.float32)
    return [lone_lines(np.ascontiguousarray(patch.astype(np.float32) @ weights), block) for patch in patches]


def decide(heights: Heights, sharp: bool) -> CueReading:
    """The value is the share of what denies. A blurred face never confirms."""
    if not heights.plain:
        return NOT_MEASURED
    share = heights.share()
    if share >= 1:
        return CueReading(Cue.DENY, share, 1.0)
    clear = max(heights.plain) < CLEAR and max(heights.colour, default=0.0) < COLOUR_CLEAR
    return CueReading(Cue.CONFIRM if sharp and clear else Cue.ABSTAIN, share, 1.0)


def patches_of(pixels: NDArray[np.uint8], face: TrackedFace, times: int = 1) -> list[Colours]:
    """``times`` as large; empty when the face is too small or fewer than two patches are wholly in the picture."""
    place = place_of(face)
    if place is None or place.width < LEAST_FACE_PX:
        return []
    side = times * (SIDE if place.width >= SIDE_FROM_FACE else SMALL_SIDE)
    out = []
    for x, y in face.points[list(PATCH_POINTS), :2].tolist():
        left, top = int(x - side / 2), int(y - side / 2)
        if left < 0 or top < 0 or left + side > pixels.shape[1] or top + side > pixels.shape[0]:
            continue
        out.append(pixels[top : top + side, left : left + side])
    return out if len(out) > 1 else []


class Moire:
    """``PassiveCue``. Measures the first frame that can be, then one in ``EVERY``."""

    name = "moire"

    def __init__(self, every: int = EVERY) -> None:
        self._turns = Turns(every, FIRST)
        self._sharp = False
        self._heights = Heights()
        self._reading = NOT_MEASURED

    @property
    def reading(self) -> CueReading:
        return self._reading

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        due = self._turns.come()
        face = analysis.face
        if not due or self._reading.answer is Cue.DENY or face is None or face.light.median < LEAST_LIGHT:
            return
        patches = patches_of(frame.pixels, face)
        if not patches:
            return
        self._turns.taken()
        self._sharp = self._sharp or face.light.sharpness >= LEAST_SHARPNESS
        colour = colour_peak(patches, patches_of(frame.pixels, face, 2))
        plain = grid_peak(patches).height
        self._heights = Heights((*self._heights.plain, plain), (*self._heights.colour, colour))
        self._reading = decide(self._heights, self._sharp)
