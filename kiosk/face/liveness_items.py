"""The pictures and films of a labelled liveness set, as frames with times.

An item is a video file, a folder of pictures taken 15 times a second, or one picture. Whatever cannot be read yields no
frames instead of an error, so that it stays in the count. Hidden files are not items.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.face.pictures import PictureRefused, decode_picture
from kiosk.ports import Frame
from kiosk.vision import cv2

FRAME_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})
PICTURES = FRAME_PICTURES | {".webp", ".tif", ".tiff"}
FPS = 15.0  # of a folder, and the most that is analysed of a film: what the kiosk's analysis reaches beside the preview
LONGEST_SECONDS = 20.0  # as long as one attempt may take; more of a film would give an attack more tries
MAX_FILE_BYTES = 256 * 1024 * 1024  # of one picture
SANE_FPS = (1.0, 1000.0)  # containers without a rate report 0, 90000 or not a number


def items_of(folder: Path) -> list[Path]:
    """The items of one label, by name; none when the folder is missing or may not be read."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def is_one_picture(item: Path) -> bool:
    return item.suffix.lower() in PICTURES and not item.is_dir()


def frames_of(item: Path) -> Iterator[Frame]:
    """uint8 (h, w, 3) BGR from the beginning, at most ``FPS`` a second for ``LONGEST_SECONDS``; never raises."""
    if item.is_dir():
        pictures = _from_folder(item)
    elif not item.is_file():  # opening a pipe would wait for ever
        return
    elif is_one_picture(item):
        pictures = _from_picture(item)
    else:
        pictures = _from_film(item)
    for number, (at, pixels) in enumerate(pictures, 1):
        if at >= LONGEST_SECONDS:
            return
        yield Frame(pixels, number, at, item.name, simulated=True)


def _from_folder(folder: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    files = [path for path in items_of(folder) if path.suffix.lower() in FRAME_PICTURES]
    for number, file in enumerate(files):
        for _, pixels in _from_picture(file):  # an unreadable one leaves a gap in time
            yield number / FPS, pixels


def _from_picture(file: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    try:
        if file.is_file() and file.stat().st_size <= MAX_FILE_BYTES:
            yield 0.0, decode_picture(file.read_bytes())
    except (OSError, ValueError, PictureRefused):  # ValueError: a path with a null byte
        return


def _from_film(file: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    film = _open_film(file)
    if film is None:
        return
    try:
        rate = float(film.get(cv2.CAP_PROP_FPS))
        rate = rate if math.isfinite(rate) and SANE_FPS[0] <= rate <= SANE_FPS[1] else FPS
        step = max(rate / FPS, 1.0)
        number, due = 0, 0.0
        while film.grab():
            if number >= due:
                due += step
                got, picture = film.retrieve()
                if got and picture is not None and picture.size:
                    yield number / rate, _colour(picture)
            number += 1
    except cv2.error:
        return
    finally:
        film.release()


def _open_film(file: Path) -> cv2.VideoCapture | None:
    try:
        # Named, so that every build of OpenCV reads the same files.
        film = cv2.VideoCapture(str(file), cv2.CAP_FFMPEG)
    except (cv2.error, ValueError):  # ValueError: a path with a null byte
        return None
    return film if film.isOpened() else None


def _colour(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """A film of 16 bits or of one channel, as every other."""
    eight = (picture >> 8).astype(np.uint8) if picture.dtype == np.uint16 else picture.astype(np.uint8)
    if eight.ndim == 2 or eight.shape[2] == 1:
        return np.asarray(cv2.cvtColor(eight, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.ascontiguousarray(eight[:, :, :3])
