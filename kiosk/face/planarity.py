"""Does the head turn like a head or like a sheet of paper?

A flat thing seen from two sides is related by a homography; a head is not, its nose and cheeks shift
against each other. The residual of the best homography from the neutral landmarks to the turned ones,
in % of the outer-eye distance, tells them apart. A replayed video passes this check: other cues answer it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.face.mesh import LEFT_OUTER_EYE, RIGHT_OUTER_EYE


def planarity_residual(neutral: NDArray[np.float32], turned: NDArray[np.float32], rigid: NDArray[np.int64]) -> float:
    """RMS residual in % of the neutral outer-eye distance.

    ``neutral``, ``turned`` float32 (478, 3) landmarks in px of which x and y are used; ``rigid`` their
    indices. 0.0 (flat, which never passes) when the points give no homography.
    """
    source = neutral[rigid, :2].astype(np.float64)
    target = turned[rigid, :2].astype(np.float64)
    eyes = float(np.hypot(*(neutral[LEFT_OUTER_EYE, :2] - neutral[RIGHT_OUTER_EYE, :2])))
    if eyes <= 0 or not (np.isfinite(source).all() and np.isfinite(target).all()):
        return 0.0
    matrix = _homography(source, target)
    if matrix is None:
        return 0.0
    mapped = np.c_[source, np.ones(len(source))] @ matrix.T
    w = mapped[:, 2:]
    if np.abs(w).min() < 1e-9:
        return 0.0
    residual = mapped[:, :2] / w - target
    return float(np.sqrt((residual**2).sum(1).mean()) / eyes * 100)


def _homography(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """3x3 by the normalised direct linear transform (least squares over all points)."""
    from_source, from_target = _normaliser(source), _normaliser(target)
    if from_source is None or from_target is None:
        return None
    x, y = (np.c_[source, np.ones(len(source))] @ from_source.T)[:, :2].T
    u, v = (np.c_[target, np.ones(len(target))] @ from_target.T)[:, :2].T
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = np.r_[
        np.c_[x, y, one, zero, zero, zero, -u * x, -u * y, -u],
        np.c_[zero, zero, zero, x, y, one, -v * x, -v * y, -v],
    ]
    _, vectors = np.linalg.eigh(rows.T @ rows)
    matrix: NDArray[np.float64] = np.linalg.inv(from_target) @ vectors[:, 0].reshape(3, 3) @ from_source
    return matrix


def _normaliser(points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    centre = points.mean(0)
    spread = float(np.hypot(*(points - centre).T).mean())
    if spread <= 0:
        return None
    s = np.sqrt(2) / spread
    return np.array([[s, 0, -s * centre[0]], [0, s, -s * centre[1]], [0, 0, 1]])
