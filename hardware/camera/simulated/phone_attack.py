"""The film on a phone of the demonstration: a blind loop in an unsteady hand, always on the same device.

The film loops a blink, two turns and a nod and knows nothing of what is asked; told to do something, the hand can
only wobble. The head on it turns as a head, so planarity does not answer it; and a wrong movement merely does not
count, so a challenge that waits long enough sees the right one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.device import Device
from hardware.camera.simulated.film import Film, blind_loop
from hardware.camera.simulated.framing import framed
from hardware.camera.simulated.glass import lamp_seen_at
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.motion import Begun
from hardware.camera.simulated.office import office
from hardware.camera.simulated.optics import Placed
from hardware.camera.simulated.panel import PHONES, Shutter
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.replays import FILM_WALL, WOBBLE_DEGREES
from hardware.camera.simulated.screen import Hold, Screen, px_per_mm
from hardware.camera.simulated.texture import FaceTexture

PANEL = PHONES[1]
DISTANCE_MM = 218.0  # its body takes 0.93 of the picture's height
SHUTTER = Shutter(1 / 50, 36e-6)
GLARE_AT = (0.60, 0.72)  # of the picture, where the lamp's image begins: beside the chin


class HeldPhone:
    def __init__(self, texture: FaceTexture, width: int, height: int, seed: int) -> None:
        scale = px_per_mm(height, DISTANCE_MM)
        size = (round(PANEL.size[0] * scale), round(PANEL.size[1] * scale))
        film = framed(texture, *size, np.full((size[1], size[0], 3), FILM_WALL, np.uint8), 1.15)
        place = (0.0, -0.02 * height / scale, DISTANCE_MM)
        rng = np.random.default_rng(seed)
        seen = (GLARE_AT[0] * width, GLARE_AT[1] * height)
        lamp = lamp_seen_at((width, height), seen, Placed(np.array(place), Pose()), rng, matte=False)
        self._film = Film(film, blind_loop(seed + 1, offset=0.0))
        device = Device(PANEL, scale)
        self.fingers_cover = device.fingers_cover
        hold = Hold(place, wobble=WOBBLE_DEGREES)
        self._screen = Screen(
            self._film, PANEL, hold, SHUTTER, behind=office(width, height), seed=seed, device=device, lamp=lamp
        )

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> NDArray[np.uint8]:
        return self._screen.render(at, begun, light)

    def film(self, at: float) -> NDArray[np.uint8]:
        """What the screen shows at ``at`` s, uint8 BGR, not to be written to."""
        return self._film.picture(at, ())
