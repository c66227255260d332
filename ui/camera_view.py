"""The live picture: a feed that peeks at the mailbox, and an item that paints it, mirrored, in an oval or a card frame.

Painted with QPainter from the newest numpy array: a texture node per frame leaks, VideoOutput and
effects draw nothing on the software backend. The array is kept alive beside the QImage over it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from kiosk.ports import Frame, Mailbox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PEEK_MS = 33
"""30 Hz: the fastest a camera of ours delivers; an unchanged version repaints nothing."""
FULL_TURN = 360 * 16
TOP = 90 * 16


class CameraFeed(QObject):
    """Takes the newest frame out of the mailbox while something shows it."""

    changed = Signal()

    def __init__(self, frames: Mailbox[Frame], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._version = -1
        self._pixels: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self._viewers = 0
        self._timer = QTimer(self, interval=PEEK_MS)
        self._timer.timeout.connect(self.peek)

    @property
    def image(self) -> QImage | None:
        return self._image

    @Property(bool, notify=changed)
    def live(self) -> bool:
        return self._image is not None

    def watch(self) -> None:
        self._viewers += 1
        self._timer.start()
        self.peek()

    def unwatch(self) -> None:
        self._viewers = max(0, self._viewers - 1)
        if self._viewers == 0:
            self._timer.stop()
            self.forget()

    def forget(self) -> None:
        """Drop the last picture: nothing of a person stays behind."""
        self._pixels, self._image, self._version = None, None, -1
        self.changed.emit()

    def peek(self) -> None:
        version, frame = self._frames.peek()
        if version == self._version:
            return
        self._version = version
        if frame is None:
            self._pixels, self._image = None, None
        else:
            pixels = frame.pixels if frame.pixels.flags.c_contiguous else frame.pixels.copy()
            height, width = pixels.shape[:2]
            self._pixels = pixels
            self._image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_BGR888)
        self.changed.emit()


def _plain(kind: type, name: str) -> Property:
    """A property that repaints the item when it is set."""
    attribute = f"_{name}"

    def get(item: CameraView) -> object:
        return getattr(item, attribute)

    def put(item: CameraView, value: object) -> None:
        setattr(item, attribute, value)
        item.update()

    return Property(kind, get, put)


class CameraView(QQuickPaintedItem):
    """Paints the feed. ``oval`` clips to an ellipse with a progress ring of ``steps`` parts."""

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._feed: CameraFeed | None = None
        self._oval = True
        self._mirrored = True
        self._ring = QColor("#6d7f76")
        self._ground = QColor("#dbe5e0")
        self._done_colour = QColor("#0b5d3b")
        self._stroke = 12.0
        self._steps = 0
        self._done = 0
        self._destroy: Callable[[], None] | None = None
        self.setAntialiasing(True)
        self.visibleChanged.connect(self._follow)

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
    steps = _plain(int, "steps")
    done = _plain(int, "done")

    @Slot()  # named in the class: a slot that is added to an item made by QML is never called
    def _follow(self) -> None:
        if self._feed is None:
            return
        if self.isVisible() and self._destroy is None:
            feed = self._feed
            connection = feed.changed.connect(self.update)
            feed.watch()

            def release() -> None:
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
        inset = self._stroke
        frame = QRectF(0, 0, self.width(), self.height()).adjusted(inset, inset, -inset, -inset)
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
        painter.restore()
        if self._oval:
            self._paint_ring(painter, frame)
        else:
            painter.setPen(QPen(self._ring, inset * 0.6))
            painter.drawPath(path)

    def _paint_picture(self, painter: QPainter, frame: QRectF, image: QImage) -> None:
        scale = max(frame.width() / image.width(), frame.height() / image.height())
        width, height = frame.width() / scale, frame.height() / scale
        source = QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
        if self._mirrored:
            centre = frame.center()
            painter.translate(centre)
            painter.scale(-1, 1)
            painter.translate(QPointF(-centre.x(), -centre.y()))
        painter.drawImage(frame, image, source)

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
