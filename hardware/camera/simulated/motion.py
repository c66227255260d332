"""How the simulated person moves over time: a little sway always, and the movements asked for.

A pose is a pure function of the time and of when each movement began, so one seed gives one film.
There is no blink of its own accord: a blink in a film must have been asked for, or a test could not
tell who blinked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from hardware.camera.simulated.head import Pose
from kiosk.ports import Movement

TURN_DEGREES = 27.0  # 26-28: well over the 16 asked for; beyond 32 the warp turns into caricature
TURN_OUT, TURN_HOLD, TURN_BACK = 0.7, 0.4, 0.6  # s
LIDS_CLOSE, LIDS_HOLD, LIDS_OPEN = 0.12, 0.16, 0.16  # s; at 15 fps at least two frames are shut
SWAY_HZ = (0.11, 0.17, 0.23)  # standing people sway slowly
SWAY_YAW, SWAY_PITCH, SWAY_ROLL = 1.2, 0.9, 0.7  # degrees
SWAY_SHIFT = (2.5, 1.2)  # mm


@dataclass(frozen=True, slots=True)
class Begun:
    movement: Movement
    at: float  # seconds, same clock as the frames


def duration(movement: Movement) -> float:
    if movement is Movement.BLINK:
        return LIDS_CLOSE + LIDS_HOLD + LIDS_OPEN
    return TURN_OUT + TURN_HOLD + TURN_BACK


def amount(movement: Movement, elapsed: float) -> float:
    """How far along the movement is, 0 at rest .. 1 fully turned or fully closed."""
    if movement is Movement.BLINK:
        out, hold, back = LIDS_CLOSE, LIDS_HOLD, LIDS_OPEN
    else:
        out, hold, back = TURN_OUT, TURN_HOLD, TURN_BACK
    if elapsed <= 0 or elapsed >= out + hold + back:
        return 0.0
    if elapsed < out:
        return _ease(elapsed / out)
    if elapsed < out + hold:
        return 1.0
    return _ease((out + hold + back - elapsed) / back)


def _ease(fraction: float) -> float:
    return (1 - cos(pi * fraction)) / 2


class Sway:
    """Slow, small, never repeating within a visit; three sines an axis with phases drawn from the seed."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._phases = rng.uniform(0, 2 * pi, (5, len(SWAY_HZ))).tolist()

    def axis(self, index: int, at: float) -> float:
        """-1 .. 1"""
        waves = (sin(2 * pi * hz * at + phase) for hz, phase in zip(SWAY_HZ, self._phases[index], strict=True))
        return sum(waves) / len(SWAY_HZ)


def pose_at(at: float, sway: Sway, begun: Sequence[Begun]) -> Pose:
    yaw = blink = 0.0
    for one in begun:
        along = amount(one.movement, at - one.at)
        if one.movement is Movement.BLINK:
            blink = max(blink, along)
        else:
            yaw += along * (TURN_DEGREES if one.movement is Movement.TURN_LEFT else -TURN_DEGREES)
    yaw = float(np.clip(yaw, -TURN_DEGREES, TURN_DEGREES))
    return Pose(
        yaw=yaw + SWAY_YAW * sway.axis(0, at),
        pitch=SWAY_PITCH * sway.axis(1, at),
        roll=SWAY_ROLL * sway.axis(2, at),
        shift=(SWAY_SHIFT[0] * sway.axis(3, at), SWAY_SHIFT[1] * sway.axis(4, at)),
        blink=blink,
    )
