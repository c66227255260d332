"""A recording as a camera: a video file, or a folder of pictures, at its own pace.

For tests, demo and evaluation. A recording is never a live camera, so it identifies itself as simulated. Films are
what FFmpeg opens (.mp4, .avi, .mkv, a bare .mjpg stream at 25 a second for want of its own rate). Pictures of a folder
come in the order of their names, grey and 16-bit ones as 8-bit BGR, and must be of one size, as a camera's are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import CameraIdentity, LastingFault, PassingFault
from kiosk.vision import cv2

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})
FOLDER_FPS = 15.0
HIGHEST_FPS = 240.0
"""A container that tells more gives its clock's rate, not that of its pictures."""


class VideoSource:
    """``kiosk.ports.CameraSource``. ``fps`` 0 takes the file's own rate; ``loop`` starts again at the end."""

    def __init__(
        self,
        path: Path,
        *,
        loop: bool = False,
        fps: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._loop = loop
        self._fps = fps
        self._monotonic = monotonic
        self._sleep = sleep
        self._pictures: Iterator[NDArray[np.uint8]] | None = None
        self._period = 0.0
        self._due = 0.0

    @property
    def identity(self) -> CameraIdentity:
        return CameraIdentity(f"video:{self._path.name}", "", "file", simulated=True)

    def open(self) -> None:
        """LastingFault("video_missing" | "video_unreadable")."""
        if not self._path.exists():
            raise LastingFault("video_missing")
        if self._path.is_dir():
            files = sorted(p for p in self._path.iterdir() if p.suffix.lower() in PICTURES)
            if not files:
                raise LastingFault("video_unreadable")
            self._pictures = _from_folder(files, self._loop)
            own_fps = FOLDER_FPS
        else:
            film = cv2.VideoCapture(str(self._path))
            if not film.isOpened():
                raise LastingFault("video_unreadable")
            told = float(film.get(cv2.CAP_PROP_FPS))
            own_fps = told if 1 <= told <= HIGHEST_FPS else FOLDER_FPS
            self._pictures = _from_film(film, self._path, self._loop)
        self._period = 1 / (self._fps or own_fps)
        self._due = self._monotonic()

    def read(self) -> NDArray[np.uint8]:
        """Wait for the next picture's time: uint8 (h, w, 3) BGR. PassingFault("ended") after the last;
        LastingFault("mixed_sizes" | "video_unreadable") at a picture of a folder that is of another size or none."""
        if self._pictures is None:
            raise PassingFault("unplugged")
        wait = self._due - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        self._due += self._period
        now = self._monotonic()
        if self._due <= now:  # as a camera, it does not catch up on frames nobody asked for in time
            self._due = now + self._period
        try:
            return next(self._pictures)
        except StopIteration:
            raise PassingFault("ended") from None

    def close(self) -> None:
        self._pictures = None


def _from_folder(files: list[Path], loop: bool) -> Iterator[NDArray[np.uint8]]:
    size: tuple[int, ...] | None = None
    while True:
        for file in files:
            coded = np.fromfile(file, np.uint8)
            picture = cv2.imdecode(coded, cv2.IMREAD_COLOR) if coded.size else None
            if picture is None:
                raise LastingFault("video_unreadable")
            size = size or picture.shape
            if picture.shape != size:
                raise LastingFault("mixed_sizes")
            yield np.asarray(picture, np.uint8)
        if not loop:
            return


def _from_film(film: cv2.VideoCapture, path: Path, loop: bool) -> Iterator[NDArray[np.uint8]]:
    try:
        frames_since_start = 0
        while True:
            got, picture = film.read()
            if got:
                frames_since_start += 1
                yield np.asarray(picture, np.uint8)
            elif not loop or frames_since_start == 0:
                return
            else:
                frames_since_start = 0
                film.open(str(path))  # a bare MJPG stream says that it went back to its start, and does not
    finally:
        film.release()
