"""dlib through ``face_recognition``, as the measure the kiosk's face analysis is held against.

Lives in build/bench-site, from requirements-bench.lock, and only the bench puts that folder on the path: its
68-point predictor was trained on pictures licensed for non-commercial research, so it never ships.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SITE = Path(__file__).resolve().parents[2] / "build" / "bench-site"

Location = tuple[int, int, int, int]  # top, right, bottom, left, px


class Dlib:
    """Pixels are uint8 (h, w, 3) RGB, as dlib wants them: turning them round is not on its clock."""

    def __init__(self) -> None:
        """Raises ImportError when ``make bench`` has not installed it."""
        if str(SITE) not in sys.path:
            sys.path.insert(0, str(SITE))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pkg_resources is announced to go
            import dlib
            import face_recognition
        self.version = str(dlib.__version__)
        self._library: Any = face_recognition

    def detect(self, pixels: NDArray[np.uint8]) -> list[Location]:
        return list(self._library.face_locations(pixels, number_of_times_to_upsample=1, model="hog"))

    def landmarks(self, pixels: NDArray[np.uint8], found: list[Location]) -> None:
        self._library.face_landmarks(pixels, found, model="large")

    def embed(self, pixels: NDArray[np.uint8], found: list[Location]) -> NDArray[np.float64]:
        """float64 (128,) of the first face: five points, alignment and network."""
        return np.asarray(self._library.face_encodings(pixels, known_face_locations=found, num_jitters=1)[0])
