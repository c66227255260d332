"""The live picture: an item that paints the camera's feed, mirrored, in an oval or a card frame.

Painted with QPainter from the newest numpy array: a texture node per frame leaks, VideoOutput and
effects draw nothing on the software backend.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, QObject, QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from ui.camera_feed import CameraFeed

FULL_TURN = 360 * 16
TOP = 90 * 16
CARD_CORNER = 3.18 / 85.60
"""Corner radius of an ID-1 card as a share of its width (ISO/IEC 7810)."""
USUAL_SIZE = (1280, 720)
"""Of a picture that has not come yet."""


def _plain(kind: type, name: str) -> Property:
    """A property that repaints the item when it is set."""
    attribute = f"_{name}"

    def get(item: CameraView) -> object:
        return getattr(item, attribute)

    def put(item: CameraView, value: object) -> None:
        setattr(item, attribute, value)
        item.update()
        if name == "stroke":
            item.placed.emit()

    return Property(kind, get, put)


class CameraView(QQuickPaintedItem):
    """Paints the feed. ``oval`` clips to an ellipse with a progress ring of ``steps`` parts; round ``guide``, in
    the item's coordinates, the picture is covered with ``dim``.

    The picture fills the item and more: ``pictureRect`` is where the whole of it would be, in the item's
    coordinates, so that a place in the picture can be marked. ``pictureSize`` is in pixels of the camera.
    """

    placed = Signal()
    sized = Signal()  # apart from the other: an item may take its own shape from the picture's

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._feed: CameraFeed | None = None
        self._oval = True
        self._mirrored = True
        self._ring = QColor("#6d7f76")
        self._ground = QColor("#dbe5e0")
        self._done_colour = QColor("#0b5d3b")
        self._stroke = 12.0
        self._guide = QRectF()
        self._dim = QColor("transparent")
        self._steps = 0
        self._done = 0
        self._destroy: Callable[[], None] | None = None
        self._size = USUAL_SIZE
        self.setAntialiasing(True)
        self.visibleChanged.connect(self._follow)
        for moved in (self.widthChanged, self.heightChanged):
            moved.connect(self.placed)

    # QML has no other way to hand a QObject in: the setter starts and stops the feed.
    def _get_feed(self) -> CameraFeed | None:
        return self._feed

    def _set_feed(self, feed: CameraFeed | None) -> None:
        self._let_go()
        self._feed = feed
        self._follow()

    feed = Property(QObject, _get_feed, _set_feed)
    oval = _plain(bool, "oval")
    mirrored = _plain(bool, "mirrored")
    ring = _plain(QColor, "ring")
    ground = _plain(QColor, "ground")
    doneColour = _plain(QColor, "done_colour")  # noqa: N815 - QML's own naming
    stroke = _plain(float, "stroke")
    guide = _plain(QRectF, "guide")
    dim = _plain(QColor, "dim")
    steps = _plain(int, "steps")
    done = _plain(int, "done")

    @Property(QSizeF, notify=sized)
    def pictureSize(self) -> QSizeF:  # noqa: N802 - QML's own naming
        return QSizeF(*self._size)

    @Property(QRectF, notify=placed)
    def pictureRect(self) -> QRectF:  # noqa: N802
        frame, (width, height) = self._frame(), self._size
        scale = max(frame.width() / width, frame.height() / height)
        whole = QRectF(0, 0, width * scale, height * scale)
        whole.moveCenter(frame.center())
        return whole

    def _frame(self) -> QRectF:
        """What is left for the picture inside the edge."""
        inset = self._stroke
        return QRectF(0, 0, self.width(), self.height()).adjusted(inset, inset, -inset, -inset)

    @Slot()
    def _measure(self) -> None:
        image = self._feed.image if self._feed is not None else None
        if image is not None and (image.width(), image.height()) != self._size:
            self._size = (image.width(), image.height())
            self.sized.emit()
            self.placed.emit()

    @Slot()  # named in the class: a slot that is added to an item made by QML is never called
    def _follow(self) -> None:
        if self._feed is None:
            return
        if self.isVisible() and self._destroy is None:
            feed = self._feed
            connections = [feed.changed.connect(self.update), feed.changed.connect(self._measure)]
            feed.watch()
            self._measure()

            def release() -> None:
                for connection in connections:
                    feed.changed.disconnect(connection)
                feed.unwatch()

            self._destroy = release
        elif not self.isVisible():
            self._let_go()

    def _let_go(self) -> None:
        if self._destroy is not None:
            release, self._destroy = self._destroy, None
            release()

    def paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        inset, frame = self._stroke, self._frame()
        path = QPainterPath()
        if self._oval:
            path.addEllipse(frame)
        else:
            path.addRoundedRect(frame, inset * 3, inset * 3)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(frame, self._ground)
        image = self._feed.image if self._feed is not None else None
        if image is not None:
            self._paint_picture(painter, frame, image)
        if not self._guide.isEmpty():
            self._paint_guide(painter, frame)
        painter.restore()
        if self._oval:
            self._paint_ring(painter, frame)
        else:
            painter.setPen(QPen(self._ring, inset * 0.6))
            painter.drawPath(path)

    def _paint_guide(self, painter: QPainter, frame: QRectF) -> None:
        round_it = QPainterPath()
        round_it.addRect(frame)
        corner = self._guide.width() * CARD_CORNER
        round_it.addRoundedRect(self._guide, corner, corner)  # odd-even: the card stays clear
        painter.fillPath(round_it, self._dim)

    def _paint_picture(self, painter: QPainter, frame: QRectF, image: QImage) -> None:
        painter.save()
        scale = max(frame.width() / image.width(), frame.height() / image.height())
        width, height = frame.width() / scale, frame.height() / scale
        source = QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
        if self._mirrored:
            centre = frame.center()
            painter.translate(centre)
            painter.scale(-1, 1)
            painter.translate(QPointF(-centre.x(), -centre.y()))
        painter.drawImage(frame, image, source)
        painter.restore()

    def _paint_ring(self, painter: QPainter, frame: QRectF) -> None:
        ring = frame.adjusted(-self._stroke / 2, -self._stroke / 2, self._stroke / 2, self._stroke / 2)
        pen = QPen(self._ring, self._stroke)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawEllipse(ring)
        if self._steps > 0 and self._done > 0:
            pen.setColor(self._done_colour)
            painter.setPen(pen)
            painter.drawArc(ring, TOP, -FULL_TURN * min(self._done, self._steps) // self._steps)
