"""478 face landmarks with depth, and 52 blendshapes, from one crop of the picture.

The crop is 1.5 x the face box with the eyes level, as the network was trained. Runs in LiteRT on one
thread: 4.8 ms (2.7 on two), blendshapes 0.5 ms; onnxruntime would take 15-25 ms. Where the
crop comes from, detector or the last frame's landmarks, is the tracker's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.face.mesh import BLENDSHAPE_POINTS, LEFT_OUTER_EYE, POINTS, RIGHT_OUTER_EYE
from kiosk.ports import LastingFault
from kiosk.vision import cv2

INPUT = 256
CROP_FACTOR = 1.5  # of the longer side of the face box; the network's training crop


@dataclass(frozen=True, slots=True)
class CropRect:
    """A square of the picture: centre and side in px, ``degrees`` of roll (clockwise in the picture)."""

    x: float
    y: float
    side: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Mesh:
    """``points`` float32 (478, 3): x, y in picture px, z in the same unit, smaller is nearer.
    ``presence`` 0..1: is there a face in the crop. ``crop`` uint8 (256, 256, 3) BGR, eyes level;
    ``to_crop`` float64 (2, 3) affine from picture to crop."""

    points: NDArray[np.float32]
    presence: float
    crop: NDArray[np.uint8]
    to_crop: NDArray[np.float64]


def rect_of_box(x: float, y: float, width: float, height: float, degrees: float) -> CropRect:
    """From a detector's face box (px) and the roll of its eyes."""
    return CropRect(x + width / 2, y + height / 2, CROP_FACTOR * max(width, height), degrees)


def rect_of_points(points: NDArray[np.float32]) -> CropRect:
    """From the landmarks of the frame before."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    centre = (low + high) / 2
    dx, dy = points[LEFT_OUTER_EYE, :2] - points[RIGHT_OUTER_EYE, :2]
    return CropRect(
        float(centre[0]),
        float(centre[1]),
        CROP_FACTOR * float((high - low).max()),
        float(np.degrees(np.arctan2(dy, dx))),
    )


class LandmarkNet:
    """Not thread-safe: the interpreter's tensors are shared."""

    def __init__(self, landmarks: Path, blendshapes: Path, threads: int = 1) -> None:
        """Raises LastingFault("face_runtime") when LiteRT cannot load a file."""
        try:
            from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415  heavy; a screen may import this room

            self._mesh = Interpreter(model_path=str(landmarks), num_threads=threads)
            self._shapes = Interpreter(model_path=str(blendshapes), num_threads=threads)
            self._mesh.allocate_tensors()
            self._shapes.allocate_tensors()
        except (ImportError, ValueError, RuntimeError, OSError) as error:
            raise LastingFault("face_runtime") from error
        self._mesh_in = self._mesh.get_input_details()[0]["index"]
        out = self._mesh.get_output_details()
        self._points_out, self._presence_out = out[0]["index"], out[1]["index"]
        self._shapes_in = self._shapes.get_input_details()[0]["index"]
        self._shapes_out = self._shapes.get_output_details()[0]["index"]
        self._input = np.empty((1, INPUT, INPUT, 3), np.float32)

    def mesh(self, pixels: NDArray[np.uint8], rect: CropRect) -> Mesh:
        """``pixels`` uint8 (h, w, 3) BGR. Never raises for a crop without a face: look at ``presence``."""
        scale = INPUT / max(rect.side, 1.0)
        to_crop = np.asarray(cv2.getRotationMatrix2D((rect.x, rect.y), rect.degrees, scale), np.float64)
        to_crop[:, 2] += (INPUT / 2 - rect.x, INPUT / 2 - rect.y)
        crop: Any = cv2.warpAffine(pixels, to_crop, (INPUT, INPUT), flags=cv2.INTER_LINEAR)
        np.multiply(crop[:, :, ::-1], np.float32(1 / 255), out=self._input[0])
        self._mesh.set_tensor(self._mesh_in, self._input)
        self._mesh.invoke()
        raw = self._mesh.get_tensor(self._points_out).reshape(POINTS, 3)
        logit = float(self._mesh.get_tensor(self._presence_out).ravel()[0])
        back = cv2.invertAffineTransform(to_crop)
        points = np.empty((POINTS, 3), np.float32)
        points[:, :2] = raw[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] = raw[:, 2] / scale
        return Mesh(points, float(1 / (1 + np.exp(-np.clip(logit, -60, 60)))), crop, to_crop)

    def blendshapes(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (52,) expression weights 0..1 of landmarks in picture px."""
        self._shapes.set_tensor(self._shapes_in, points[None, BLENDSHAPE_POINTS, :2].astype(np.float32))
        self._shapes.invoke()
        return np.array(self._shapes.get_tensor(self._shapes_out), np.float32)
