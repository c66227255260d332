"""How the simulated person moves over time: a little sway always, and the movements asked for.

A pose is a pure function of the time and of when each movement began, so one seed gives one film. Unless its
``Manner`` says so there is no blink of its own accord: a blink in a demonstration must have been asked for, or
nobody could tell who blinked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from hardware.camera.simulated.head import Pose
from kiosk.ports import Movement

TURN_DEGREES = 27.0  # 26-28: well over the 16 asked for; beyond 32 the warp turns into caricature
NOD_DEGREES = 18.0  # chin towards the chest, eyes still seen
TURN_OUT, TURN_HOLD, TURN_BACK = 0.7, 0.4, 0.6  # s; a nod is as calm
LIDS_CLOSE, LIDS_HOLD, LIDS_OPEN = 0.12, 0.16, 0.16  # s; at 15 fps at least two frames are shut
OWN_LIDS_HOLD = 0.06  # s; an unasked blink is shorter than one that was asked for
SWAY_HZ = (0.11, 0.17, 0.23)  # standing people sway slowly
SWAY_YAW, SWAY_PITCH, SWAY_ROLL = 1.2, 0.9, 0.7  # degrees
SWAY_SHIFT = (2.5, 1.2)  # mm


@dataclass(frozen=True, slots=True)
class Begun:
    movement: Movement
    at: float  # seconds, same clock as the frames


@dataclass(frozen=True, slots=True)
class Manner:
    """How one person does what everybody does: ``turn`` and ``nod`` in degrees, ``lids_hold`` s shut, ``sway`` in
    parts of the usual, ``blink_every`` s on average without being asked (None: never)."""

    turn: float = TURN_DEGREES
    nod: float = NOD_DEGREES
    lids_hold: float = LIDS_HOLD
    sway: float = 1.0
    blink_every: float | None = None


CALM = Manner()


def duration(movement: Movement, lids_hold: float = LIDS_HOLD) -> float:
    if movement is Movement.BLINK:
        return LIDS_CLOSE + lids_hold + LIDS_OPEN
    return TURN_OUT + TURN_HOLD + TURN_BACK


def amount(movement: Movement, elapsed: float, lids_hold: float = LIDS_HOLD) -> float:
    """How far along the movement is, 0 at rest .. 1 fully turned, nodded or closed."""
    if movement is Movement.BLINK:
        out, hold, back = LIDS_CLOSE, lids_hold, LIDS_OPEN
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
        self._seed = seed

    def axis(self, index: int, at: float) -> float:
        """-1 .. 1"""
        waves = (sin(2 * pi * hz * at + phase) for hz, phase in zip(SWAY_HZ, self._phases[index], strict=True))
        return sum(waves) / len(SWAY_HZ)

    def own_blink(self, at: float, every: float) -> float:
        """How far the lids are shut by a blink nobody asked for: one in every stretch of ``every`` s, 0 .. 1."""
        stretch = int(at // every)
        begins = every * float(np.random.default_rng([self._seed, stretch & 0xFFFF]).uniform(0.05, 0.75))
        return amount(Movement.BLINK, at - stretch * every - begins, OWN_LIDS_HOLD)


def pose_at(at: float, sway: Sway, begun: Sequence[Begun], manner: Manner = CALM) -> Pose:
    yaw = pitch = 0.0
    blink = 0.0 if manner.blink_every is None else sway.own_blink(at, manner.blink_every)
    for one in begun:
        along = amount(one.movement, at - one.at, manner.lids_hold)
        match one.movement:
            case Movement.BLINK:
                blink = max(blink, along)
            case Movement.TURN_LEFT:
                yaw += along * manner.turn
            case Movement.TURN_RIGHT:
                yaw -= along * manner.turn
            case Movement.NOD:
                pitch = max(pitch, along * manner.nod)
    yaw = float(np.clip(yaw, -manner.turn, manner.turn))
    return Pose(
        yaw=yaw + manner.sway * SWAY_YAW * sway.axis(0, at),
        pitch=pitch + manner.sway * SWAY_PITCH * sway.axis(1, at),
        roll=manner.sway * SWAY_ROLL * sway.axis(2, at),
        shift=(manner.sway * SWAY_SHIFT[0] * sway.axis(3, at), manner.sway * SWAY_SHIFT[1] * sway.axis(4, at)),
        blink=blink,
    )
