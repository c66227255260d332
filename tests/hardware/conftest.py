"""The simulated camera on a clock of its own, and the real face networks to look at its pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.camera.simulated import SimulatedCamera, Simulation, reference_photo
from kiosk.face.detector import PHOTO_SIDE, FaceDetector
from kiosk.face.embedder import FaceEmbedder
from kiosk.face.landmarks import LandmarkNet, rect_of_box, rect_of_points
from kiosk.face.mesh import read_canonical, rigid_points, skull_points
from kiosk.face.planarity import planarity_residual
from kiosk.face.pose import HeadPose, PoseFit
from kiosk.face.weights import WeightsStore
from kiosk.ports import Movement
from kiosk.vision import cv2

Pixels = NDArray[np.uint8]


class FakeClock:
    """Time passes only by sleeping, so a film costs no waiting."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Stage:
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.simulation = Simulation(self.clock.monotonic)
        self.camera = self.new_camera()

    def new_camera(self, seed: int = 20) -> SimulatedCamera:
        return SimulatedCamera(self.simulation, seed=seed, monotonic=self.clock.monotonic, sleep=self.clock.sleep)

    def picture_in_the_middle_of(self, movement: Movement) -> Pixels:
        """One frame while the movement is held at its farthest, then let it end."""
        self.simulation.perform(movement)
        self.clock.sleep(0.2 if movement is Movement.BLINK else 0.9)
        picture = self.camera.read()
        self.clock.sleep(3.0)
        return picture


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.camera.open()
    return stage


class Looker:
    """What the kiosk's own networks see in a picture."""

    def __init__(self, weights: WeightsStore) -> None:
        self._detector = FaceDetector(weights.path("detector"))
        self._embedder = FaceEmbedder(weights)
        self._landmarks = LandmarkNet(weights.path("landmarks"), weights.path("blendshapes"))
        canonical = read_canonical(weights.path("face_geometry"))
        self._rigid = rigid_points(canonical)
        self._pose = PoseFit(canonical, skull_points(canonical))

    def faces(self, picture: Pixels, side: int = PHOTO_SIDE) -> int:
        return len(self._detector.find(picture, side))

    def face_width(self, picture: Pixels) -> float:
        return self._detector.find(picture, PHOTO_SIDE)[0].width

    def points(self, picture: Pixels) -> NDArray[np.float32]:
        face = self._detector.find(picture, PHOTO_SIDE)[0]
        rect = rect_of_box(face.x, face.y, face.width, face.height, 0.0)
        for _ in range(2):
            mesh = self._landmarks.mesh(picture, rect)
            rect = rect_of_points(mesh.points)
        return mesh.points

    def pose(self, picture: Pixels) -> HeadPose:
        return self._pose.fit(self.points(picture))

    def eyes_shut(self, picture: Pixels) -> float:
        """The weaker of the two eyeBlink blendshapes, 0..1."""
        return float(self._landmarks.blendshapes(self.points(picture))[9:11].min())

    def eye_openness(self, picture: Pixels) -> float:
        """Eye aspect ratio, mean of both eyes."""
        p = self.points(picture)[:, :2]
        ratios = [
            (np.hypot(*(p[b] - p[f])) + np.hypot(*(p[c] - p[e]))) / (2 * np.hypot(*(p[a] - p[d])))
            for a, b, c, d, e, f in ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
        ]
        return float(np.mean(ratios))

    def planarity(self, neutral: Pixels, turned: Pixels) -> float:
        return planarity_residual(self.points(neutral), self.points(turned), self._rigid)

    def embedding(self, picture: Pixels) -> NDArray[np.float32]:
        face = self._detector.find(picture, PHOTO_SIDE)[0]
        face = self._detector.refine(picture, face)
        return self._embedder.embed([self._embedder.align(picture, face.points)])[0]

    def likeness(self, one: Pixels, other: Pixels) -> float:
        return float(self.embedding(one) @ self.embedding(other))


@pytest.fixture(scope="session")
def look(weights_store: WeightsStore) -> Looker:
    return Looker(weights_store)


@pytest.fixture(scope="session")
def reference() -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(reference_photo(), np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.fixture
def fake_sysfs(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Builds a tree as the kernel lays it out: class links into a devices folder."""
    sysfs, dev = tmp_path / "class", tmp_path / "dev"
    sysfs.mkdir()
    dev.mkdir()

    def add(
        number: int, name: str, *, usb: tuple[str, str] | None = ("046d", "0825"), port: str = "1-2", index: int = 0,
        driver: str = "uvcvideo",
    ) -> tuple[Path, Path]:  # fmt: skip
        if usb is None:
            place = tmp_path / "devices/virtual/video4linux" / f"video{number}"
            place.mkdir(parents=True)
        else:
            interface = tmp_path / "devices/pci0000:00/usb1" / port / f"{port}:1.0"
            place = interface / "video4linux" / f"video{number}"
            place.mkdir(parents=True)
            (interface.parent / "idVendor").write_text(usb[0] + "\n")
            (interface.parent / "idProduct").write_text(usb[1] + "\n")
            drivers = tmp_path / "bus/usb/drivers" / driver
            drivers.mkdir(parents=True, exist_ok=True)
            if not (interface / "driver").exists():
                (interface / "driver").symlink_to(drivers)
            (place / "device").symlink_to(interface)
        (place / "name").write_text(name + "\n")
        (place / "index").write_text(f"{index}\n")
        (sysfs / f"video{number}").symlink_to(place)
        (dev / f"video{number}").touch()
        return sysfs, dev

    return add
