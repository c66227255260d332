"""The photo behind the simulated participant, with the mesh and the matte made for it.

The photo is ``astronaut.png`` of the installed scikit-image distribution (NASA, public domain): found
on disk without importing scikit-image, and checked by SHA-256 so that a mesh never moves another
picture. Mesh and matte are written by ``make_mesh`` and ``make_matte``. No drawing here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import LastingFault
from kiosk.vision import cv2

TEXTURE_NAME = "astronaut.png"
DEMO = Path(__file__).resolve().parents[3] / "resources" / "demo"
MESH_FILE = DEMO / "participant_mesh.json"
MATTE_FILE = DEMO / "participant_matte.png"


@dataclass(frozen=True, slots=True)
class FaceTexture:
    """``image`` uint8 (h, w, 3) BGR; ``matte`` uint8 (h, w), 255 on the person; ``landmarks`` float64
    (478, 3) px, smaller z is nearer; ``triangles`` int64 (898, 3) indices into the first 468 landmarks."""

    image: NDArray[np.uint8]
    matte: NDArray[np.uint8]
    landmarks: NDArray[np.float64]
    triangles: NDArray[np.int64]


def texture_path() -> Path:
    """Raise LastingFault("demo_photo_missing") when scikit-image is not installed."""
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise LastingFault("demo_photo_missing")
    return Path(spec.origin).parent / "data" / TEXTURE_NAME


def load_texture(mesh_file: Path = MESH_FILE, with_matte: bool = True) -> FaceTexture:
    """Raise LastingFault("demo_photo_missing" | "demo_mesh_missing" | "demo_photo_changed")."""
    try:
        document = json.loads(mesh_file.read_text())
        matte_data = MATTE_FILE.read_bytes() if with_matte else b""
    except (OSError, ValueError):
        raise LastingFault("demo_mesh_missing") from None
    try:
        data = texture_path().read_bytes()
    except OSError:
        raise LastingFault("demo_photo_missing") from None
    if hashlib.sha256(data).hexdigest() != document["texture_sha256"]:
        raise LastingFault("demo_photo_changed")
    image = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    matte = np.full(image.shape[:2], 255, np.uint8)
    if with_matte:
        matte = np.asarray(cv2.imdecode(np.frombuffer(matte_data, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    return FaceTexture(
        image, matte, np.array(document["landmarks_px"], np.float64), np.array(document["triangles"], np.int64)
    )
