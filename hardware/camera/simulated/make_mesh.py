"""Write ``resources/demo/participant_mesh.json``: the mesh that moves the simulated participant.

Run by a developer when the texture changes, never by the kiosk::

    python -m hardware.camera.simulated.make_mesh FACE_LANDMARKER.task resources/demo/participant_mesh.json

The numbers are measured once on the texture so that the simulated camera needs no face model at run
time (``hardware`` may not know ``kiosk.face``). What the picture shows is found by hand (``FIRST_BOX``),
not by a detector: there is one texture and it does not move.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.texture import TEXTURE_NAME, texture_path
from kiosk.vision import cv2

FIRST_BOX = (175.0, 75.0, 275.0, 195.0)  # face in the 512x512 texture, px, read off the picture
CROP_FACTOR = 1.5  # of the face box, as the landmarker was trained
INPUT = 256
OUTER_EYES = (33, 263)
TOPOLOGY = "geometry_pipeline_metadata_landmarks.binarypb"
DETECTOR = "face_landmarks_detector.tflite"


def crop_matrix(points: NDArray[np.float64], level: bool) -> NDArray[np.float64]:
    """2x3 affine from picture to the landmarker's square input."""
    low, high = points.min(0), points.max(0)
    centre = (low + high) / 2
    scale = INPUT / (CROP_FACTOR * float((high - low).max()))
    angle = 0.0
    if level:
        right, left = points[OUTER_EYES[0]], points[OUTER_EYES[1]]
        angle = float(np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0])))
    matrix = np.asarray(cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale), np.float64)
    matrix[:, 2] += INPUT / 2 - centre
    return matrix


def landmarks_of(image: NDArray[np.uint8], model: bytes) -> NDArray[np.float64]:
    """(478, 3) landmarks in picture px (z in the same unit, smaller is nearer) of a BGR picture."""
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - a developer's tool, not the kiosk's

    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    x0, y0, x1, y1 = FIRST_BOX
    points = np.array([[x0, y0], [x1, y1]])
    out = np.zeros((478, 3))
    for turn in range(4):  # each round crops by the landmarks of the one before
        matrix = crop_matrix(points[:, :2], level=turn > 0)
        crop = cv2.warpAffine(image, matrix, (INPUT, INPUT), flags=cv2.INTER_CUBIC)
        interpreter.set_tensor(source, crop[None, :, :, ::-1].astype(np.float32) / 255.0)
        interpreter.invoke()
        out = interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).reshape(478, 3).astype(float)
        inverse = cv2.invertAffineTransform(matrix)
        scale = float(np.hypot(inverse[0, 0], inverse[0, 1]))
        out = np.hstack([out[:, :2] @ inverse[:, :2].T + inverse[:, 2], out[:, 2:] * scale])
        points = out
    return out


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def triangles_of(binarypb: bytes) -> NDArray[np.int64]:
    """(898, 3) vertex indices out of the geometry metadata (field 1: mesh; its field 4: indices)."""
    _, at = _varint(binarypb, 1)
    indices: list[int] = []
    while at < len(binarypb):
        key, at = _varint(binarypb, at)
        if key & 7 == 5:
            at += 4
        elif key & 7 == 2:
            size, at = _varint(binarypb, at)
            at += size
        else:
            value, at = _varint(binarypb, at)
            if key >> 3 == 4:
                indices.append(value)
        if len(indices) == 898 * 3:
            break
    return np.array(indices).reshape(-1, 3)


def main(task: Path, target: Path) -> None:
    texture = texture_path().read_bytes()
    image: Any = cv2.imdecode(np.frombuffer(texture, np.uint8), cv2.IMREAD_COLOR)
    with zipfile.ZipFile(io.BytesIO(task.read_bytes())) as archive:
        landmarks = landmarks_of(image, archive.read(DETECTOR))
        triangles = triangles_of(archive.read(TOPOLOGY))
    document = {
        "texture": TEXTURE_NAME,
        "texture_sha256": hashlib.sha256(texture).hexdigest(),
        "landmarks_px": np.round(landmarks, 2).tolist(),
        "triangles": triangles.tolist(),
    }
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
