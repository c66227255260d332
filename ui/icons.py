"""Our own line icons, tinted: ``image://icon/<name>/<rrggbb>`` or ``.../<rrggbb>/<ground rrggbb>``.

The files draw with ``currentColor`` (the mark also with ``currentGround``); effects that tint an image
draw nothing on the software backend.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parents[1] / "resources" / "icons"
DEFAULT_SIDE = 96
WHITE = "ffffff"


class IconProvider(QQuickImageProvider):
    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: N802, N803 - Qt's names
        name, colour, *ground = id.split("/")
        side = (
            requestedSize
            if requestedSize.width() > 0 and requestedSize.height() > 0
            else QSize(DEFAULT_SIDE, DEFAULT_SIDE)
        )
        image = render(name, colour, side, ground[0] if ground else WHITE)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image


def render(name: str, colour: str, side: QSize, ground: str = WHITE) -> QImage:
    """The icon in ``#rrggbb``, premultiplied ARGB, transparent ground; keeps its aspect ratio."""
    image = QImage(side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    drawing = _source(name).replace("currentColor", f"#{colour}").replace("currentGround", f"#{ground}")
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side.width(), side.height()))
    painter.end()
    return image


@cache
def _source(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text(encoding="utf-8")
