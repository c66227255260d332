"""An e-KTP held before the simulated camera, within the guide that the screen shows.

Drawn as every card here is, but new and with the participant's own face; photographed by the simulated camera, so no
light or lens of ``scene`` is in it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.card import ASPECT, card_shape
from hardware.camera.simulated.ektp.face import Look, draw_card
from hardware.camera.simulated.ektp.people import from_card
from hardware.camera.simulated.ektp.portrait import participant
from hardware.camera.simulated.ektp.wear import Wear
from hardware.camera.simulated.hands import draw_fingers, draw_sleeve
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.motion import Sway
from hardware.camera.simulated.plane import Plane
from kiosk.ports import KtpCard
from kiosk.vision import cv2

WIDTH = 0.62  # of the picture's width: the guide's, see ``kiosk.identity.ktp.guide``
MOST_HEIGHT = 0.9  # of the picture's height, as the guide's
TILT = Pose(yaw=3.0, pitch=-2.0, roll=-1.2)  # somebody who tries to fill the guide
BLUR = 0.6  # px, a little out of focus
UNREADABLE_BLUR = 0.0075  # of the card's width: small print runs together, the number too
SEED = 12
NEW = Wear(scratches=0, stains=0, faded=0.0, grime=0.0)


class KtpInHand:
    """For pictures of ``width`` x ``height`` px. LastingFault without the demo photo."""

    def __init__(self, card: KtpCard, width: int, height: int) -> None:
        self.card = card
        across = int(min(WIDTH * width, MOST_HEIGHT * height * ASPECT))
        look = f"held/{card.nik}"
        style = replace(Look.draw(look), wear=NEW)
        self._plane = Plane(_layer(draw_card(from_card(card), look, style, participant()), across, height))
        self._centre = (width / 2, height / 2)
        self._blur = BLUR if card.readable else UNREADABLE_BLUR * across
        self._sway = Sway(SEED)

    def draw(self, picture: NDArray[np.uint8], at: float) -> None:
        """Write the card into ``picture`` (uint8 BGR) as it is held at ``at`` seconds."""
        sway = [self._sway.axis(axis, at) for axis in range(5)]
        pose = Pose(TILT.yaw + sway[0], TILT.pitch + sway[1], TILT.roll + 0.6 * sway[2])
        self._plane.draw(picture, (self._centre[0] + 4 * sway[3], self._centre[1] + 3 * sway[4]), pose, self._blur)


def _layer(face: NDArray[np.uint8], width: int, picture_height: int) -> NDArray[np.uint8]:
    """uint8 BGRA: card, and the hand that holds it at its lower left corner."""
    height = round(width / ASPECT)
    small = np.asarray(cv2.resize(face, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    room = int(0.3 * picture_height)
    layer = np.zeros((height + 2 * room, width + 2 * room, 4), np.uint8)  # the card is in its middle
    thumb = 0.09 * width
    grip = (room + 0.005 * width, room + 1.03 * height)
    draw_sleeve(layer, grip, (grip[0] - 0.3 * picture_height, grip[1] + 0.5 * picture_height), thumb)
    inside = layer[room : room + height, room : room + width]
    shape = card_shape(width, height)
    np.copyto(inside, np.dstack([small, shape]), where=(shape > 0)[..., None])
    draw_fingers(layer, grip, 1.0, thumb)
    return layer
