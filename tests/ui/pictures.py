"""Camera pictures with one coloured place, and where that place came to lie on the screen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem

from kiosk.ports import Frame
from ui.checks import scene_rect

BLUE = (255, 0, 0)
"""BGR; nothing of our own is that blue."""


def blue_place(size: tuple[int, int], x: float, y: float, width: float, height: float) -> Frame:
    """A grey picture of ``size`` (w, h) with a blue rectangle, in shares of the picture."""
    across, down = size
    pixels = np.full((down, across, 3), 128, np.uint8)
    pixels[round(y * down) : round((y + height) * down), round(x * across) : round((x + width) * across)] = BLUE
    return Frame(pixels, 1, 0.0, "test")


def pixels_of(picture: QImage) -> np.ndarray:
    """uint8 (h, w, 3) RGB."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return flat[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


def where_blue(picture: QImage) -> QRectF:
    """Bounding box of what is purely blue on the screen."""
    rows, columns = np.nonzero((pixels_of(picture) == (0, 0, 255)).all(axis=2))
    return QRectF(columns.min(), rows.min(), columns.max() - columns.min() + 1, rows.max() - rows.min() + 1)


def off_by(item: QQuickItem, place: QRectF, border: float = 0.0) -> float:
    """Largest distance of an edge of ``item``, inside its ``border``, from that of ``place``; px."""
    mine = scene_rect(item).adjusted(border, border, -border, -border)
    return max(
        abs(mine.left() - place.left()),
        abs(mine.top() - place.top()),
        abs(mine.right() - place.right()),
        abs(mine.bottom() - place.bottom()),
    )
