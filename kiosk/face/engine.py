"""The loaded face models, one set per process: frames in, measured values out.

Loading is lazy and takes about two seconds, so screens and tests may import this module freely. One lock
keeps the networks to one caller at a time. Decisions are made in ``session``, never here.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiosk.config import FaceSettings, Settings
from kiosk.face.analysis import Detection, FrameAnalysis, TrackedFace
from kiosk.face.reference import Reference, ReferenceRefused, is_template, read_template
from kiosk.face.weights import WeightsStore, load_manifest
from kiosk.ports import Frame

if TYPE_CHECKING:
    from kiosk.face.detector import FaceDetector
    from kiosk.face.embedder import FaceEmbedder
    from kiosk.face.landmarks import LandmarkNet, Mesh
    from kiosk.face.light_show import LightShow
    from kiosk.face.passive.pad_net import PadModel
    from kiosk.face.passive.watch import PassiveWatch
    from kiosk.face.pose import PoseFit
    from kiosk.face.tracker import FaceTracker

PAD_SLOT = "pad"
USED_SLOTS = ("detector", "embedder", "landmarks", "blendshapes", "face_geometry")


@dataclass(slots=True)
class _Models:
    detector: FaceDetector
    tracker: FaceTracker
    net: LandmarkNet
    embedder: FaceEmbedder
    pose: PoseFit
    pad: PadModel | None
    rigid: NDArray[np.int64]


class FaceEngine:
    """Thread-safe by one lock. The tracker follows one face at a time: one session uses it at a time."""

    def __init__(self, weights: WeightsStore, settings: FaceSettings) -> None:
        self._weights = weights
        self._settings = settings
        self._lock = threading.RLock()
        self._models: _Models | None = None

    def verify(self) -> None:
        """Check every file that ``load`` will need; raises LastingFault, naming the slot."""
        for slot in USED_SLOTS:
            self._weights.path(slot)

    def load(self) -> None:
        """Load every model once; raises LastingFault (weights missing or damaged, "face_runtime")."""
        with self._lock:
            if self._models is None:
                self._models = self._load()

    def _load(self) -> _Models:
        # onnxruntime, LiteRT and insightface take a second to import; screens import this module.
        from kiosk.face.detector import FaceDetector  # noqa: PLC0415
        from kiosk.face.embedder import FaceEmbedder  # noqa: PLC0415
        from kiosk.face.landmarks import LandmarkNet  # noqa: PLC0415
        from kiosk.face.mesh import read_canonical, rigid_points, skull_points  # noqa: PLC0415
        from kiosk.face.passive.pad_net import pad_model  # noqa: PLC0415
        from kiosk.face.pose import PoseFit  # noqa: PLC0415
        from kiosk.face.tracker import FaceTracker  # noqa: PLC0415

        path = self._weights.path
        canonical = read_canonical(path("face_geometry"))
        detector = FaceDetector(path("detector"))
        net = LandmarkNet(path("landmarks"), path("blendshapes"))
        return _Models(
            detector=detector,
            tracker=FaceTracker(detector, net),
            net=net,
            embedder=FaceEmbedder(self._weights),
            pose=PoseFit(canonical, skull_points(canonical)),
            pad=pad_model(self._weights),
            rigid=rigid_points(canonical),
        )

    def _ready(self) -> _Models:
        self.load()
        assert self._models is not None  # noqa: S101  load() raised otherwise
        return self._models

    @property
    def threshold(self) -> float:
        """Cosine at and above which the site calls it a match."""
        return self._settings.threshold

    def model_hashes(self) -> dict[str, str]:
        """Slot -> SHA-256 of every model that takes part in a decision."""
        hashes = self._weights.hashes()
        padded = self._models is not None and self._models.pad is not None
        used = (*USED_SLOTS, PAD_SLOT) if padded else USED_SLOTS
        return {slot: hashes[slot] for slot in used if slot in hashes}

    def reset(self) -> None:
        """Forget the followed face; for the beginning of an attempt."""
        with self._lock:
            if self._models is not None:
                self._models.tracker.reset()

    def analyse(self, frame: Frame) -> FrameAnalysis:
        """Find or follow the face and measure it. Raises LastingFault when the models cannot be loaded."""
        with self._lock:
            models = self._ready()
            mesh = models.tracker.follow(frame.pixels)
            height, width = frame.pixels.shape[:2]
            return FrameAnalysis(
                sequence=frame.sequence,
                captured_at=frame.captured_at,
                source=frame.source,
                width=width,
                height=height,
                face=None if mesh is None else self._measure(models, mesh),
                others=models.tracker.others,
            )

    @staticmethod
    def _measure(models: _Models, mesh: Mesh) -> TrackedFace:
        from kiosk.face.blink import eye_aspect_ratio  # noqa: PLC0415
        from kiosk.face.light import measure_light  # noqa: PLC0415
        from kiosk.face.mesh import BLINK_LEFT, BLINK_RIGHT, LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS  # noqa: PLC0415
        from kiosk.face.mouth import mouth_gap  # noqa: PLC0415
        from kiosk.face.occlusion import measure_cover  # noqa: PLC0415

        points = mesh.points
        shapes = models.net.blendshapes(points)
        eyes = points[list(LEFT_EYE_CORNERS), :2].mean(0) - points[list(RIGHT_EYE_CORNERS), :2].mean(0)
        eye_px = float(np.hypot(*eyes))
        return TrackedFace(
            track=models.tracker.track,
            points=points,
            pose=models.pose.fit(points),
            eye_px=eye_px,
            ear=eye_aspect_ratio(points),
            blink=float(shapes[BLINK_LEFT] + shapes[BLINK_RIGHT]) / 2,
            light=measure_light(mesh),
            presence=mesh.presence,
            mouth_gap=mouth_gap(points, eye_px),
            cover=measure_cover(mesh),
        )

    def planarity(self, neutral: TrackedFace, turned: TrackedFace) -> float:
        """Homography residual in % of the outer-eye distance; see ``planarity``."""
        from kiosk.face.planarity import planarity_residual  # noqa: PLC0415

        return planarity_residual(neutral.points, turned.points, self._ready().rigid)

    def new_watch(self, light: LightShow | None = None) -> PassiveWatch:
        """The passive cues of one attempt, as the settings want them; ``light`` what the screen shows meanwhile."""
        from kiosk.face.passive.assemble import passive_watch  # noqa: PLC0415  OpenCV, only while watching

        return passive_watch(self._settings.cues, self._ready().pad, light)

    def aligned_face(self, frame: Frame, face: TrackedFace) -> NDArray[np.uint8] | None:
        """uint8 (112, 112, 3) BGR of the followed face, on the detector's five points; None when the
        detector does not see it."""
        x0, y0, x1, y1 = face.box
        guess = Detection(x0, y0, x1 - x0, y1 - y0, np.zeros((5, 2), np.float32), 0.0)
        with self._lock:
            models = self._ready()
            found = models.detector.refine(frame.pixels, guess)
            return None if found is guess else models.embedder.align(frame.pixels, found.points)

    def embed(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """float32 (n, d), each row of length 1."""
        with self._lock:
            return self._ready().embedder.embed(aligned)

    def embed_mirrored(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """float32 (n, d), each row the mean of picture and mirror image, of length 1 or less; see ``match``."""
        with self._lock:
            return self._ready().embedder.embed_mirrored(aligned)

    def embed_reference(self, data: bytes) -> Reference:
        """The register's photo or template; raises ReferenceRefused for anything without exactly one usable face."""
        if is_template(data):
            return read_template(data, self._weights.hashes()["embedder"])
        return self._embed_picture(data, single=True, min_px=self._settings.reference_min_face_px)

    def embed_picture(self, image_bytes: bytes) -> Reference:
        """Any picture for an evaluation: the face in the middle, whatever its size; raises ReferenceRefused."""
        return self._embed_picture(image_bytes, single=False, min_px=0)

    @staticmethod
    def _check_photo(models: _Models, pixels: NDArray[np.uint8], face: Detection, min_px: int) -> None:
        """Raises ReferenceRefused for a photo on record that is too small, dark, blurred or turned to compare with."""
        from kiosk.face.landmarks import rect_of_box, rect_of_points  # noqa: PLC0415
        from kiosk.face.reference_quality import assess_reference, look_at_photo  # noqa: PLC0415

        dx, dy = face.points[1] - face.points[0]
        roll = float(np.degrees(np.arctan2(dy, dx)))
        first = models.net.mesh(pixels, rect_of_box(face.x, face.y, face.width, face.height, roll))
        mesh = models.net.mesh(pixels, rect_of_points(first.points))  # the detector's box sits high
        problem = assess_reference(look_at_photo(mesh, models.pose, int(min(face.width, face.height))), min_px)
        if problem is not None:
            raise ReferenceRefused(problem)

    def _embed_picture(self, image_bytes: bytes, single: bool, min_px: int) -> Reference:
        from kiosk.face.pictures import PictureRefused, decode_picture, find_portrait  # noqa: PLC0415

        try:
            pixels = decode_picture(image_bytes)
            with self._lock:
                models = self._ready()
                upright, face = find_portrait(models.detector, pixels, single)
                if single:
                    self._check_photo(models, upright, face, min_px)
                embedding = models.embedder.embed_mirrored([models.embedder.align(upright, face.points)])[0]
        except PictureRefused as refusal:
            raise ReferenceRefused(refusal.problem) from None
        return Reference(embedding, int(min(face.width, face.height)), hashlib.sha256(image_bytes).hexdigest())


def open_engine(settings: Settings) -> FaceEngine:
    """The engine over the site's manifest and weights folder; models load with ``load``. Raises LastingFault."""
    weights = WeightsStore(load_manifest(settings.weights_manifest), settings.weights_dir)
    return FaceEngine(weights, settings.face)
