"""A film on a screen before the camera: phone, tablet, or a panel that fills the whole view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.device import Device
from hardware.camera.simulated.film import Film
from hardware.camera.simulated.glass import Lamp, add_glare
from hardware.camera.simulated.head import Pose
from hardware.camera.simulated.layers import seen_box
from hardware.camera.simulated.motion import Begun, Sway, amount
from hardware.camera.simulated.optics import Matrix, Placed, focal_px, plane_to_picture, project
from hardware.camera.simulated.panel import Floats, PanelType, Shutter, bands_on, grid_on
from hardware.camera.simulated.panel_light import PanelLight
from kiosk.ports import Movement
from kiosk.vision import cv2

GAIN, LIFT = 1.12, 14.0  # a screen glows, and its black is grey in a lit room
TINT = (1.05, 1.00, 0.96)  # BGR, colder than office light
SOFT = 0.6  # px: the film has been through a lens and a codec once already
SLACK = 61  # the dither is cut at another place for every frame
STRAIGHT = Pose()
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Hold:
    """Where a flat thing is held: ``place`` mm before the lens, ``pose``; ``sway`` degrees and ``drift`` mm of an
    unsteady hand; what the hand does when a movement is asked: ``wobble`` and ``tilt`` degrees."""

    place: tuple[float, float, float]
    pose: Pose = STRAIGHT
    sway: float = 1.6
    drift: float = 2.0
    wobble: float = 0.0
    tilt: float = 0.0

    def at(self, at: float, sway: Sway, begun: Sequence[Begun], lower: float = 0.0) -> Placed:
        """Where it is at ``at`` s; ``lower`` mm below its place."""
        yaw = pitch = 0.0
        for one in begun:
            along = amount(one.movement, at - one.at)
            if self.tilt and one.movement is not Movement.BLINK:
                yaw += self.tilt * along * {Movement.TURN_LEFT: 1.0, Movement.TURN_RIGHT: -1.0}.get(one.movement, 0.0)
                pitch += self.tilt * along * (one.movement is Movement.NOD)
            else:
                yaw, pitch = yaw + self.wobble * along, pitch + self.wobble * along / 2
        a = [sway.axis(axis, at) for axis in range(5)]
        pose = Pose(
            self.pose.yaw + yaw + self.sway * a[0],
            self.pose.pitch + pitch + self.sway * a[1],
            self.pose.roll + self.sway * a[2],
        )
        x, y, z = self.place
        return Placed(np.array([x + self.drift * a[3], y + self.drift * a[4] + lower, z + self.drift * a[2]]), pose)


class Screen:
    """``behind`` uint8 (h, w, 3) BGR is the room; ``device`` None for a panel without a visible body."""

    def __init__(
        self, film: Film, panel: PanelType, hold: Hold, shutter: Shutter, *, behind: Pixels, seed: int,
        device: Device | None = None, lamp: Lamp | None = None, gain: float = GAIN, lift: float = LIFT,
    ) -> None:  # fmt: skip
        self._film, self._panel, self._hold, self._shutter = film, panel, hold, shutter
        self._behind, self._device, self._lamp = behind, device, lamp
        self._sway = Sway(seed)
        self._seed = seed
        self._colours = np.hstack([gain * np.diag(TINT), np.full((3, 1), lift)])
        self._picture = (behind.shape[1], behind.shape[0])
        (film_w, film_h), (panel_w, panel_h) = film.size, panel.size
        self._film_to_mm = np.array(
            [
                [panel_w / film_w, 0, (0.5 / film_w - 0.5) * panel_w],
                [0, panel_h / film_h, (0.5 / film_h - 0.5) * panel_h],
                [0, 0, 1],
            ]
        )
        # Less than half a grey level would be rounded away before the sensor's noise comes on top.
        shape = (behind.shape[0] + SLACK, behind.shape[1] + SLACK, 3)
        self._dither = np.random.default_rng(seed).uniform(-0.5, 0.5, shape).astype(np.float32)
        self._grid: tuple[Matrix, Floats | None] | None = None

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> Pixels:
        picture = self._behind.copy() if light is None else light.on_room(self._behind)
        self.draw(picture, at, begun, light=light)
        return picture

    def draw(
        self, picture: Pixels, at: float, begun: Sequence[Begun], lower: float = 0.0, light: PanelLight | None = None
    ) -> None:
        """Into ``picture``, held ``lower`` mm below its place."""
        held = self._hold.at(at, self._sway, begun, lower)
        to_picture = plane_to_picture(self._picture, held)
        self._shine(picture, self._film.picture(at, begun), to_picture, at, held, light)
        if self._device is not None:
            self._device.draw(picture, to_picture, light)

    def _shine(  # noqa: PLR0917
        self, picture: Pixels, film: Pixels, to_picture: Matrix, at: float, held: Placed, light: PanelLight | None
    ) -> None:
        half = np.array(self._panel.size) / 2
        corners = project(to_picture, half * np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]))
        box = seen_box(picture, corners)
        if box is None:
            return
        low = np.array(box[:2])
        shift = np.array([[1.0, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
        matrix = shift @ to_picture @ self._film_to_mm
        size = (box[2] - box[0], box[3] - box[1])
        lit: Any = cv2.warpPerspective(
            cv2.transform(film, self._colours), matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        lit = cv2.GaussianBlur(lit, (0, 0), SOFT)
        lit = self._modulated(lit, to_picture, box, at)
        if self._lamp is not None:
            add_glare(lit, box, self._lamp, self._picture, held)
        if light is not None:
            lit = light.on_glass(lit)
        region = picture[box[1] : box[3], box[0] : box[2]]
        if self._device is None and (corners[0] <= 0).all() and (corners[2] >= np.array(self._picture) - 1).all():
            region[:] = lit
            return
        mask = np.zeros(region.shape[:2], np.uint8)
        cv2.fillConvexPoly(mask, np.rint((corners - low) * 16).astype(np.int32), 255, cv2.LINE_8, 4)
        cv2.copyTo(lit, mask, region)

    def _modulated(self, lit: Pixels, to_picture: Matrix, box: tuple[int, int, int, int], at: float) -> Pixels:
        if self._grid is None or not np.array_equal(self._grid[0], to_picture):
            self._grid = (to_picture, grid_on(self._panel, np.asarray(np.linalg.inv(to_picture), np.float64), box))
        grid = self._grid[1]
        bands = bands_on(self._panel, self._shutter, at, (box[1], box[3]))
        if grid is None and bands is None:
            return lit
        levels = lit.astype(np.float32) if grid is None else cv2.multiply(lit, grid, dtype=cv2.CV_32F)
        if bands is not None:
            levels *= bands
        dy, dx = np.random.default_rng([self._seed, int(at * 1000) & 0x7FFFFFFF]).integers(0, SLACK, 2)
        dither = self._dither[dy : dy + lit.shape[0], dx : dx + lit.shape[1]]
        return np.asarray(cv2.add(levels, dither, dtype=cv2.CV_8U), np.uint8)


def px_per_mm(height: int, distance: float) -> float:
    return focal_px(height) / distance
