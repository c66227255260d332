"""The newest camera picture for whatever shows it; nothing is taken out of the mailbox while nobody looks.

The numpy array is kept alive beside the QImage over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from kiosk.ports import Frame, Mailbox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PEEK_MS = 33
"""30 Hz: the fastest a camera of ours delivers; an unchanged version repaints nothing."""


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
