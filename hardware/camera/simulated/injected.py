"""A camera that was replaced: what it sends goes into the kiosk untouched, whatever stands before the lens.

Noise and watermark are in the film already, since it was taken with a simulated camera.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.film import IDLE, PERIOD, Script, blind_loop, on_demand, still
from hardware.camera.simulated.finish import Finish, Noise
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.living import plain
from hardware.camera.simulated.motion import Begun
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.standing import Standing

FPS = 15  # of the film
RECODED_SIGMA = 0.7  # grey levels a codec changes when the same film is sent once more
Pixels = NDArray[np.uint8]


class InjectedFilm:
    """Repeats after ``frames`` frames: bit for bit, or nearly when ``recoded``."""

    injected = True

    def __init__(  # noqa: PLR0917
        self, filmed: Standing, script: Script, frames: int, size: tuple[int, int], seed: int, recoded: bool
    ) -> None:  # fmt: skip
        self._filmed, self._script, self._frames, self._seed = filmed, script, frames, seed
        self._finish = Finish(*size, seed)
        self._recoded = Noise(*size, RECODED_SIGMA, np.random.default_rng([seed, 41])) if recoded else None

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        number = int(np.floor(at * FPS + 1e-6))
        picture = self._filmed.show(self._script(number / FPS, begun))
        self._finish.apply(picture, np.random.default_rng([self._seed, number % self._frames]))
        if self._recoded is not None:
            self._recoded.add(picture, np.random.default_rng([self._seed, number & 0x7FFFFFFF, 1]))
        return picture


class InjectedStill:
    injected = True

    def __init__(self, picture: Pixels) -> None:
        self._picture = picture

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        return self._picture.copy()


def film_loop(width: int, height: int, seed: int, obedient: bool) -> InjectedFilm:
    """Every third seed's film has been coded once more. The obedient one cuts to the clip that was asked for."""
    filmed, size, recoded = plain(width, height, seed), (width, height), seed % 3 == 2
    if obedient:
        return InjectedFilm(filmed, on_demand(seed), round(IDLE * FPS), size, seed, recoded)
    loop, frames = blind_loop(seed, 0.0), round(PERIOD * FPS)
    start = int(np.random.default_rng([seed, 40]).integers(frames))

    def whole_frames(at: float, begun: Sequence[Begun]) -> Pose:
        return loop((round(at * FPS) + start) % frames / FPS, begun)

    return InjectedFilm(filmed, whole_frames, frames, size, seed, recoded)


def frozen_frame(width: int, height: int, seed: int) -> InjectedStill:
    picture = plain(width, height, seed).show(still(seed)(0.0, ()))
    return InjectedStill(Finish(width, height, seed).apply(picture))
