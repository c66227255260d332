"""Warps the photo by a posed mesh: paint triangle numbers far to near, then fetch every pixel once.

Painting numbers instead of pixels keeps the cost at one ``remap`` a frame however many triangles
overlap. Outside the mesh the photo stays untouched.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.head import HeadMesh, PosedMesh
from kiosk.vision import cv2

SUBPIXEL_BITS = 4
SLIVER_PX2 = 0.05  # triangles seen edge-on have no inverse and nothing to show


class MeshWarp:
    """For one photo (uint8 (h, w, 3) BGR, or (h, w, 4) with a matte) and its mesh. Not thread-safe: buffers are
    used again."""

    def __init__(self, photo: NDArray[np.uint8], mesh: HeadMesh) -> None:
        height, width = photo.shape[:2]
        self._photo = photo
        self._mesh = mesh
        low = np.floor(mesh.vertices[:, :2].min(0)).astype(int)
        high = np.ceil(mesh.vertices[:, :2].max(0)).astype(int) + 1
        self._x0, self._y0 = (int(v) for v in np.maximum(low, 0))
        self._x1, self._y1 = int(min(high[0], width)), int(min(high[1], height))
        self._ids = np.zeros((self._y1 - self._y0, self._x1 - self._x0), np.int32)
        ys, xs = np.mgrid[self._y0 : self._y1, self._x0 : self._x1]
        self._xs, self._ys = xs.astype(np.float32), ys.astype(np.float32)
        corners = mesh.vertices[mesh.triangles][:, :, :2]
        self._texture_corners = corners.transpose(0, 2, 1)  # (n, 2, 3)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x0, y0, x1, y1 px: outside it the photo never changes."""
        return self._x0, self._y0, self._x1, self._y1

    def render(self, posed: PosedMesh) -> NDArray[np.uint8]:
        """A new picture, as large as the photo and with its channels."""
        picture = self._photo.copy()
        picture[self._y0 : self._y1, self._x0 : self._x1] = self.render_box(posed)
        return picture

    def render_box(self, posed: PosedMesh) -> NDArray[np.uint8]:
        """Only what is inside ``box``."""
        corners = posed.points[self._mesh.triangles]  # (n, 3, 2)
        homogeneous = np.concatenate([corners.transpose(0, 2, 1), np.ones((len(corners), 1, 3))], 1)
        paintable = np.abs(np.linalg.det(homogeneous)) > SLIVER_PX2
        homogeneous[~paintable] = np.eye(3)
        affine = self._texture_corners @ np.linalg.inv(homogeneous)  # (n, 2, 3): picture -> photo
        table = np.zeros((len(affine) + 1, 6), np.float32)
        table[0] = (1, 0, 0, 0, 1, 0)
        table[1:] = affine.reshape(-1, 6)

        fixed = np.rint((corners - (self._x0, self._y0)) * (1 << SUBPIXEL_BITS)).astype(np.int32)
        self._ids.fill(0)
        for index in posed.order.tolist():
            if paintable[index]:
                cv2.fillConvexPoly(self._ids, fixed[index], index + 1, cv2.LINE_8, SUBPIXEL_BITS)

        ids = self._ids.ravel()
        a, b, c, d, e, f = (np.take(table[:, k], ids).reshape(self._ids.shape) for k in range(6))
        a *= self._xs
        b *= self._ys
        a += b
        a += c
        d *= self._xs
        e *= self._ys
        d += e
        d += f
        warped = cv2.remap(self._photo, a, d, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, np.uint8)
