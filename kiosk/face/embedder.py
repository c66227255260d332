"""The embedding of an aligned face, through insightface's ``ArcFaceONNX``.

Only that class and ``face_align`` are used: ``FaceAnalysis`` would download models. How pixels are
normalised comes from the manifest, because ``ArcFaceONNX`` guesses it from node names and a wrong guess
gives a garbage embedding without any error. A site's own licensed network is a change of the manifest.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.face.weights import WeightsStore
from kiosk.ports import LastingFault

ALIGNED = 112
THREADS = 2  # 31 ms on one, 22 on two; it runs on chosen frames only

_align_lock = threading.Lock()


class FaceEmbedder:
    def __init__(self, weights: WeightsStore) -> None:
        """Raises LastingFault: weights missing or damaged, or "face_runtime"."""
        path = weights.path("embedder")
        try:
            from kiosk.face.native import onnxruntime  # noqa: PLC0415,I001  first: it turns telemetry off
            from insightface.model_zoo.arcface_onnx import ArcFaceONNX  # noqa: PLC0415  0.5 s of imports
            from insightface.utils import face_align  # noqa: PLC0415

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = THREADS
            # 14.6 ms an embedding instead of 16.9, for 27 ms of a core after the last one.
            options.add_session_config_entry("session.intra_op.allow_spinning", "1")
            session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            self._net: Any = ArcFaceONNX(model_file=str(path), session=session)
        except Exception as error:  # ImportError, and onnxruntime's own exceptions, which share no base class
            raise LastingFault("face_runtime") from error
        self._align: Any = face_align
        declared = weights.manifest.slots["embedder"].input
        if declared is not None:
            self._net.input_mean, self._net.input_std = declared.mean, declared.std

    def align(self, pixels: NDArray[np.uint8], points: NDArray[np.float32]) -> NDArray[np.uint8]:
        """uint8 (112, 112, 3) BGR crop on the embedder's template; ``points`` float32 (5, 2) in px."""
        with _align_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # insightface calls a renamed scikit-image method
            return np.asarray(self._align.norm_crop(pixels, landmark=points, image_size=ALIGNED), np.uint8)

    def embed(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """float32 (n, d), each row of length 1; d is 128 for SFace, 512 for ArcFace networks."""
        rows = np.stack([self._net.get_feat(crop).ravel() for crop in aligned]).astype(np.float32)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(length, 1e-9), np.float32)

    def embed_mirrored(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """float32 (n, d), each row the mean of picture and mirror image, not brought back to length 1."""
        both = self.embed([*aligned, *(np.ascontiguousarray(crop[:, ::-1]) for crop in aligned)])
        return np.asarray((both[: len(aligned)] + both[len(aligned) :]) / 2, np.float32)
