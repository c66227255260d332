"""Paints a QR code. The content is the visit's reference or a login to be taken up by a phone, never an identifier of
the person."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

QUIET_ZONE = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""


def visit_content(visit_id: str) -> str:
    return f"BPJSK:{visit_id}"


class QrItem(QQuickPaintedItem):
    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._content = ""

    def _get_content(self) -> str:
        return self._content

    def _set_content(self, content: str) -> None:
        self._content = content
        self.update()

    content = Property(str, _get_content, _set_content)

    def paint(self, painter: QPainter) -> None:
        """Black on white in every theme: readers need dark modules on a light ground."""
        painter.fillRect(QRectF(0, 0, self.width(), self.height()), Qt.GlobalColor.white)
        if not self._content:
            return
        import segno  # noqa: PLC0415 - the start screen has no code

        matrix = segno.make(self._content, error="m", micro=False).matrix
        modules = len(matrix) + 2 * QUIET_ZONE
        size = max(1.0, min(self.width(), self.height()) // modules)
        left = (self.width() - size * len(matrix)) / 2
        top = (self.height() - size * len(matrix)) / 2
        for row, line in enumerate(matrix):
            for column, dark in enumerate(line):
                if dark:
                    square = QRectF(round(left + column * size), round(top + row * size), size, size)
                    painter.fillRect(square, QColor("#000000"))
