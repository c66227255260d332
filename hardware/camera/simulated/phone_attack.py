"""A film of the right person, played on a phone that somebody holds up: the replay every kiosk meets.

The film loops a blink and two turns and knows nothing of what is asked; told to do something, the hand can
only wobble. It gets through all the same. The head on it turns as a head, so planarity does not answer it; and
a wrong movement merely does not count, so the challenge waits until the film comes to the right one. Whole
attempts, six challenges at five moments of the film: with 8 s a movement 30 of 30 matched, with 3 s 8 of 30.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.framing import framed
from hardware.camera.simulated.hands import draw_fingers, draw_sleeve
from hardware.camera.simulated.head import HeadMesh, Pose
from hardware.camera.simulated.motion import Begun, Sway, amount, pose_at
from hardware.camera.simulated.office import office
from hardware.camera.simulated.plane import Plane
from hardware.camera.simulated.raster import MeshWarp
from hardware.camera.simulated.texture import FaceTexture
from kiosk.ports import Movement
from kiosk.vision import cv2

PHONE = (0.43, 0.90)  # of the picture's height: a 6.5 inch phone held at 35 cm
BEZEL, CORNER = 0.012, 0.05
BODY = (24, 22, 20)
SCREEN_GAIN, SCREEN_LIFT = 1.12, 14.0  # a screen glows, and its black is grey in a lit room
SCREEN_TINT = (1.05, 1.00, 0.96)  # BGR, colder than office light
GLARE = 34.0  # grey levels at the middle of the lamp's reflection
ROOM = (0.26, 0.20)  # of the picture's height, beside and below the phone: what of arm and hand the camera sees
WOBBLE_DEGREES = 4.0
SWAY_TIMES = 1.6  # a held phone is less steady than a head

PERIOD = 6.5  # s, then the film starts again with a small jump, as a played loop does
FILM = (Begun(Movement.BLINK, 0.6), Begun(Movement.TURN_LEFT, 1.8), Begun(Movement.TURN_RIGHT, 4.2))


class HeldPhone:
    def __init__(self, texture: FaceTexture, width: int, height: int, seed: int) -> None:
        self._behind = office(width, height)
        self._centre = (width / 2, height * 0.47)
        self._sway, self._film_sway = Sway(seed), Sway(seed + 1)
        bezel = int(BEZEL * height)
        body = (int(PHONE[0] * height), int(PHONE[1] * height))
        self._screen = (body[0] - 2 * bezel, body[1] - 4 * bezel)
        wall = np.full((self._screen[1], self._screen[0], 3), (214, 216, 214), np.uint8)
        film = framed(texture, *self._screen, wall)
        self._mesh = HeadMesh(film)
        self._warp = MeshWarp(film.image, self._mesh)
        self._glare = _glare(*self._screen)
        self._colours = np.hstack([SCREEN_GAIN * np.diag(SCREEN_TINT), np.full((3, 1), SCREEN_LIFT)])
        layer, fingers = _phone_in_hand(body, height)
        self._at = x, y = int(ROOM[0] * height) + bezel, int(ROOM[1] * height) + 2 * bezel
        over = fingers[y : y + self._screen[1], x : x + self._screen[0]]
        self._free = cv2.cvtColor(255 - over[..., 3], cv2.COLOR_GRAY2BGR)  # where no finger is before the screen
        self._fingers = cv2.multiply(over[..., :3], 255 - self._free, scale=1 / 255)
        self._plane = Plane(_laid(layer, fingers))

    def render(self, at: float, begun: Sequence[Begun]) -> NDArray[np.uint8]:
        self._plane.show(self._film(at), *self._at)
        wobble = WOBBLE_DEGREES * sum(amount(one.movement, at - one.at) for one in begun)
        sway = [SWAY_TIMES * self._sway.axis(axis, at) for axis in range(5)]
        picture = self._behind.copy()
        pose = Pose(yaw=sway[0] + wobble, pitch=sway[1] + wobble / 2, roll=sway[2])
        self._plane.draw(picture, (self._centre[0] + 3 * sway[3], self._centre[1] + 3 * sway[4]), pose)
        return picture

    def _film(self, at: float) -> NDArray[np.uint8]:
        picture = self._warp.render(self._mesh.posed(pose_at(at % PERIOD, self._film_sway, FILM)))
        lit = cv2.add(cv2.transform(picture, self._colours), self._glare)
        return np.asarray(cv2.add(cv2.multiply(lit, self._free, scale=1 / 255), self._fingers), np.uint8)


def _glare(width: int, height: int) -> NDArray[np.uint8]:
    """A lamp on the ceiling, mirrored as a soft slanted band."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (columns / width + 0.35 * rows / height - 0.95) / 0.10
    band = GLARE * np.exp(-0.5 * across**2)
    return np.repeat(np.rint(band)[..., None], 3, axis=2).astype(np.uint8)


def _phone_in_hand(body: tuple[int, int], height: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Two layers, uint8 BGRA: the phone in the middle with the arm behind it down to the picture's edge, and the
    fingers before it."""
    width, tall = body
    x0, y0 = (int(share * height) for share in ROOM)
    layer = np.zeros((tall + 2 * y0, width + 2 * x0, 4), np.uint8)
    fingers = np.zeros_like(layer)
    thumb = 0.055 * height
    side = (x0 + width - 0.1 * thumb, y0 + 0.72 * tall)
    draw_sleeve(layer, side, (side[0] + 0.10 * height, side[1] + 0.80 * height), thumb)
    corner = int(CORNER * height)
    for x in (x0 + corner, x0 + width - corner - 1):
        for y in (y0 + corner, y0 + tall - corner - 1):
            cv2.circle(layer, (x, y), corner, (*BODY, 255), -1, cv2.LINE_AA)
    layer[y0 + corner : y0 + tall - corner, x0 : x0 + width] = (*BODY, 255)
    layer[y0 : y0 + tall, x0 + corner : x0 + width - corner] = (*BODY, 255)
    draw_fingers(fingers, side, -1.0, thumb)
    for step in range(3):  # fingertips from behind, at the other edge
        grip = (x0 + 0.05 * thumb, y0 + (0.50 + 0.09 * step) * tall)
        draw_fingers(fingers, grip, 0.35, 0.8 * thumb)
    return layer, fingers


def _laid(under: NDArray[np.uint8], over: NDArray[np.uint8]) -> NDArray[np.uint8]:
    share = over[..., 3:].astype(np.float32) / 255
    laid = np.rint(over * share + under * (1 - share)).astype(np.uint8)
    laid[..., 3] = np.maximum(under[..., 3], over[..., 3])
    return laid
