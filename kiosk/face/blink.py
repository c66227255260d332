"""Blink: eyes that were open close and open again.

Judged against the person's own open eyes: the eye aspect ratio (EAR) of open eyes is 0.31-0.38, closed
0.04-0.07, but open eyes that look down fall to 0.10, so no fixed value can tell. Pure; one value in,
one state out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiosk.face.mesh import LEFT_EYE, RIGHT_EYE

CLOSED_RATIO = 0.6  # of the own median EAR; half-closed reads 0.73, a print tilted 45 degrees 0.80
OPEN_RATIO = 0.75
CLOSED_SHAPE = 0.4  # eyeBlink blendshape: 0.50 closed, 0.18 half-closed, 0.06 open
LONGEST_SECONDS = 1.5  # a deliberate, slow blink; longer is closed eyes


@dataclass(frozen=True, slots=True)
class BlinkState:
    was_open: bool = False
    closed_at: float | None = None
    done: bool = False


def watch_blink(state: BlinkState, at: float, ear_ratio: float, shape: float) -> BlinkState:
    """``ear_ratio`` EAR over the person's own median; ``shape`` mean eyeBlink blendshape; ``at`` seconds."""
    if state.done:
        return state
    closed = ear_ratio < CLOSED_RATIO or shape >= CLOSED_SHAPE
    if closed:
        if not state.was_open:
            return state
        return state if state.closed_at is not None else replace(state, closed_at=at)
    if ear_ratio < OPEN_RATIO:
        return state  # on the way
    if state.closed_at is None:
        return replace(state, was_open=True)
    quick = at - state.closed_at <= LONGEST_SECONDS
    return BlinkState(was_open=True, done=quick)


def eye_aspect_ratio(points: NDArray[np.float32]) -> float:
    """Mean of both eyes; ``points`` float32 (478, 3) in px."""
    return (_ear(points, RIGHT_EYE) + _ear(points, LEFT_EYE)) / 2


def _ear(points: NDArray[np.float32], eye: tuple[int, ...]) -> float:
    outer, up1, up2, inner, low2, low1 = (points[i, :2] for i in eye)
    width = float(np.hypot(*(outer - inner)))
    heights = float(np.hypot(*(up1 - low1))) + float(np.hypot(*(up2 - low2)))
    return heights / max(2 * width, 1e-6)
