"""What the kiosk's own panel throws on whoever stands there, by formula; nothing here was measured on a panel.

The screen is white but for a part round the picture that shows a colour. What is lit answers diffusely, channel by
channel, and fainter with the square of the distance; a panel that shines by itself only mirrors a little of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.optics import GAMMA
from kiosk.vision import cv2

AMBIENT_LUX = 300.0  # vertical, at the face
# 24 inches upright at 300 cd/m2, all white, 60 cm away with the face 15 cm above its middle: Lambertian panel,
# E = 2 L [a/sqrt(1+a2) atan(b/sqrt(1+a2)) + b/sqrt(1+b2) atan(a/sqrt(1+b2))] of half width a and half height b over d.
WHITE_LUX = 104.0
PANEL_CD = 300.0
COLOURED = 0.22  # of the panel: least share of the pixels that the gallery's lit face screens colour
PERSON_M, ROOM_M = 0.6, 1.8
GLASS_RETURNS = 0.04  # bare glass at normal incidence, n = 1.5
SHOWN_CD = 450.0  # white of a phone or tablet that is filmed
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class PanelLight:
    """``colour`` linear RGB, 0..1, of the coloured part; ``ambient`` lx at the face. The exposure is the one of the
    white screen and stays."""

    colour: tuple[float, float, float]
    ambient: float = AMBIENT_LUX

    def light_at(self, metres: float) -> NDArray[np.float64]:
        """(3,) BGR: linear light there over the light under the white screen."""
        panel = WHITE_LUX * (PERSON_M / metres) ** 2
        bgr = np.array(self.colour[::-1])
        lit: NDArray[np.float64] = (self.ambient + panel * (1 - COLOURED + COLOURED * bgr)) / (self.ambient + panel)
        return lit

    @cached_property
    def _near(self) -> Pixels:
        return _scaled(self.light_at(PERSON_M))

    @cached_property
    def _far(self) -> Pixels:
        return _scaled(self.light_at(ROOM_M))

    @cached_property
    def _glass(self) -> Pixels:
        more = GLASS_RETURNS * PANEL_CD / SHOWN_CD * COLOURED * (np.array(self.colour[::-1]) - 1)
        levels = (np.arange(256)[:, None] / 255) ** GAMMA + more
        return np.rint(255 * np.maximum(levels, 0) ** (1 / GAMMA)).astype(np.uint8)[None]

    def on_near(self, layer: Pixels) -> Pixels:
        """uint8 BGR, or BGRA premultiplied, of what is where people stand: a new picture."""
        if layer.shape[2] == 3:
            return np.asarray(cv2.LUT(layer, self._near), np.uint8)
        opaque = np.arange(256, dtype=np.uint8)[None, :, None]
        return np.asarray(cv2.LUT(layer, np.dstack([self._near, opaque])), np.uint8)

    def on_room(self, picture: Pixels) -> Pixels:
        return np.asarray(cv2.LUT(picture, self._far), np.uint8)

    def on_glass(self, shown: Pixels) -> Pixels:
        """Of a panel that mirrors the whole kiosk in all of its glass: the most it can answer."""
        return np.asarray(cv2.LUT(shown, self._glass), np.uint8)


def _scaled(light: NDArray[np.float64]) -> Pixels:
    """(1, 256, 3): gamma-coded levels under ``light``."""
    levels = np.arange(256)[:, None] * light ** (1 / GAMMA)
    return np.minimum(np.rint(levels), 255).astype(np.uint8)[None]
