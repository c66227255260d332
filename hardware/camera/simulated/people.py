"""Who can stand before the simulated camera, each as a renderer of one picture at one time.

Built on first need: the start of the kiosk pays for the participant only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.framing import framed
from hardware.camera.simulated.head import HeadMesh
from hardware.camera.simulated.impostor import impostor_of
from hardware.camera.simulated.motion import Begun, Sway, pose_at
from hardware.camera.simulated.office import office
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.phone_attack import HeldPhone
from hardware.camera.simulated.print_attack import HeldPrint
from hardware.camera.simulated.raster import MeshWarp
from hardware.camera.simulated.texture import FaceTexture, load_texture
from kiosk.ports import SimulatedPerson
from kiosk.vision import cv2


class Person(Protocol):
    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> NDArray[np.uint8]:
        """A new picture, uint8 (h, w, 3) BGR, at ``at`` seconds; ``light`` None: under the kiosk's white screen."""


class Alive:
    """A head that can do every movement."""

    def __init__(self, texture: FaceTexture, seed: int) -> None:
        self._mesh = HeadMesh(texture)
        self._warp = MeshWarp(texture.image, self._mesh)
        self._sway = Sway(seed)
        self._person = texture.matte // 128  # photo and room are one: a moved head's rim is lit as the room is

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> NDArray[np.uint8]:
        picture = self._warp.render(self._mesh.posed(pose_at(at, self._sway, begun)))
        if light is None:
            return picture
        lit = light.on_room(picture)
        cv2.copyTo(light.on_near(picture), self._person, lit)
        return lit


class Nobody:
    def __init__(self, width: int, height: int) -> None:
        self._picture = office(width, height)

    def render(self, at: float, begun: Sequence[Begun], light: PanelLight | None = None) -> NDArray[np.uint8]:
        return self._picture.copy() if light is None else light.on_room(self._picture)


class People:
    """Every simulated person of one camera, for pictures of ``width`` x ``height`` px."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self._size = (width, height)
        self._seed = seed
        self._known: dict[SimulatedPerson, Person] = {}

    @cached_property
    def _texture(self) -> FaceTexture:
        return load_texture()

    def get(self, person: SimulatedPerson) -> Person:
        """Raise LastingFault when the demo photo is missing or another than the mesh was made for."""
        if person not in self._known:
            self._known[person] = self._make(person)
        return self._known[person]

    def _make(self, person: SimulatedPerson) -> Person:
        match person:
            case SimulatedPerson.PARTICIPANT:
                return Alive(framed(self._texture, *self._size), self._seed)
            case SimulatedPerson.IMPOSTOR:
                return Alive(framed(impostor_of(self._texture), *self._size), self._seed + 1)
            case SimulatedPerson.PRINT:
                return HeldPrint(self._texture, *self._size, seed=self._seed + 2)
            case SimulatedPerson.PHONE:
                return HeldPhone(self._texture, *self._size, seed=self._seed + 3)
            case SimulatedPerson.NOBODY:
                return Nobody(*self._size)
