"""A photo print of the right person, held up by somebody: the attack every kiosk meets first.

It turns when told to, but as a plane; asked to blink it can only wobble.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.framing import framed
from hardware.camera.simulated.hands import draw_fingers, draw_sleeve
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.motion import Begun, Sway, amount
from hardware.camera.simulated.office import office
from hardware.camera.simulated.plane import Plane
from hardware.camera.simulated.texture import FaceTexture
from kiosk.ports import Movement
from kiosk.vision import cv2

PAPER = (0.68, 0.84)  # of the picture's height: A4 at arm's length
BORDER = 0.035
PAPER_WHITE = (236, 240, 241)
INK_BLACK, INK_RANGE = 26.0, 0.80  # a print has no true black and a dull white
INK_TINT = (1.03, 1.00, 0.95)  # BGR, office paper under daylight lamps
TILT_DEGREES = 34.0  # what a hand does when told to turn; reads as 2-3 degrees of yaw
WOBBLE_DEGREES = 5.0
SWAY_TIMES = 2.0  # a held sheet is less steady than a head


class HeldPrint:
    def __init__(self, texture: FaceTexture, width: int, height: int, seed: int) -> None:
        self._behind = office(width, height)
        self._centre = (width / 2, height * 0.47)
        self._sway = Sway(seed)
        self._plane = Plane(_sheet(texture, width, height))

    def render(self, at: float, begun: Sequence[Begun]) -> NDArray[np.uint8]:
        tilt = wobble = 0.0
        for one in begun:
            along = amount(one.movement, at - one.at)
            if one.movement is Movement.BLINK:
                wobble += along * WOBBLE_DEGREES
            else:
                tilt += along * (TILT_DEGREES if one.movement is Movement.TURN_LEFT else -TILT_DEGREES)
        sway = [SWAY_TIMES * self._sway.axis(axis, at) for axis in range(5)]
        picture = self._behind.copy()
        pose = Pose(yaw=tilt + sway[0], pitch=sway[1] + wobble, roll=sway[2] + wobble / 2)
        self._plane.draw(picture, (self._centre[0] + 3 * sway[3], self._centre[1] + 3 * sway[4]), pose)
        return picture


def _sheet(texture: FaceTexture, width: int, height: int) -> NDArray[np.uint8]:
    """uint8 BGRA: paper with the photo, hands at its lower corners, arms down to the picture's edge."""
    paper_w, paper_h = int(PAPER[0] * height), int(PAPER[1] * height)
    border = int(BORDER * height)
    wall = np.full((height, width, 3), (206, 212, 214), np.uint8)
    photo = framed(texture, width, height, wall)
    middle = photo.landmarks[:468, :2].mean(0)
    photo_w, photo_h = paper_w - 2 * border, paper_h - 2 * border
    left, top = int(middle[0] - photo_w / 2), int(max(0, middle[1] - 0.43 * photo_h))
    picture = photo.image[top : top + photo_h, left : left + photo_w].astype(np.float32)
    inked = np.clip((INK_BLACK + picture * INK_RANGE) * INK_TINT, 0, 255)
    inked = cv2.GaussianBlur(inked, (0, 0), 0.8)

    arm_room = int(0.45 * height)
    layer = np.zeros((paper_h + 2 * arm_room, paper_w + 2 * arm_room, 4), np.uint8)  # the paper is in its middle
    x0, y0 = arm_room, arm_room
    thumb = 0.052 * height
    grips = ((x0 + 0.2 * thumb, y0 + 0.80 * paper_h, 1.0), (x0 + paper_w - 0.2 * thumb, y0 + 0.78 * paper_h, -1.0))
    for x, y, inwards in grips:
        draw_sleeve(layer, (x, y), (x - inwards * 0.16 * height, y + 0.75 * height), thumb)
    layer[y0 : y0 + paper_h, x0 : x0 + paper_w] = (*PAPER_WHITE, 255)
    layer[y0 + border : y0 + border + inked.shape[0], x0 + border : x0 + border + inked.shape[1], :3] = inked
    for x, y, inwards in grips:
        draw_fingers(layer, (x, y), inwards, thumb)
    return layer
