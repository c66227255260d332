"""A living person as a layer of their own before a room that stays where it is.

``Alive`` of ``people`` warps photo and room together, which is quicker; here straight edges behind the head stay
straight, the person can step aside, and light falls on the person as it stands in the room.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.head import HeadMesh, Pose
from hardware.camera.simulated.layers import lay_over
from hardware.camera.simulated.motion import CALM, Begun, Manner, Sway, pose_at
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.raster import MeshWarp
from hardware.camera.simulated.texture import FaceTexture
from kiosk.vision import cv2

Pixels = NDArray[np.uint8]


class Standing:
    """``person`` is enlarged for the picture and has its matte; ``light`` float32 (h, w, 1) factors on the person's
    grey levels, fixed in the room; None for the light of the photo."""

    def __init__(
        self, person: FaceTexture, room: Pixels, seed: int, manner: Manner = CALM,
        light: NDArray[np.float32] | None = None,
    ) -> None:  # fmt: skip
        share = person.matte[..., None].astype(np.float32) / 255
        layer = np.dstack([np.rint(person.image * share).astype(np.uint8), person.matte])  # premultiplied
        self.face = person
        self._mesh = HeadMesh(person)
        self._warp = MeshWarp(layer, self._mesh)
        self._layer = layer
        self._sway, self._manner = Sway(seed), manner
        self._room, self._light = room, light
        self._still = self._at_rest(room, layer)
        self._lit: tuple[PanelLight, Pixels, Pixels] | None = None  # the last light with room and still in it

    def pose(self, at: float, begun: Sequence[Begun]) -> Pose:
        return pose_at(at, self._sway, begun, self._manner)

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        return self.show(self.pose(at, begun), light)

    def show(self, pose: Pose, panel: PanelLight | None = None) -> Pixels:
        """A new picture, uint8 (h, w, 3) BGR."""
        x0, y0, x1, y1 = self._warp.box
        room, still = self._under(panel)
        picture = still.copy()
        region = picture[y0:y1, x0:x1]
        region[:] = room[y0:y1, x0:x1]
        warped = self._warp.render_box(self._mesh.posed(pose))
        if panel is not None:
            warped = panel.on_near(warped)
        self._lay(region, warped, None if self._light is None else self._light[y0:y1, x0:x1])
        return picture

    def _at_rest(self, room: Pixels, layer: Pixels) -> Pixels:
        still = room.copy()
        self._lay(still, layer, self._light)
        return still

    def _under(self, panel: PanelLight | None) -> tuple[Pixels, Pixels]:
        if panel is None:
            return self._room, self._still
        if self._lit is None or self._lit[0] != panel:
            room = panel.on_room(self._room)
            self._lit = (panel, room, self._at_rest(room, panel.on_near(self._layer)))
        return self._lit[1:]

    def draw(
        self, picture: Pixels, at: float, begun: Sequence[Begun], aside: float, panel: PanelLight | None = None
    ) -> None:
        """Into ``picture``, ``aside`` px to the right of the own place."""
        width = picture.shape[1]
        if abs(aside) >= width:
            return
        layer = self._warp.render(self._mesh.posed(self.pose(at, begun)))
        if panel is not None:
            layer = panel.on_near(layer)
        # The photo ends a little beside the shoulders, so a step aside must not stretch its rim.
        moved = cv2.warpAffine(layer, np.array([[1.0, 0, aside], [0, 1, 0]]), (width, picture.shape[0]))
        self._lay(picture, np.asarray(moved, np.uint8), self._light)

    @staticmethod
    def _lay(under: Pixels, layer: Pixels, light: NDArray[np.float32] | None) -> None:
        if light is not None:
            four = cv2.merge([light, light, light, np.ones_like(light)])
            layer = np.asarray(cv2.multiply(layer, four, dtype=cv2.CV_8U), np.uint8)
        lay_over(under, layer)
