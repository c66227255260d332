"""A participant card held before the camera: our own drawing, marked as a specimen, with a real code.

The words on it are part of the picture, like print on any card; they are no text of the screens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.control import HeldCard
from hardware.camera.simulated.hands import draw_fingers, draw_sleeve
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.motion import Sway
from hardware.camera.simulated.plane import Plane
from kiosk.ports import CodeSymbology
from kiosk.vision import cv2

ASPECT = 85.60 / 53.98  # ID-1
SPECIMEN, TITLE, HOLDER = "CONTOH", "KARTU PESERTA JKN", "PESERTA CONTOH"
GREEN, PAPER, INK, FAINT = (86, 140, 30), (248, 250, 250), (52, 48, 44), (222, 228, 226)  # BGR
CARD_HEIGHT = 0.42  # of the picture's height, grown when the code needs more
PX_PER_MODULE = {CodeSymbology.QR: 4.0, CodeSymbology.CODE128: 3.0}  # at the camera; readers want 3 and 2
QR_SHARE, BAR_SHARE = 0.60, 0.88  # of the card's height, of its width
TILT = Pose(yaw=7.0, pitch=-6.0, roll=-4.0)  # nobody holds a card straight
BLUR = 0.7  # px, a little out of focus
DRAWN = 2  # drawn twice as large, so that the tilt does not eat the modules
SEED = 11
Colour = tuple[int, int, int]
FONT = cv2.FONT_HERSHEY_DUPLEX


class CardInHand:
    """For pictures of ``width`` x ``height`` px."""

    def __init__(self, card: HeldCard, width: int, height: int) -> None:
        self.card = card
        code = card.modules()
        share = QR_SHARE / ASPECT if card.symbology is CodeSymbology.QR else BAR_SHARE
        card_width = max(CARD_HEIGHT * height * ASPECT, code.shape[1] * PX_PER_MODULE[card.symbology] / share)
        card_width = min(card_width, 0.98 * width, 0.96 * height * ASPECT)
        card_height = card_width / ASPECT
        self._plane = Plane(_layer(code, card.symbology, int(card_width), int(card_height), height))
        self._centre = (width / 2, height - card_height * 0.53)
        self._sway = Sway(SEED)

    def draw(self, picture: NDArray[np.uint8], at: float) -> None:
        """Write the card into ``picture`` (uint8 BGR) as it is held at ``at`` seconds."""
        sway = [self._sway.axis(axis, at) for axis in range(5)]
        pose = Pose(TILT.yaw + 1.5 * sway[0], TILT.pitch + 1.5 * sway[1], TILT.roll + sway[2])
        self._plane.draw(picture, (self._centre[0] + 4 * sway[3], self._centre[1] + 3 * sway[4]), pose, BLUR)


def _layer(
    code: NDArray[np.uint8], symbology: CodeSymbology, width: int, height: int, picture_height: int
) -> NDArray[np.uint8]:
    """uint8 BGRA: card, and the hand that holds it from below."""
    face = _card_face(code, symbology, width * DRAWN, height * DRAWN)
    small = np.asarray(cv2.resize(face, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    room = int(0.35 * picture_height)
    layer = np.zeros((height + 2 * room, width + 2 * room, 4), np.uint8)  # the card is in its middle
    thumb = 0.05 * picture_height
    grip = (room + 0.02 * width, room + 0.90 * height)
    draw_sleeve(layer, grip, (grip[0] - 0.3 * picture_height, grip[1] + 0.5 * picture_height), thumb)
    layer[room : room + height, room : room + width, :3] = small
    shape = card_shape(width, height)
    alpha = layer[room : room + height, room : room + width, 3]
    np.maximum(alpha, shape, out=alpha)
    draw_fingers(layer, (grip[0], grip[1]), 1.0, thumb)
    return layer


def card_shape(width: int, height: int) -> NDArray[np.uint8]:
    """uint8 (height, width): 255 on a card with round corners, 0 beside it."""
    corner = max(2, height // 18)
    shape = np.zeros((height, width), np.uint8)
    cv2.rectangle(shape, (corner, 0), (width - corner, height), 255, -1)
    cv2.rectangle(shape, (0, corner), (width, height - corner), 255, -1)
    for x in (corner, width - corner - 1):
        for y in (corner, height - corner - 1):
            cv2.circle(shape, (x, y), corner, 255, -1, cv2.LINE_AA)
    return shape


def _card_face(code: NDArray[np.uint8], symbology: CodeSymbology, width: int, height: int) -> NDArray[np.uint8]:
    face = np.full((height, width, 3), PAPER, np.uint8)
    band = int(0.19 * height)
    cv2.rectangle(face, (0, 0), (width, band), GREEN, -1)
    small = height / 620

    def write(text: str, x: float, y: float, size: float, colour: Colour, weight: int = 2) -> None:  # noqa: PLR0917
        at = (int(x * width), int(y * height))
        cv2.putText(face, text, at, FONT, size * small, colour, max(1, round(weight * small)), cv2.LINE_AA)

    write(SPECIMEN, 0.17, 0.90, 3.0, FAINT, 8)
    write(TITLE, 0.045, 0.125, 1.5, (255, 255, 255), 3)
    write(HOLDER, 0.05, 0.31, 1.05, INK)
    if symbology is CodeSymbology.QR:
        side = int(QR_SHARE * height)
        x0, y0 = width - side - int(0.05 * width), int(0.29 * height)
        size = (side, side)
    else:
        side = int(BAR_SHARE * width)
        x0, y0 = (width - side) // 2, int(0.38 * height)
        size = (side, int(0.42 * height))
    face[y0 : y0 + size[1], x0 : x0 + size[0]] = cv2.resize(code, size, interpolation=cv2.INTER_NEAREST)[..., None]
    cv2.rectangle(face, (0, 0), (width - 1, height - 1), (200, 204, 204), 2)
    return face
