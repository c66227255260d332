"""A site's own attack detection net, from the optional weights slot ``pad``.

Such nets are hints: on tiny samples one passed 3 of 10 spoofs and refused a live person with a mask. What the
net's number means, and from where on it confirms or denies, stands in the manifest.
"""

from __future__ import annotations

import logging
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.weights import AttackRules, ModelInput, WeightsStore
from kiosk.ports import Frame, LastingFault
from kiosk.vision import cv2

SLOT = "pad"
# Rules, not measurements: the median of five lets two of them be wrong; 40 looks are more than an attempt has.
ENOUGH_SCORES = 5
MOST_SCORES = 40

log = logging.getLogger(__name__)

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in px


class PadModel:
    """The loaded net. One picture at a time; may serve every attempt of the process."""

    def __init__(self, path: Path, given: ModelInput, rules: AttackRules) -> None:
        """Raises LastingFault("face_runtime"): no ONNX model, or one that does not take and give what is declared."""
        self.rules = rules
        self._given = given
        try:
            from kiosk.face.native import onnxruntime  # noqa: PLC0415  0.3 s that a kiosk without the slot never pays

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle cores stay idle
            self._net: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            self._input = self._net.get_inputs()[0].name
            self.score(np.zeros((given.height, given.width, 3), np.uint8), (0, 0, given.width, given.height))
        except Exception as error:  # onnxruntime's own exceptions share no base class
            raise LastingFault("face_runtime") from error

    def score(self, pixels: NDArray[np.uint8], box: Box) -> float:
        """Live score of the face in ``box``, 0 attack .. 1 live; ``pixels`` uint8 (h, w, 3) BGR.

        Raises ValueError for an answer that is none, and whatever the runtime raises.
        """
        crop = square_crop(pixels, box, self.rules.crop_factor, self._given.width, self._given.height)
        if self._given.colour == "RGB":
            crop = crop[:, :, ::-1]
        row = (crop.astype(np.float32) - np.float32(self._given.mean)) / np.float32(self._given.std)
        if self._given.layout == "NCHW":
            row = row.transpose(2, 0, 1)
        answer = np.asarray(self._net.run(None, {self._input: np.ascontiguousarray(row[None])})[0], np.float64).ravel()
        if self.rules.live_output >= answer.size or not np.isfinite(answer).all():
            raise ValueError("the net's answer is not what the manifest declares")
        if self.rules.softmax:
            answer = np.exp(answer - answer.max())
            answer /= answer.sum()
        live = float(answer[self.rules.live_output])
        if not 0 <= live <= 1:
            raise ValueError("the net's answer is no score")
        return live


def pad_model(weights: WeightsStore) -> PadModel | None:
    """The site's net; None when the slot is empty, its file absent, damaged or unfit. The last two are logged: the
    face step goes on without this cue."""
    if not weights.has(SLOT) or SLOT in weights.absent():
        return None
    slot = weights.manifest.slots[SLOT]
    try:
        if slot.input is None or slot.attack is None:
            raise LastingFault("weights_manifest")
        return PadModel(weights.path(SLOT), slot.input, slot.attack)
    except LastingFault as fault:
        log.error("attack detection net is off", extra={"reason": fault.reason})
        return None


def square_crop(pixels: NDArray[np.uint8], box: Box, factor: float, width: int, height: int) -> NDArray[np.uint8]:
    """uint8 (height, width, 3) round the middle of ``box``; beyond the picture its edge is repeated."""
    x0, y0, x1, y1 = box
    side = max(factor * max(x1 - x0, y1 - y0), 1.0)
    sx, sy = width / side, height / side
    left, top = (x0 + x1 - side) / 2, (y0 + y1 - side) / 2
    matrix = np.array([[sx, 0, -left * sx], [0, sy, -top * sy]])
    crop = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def judge(scores: list[float], rules: AttackRules) -> CueReading:
    """``value`` is the median live score."""
    if not scores:
        return NOT_MEASURED
    middle = median(scores)
    if len(scores) < ENOUGH_SCORES or rules.deny_below <= middle < rules.confirm_from:
        return CueReading(Cue.ABSTAIN, middle, rules.deny_below)
    if middle < rules.deny_below:
        return CueReading(Cue.DENY, middle, rules.deny_below)
    return CueReading(Cue.CONFIRM, middle, rules.confirm_from)


class PadNet:
    """The passive cue "pad_net"."""

    name = "pad_net"

    def __init__(self, model: PadModel) -> None:
        self._model: PadModel | None = model
        self._rules = model.rules
        self._faces = 0
        self._scores: list[float] = []
        self._reading = NOT_MEASURED

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        if self._model is None or analysis.face is None or self._reading.answer is Cue.DENY:
            return
        self._faces += 1
        if (self._faces - 1) % self._rules.every_frames:
            return
        box = analysis.face.box
        if not np.isfinite(box).all() or frame.pixels.size == 0:
            return
        try:
            score = self._model.score(frame.pixels, box)
        except Exception as error:  # a foreign net must not end an attempt
            log.error("attack detection net failed", extra={"reason": type(error).__name__})
            self._model = None
            self._reading = NOT_MEASURED
            return
        self._scores = [*self._scores, score][-MOST_SCORES:]
        self._reading = judge(self._scores, self._rules)

    @property
    def reading(self) -> CueReading:
        return self._reading
