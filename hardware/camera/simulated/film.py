"""Films of a person, as an attacker has them: a loop that knows nothing of the kiosk, clips on demand, a still.

A film is a picture for a time and for what was asked; how it is shown (phone, monitor, injected) is not its matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.head import HeadMesh, Pose
from hardware.camera.simulated.motion import CALM, Begun, Manner, Sway, duration, pose_at
from hardware.camera.simulated.raster import MeshWarp
from hardware.camera.simulated.texture import FaceTexture
from kiosk.ports import Movement

PERIOD = 7.8  # s, then the film starts again with a small jump, as a played loop does
LOOP = (
    Begun(Movement.BLINK, 0.6),
    Begun(Movement.TURN_LEFT, 1.8),
    Begun(Movement.TURN_RIGHT, 3.9),
    Begun(Movement.NOD, 5.9),
)
IDLE = 5.2  # s, the clip between two asked ones comes round
LEAD_IN = 0.15  # s of rest at the head of a clip
FILMED_FPS = 30
NATURAL = Manner(blink_every=4.0)

Script = Callable[[float, Sequence[Begun]], Pose]
Pixels = NDArray[np.uint8]


def blind_loop(seed: int, offset: float | None = None, period: float = PERIOD) -> Script:
    """Blink, turns and nod over and over, whatever is asked. ``offset`` s into the film at time 0; None: the seed's."""
    sway = Sway(seed)
    offset = float(np.random.default_rng(seed).uniform(0, period)) if offset is None else offset
    return lambda at, begun: pose_at((at + offset) % period, sway, LOOP)


def on_demand(seed: int, manner: Manner = NATURAL) -> Script:
    """Plays the clip that was asked for, a little after the movement began; else an idle clip. Every clip is a take of
    its own, so the head jumps a little at a cut; every other seed joins them softly, as a morphing player would."""
    rng = np.random.default_rng([seed, 1])
    delay = float(rng.uniform(0.15, 0.7))
    join = 0.25 if seed % 2 else 0.0
    idle = Sway(seed)
    takes = {movement: Sway(seed + 101 + n) for n, movement in enumerate(Movement)}

    def script(at: float, begun: Sequence[Begun]) -> Pose:
        # Rounded, so that a loop of whole frames repeats bit for bit.
        resting = pose_at(round((at + 1e-7) % IDLE, 6), idle, (), manner)
        for one in reversed(begun):
            into = at - one.at - delay
            length = LEAD_IN + duration(one.movement, manner.lids_hold) + LEAD_IN
            if 0 <= into < length:
                asked = (Begun(one.movement, LEAD_IN),)
                clip = pose_at(into, takes[one.movement], asked, replace(manner, blink_every=None))
                share = min(1.0, into / join, (length - into) / join) if join else 1.0
                return _between(resting, clip, share)
        return resting

    return script


def still(seed: int) -> Script:
    pose = pose_at(0.0, Sway(seed), (), CALM)
    return lambda at, begun: pose


def _between(a: Pose, b: Pose, share: float) -> Pose:
    def mix(x: float, y: float) -> float:
        return x + (y - x) * share

    shift = (mix(a.shift[0], b.shift[0]), mix(a.shift[1], b.shift[1]))
    return Pose(
        mix(a.yaw, b.yaw), mix(a.pitch, b.pitch), mix(a.roll, b.roll), shift, max(a.blink * (1 - share), b.blink)
    )


class Film:
    """``face`` is framed for the film's own size; ``fps`` is the film's, pictures between two of its frames repeat."""

    def __init__(self, face: FaceTexture, script: Script, fps: int = FILMED_FPS) -> None:
        self._mesh = HeadMesh(face)
        self._warp = MeshWarp(face.image, self._mesh)
        self._script = script
        self._fps = fps
        self._last: tuple[Pose, Pixels] | None = None
        self.size = (face.image.shape[1], face.image.shape[0])

    def picture(self, at: float, begun: Sequence[Begun]) -> Pixels:
        """uint8 (h, w, 3) BGR, not to be written to."""
        frame_at = np.floor(at * self._fps) / self._fps
        pose = self._script(float(frame_at), begun)
        if self._last is None or self._last[0] != pose:
            picture = self._warp.render(self._mesh.posed(pose))
            picture.flags.writeable = False
            self._last = (pose, picture)
        return self._last[1]
