"""The right person in all the ways an honest visitor may stand there, and the wrong one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated import subjects
from hardware.camera.simulated.finish import Noise
from hardware.camera.simulated.framing import enlarged
from hardware.camera.simulated.motion import Begun, Manner
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.rooms import room_for
from hardware.camera.simulated.spectacles import with_spectacles
from hardware.camera.simulated.standing import Standing
from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

NEAR, FAR = 600 / 450, 600 / 750  # against 60 cm
DIM = (0.30, 0.45)  # of the grey level
DIM_NOISE = 3.0  # grey levels, the gain a camera turns up
SIDE_LIGHT = (1.28, 0.42)  # factor on grey levels, lit and unlit side of the face
SLOW_LIDS = (0.50, 0.70)  # s shut
SMALL_TURN, SMALL_NOD = (20.0, 21.0), (14.0, 16.0)  # degrees
RESTLESS = (2.2, 3.0)  # times the usual sway
Pixels = NDArray[np.uint8]


class Rendered(Protocol):
    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels: ...


def plain(width: int, height: int, seed: int) -> Standing:
    return _someone(subjects.right, width, height, seed)


def near(width: int, height: int, seed: int) -> Standing:
    return _someone(subjects.right, width, height, seed, closer=NEAR)


def far(width: int, height: int, seed: int) -> Standing:
    return _someone(subjects.right, width, height, seed, closer=FAR)


def skin_darker(width: int, height: int, seed: int) -> Standing:
    return _someone(partial(subjects.shaded, subjects.DARKER), width, height, seed)


def skin_lighter(width: int, height: int, seed: int) -> Standing:
    return _someone(partial(subjects.shaded, subjects.LIGHTER), width, height, seed)


def glasses(width: int, height: int, seed: int) -> Standing:
    return _someone(subjects.right, width, height, seed, spectacles=True)


def slow_blink(width: int, height: int, seed: int) -> Standing:
    shut = float(np.random.default_rng([seed, 21]).uniform(*SLOW_LIDS))
    return _someone(subjects.right, width, height, seed, Manner(lids_hold=shut))


def small_turn(width: int, height: int, seed: int) -> Standing:
    rng = np.random.default_rng([seed, 22])
    manner = Manner(turn=float(rng.uniform(*SMALL_TURN)), nod=float(rng.uniform(*SMALL_NOD)))
    return _someone(subjects.right, width, height, seed, manner)


def restless(width: int, height: int, seed: int) -> Standing:
    sway = float(np.random.default_rng([seed, 23]).uniform(*RESTLESS))
    return _someone(subjects.right, width, height, seed, Manner(sway=sway))


def side_light(width: int, height: int, seed: int) -> Standing:
    """A window on one side: one cheek bright, the other dark, over the width of the face."""
    across = np.linspace(-1, 1, width, dtype=np.float32)[None] * (width / height)
    side = 1.0 if seed % 2 else -1.0
    share = 1 / (1 + np.exp(-side * across / 0.09))
    light = np.broadcast_to(SIDE_LIGHT[1] + (SIDE_LIGHT[0] - SIDE_LIGHT[1]) * share, (height, width))
    return _someone(subjects.right, width, height, seed, light=np.ascontiguousarray(light, np.float32)[..., None])


def dim_light(width: int, height: int, seed: int) -> Rendered:
    return Dim(plain(width, height, seed), width, height, seed)


def wrong_person(width: int, height: int, seed: int) -> Standing:
    return _someone(subjects.wrong, width, height, seed)


class Dim:
    """Somebody in little light: darker, and noisier by the camera's gain."""

    def __init__(self, person: Rendered, width: int, height: int, seed: int) -> None:
        rng = np.random.default_rng([seed, 24])
        level = float(rng.uniform(*DIM))
        self._table = np.rint(np.arange(256) * level).astype(np.uint8)
        self._person = person
        self._noise = Noise(width, height, DIM_NOISE, rng)
        self._seed = seed

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        picture = np.asarray(cv2.LUT(self._person.render(at, begun, light), self._table), np.uint8)
        self._noise.add(picture, np.random.default_rng([self._seed, int(at * 1000) & 0x7FFFFFFF]))
        return picture


def _someone(
    subject: Callable[[bool], FaceTexture], width: int, height: int, seed: int, manner: Manner | None = None,
    *, closer: float = 1.0, spectacles: bool = False, light: NDArray[np.float32] | None = None,
) -> Standing:  # fmt: skip
    """Distance, place, pace of blinking, room and shirt are the seed's."""
    rng = np.random.default_rng([seed, 20])
    closer *= float(rng.uniform(0.95, 1.06))
    aside = (float(rng.uniform(-0.05, 0.05)) * width, float(rng.uniform(-0.02, 0.03)) * height)
    natural = replace(manner or Manner(), blink_every=float(rng.uniform(2.8, 6.0)))
    person = enlarged(subject(seed % 3 == 2), width, height, closer, aside)
    if spectacles:
        person = with_spectacles(person, seed)
    return Standing(person, room_for(width, height, seed), seed, natural, light)
