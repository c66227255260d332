"""The one door to onnxruntime, and the way to insightface.

onnxruntime 1.31 ships with telemetry on: opening a session writes a device id and an event database
under the user's cache folder. The variable below must stand before its first import, also when
insightface is what imports it. Import sorting would put insightface above this module, so it is only
ever imported inside functions, of modules that have imported this one (its 2 s stay off the start too).
"""

from __future__ import annotations

import os
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

from kiosk.vision import cv2


def arcface_class() -> Any:
    """insightface's ``ArcFaceONNX(model_file, session)``; never downloads, unlike ``FaceAnalysis``."""
    from insightface.model_zoo.arcface_onnx import ArcFaceONNX  # noqa: PLC0415  2.2 s: asked for off the GUI thread

    return ArcFaceONNX


__all__ = ["arcface_class", "cv2", "onnxruntime"]
