"""Where the face is, in the lengths the passive cues think in: face widths round the chin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk.face.analysis import TrackedFace
from kiosk.face.mesh import POINTS

LONGEST_FACE = 1.35  # height of the landmark oval over its width, frontal; a turned head is narrower, not shorter


@dataclass(frozen=True, slots=True)
class FacePlace:
    """Picture px. ``x`` middle of the face, ``chin`` and ``top`` (upper end of the landmarks) rows, ``width`` the
    frontal face width, also of a turned head."""

    x: float
    chin: float
    top: float
    width: float


def place_of(face: TrackedFace | None) -> FacePlace | None:
    """None without a face or with landmarks that are no face."""
    if face is None or face.points.shape[0] < POINTS or not np.isfinite(face.points[:, :2]).all():
        return None
    x0, y0, x1, y1 = face.box
    width = max(x1 - x0, (y1 - y0) / LONGEST_FACE)
    if width < 1.0:
        return None
    return FacePlace((x0 + x1) / 2, y1, y0, width)
