"""The colour behind the portrait: red for an odd year of birth, blue for an even one, orange for foreigners.

A hint for staff and never a refusal: prints fade, light is coloured, and early cards do not keep to it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kiosk.identity.ktp.layout import PORTRAIT
from kiosk.identity.ktp.place import CardPlace
from kiosk.vision import cv2

SIDE = 64
RIM = 0.16
"""Share of the portrait's width and height, at its upper corners, that no head reaches."""
LEAST_SATURATION = 60
LEAST_SHARE = 0.5
"""Of the corners' pixels must be of the one colour; a burnt-out or grey corner says nothing."""

# Hues of OpenCV, 0..179; red goes around.
RED_TO, ORANGE_TO = 6, 22
BLUE_FROM, BLUE_TO = 95, 135
RED_FROM = 165


class Background(StrEnum):
    RED = "red"
    BLUE = "blue"
    ORANGE = "orange"


def background_of(picture: NDArray[np.uint8], place: CardPlace | None) -> Background | None:
    """``picture`` uint8 (h, w, 3) BGR. None without a card or when the corners are not of one of the colours."""
    if place is None:
        return None
    left, top, right, bottom = PORTRAIT
    corners = place.to_picture([(left, top), (right, top), (right, bottom), (left, bottom)])
    square = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
    portrait = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, square), (SIDE, SIDE))
    low, high = round(0.05 * SIDE), round((0.05 + RIM) * SIDE)
    patch = np.concatenate([portrait[low:high, low:high], portrait[low:high, SIDE - high : SIDE - low]])
    hue, saturation, _ = (
        channel.ravel() for channel in cv2.split(cv2.cvtColor(np.ascontiguousarray(patch), cv2.COLOR_BGR2HSV))
    )
    strong = saturation >= LEAST_SATURATION
    shares = {
        Background.RED: np.mean(strong & ((hue <= RED_TO) | (hue >= RED_FROM))),
        Background.ORANGE: np.mean(strong & (hue > RED_TO) & (hue <= ORANGE_TO)),
        Background.BLUE: np.mean(strong & (hue >= BLUE_FROM) & (hue <= BLUE_TO)),
    }
    colour = max(shares, key=lambda which: shares[which])
    return colour if shares[colour] >= LEAST_SHARE else None


def expected(birth: date, foreigner: bool = False) -> Background:
    if foreigner:
        return Background.ORANGE
    return Background.RED if birth.year % 2 else Background.BLUE
