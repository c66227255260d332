"""The simulated participant as a camera: paced, watermarked, unpluggable.

It passes through the same capture service as a real camera and knows nothing of what is done with its
pictures. Only for DEMO and tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.card import CardInHand
from hardware.camera.simulated.control import Simulation, Stage
from hardware.camera.simulated.finish import Finish
from hardware.camera.simulated.people import People
from kiosk.ports import CameraIdentity, PassingFault

if TYPE_CHECKING:
    from hardware.camera.simulated.ektp.held import KtpInHand

DEFAULT_SEED = 20
SLOW_FPS = 3
"""What the port calls slow: shut lids (0.16 s) may fall between two frames."""


class SimulatedCamera:
    """``kiosk.ports.CameraSource``. ``monotonic`` must be the simulation's clock; ``sleep`` paces ``read``."""

    def __init__(
        self,
        simulation: Simulation,
        *,
        width: int = 1280,
        height: int = 720,
        fps: int = 15,
        seed: int = DEFAULT_SEED,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._simulation = simulation
        self._size = (width, height)
        self._period = 1 / fps
        self._seed = seed
        self._monotonic = monotonic
        self._sleep = sleep
        self._people = People(width, height, seed)
        self._finish = Finish(width, height, seed)
        self._card: CardInHand | None = None
        self._ktp: KtpInHand | None = None
        self._due = 0.0
        self._open = False

    @property
    def identity(self) -> CameraIdentity:
        return CameraIdentity("simulated", "", "simulated", simulated=True)

    def open(self) -> None:
        """Raise PassingFault("unplugged"), or LastingFault when the demo photo is not there."""
        stage = self._simulation.stage()
        if not stage.plugged:
            raise PassingFault("unplugged")
        self._people.get(stage.person)
        self._finish = Finish(*self._size, self._seed)
        self._due = self._monotonic()
        self._open = True

    def read(self) -> NDArray[np.uint8]:
        """Wait for the next frame's time, then draw it: uint8 (h, w, 3) BGR. PassingFault("unplugged")."""
        wait = self._due - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        now = self._monotonic()
        stage = self._simulation.stage()
        period = 1 / SLOW_FPS if stage.slow else self._period
        self._due += period
        if self._due <= now:  # a late frame does not make the next ones hurry: a camera drops, it does not catch up
            self._due = now + period
        if not self._open or not stage.plugged:
            raise PassingFault("unplugged")
        picture = self._people.get(stage.person).render(now, stage.begun, stage.light)
        self._hold(stage)
        if self._card is not None:
            self._card.draw(picture, now)
        if self._ktp is not None:
            self._ktp.draw(picture, now)
        return self._finish.apply(picture)

    def close(self) -> None:
        self._open = False

    def _hold(self, stage: Stage) -> None:
        if stage.card is None:
            self._card = None
        elif self._card is None or self._card.card != stage.card:
            self._card = CardInHand(stage.card, *self._size)
        if stage.ktp is None:
            self._ktp = None
        elif self._ktp is None or self._ktp.card != stage.ktp:
            from hardware.camera.simulated.ektp.held import KtpInHand  # noqa: PLC0415 - no start waits for Pillow

            self._ktp = KtpInHand(stage.ktp, *self._size)
