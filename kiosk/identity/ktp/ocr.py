"""rapidocr's detector and recogniser on our own files and threads: lines found, lines read, nothing else.

Its ``RapidOCR`` class is left alone: it picks models by name and downloads what is missing, logs paths in colour, and
keeps ``use_det=False`` for the calls that follow. Its parts take a ready session, so onnxruntime comes through its one
door (telemetry off) and no path to a download is left. Its logger is closed: it never sees text, and shall not.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.face.native import onnxruntime
from kiosk.identity.ktp.lines import Points
from kiosk.ports import LastingFault
from kiosk.vision import cv2

Picture = NDArray[np.uint8]

THREADS = 2  # of the reference machine

# Of the detector's own inference.yml.
DETECTOR_MEAN, DETECTOR_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
THRESH, BOX_THRESH, UNCLIP = 0.2, 0.4, 1.4
LONG_SIDE = 736
"""px of the guide with its margin. 960 finds the same labels (12-13 of 13) in twice the time."""

LINE_HEIGHT = 48
"""Of the recognisers' input, px."""
SHORTEST = 160
"""Narrowest input, px; the models were trained from 160 on."""
BATCH = 1
"""A batch is as wide as its widest line: 12 strips one by one take 0.36 s of processor, in sixes 0.51."""

NO_SPINNING = "0"
"""Waiting threads give their core back: 0.24 s of processor a number instead of 0.52, and 0.26 s on the clock of a busy
machine instead of 0.8."""

_PROVIDERS = ("CPUExecutionProvider",)


class LineFinder:
    """Where lines of text are. Not thread-safe."""

    def __init__(self, weights: Path) -> None:
        """Raises LastingFault("ocr_runtime")."""
        parts = _rapidocr()
        self._net: Any = parts.detector(
            _settings(
                weights,
                limit_side_len=LONG_SIDE,
                limit_type="max",
                mean=list(DETECTOR_MEAN),
                std=list(DETECTOR_STD),
                thresh=THRESH,
                box_thresh=BOX_THRESH,
                unclip_ratio=UNCLIP,
            )
        )

    def find(self, picture: Picture) -> list[Points]:
        """Boxes float32 (4, 2) px, top to bottom: upper left, upper right, lower right, lower left."""
        boxes = self._net(picture).boxes
        return [] if boxes is None else [np.asarray(box, np.float32) for box in boxes]


class LineReader:
    """What pictures of single lines say. Not thread-safe."""

    def __init__(self, weights: Path, keys: Path) -> None:
        """Raises LastingFault("ocr_runtime")."""
        parts = _rapidocr()
        self._input = parts.recogniser_input
        self._net: Any = parts.recogniser(
            _settings(
                weights,
                lang_type="ch",
                rec_keys_path=str(keys),
                rec_batch_num=BATCH,
                rec_img_shape=[3, LINE_HEIGHT, SHORTEST],
                font_path=None,
            )
        )

    def read(self, lines: Sequence[Picture]) -> list[tuple[str, float]]:
        """(text, mean score of its letters 0..1) of each; uint8 (h, w, 3) BGR, upright."""
        usable = [line for line in lines if min(line.shape[:2]) >= 2]
        if not usable:
            return [("", 0.0)] * len(lines)
        found = self._net(self._input(img=usable))
        read = iter(zip(found.txts, found.scores, strict=True))
        return [next(read) if min(line.shape[:2]) >= 2 else ("", 0.0) for line in lines]


def cut(picture: Picture, box: Points, height: int = 0) -> Picture:
    """The quadrilateral ``box`` laid flat; ``height`` px high, or as high as it is in the picture."""
    width = max(float(np.hypot(*(box[1] - box[0]))), float(np.hypot(*(box[2] - box[3]))), 1.0)
    high = max(float(np.hypot(*(box[3] - box[0]))), float(np.hypot(*(box[2] - box[1]))), 1.0)
    size = (max(round(width * height / high), 1), height) if height else (max(round(width), 1), max(round(high), 1))
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.ascontiguousarray(box, np.float32), corners)
    flat = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)


class _Parts:
    def __init__(self) -> None:
        logging.getLogger("RapidOCR").disabled = True
        from omegaconf import OmegaConf  # noqa: PLC0415  0.5 s with what follows, and no screen needs it
        from rapidocr.ch_ppocr_det import TextDetector  # noqa: PLC0415
        from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer  # noqa: PLC0415
        from rapidocr.utils.typings import EngineType  # noqa: PLC0415

        self.detector: Any = TextDetector
        self.recogniser: Any = TextRecognizer
        self.recogniser_input: Any = TextRecInput
        self.onnxruntime: Any = EngineType.ONNXRUNTIME
        self.settings: Any = OmegaConf.create


def _rapidocr() -> _Parts:
    try:
        return _Parts()
    except Exception as error:
        raise LastingFault("ocr_runtime") from error


def _settings(weights: Path, **more: Any) -> Any:
    parts = _rapidocr()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", NO_SPINNING)
    try:
        session = onnxruntime.InferenceSession(str(weights), options, providers=list(_PROVIDERS))
    except Exception as error:  # onnxruntime's exceptions share no base class
        raise LastingFault("ocr_runtime") from error
    entries = {"engine_type": parts.onnxruntime, "session": session, **more}
    return parts.settings(entries, flags={"allow_objects": True})
