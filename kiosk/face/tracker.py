"""Follows one face from frame to frame: detector now and then, landmarks always.

The crop of a frame comes from the landmarks of the frame before; the detector runs while nobody is
followed and every few frames after that, to count other people and to notice a crop that drifted off.
Holds the only state between frames; knows nothing of phases and movements.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import Detection
from kiosk.face.detector import FaceDetector
from kiosk.face.landmarks import CropRect, LandmarkNet, Mesh, rect_of_box, rect_of_points

DETECT_EVERY = 5  # frames: a second person is seen within 0.2-0.4 s, the detector costs a fifth
MIN_PRESENCE = 0.5  # faces read 1.00 up to 28 degrees, empty crops below 1e-5
MIN_OTHER_SCORE = 0.8  # posters and folds of cloth reach 0.7
# At 60 cm the participant's face is 2.5 times as wide as one at 150 cm, where the queue stands.
COMPARABLE = 0.4
SAME_FACE_IOU = 0.2
UNSEEN_ROUNDS = 3  # detections without the followed face before it is given up

Box = tuple[float, float, float, float]  # x0, y0, x1, y1


class FaceTracker:
    def __init__(self, detector: FaceDetector, net: LandmarkNet) -> None:
        self._detector = detector
        self._net = net
        self.track = 0
        self.others = 0
        self.reset()

    def reset(self) -> None:
        """Forget whoever was followed; the next face is a new track."""
        self._rect: CropRect | None = None
        self._box: Box | None = None
        self._until_detection = 0
        self._unseen = 0
        self.others = 0

    def follow(self, pixels: NDArray[np.uint8]) -> Mesh | None:
        """The followed face in this frame, or None. ``pixels`` uint8 (h, w, 3) BGR."""
        mesh = None
        if self._rect is not None:
            mesh = self._accept(self._net.mesh(pixels, self._rect))
        if mesh is None or self._until_detection <= 0:
            found = self._detector.find(pixels)
            self._until_detection = DETECT_EVERY
            if mesh is None:
                mesh = self._begin(pixels, found)
            else:
                self._check_drift(mesh, found)
            self.others = count_others(self._box, found)
        self._until_detection -= 1
        return mesh

    def _accept(self, mesh: Mesh) -> Mesh | None:
        if mesh.presence < MIN_PRESENCE or not np.isfinite(mesh.points).all():
            self._rect = None
            return None
        self._rect = rect_of_points(mesh.points)
        self._box = box_of(mesh.points)
        return mesh

    def _begin(self, pixels: NDArray[np.uint8], found: Sequence[Detection]) -> Mesh | None:
        face = face_to_follow(found, pixels.shape[1], pixels.shape[0])
        before, self._box = self._box, None
        if face is None:
            return None
        dx, dy = face.points[1] - face.points[0]
        roll = float(np.degrees(np.arctan2(dy, dx)))
        # The detector's box sits high; the second look is taken from the landmarks themselves.
        first = self._accept(self._net.mesh(pixels, rect_of_box(face.x, face.y, face.width, face.height, roll)))
        if first is None or self._rect is None:
            return None
        mesh = self._accept(self._net.mesh(pixels, self._rect))
        if mesh is None or self._box is None:
            return None
        if before is None or overlap(before, self._box) < SAME_FACE_IOU:
            self.track += 1
        self._unseen = 0
        return mesh

    def _check_drift(self, mesh: Mesh, found: Sequence[Detection]) -> None:
        seen = any(overlap(box_of(mesh.points), _box(d)) >= SAME_FACE_IOU for d in found)
        self._unseen = 0 if seen else self._unseen + 1
        if self._unseen >= UNSEEN_ROUNDS:
            self.reset()


def face_to_follow(found: Sequence[Detection], width: int, height: int) -> Detection | None:
    """By score and nearness to the middle, not by size: a false larger box must not win. Faces far smaller
    than a sure one are people further back."""
    sure = max((d.width for d in found if d.score >= MIN_OTHER_SCORE), default=0.0)
    near = [d for d in found if d.width >= COMPARABLE * sure]

    def rank(d: Detection) -> float:
        x, y = d.centre
        off = float(np.hypot((x - width / 2) / width, (y - height / 2) / height))
        return d.score - 0.5 * off

    return max(near, key=rank, default=None)


def count_others(followed: Box | None, found: Sequence[Detection]) -> int:
    """Faces beside the followed one, about as large and sure."""
    if followed is None:
        return 0
    width = followed[2] - followed[0]
    return sum(
        d.score >= MIN_OTHER_SCORE
        and d.width >= COMPARABLE * width
        and overlap(followed, _box(d)) < SAME_FACE_IOU
        and not _inside(followed, d.centre)
        for d in found
    )


def box_of(points: NDArray[np.float32]) -> Box:
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def _box(d: Detection) -> Box:
    return d.x, d.y, d.x + d.width, d.y + d.height


def _inside(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]
