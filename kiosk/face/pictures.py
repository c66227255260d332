"""Encoded pictures to pixels: the photo on record and the pictures of an evaluation.

Takes anything a registry may hold (grey, 16 bit, alpha, rotated by EXIF, very large) and refuses the rest
with a typed reason. Finds the one face a photo is of. Nothing is written and no name is kept.
"""

from __future__ import annotations

import io
import warnings
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import Detection
from kiosk.face.detector import SURE, FaceDetector
from kiosk.face.tracker import COMPARABLE, MIN_OTHER_SCORE, face_to_follow
from kiosk.vision import cv2

MAX_PIXELS = 150_000_000  # 450 MB decoded; beyond it a file is an attack on memory, not a photo
WORKING_SIDE = 2000  # a face keeps 112 px down to a twentieth of such a picture
UPRIGHT_BONUS = 0.03  # with it every upright face of 44 tried, dark, small and blurred ones too, wins over its turns


class PictureProblem(StrEnum):
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_TOO_SMALL = "face_too_small"


class PictureRefused(Exception):
    """``problem`` says why; no detail of the picture is kept."""

    def __init__(self, problem: PictureProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def decode_picture(data: bytes) -> NDArray[np.uint8]:
    """uint8 (h, w, 3) BGR, EXIF orientation applied, longer side at most 2000 px; raises PictureRefused."""
    width, height = _declared_size(data)
    if width * height > MAX_PIXELS:
        raise PictureRefused(PictureProblem.TOO_LARGE)
    flags = cv2.IMREAD_COLOR
    for factor, reduced in ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4),
                            (2, cv2.IMREAD_REDUCED_COLOR_2)):  # fmt: skip
        if max(width, height) >= factor * WORKING_SIDE:
            flags = reduced
            break
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except (cv2.error, MemoryError):
        pixels = None
    if pixels is None or pixels.ndim != 3 or min(pixels.shape[:2]) < 1:
        raise PictureRefused(PictureProblem.UNREADABLE)
    scale = WORKING_SIDE / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(pixels, np.uint8)


def _declared_size(data: bytes) -> tuple[int, int]:
    """From the header, before anything is unpacked."""
    from PIL import Image  # noqa: PLC0415  only photos on record need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own size warning; the limit here is ours
            with Image.open(io.BytesIO(data)) as picture:
                return picture.size
    except Exception as error:  # Pillow lets many kinds through for damaged files
        if "DecompressionBomb" in type(error).__name__:
            raise PictureRefused(PictureProblem.TOO_LARGE) from None
        raise PictureRefused(PictureProblem.UNREADABLE) from None


def find_portrait(
    detector: FaceDetector, pixels: NDArray[np.uint8], single: bool
) -> tuple[NDArray[np.uint8], Detection]:
    """The picture turned upright and its face; raises PictureRefused.

    Quarter turns are tried only when no sure face is found as the picture stands. ``single`` refuses a
    second face of comparable size; otherwise the one in the middle is taken.
    """
    best: tuple[float, NDArray[np.uint8], list[Detection]] | None = None
    for quarter in range(4):
        turned = np.ascontiguousarray(np.rot90(pixels, quarter))
        found = detector.find_in_photo(turned)
        if found:
            score = found[0].score + (UPRIGHT_BONUS if quarter == 0 else 0.0)
            if best is None or score > best[0]:
                best = (score, turned, found)
        if quarter == 0 and found and found[0].score >= SURE:
            break
    if best is None:
        best = (0.0, pixels, detector.find_in_photo(pixels, thorough=True))
    _, upright, found = best
    face = face_to_follow(found, upright.shape[1], upright.shape[0])
    if face is None:
        raise PictureRefused(PictureProblem.NO_FACE)
    if single and any(d is not face and d.score >= MIN_OTHER_SCORE and d.width >= COMPARABLE * face.width
                      for d in found):  # fmt: skip
        raise PictureRefused(PictureProblem.SEVERAL_FACES)
    return upright, detector.refine(upright, face)
