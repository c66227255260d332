"""YuNet: where the faces are, and the five points that the embedder's alignment was trained on.

Runs in OpenCV on small pictures (2.1 ms at 320x180, 7.5 at 640x360; the same network in onnxruntime is fixed to
640x640 and takes 5). For an embedding the points are found again on a crop of one size, so that a
face gets the same points whether it fills a passport photo or a corner of a frame.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import Detection
from kiosk.ports import LastingFault
from kiosk.vision import cv2

FRAME_SIDE = 320  # a face at 80 cm before a 78-degree lens is still 37 px wide; YuNet finds 16
# Side of the picture on a black square canvas. A face that fills the network's field is found badly: tightly cropped
# upright faces score 0.63-0.87 without the border and 0.84-0.94 with it.
PHOTO_SIDE = 640
PHOTO_LOOKS = ((480, PHOTO_SIDE), (240, PHOTO_SIDE))
LARGE_LOOK = (1200, 2 * PHOTO_SIDE)
MAX_ENLARGED = 2.0
SURE = 0.88  # upright faces 0.84-0.94; what the network sees in the same faces turned by 90 or 180 degrees 0.87 at most
REFINE_SIDE = 320  # with the factor below a face is 160 px, the middle of YuNet's training range
REFINE_FACTOR = 2.0
MIN_SCORE = 0.6  # faces at an eighth of the light and blurred ones still score above
NMS = 0.3
TOP_K = 50


class FaceDetector:
    """Not thread-safe: networks keep their input buffers."""

    def __init__(self, weights: Path) -> None:
        """Raises LastingFault("face_runtime") when OpenCV refuses the file."""
        self._weights = str(weights)
        self._nets: dict[tuple[int, int], Any] = {}
        self._net((REFINE_SIDE, REFINE_SIDE))

    def find(self, pixels: NDArray[np.uint8], side: int = FRAME_SIDE) -> list[Detection]:
        """Faces of a camera frame, uint8 (h, w, 3) BGR, best score first; the longer side is brought to ``side`` px."""
        height, width = pixels.shape[:2]
        scale = side / max(height, width)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        small: Any = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        return [_scaled(d, width / size[0], height / size[1], 0.0, 0.0) for d in self._detect(small)]

    def find_in_photo(self, pixels: NDArray[np.uint8], thorough: bool = False) -> list[Detection]:
        """Faces of a picture of any shape, best score first: looked at in two sizes until one is sure.

        ``thorough`` looks once, in a large size, for small faces (100 ms).
        """
        best: list[Detection] = []
        for side, canvas in (LARGE_LOOK,) if thorough else PHOTO_LOOKS:
            found = self._find_on_canvas(pixels, side, canvas)
            if found and (not best or found[0].score > best[0].score):
                best = found
            if best and best[0].score >= SURE:
                break
        return best

    def _find_on_canvas(self, pixels: NDArray[np.uint8], side: int, canvas: int) -> list[Detection]:
        height, width = pixels.shape[:2]
        scale = min(side / max(height, width), MAX_ENLARGED)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        left, top = (canvas - size[0]) // 2, (canvas - size[1]) // 2
        padded = np.zeros((canvas, canvas, 3), np.uint8)
        padded[top : top + size[1], left : left + size[0]] = cv2.resize(
            pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        )
        sx, sy = width / size[0], height / size[1]
        return [_scaled(d, sx, sy, -left * sx, -top * sy) for d in self._detect(padded)]

    def refine(self, pixels: NDArray[np.uint8], face: Detection) -> Detection:
        """The same face with points found at the standard size; ``face`` itself when they are not found there."""
        cx, cy = face.centre
        side = REFINE_FACTOR * max(face.width, face.height, 1.0)
        scale = REFINE_SIDE / side
        left, top = cx - side / 2, cy - side / 2
        matrix = np.array([[scale, 0.0, -left * scale], [0.0, scale, -top * scale]])
        crop: Any = shrink_crop(pixels, matrix, REFINE_SIDE, scale)
        found = self._detect(crop)
        if not found:
            return face
        middle = REFINE_SIDE / 2
        nearest = min(found, key=lambda d: float(np.hypot(d.centre[0] - middle, d.centre[1] - middle)))
        if np.hypot(nearest.centre[0] - middle, nearest.centre[1] - middle) > REFINE_SIDE / 4:
            return face
        return _scaled(nearest, 1 / scale, 1 / scale, left, top)

    def _detect(self, picture: NDArray[np.uint8]) -> list[Detection]:
        net = self._net((picture.shape[1], picture.shape[0]))
        _, rows = net.detect(picture)
        if rows is None:
            return []
        found = [_from_row(row) for row in rows if np.isfinite(row).all()]
        return sorted(found, key=lambda d: -d.score)

    def _net(self, size: tuple[int, int]) -> Any:
        if size not in self._nets:
            level = cv2.utils.logging.getLogLevel()
            cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of its own default target
            try:
                self._nets[size] = cv2.FaceDetectorYN.create(self._weights, "", size, MIN_SCORE, NMS, TOP_K)
            except cv2.error as error:
                raise LastingFault("face_runtime") from error
            finally:
                cv2.utils.logging.setLogLevel(level)
        return self._nets[size]


def shrink_crop(pixels: NDArray[np.uint8], matrix: NDArray[np.float64], side: int, scale: float) -> NDArray[np.uint8]:
    """Square crop by an affine; halves the picture first where it is much larger, so that nothing aliases."""
    while scale < 0.5 and min(pixels.shape[:2]) >= 2:
        pixels = np.asarray(cv2.pyrDown(pixels), np.uint8)
        scale *= 2
        matrix = matrix.copy()
        matrix[:, :2] *= 2
    return np.asarray(cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR), np.uint8)


def _from_row(row: NDArray[np.float32]) -> Detection:
    x, y, w, h = (float(v) for v in row[:4])
    return Detection(x, y, w, h, np.array(row[4:14], np.float32).reshape(5, 2), float(row[14]))


def _scaled(d: Detection, sx: float, sy: float, left: float, top: float) -> Detection:
    points = d.points * np.array([sx, sy], np.float32) + np.array([left, top], np.float32)
    return Detection(d.x * sx + left, d.y * sy + top, d.width * sx, d.height * sy, points, d.score)
