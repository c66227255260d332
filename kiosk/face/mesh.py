"""Topology of the 478-point face mesh: which points carry what, and the canonical face in centimetres.

Shared by landmarks, pose, blink and planarity so that an index is written down once. "Left" and "right"
are the person's own. No model runs here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import LastingFault

POINTS = 478
FACE_POINTS = 468  # the rest are the irises

RIGHT_OUTER_EYE, LEFT_OUTER_EYE = 33, 263
RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS = (33, 133), (263, 362)
# Outer, upper x2, inner, lower x2, in the order of Soukupova and Cech's eye aspect ratio.
RIGHT_EYE = (33, 160, 158, 133, 153, 144)
LEFT_EYE = (263, 387, 385, 362, 380, 373)
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip

# What the blendshape network reads, in its order (MediaPipe's graph definition).
BLENDSHAPE_POINTS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80,
    81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153,
    154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251,
    263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318,
    321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386,
    387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
)  # fmt: skip
BLINK_LEFT, BLINK_RIGHT = 9, 10

# Regions that the face itself moves, in canonical cm.
_EYE_CENTRES = ((-3.18, 2.6), (3.18, 2.6))
_EYE_HALF_WIDTH, _EYE_HALF_HEIGHT = 1.9, 1.1
_LIPS_TOP, _LIPS_BOTTOM, _LIPS_HALF_WIDTH = -2.6, -6.0, 3.2
_UPPER_LIP = -2.2


def read_canonical(path: Path) -> NDArray[np.float64]:
    """(468, 3) canonical vertices, cm: x to the person's left, y up, z towards the camera.

    Reads the protobuf by hand (field 1 is the mesh, its field 3 floats x, y, z, u, v) because the
    generated classes come only with MediaPipe itself. Raises LastingFault("weights_damaged:face_geometry").
    """
    data = path.read_bytes()
    try:
        if data[0] != 0x0A:
            raise ValueError("no mesh")
        _, at = _varint(data, 1)
        floats: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
        while len(floats) < FACE_POINTS * 5:
            key, at = _varint(data, at)
            if key == 3 << 3 | 5:
                floats.append(np.frombuffer(data, "<f4", 1, at))
                at += 4
            elif key & 7 == 0:
                _, at = _varint(data, at)
            else:
                raise ValueError("unexpected field")
    except (ValueError, IndexError) as error:
        raise LastingFault("weights_damaged:face_geometry") from error
    return np.concatenate(floats).reshape(FACE_POINTS, 5)[:, :3].astype(np.float64)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def rigid_points(canonical: NDArray[np.float64]) -> NDArray[np.int64]:
    """Indices of the 304 points outside lids and lips: what planarity is judged on.

    The jaw is in: it lies deepest and a print cannot open it. Measured with a rendered head turned 20
    and 28 degrees this set leaves residuals of 5.1-6.0 and 7.6-9.1 %, forehead and nose alone 3.6-4.2 and
    5.2-6.4, while the worst bent print stays at 3.2 and 2.3: the gap is widest here.
    """
    x, y = canonical[:, 0], canonical[:, 1]
    lips = (y < _LIPS_TOP) & (y > _LIPS_BOTTOM) & (np.abs(x) < _LIPS_HALF_WIDTH)
    return np.flatnonzero(~lips & ~_near_eyes(canonical))


def skull_points(canonical: NDArray[np.float64]) -> NDArray[np.int64]:
    """Indices of the 230 points above the mouth and outside the lids: a speaking jaw does not turn the head."""
    return np.flatnonzero((canonical[:, 1] > _UPPER_LIP) & ~_near_eyes(canonical))


def _near_eyes(canonical: NDArray[np.float64]) -> NDArray[np.bool_]:
    x, y = canonical[:, 0], canonical[:, 1]
    near = np.zeros(len(canonical), np.bool_)
    for cx, cy in _EYE_CENTRES:
        near |= ((x - cx) / _EYE_HALF_WIDTH) ** 2 + ((y - cy) / _EYE_HALF_HEIGHT) ** 2 <= 1
    return near
