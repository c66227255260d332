"""A printed sheet, flat or bent, held or worn: laid over the picture as the camera sees it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.bent import COARSE, depth_at_edge, sheet_at, width_of_half
from hardware.camera.simulated.layers import from_middle, lay_flat, lay_over, premultiplied, seen_box
from hardware.camera.simulated.motion import Begun, Sway
from hardware.camera.simulated.optics import Matrix, Placed, plane_to_picture, project
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.screen import Hold
from kiosk.vision import cv2

Pixels = NDArray[np.uint8]


class Sheet:
    """``paper`` and ``arms`` uint8 BGRA, not premultiplied, of one scale (``px_per_mm``) and with the sheet's middle
    in their own; ``size`` mm; ``radius`` mm of the bend, None for flat. ``arms`` are behind the paper."""

    def __init__(  # noqa: PLR0917 - two layers and where they are
        self, paper: Pixels, arms: Pixels | None, px_per_mm: float, size: tuple[float, float], hold: Hold, seed: int,
        radius: float | None = None,
    ) -> None:  # fmt: skip
        self._paper = premultiplied(paper)
        self._arms = None if arms is None else premultiplied(arms)
        self._scale, self._size, self._hold, self._radius = px_per_mm, size, hold, radius
        self._sway = Sway(seed)

    def draw(
        self, picture: Pixels, at: float, begun: Sequence[Begun], lower: float = 0.0, light: PanelLight | None = None
    ) -> None:
        """Into ``picture``, held ``lower`` mm below its place."""
        self.lay(picture, self._hold.at(at, self._sway, begun, lower), light)

    def lay(self, picture: Pixels, held: Placed, light: PanelLight | None = None) -> None:
        paper, arms = self._paper, self._arms
        if light is not None:
            paper, arms = light.on_near(paper), None if arms is None else light.on_near(arms)
        size = (picture.shape[1], picture.shape[0])
        near = plane_to_picture(size, held)
        if self._radius is None:
            if arms is not None:
                lay_flat(picture, arms, near @ from_middle(arms, self._scale))
            lay_flat(picture, paper, near @ from_middle(paper, self._scale))
            return
        half = self._size[0] / 2
        back = held.place + held.normal * depth_at_edge(half, self._radius)
        edges = plane_to_picture(size, Placed(back, held.pose))
        if arms is not None:
            narrower = np.diag([width_of_half(half, self._radius) / half, 1.0, 1.0])
            lay_flat(picture, arms, edges @ narrower @ from_middle(arms, self._scale))
        self._bent(picture, paper, near, edges, held)

    def _bent(self, picture: Pixels, paper: Pixels, near: Matrix, edges: Matrix, held: Placed) -> None:
        assert self._radius is not None  # noqa: S101  the caller asked
        rows, columns = paper.shape[:2]
        half = np.array([columns, rows]) / 2 / self._scale
        around = half * np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
        seen = np.vstack([project(near, around), project(edges, around)])
        box = seen_box(picture, seen)
        if box is None:
            return
        along, down = sheet_at((picture.shape[1], picture.shape[0]), held, self._radius, box)
        size = (box[2] - box[0], box[3] - box[1])
        # Sample k of a map belongs to px k * COARSE exactly; ``resize`` would shift it by half a step.
        grid = np.array([[1 / COARSE, 0, 0], [0, 1 / COARSE, 0]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        x, y = (
            cv2.warpAffine(values * np.float32(self._scale) + np.float32((n - 1) / 2), grid, size, flags=flags)
            for values, n in ((along, columns), (down, rows))
        )
        laid = cv2.remap(paper, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        lay_over(picture[box[1] : box[3], box[0] : box[2]], np.asarray(laid, np.uint8))
