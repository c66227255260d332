"""A photo print of the right person, held up by somebody: the attack every kiosk meets first.

Flat or bent round a cylinder. It turns and nods when told to, but as the sheet it is; asked to blink it can only
wobble. With living eyes behind it: see ``mask_attack``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated import subjects
from hardware.camera.simulated.framing import ZOOM_AT_720, before, enlarged, in_plain_clothes
from hardware.camera.simulated.hands import draw_fingers, draw_sleeve
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.motion import Begun
from hardware.camera.simulated.office import office
from hardware.camera.simulated.optics import focal_px
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.rooms import room_for
from hardware.camera.simulated.screen import Hold, px_per_mm
from hardware.camera.simulated.sheet import Sheet
from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

A4_MM = (210.0, 297.0)
PAPER_TALL = 0.84  # of the picture's height: A4 at arm's length
BORDER_MM = 15.0
EYES_MM = 40.0  # pupils on the print: a passport photo enlarged to the sheet
PAPER_WHITE, WALL = (236, 240, 241), (206, 212, 214)
INK_BLACK, INK_RANGE = 26.0, 0.80  # a print has no true black and a dull white
INK_TINT = (1.03, 1.00, 0.95)  # BGR, office paper under daylight lamps
INK_SOFT = 0.8  # px
TILT_DEGREES = 34.0  # what a hand does when told to turn; reads as 2-3 degrees of yaw
# Degrees. Read back on two seeds: flat 3-4 degrees of yaw, bent 10-13 with planarity 2.3-3.3 %; a nod 1-2 and 9-11.
TILTS = (26.0, 40.0)
WOBBLE_DEGREES = 5.0
SWAY, DRIFT = 2.4, 2.0  # degrees, mm: a held sheet is less steady than a head
BEND_MM = (85.0, 260.0)  # radius; at 67 the sheet is a half pipe
THUMB_MM, ROOM_MM, ARM_ROOM_MM = 15.0, 12.0, 230.0
Pixels = NDArray[np.uint8]


class HeldPrint:
    """The print of the demonstration: flat, always at the same place."""

    def __init__(self, texture: FaceTexture, width: int, height: int, seed: int) -> None:
        distance = focal_px(height) * A4_MM[1] / (PAPER_TALL * height)
        place = (0.0, -0.03 * A4_MM[1] / PAPER_TALL, distance)
        hold = Hold(place, Pose(), SWAY, DRIFT, WOBBLE_DEGREES, TILT_DEGREES)
        self._behind = office(width, height)
        scale = px_per_mm(height, distance)
        self._sheet = Sheet(
            printed(in_plain_clothes(texture), scale, EYES_MM), arms_of(scale), scale, A4_MM, hold, seed
        )

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        picture = self._behind.copy() if light is None else light.on_room(self._behind)
        self._sheet.draw(picture, at, begun, light=light)
        return picture


class PrintHeld:
    def __init__(self, sheet: Sheet, room: Pixels, obedient: bool) -> None:
        self._sheet, self._room, self._obedient = sheet, room, obedient

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        picture = self._room.copy() if light is None else light.on_room(self._room)
        self._sheet.draw(picture, at, begun if self._obedient else (), light=light)
        return picture


def print_flat(width: int, height: int, seed: int, obedient: bool) -> PrintHeld:
    return PrintHeld(held_sheet(height, seed), room_for(width, height, seed), obedient)


def print_bent(width: int, height: int, seed: int, obedient: bool) -> PrintHeld:
    radius = float(np.random.default_rng([seed, 11]).uniform(*BEND_MM))
    return PrintHeld(held_sheet(height, seed, radius), room_for(width, height, seed), obedient)


def held_sheet(height: int, seed: int, radius: float | None = None) -> Sheet:
    rng = np.random.default_rng([seed, 10])
    distance = focal_px(height) * A4_MM[1] / (float(rng.uniform(0.78, 0.98)) * height)
    place = (float(rng.uniform(-25, 25)), float(rng.uniform(-15, 8)), distance)
    pose = Pose(float(rng.uniform(-5, 5)), float(rng.uniform(-8, 8)), float(rng.uniform(-4, 4)))
    tilt = float(rng.uniform(*TILTS))
    hold = Hold(place, pose, float(rng.uniform(1.2, 3.2)), float(rng.uniform(1, 4)), WOBBLE_DEGREES, tilt)
    scale = px_per_mm(height, distance)
    paper = printed(subjects.right(), scale, EYES_MM * float(rng.uniform(0.95, 1.15)))
    return Sheet(paper, arms_of(scale), scale, A4_MM, hold, seed, radius)


def printed(texture: FaceTexture, scale: float, eyes_mm: float, hands: bool = True) -> Pixels:
    """uint8 BGRA, the sheet in its middle: the photo with pupils ``eyes_mm`` apart; fingers over its edges."""
    paper, room, border = _px(A4_MM, scale), int(ROOM_MM * scale), int(BORDER_MM * scale)
    photo = _photo(texture, scale, eyes_mm)
    size = (photo.image.shape[1], photo.image.shape[0])
    inked = np.clip((INK_BLACK + photo.image * INK_RANGE) * INK_TINT, 0, 255)
    inked = cv2.GaussianBlur(inked, (0, 0), INK_SOFT)
    layer = np.zeros((paper[1] + 2 * room, paper[0] + 2 * room, 4), np.uint8)
    layer[room : room + paper[1], room : room + paper[0]] = (*PAPER_WHITE, 255)
    x0, y0 = room + border, room + border
    layer[y0 : y0 + size[1], x0 : x0 + size[0], :3] = inked
    if hands:
        for x, y, inwards in _grips(scale, room):
            draw_fingers(layer, (x, y), inwards, THUMB_MM * scale)
    return layer


def printed_face(texture: FaceTexture, scale: float, eyes_mm: float) -> NDArray[np.float64]:
    """(478, 2) landmarks in px of the layer of ``printed``."""
    return _photo(texture, scale, eyes_mm).landmarks[:, :2] + int(ROOM_MM * scale) + int(BORDER_MM * scale)


def _photo(texture: FaceTexture, scale: float, eyes_mm: float) -> FaceTexture:
    paper, border = _px(A4_MM, scale), int(BORDER_MM * scale)
    size = (paper[0] - 2 * border, paper[1] - 2 * border)
    pupils = float(np.hypot(*(texture.landmarks[473, :2] - texture.landmarks[468, :2])))
    closer = eyes_mm * scale / (pupils * ZOOM_AT_720 * size[1] / 720)
    return before(enlarged(texture, *size, closer), np.full((size[1], size[0], 3), WALL, np.uint8))


def arms_of(scale: float) -> Pixels:
    """uint8 BGRA, as ``printed``: what of hands and arms is behind the sheet."""
    paper, room = _px(A4_MM, scale), int(ARM_ROOM_MM * scale)
    layer = np.zeros((paper[1] + 2 * room, paper[0] + 2 * room, 4), np.uint8)
    for x, y, inwards in _grips(scale, room):
        draw_sleeve(layer, (x, y), (x - inwards * 85 * scale, y + 400 * scale), THUMB_MM * scale)
    return layer


def _grips(scale: float, room: int) -> tuple[tuple[float, float, float], ...]:
    """Where the two hands hold the sheet, px of a layer with ``room`` px round it; the last is -1 to the left."""
    width, tall = _px(A4_MM, scale)
    inside = 0.2 * THUMB_MM * scale
    return (room + inside, room + 0.80 * tall, 1.0), (room + width - inside, room + 0.78 * tall, -1.0)


def _px(size_mm: tuple[float, float], scale: float) -> tuple[int, int]:
    return int(size_mm[0] * scale), int(size_mm[1] * scale)
