"""The body of a phone or tablet and the hands on it, as a layer with a hole where the screen shines through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.hands import draw_fingers, draw_sleeve
from hardware.camera.simulated.layers import from_middle, lay_flat
from hardware.camera.simulated.optics import Matrix
from hardware.camera.simulated.panel import PanelType
from hardware.camera.simulated.panel_light import PanelLight
from kiosk.vision import cv2

BODY = (24, 22, 20)
CORNER_MM = 8.0
THUMB_MM = 13.0
ROOM_MM = (50.0, 45.0)  # beside and below the body: what of arm and hand the camera sees
LIP_MM = 0.4  # the body covers the film's rim
PHONE_WIDEST_MM = 90.0  # one hand reaches across
Pixels = NDArray[np.uint8]


class Device:
    """``px_per_mm`` is the layer's scale; ``draw`` puts it wherever the homography says."""

    def __init__(self, panel: PanelType, px_per_mm: float) -> None:
        width, tall = (panel.size[k] + 2 * panel.bezel[k] for k in (0, 1))
        layer, fingers, free = _in_hand(panel, (width, tall), px_per_mm)
        share = fingers[..., 3:].astype(np.float32) / 255
        under = layer[..., :3] * (layer[..., 3:] * (free[..., None] / 255) / 255.0)
        alpha = layer[..., 3] * (free / 255.0)
        self._layer = np.dstack(
            [
                np.rint(fingers[..., :3] * share + under * (1 - share)),
                np.rint(255 * (share[..., 0] + (alpha / 255) * (1 - share[..., 0]))),
            ]
        ).astype(np.uint8)  # premultiplied
        self._to_mm = from_middle(self._layer, px_per_mm)
        hidden = fingers[..., 3] == 255
        self.fingers_cover = float(hidden[free == 0].mean())  # of the screen

    def draw(self, picture: Pixels, to_picture: Matrix, light: PanelLight | None = None) -> None:
        """Write into ``picture``, uint8 BGR; ``to_picture`` 3x3 from the device's mm to px."""
        lay_flat(picture, self._layer if light is None else light.on_near(self._layer), to_picture @ self._to_mm)


def _in_hand(
    panel: PanelType, body: tuple[float, float], px_per_mm: float
) -> tuple[Pixels, Pixels, Pixels]:  # fmt: skip
    """Body with arms behind it and fingers before it, uint8 BGRA; 0 where the screen shines through, else 255."""
    width, tall = (int(v * px_per_mm) for v in body)
    x0, y0 = (int(v * px_per_mm) for v in ROOM_MM)
    layer = np.zeros((tall + 2 * y0, width + 2 * x0, 4), np.uint8)
    fingers = np.zeros_like(layer)
    thumb = THUMB_MM * px_per_mm
    one_hand = body[0] < PHONE_WIDEST_MM
    right = (x0 + width - 0.1 * thumb, y0 + (0.72 if one_hand else 0.80) * tall)
    left = (x0 + 0.1 * thumb, y0 + 0.77 * tall)
    for (x, y), outwards in ((right, 1.0),) if one_hand else ((right, 1.0), (left, -1.0)):
        draw_sleeve(layer, (x, y), (x + outwards * 1.8 * thumb, y + 14.0 * thumb), thumb)
    corner = int(CORNER_MM * px_per_mm)
    for x in (x0 + corner, x0 + width - corner - 1):
        for y in (y0 + corner, y0 + tall - corner - 1):
            cv2.circle(layer, (x, y), corner, (*BODY, 255), -1, cv2.LINE_AA)
    layer[y0 + corner : y0 + tall - corner, x0 : x0 + width] = (*BODY, 255)
    layer[y0 : y0 + tall, x0 + corner : x0 + width - corner] = (*BODY, 255)
    free = np.full(layer.shape[:2], 255, np.uint8)
    bx, by = (int((v + LIP_MM) * px_per_mm) for v in panel.bezel)
    free[y0 + by : y0 + tall - by, x0 + bx : x0 + width - bx] = 0
    draw_fingers(fingers, right, -1.0, thumb)
    if one_hand:
        for step in range(3):  # fingertips from behind, at the other edge
            draw_fingers(fingers, (x0 + 0.05 * thumb, y0 + (0.50 + 0.09 * step) * tall), 0.35, 0.8 * thumb)
    else:
        draw_fingers(fingers, left, 1.0, thumb)
    return layer, fingers, free
