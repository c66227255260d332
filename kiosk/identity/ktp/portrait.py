"""The portrait of a card, cut out where the layout has it and set right by its face. Advisory: nothing decides on it.

A card's photo is small, printed and years old; the reference that a face is compared with is the register's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import Detection
from kiosk.identity.ktp.layout import PORTRAIT
from kiosk.identity.ktp.place import CardPlace
from kiosk.vision import cv2

PAD = 0.08
"""Of the portrait's width and height, around where the layout has it."""

# Of a passport photo, in face boxes: the crop goes so far beyond the detector's box on each side.
SIDES, ABOVE, BELOW = 0.5, 0.55, 0.45

Finder = Callable[[NDArray[np.uint8]], list[Detection]]
"""``FaceDetector.find_in_photo``: faces of a BGR picture, best first."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """``pixels`` uint8 (h, w, 3) BGR; ``face_px`` width of the face box in px of the picture, 0 without a face."""

    pixels: NDArray[np.uint8] = field(repr=False)
    face_px: float


def portrait_of(picture: NDArray[np.uint8], place: CardPlace | None, find_face: Finder) -> Portrait | None:
    """The portrait at the size it has in ``picture`` (uint8 (h, w, 3) BGR); None without a card or a face in it."""
    if place is None:
        return None
    flat = _flat(picture, place)
    faces = find_face(flat)
    if not faces:
        return None
    face = faces[0]
    height, width = flat.shape[:2]
    left, right = max(face.x - SIDES * face.width, 0), min(face.x + (1 + SIDES) * face.width, width)
    top, bottom = max(face.y - ABOVE * face.height, 0), min(face.y + (1 + BELOW) * face.height, height)
    pixels = flat[round(top) : round(bottom), round(left) : round(right)]
    return Portrait(np.ascontiguousarray(pixels), face.width)


def _flat(picture: NDArray[np.uint8], place: CardPlace) -> NDArray[np.uint8]:
    left, top, right, bottom = PORTRAIT
    more_x, more_y = PAD * (right - left), PAD * (bottom - top)
    left, right, top, bottom = left - more_x, right + more_x, top - more_y, bottom + more_y
    corners = place.to_picture([(left, top), (right, top), (right, bottom), (left, bottom)])
    width = max(round(float(np.hypot(*(corners[1] - corners[0])))), 8)
    height = max(round(float(np.hypot(*(corners[3] - corners[0])))), 8)
    size = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, size)
    return np.asarray(cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)
