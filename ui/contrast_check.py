"""Is every text dark enough against what is really behind it: measured in the drawn picture, not in the palette.

The ink is the colour the text asks for; its ground is what most pixels around it show. So a text that landed
on the wrong card is found, and one whose own colour is its ground as well.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage
from PySide6.QtQuick import QQuickItem

from ui.checks import texts
from ui.palette import contrast

RIM = 2
"""Pixels around a text that are looked at: inside the padding of every button and box."""

Pixels = NDArray[np.uint32]


def faint_texts(root: QQuickItem, picture: QImage, owed: float) -> Iterator[str]:
    """Texts under ``root`` whose contrast in ``picture`` is less than ``owed``. Dimmed ones are out of use."""
    pixels = _pixels(picture)
    for shown in texts(root):
        ground = _ground(pixels, shown.rect)
        if ground is None or _dimmed(shown.item):
            continue
        ink = _hex(shown.item.property("color"))
        ratio = contrast(ink, ground)
        if ratio < owed:
            words = str(shown.item.property("text"))[:40]
            yield f"faint: {words!r} {ink} on {ground} has {ratio:.1f}:1, owes {owed:.0f}:1"


def _pixels(picture: QImage) -> Pixels:
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(plain.constBits(), np.uint32)
    return flat.reshape(plain.height(), plain.bytesPerLine() // 4)[:, : plain.width()].copy()


def _ground(pixels: Pixels, rect: QRectF) -> str | None:
    """The commonest colour in the rim around the text; None outside the picture."""
    height, width = pixels.shape
    left, top = max(0, int(rect.left()) - RIM), max(0, int(rect.top()) - RIM)
    right, bottom = min(width, int(rect.right()) + RIM + 1), min(height, int(rect.bottom()) + RIM + 1)
    if right - left <= 2 * RIM or bottom - top <= 2 * RIM:
        return None
    area = pixels[top:bottom, left:right]
    rim = np.concatenate(
        [part.ravel() for part in (area[:RIM], area[-RIM:], area[RIM:-RIM, :RIM], area[RIM:-RIM, -RIM:])]
    )
    colours, counts = np.unique(rim & 0xFFFFFF, return_counts=True)
    return f"#{int(colours[counts.argmax()]):06x}"


def _dimmed(item: QQuickItem) -> bool:
    above: QQuickItem | None = item
    while above is not None:
        if above.opacity() < 1.0:
            return True
        above = above.parentItem()
    return False


def _hex(colour: QColor) -> str:
    return colour.name(QColor.NameFormat.HexRgb)
