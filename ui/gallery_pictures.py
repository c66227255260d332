"""Drawn stand-ins for what the camera sees of cards and phones: plain shapes, invented and marked CONTOH."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from kiosk.identity.ktp.guide import guide_for
from kiosk.ports import CodeBox, Frame

WIDTH, HEIGHT = 1280, 720
INK = "#1d2b38"
CARD_CODE = CodeBox(0.53, 0.36, 0.15, 0.27)
PHONE_CODE = CodeBox(0.395, 0.27, 0.21, 0.373)
"""Where the drawn codes are."""


@cache
def drawn_ktp() -> Frame:
    """A card in the guide, the print only hinted at."""
    picture, painter = _begin()
    guide = guide_for(WIDTH, HEIGHT)
    card = QRectF(guide.x * WIDTH + 14, guide.y * HEIGHT + 9, guide.w * WIDTH - 28, guide.h * HEIGHT - 18)
    _rounded(painter, card, 24, "#b9d3e8")
    unit = card.width() / 86
    _write(painter, QRectF(card.x(), card.y() + 2 * unit, card.width(), 5 * unit), "PROVINSI CONTOH", 3.4 * unit)
    number = QRectF(card.x() + 4 * unit, card.y() + 10 * unit, 60 * unit, 5 * unit)
    _write(painter, number, "NIK : 3174 0755 0895 0001", 3.6 * unit, left=True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#5f7f9c"))
    for line, length in enumerate((30, 24, 34, 27, 31, 22, 29, 25)):
        y = card.y() + (17 + 4.1 * line) * unit
        painter.drawRect(QRectF(card.x() + 4 * unit, y, 14 * unit, 1.6 * unit))
        painter.drawRect(QRectF(card.x() + 21 * unit, y, length * unit, 1.6 * unit))
    photo = QRectF(card.right() - 24 * unit, card.y() + 12 * unit, 20 * unit, 26 * unit)
    _rounded(painter, photo, 4, "#c6463c")
    painter.setBrush(QColor("#d8b48c"))
    painter.drawEllipse(photo.adjusted(5 * unit, 4 * unit, -5 * unit, -9 * unit))
    return _frame(picture, painter)


@cache
def drawn_card() -> Frame:
    """A JKN card with a code on its right."""
    picture, painter = _begin()
    _rounded(painter, QRectF(330, 150, 620, 391), 22, "#dff0e6")
    _rounded(painter, QRectF(330, 150, 620, 84), 22, "#8fcbaa")
    _write(painter, QRectF(360, 170, 300, 44), "KARTU CONTOH", 30, left=True)
    painter.setBrush(QColor("#8fb7a2"))
    for line, length in enumerate((230, 170, 200)):
        painter.drawRect(QRectF(370, 300 + 48 * line, length, 20))
    _code(painter, CARD_CODE)
    return _frame(picture, painter)


@cache
def drawn_phone() -> Frame:
    """A phone that shows a code."""
    picture, painter = _begin()
    _rounded(painter, QRectF(455, 20, 370, 700), 44, "#22282c")
    _rounded(painter, QRectF(473, 42, 334, 660), 28, "#ffffff")
    _write(painter, QRectF(473, 90, 334, 60), "IKD CONTOH", 34)
    _code(painter, PHONE_CODE)
    return _frame(picture, painter)


def _begin() -> tuple[QImage, QPainter]:
    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB888)
    picture.fill(QColor("#8d9794"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    return picture, painter


def _frame(picture: QImage, painter: QPainter) -> Frame:
    painter.end()
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(HEIGHT, picture.bytesPerLine())
    pixels = rows[:, : WIDTH * 3].reshape(HEIGHT, WIDTH, 3)[..., ::-1]
    return Frame(np.ascontiguousarray(pixels), sequence=1, captured_at=0.0, source="drawn", simulated=True)


def _rounded(painter: QPainter, rect: QRectF, radius: float, colour: str) -> None:
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(rect, radius, radius)


def _write(painter: QPainter, rect: QRectF, text: str, size: float, left: bool = False) -> None:
    font = QFont(painter.font())
    font.setPixelSize(round(size))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(INK))
    side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setPen(Qt.PenStyle.NoPen)


def _code(painter: QPainter, box: CodeBox) -> None:
    import segno  # noqa: PLC0415 - for drawings only

    matrix = segno.make("CONTOH-0001234567890", error="m", micro=False).matrix
    left, top, side = box.x * WIDTH, box.y * HEIGHT, box.width * WIDTH
    cell = side / len(matrix)
    _rounded(painter, QRectF(left - 14, top - 14, side + 28, side + 28), 10, "#ffffff")
    painter.setBrush(QColor("#101418"))
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                painter.drawRect(QRectF(left + column * cell, top + row * cell, cell + 0.5, cell + 0.5))
