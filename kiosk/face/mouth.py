"""How far the mouth is open, from the inner lips."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_UPPER_INNER_LIP, _LOWER_INNER_LIP = 13, 14


def mouth_gap(points: NDArray[np.float32], eye_px: float) -> float:
    """Between the inner lips over the distance of the eyes; ``points`` float32 (478, 3) in px."""
    gap = points[_UPPER_INNER_LIP, :2] - points[_LOWER_INNER_LIP, :2]
    return float(np.hypot(*gap)) / max(eye_px, 1.0)
