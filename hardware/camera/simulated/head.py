"""The head as a mesh in three dimensions over a photo: which triangles, how far each follows a pose.

The 468 face landmarks carry the face; four rings of points round its oval carry hair, ears and neck,
each following the head less, so that the photo's background stays where it is. The position of a
vertex is ``v + w * (proj(R v) - proj(v))``: at rest the photo is reproduced exactly. Eyeballs lie on
copies of the lid vertices that do not blink, and each upper lid has an extra row between crease and
edge, so that a closing lid stretches skin and not lashes. No pixels here (see ``raster``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.camera.simulated.texture import FaceTexture

DEPTH = 0.85  # the landmarker exaggerates depth; measured by comparing turned faces with its own reading
# Towards the ears the photo shows a cheek edge-on; at full depth a turn would draw those few pixels out
# into streaks. Beyond this part of the outer-eye distance depth counts less.
DEEP, DEEP_SLOPE = 0.28, 0.72
RING_SCALES = (1.2, 1.5, 1.85, 2.5)
RING_WEIGHTS = (1.0, 1.0, 0.8, 0.0)
RING_NECK_LOSS = (0.15, 0.7, 0.95, 0.0)  # below the chin the head hands over to a body that stays
RING_TO_EAR_PLANE = (0.4, 0.85, 1.0, 1.0)  # hair stands round the middle of the head, not round the face
EYE_DISTANCE_MM = 63.0  # adult mean pupil distance: gives px a length, for the perspective
CAMERA_MM = 600.0  # a person at the kiosk stands 40-80 cm away

FACE_POINTS = 468
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
RIGHT_UPPER = (33, 246, 161, 160, 159, 158, 157, 173, 133)
RIGHT_LOWER = (33, 7, 163, 144, 145, 153, 154, 155, 133)
LEFT_UPPER = (263, 466, 388, 387, 386, 385, 384, 398, 362)
LEFT_LOWER = (263, 249, 390, 373, 374, 380, 381, 382, 362)
CREASES = (247, 30, 29, 27, 28, 56, 190, 467, 260, 259, 257, 258, 286, 414)
IRISES = (468, 473)

# A lid, in parts of the eye's height. Chosen by eye, then by the landmarker: it reads EAR 0.07 when closed.
EDGE_OUT = 0.10  # lid edges are landmarked inside the eye; on the lashes no white moves along with them
LID_ROW = 0.55  # of the way from crease to edge: just above the lashes
MEETING = 0.85  # of the way from upper to lower edge where the lids meet
OVERLAP = 0.10  # the upper lid closes over the lower one
LID_ROW_FOLLOWS = 0.97
CREASE_FOLLOWS = 0.55  # unfolds, so that light skin and not the shadow in the crease covers the eye


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees; yaw > 0 turns to the person's own left (the viewer's right), pitch > 0 nods down, roll > 0
    tilts clockwise in the picture. ``shift`` in mm. ``blink`` 0 open .. 1 closed."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    blink: float = 0.0


@dataclass(frozen=True, slots=True)
class PosedMesh:
    """``points`` float64 (n, 2) picture px; ``order`` indices of triangles to paint, first to last."""

    points: NDArray[np.float64]
    order: NDArray[np.int64]


class HeadMesh:
    """Built once for a photo; ``posed`` is cheap and has no state."""

    def __init__(self, texture: FaceTexture) -> None:
        face = texture.landmarks[:FACE_POINTS] * (1.0, 1.0, DEPTH)
        deep = DEEP * float(np.hypot(*(face[263, :2] - face[33, :2])))
        face[:, 2] = np.where(face[:, 2] > deep, deep + (face[:, 2] - deep) * DEEP_SLOPE, face[:, 2])
        self._blink_shift = np.zeros((FACE_POINTS, 2))
        for upper, lower in ((RIGHT_UPPER, RIGHT_LOWER), (LEFT_UPPER, LEFT_LOWER)):
            up, low = face[list(upper), :2], face[list(lower), :2]
            face[list(upper), :2], face[list(lower), :2] = up - (low - up) * EDGE_OUT, low + (low - up) * EDGE_OUT
            height = (low - up) * (1 + 2 * EDGE_OUT)
            self._blink_shift[list(upper)] = height * (MEETING + OVERLAP)
            self._blink_shift[list(lower)] = -height * (1 - MEETING)
        edges = set(RIGHT_UPPER) | set(LEFT_UPPER)
        for crease in CREASES:
            near = min(edges, key=lambda e: float(np.hypot(*(face[e, :2] - face[crease, :2]))))
            self._blink_shift[crease] = self._blink_shift[near] * CREASE_FOLLOWS

        vertices, weights, blinks = list(face), [1.0] * FACE_POINTS, list(self._blink_shift)
        skin, eyeballs = self._split_eyes(texture.triangles, vertices, weights, blinks)
        skin = self._add_lid_rows(skin, vertices, weights, blinks)
        rings = self._add_rings(face, vertices, weights, blinks)

        self.vertices = np.array(vertices)
        self._weights = np.array(weights)[:, None]
        self._blinks = np.array(blinks)
        self.triangles = np.array(rings + eyeballs + skin)
        self._layer = np.repeat([0, 1, 2], [len(rings), len(eyeballs), len(skin)])
        upper_lids = (set(RIGHT_UPPER) | set(LEFT_UPPER) | set(CREASES)) - {33, 133, 263, 362}
        self._lid = np.array([bool(upper_lids & set(t)) for t in self.triangles.tolist()])
        self._pivot = np.array([*face[list(OVAL), :2].mean(0), face[[234, 454], 2].mean()])
        eyes = texture.landmarks[list(IRISES), :2]
        self.px_per_mm = float(np.hypot(*(eyes[1] - eyes[0]))) / EYE_DISTANCE_MM
        self._distance = CAMERA_MM * self.px_per_mm
        self._facing = np.sign(self._areas(self.vertices[:, :2]))

    @staticmethod
    def _split_eyes(
        triangles: NDArray[np.int64], vertices: list[NDArray[np.float64]], weights: list[float],
        blinks: list[NDArray[np.float64]],
    ) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:  # fmt: skip
        """Skin triangles as they are, eyeball triangles on copies of their vertices that never blink."""
        skin: list[tuple[int, ...]] = []
        eyeballs: list[tuple[int, ...]] = []
        copies: dict[int, int] = {}
        eyes = [set(RIGHT_UPPER) | set(RIGHT_LOWER), set(LEFT_UPPER) | set(LEFT_LOWER)]
        for triangle in triangles.tolist():
            if not any(set(triangle) <= eye for eye in eyes):
                skin.append(tuple(triangle))
                continue
            for vertex in triangle:
                if vertex not in copies:
                    copies[vertex] = len(vertices)
                    vertices.append(vertices[vertex])
                    weights.append(1.0)
                    blinks.append(np.zeros(2))
            eyeballs.append(tuple(copies[vertex] for vertex in triangle))
        return skin, eyeballs

    @staticmethod
    def _add_lid_rows(
        skin: list[tuple[int, ...]], vertices: list[NDArray[np.float64]], weights: list[float],
        blinks: list[NDArray[np.float64]],
    ) -> list[tuple[int, ...]]:  # fmt: skip
        """Cut every triangle between an upper lid's edge and its crease along the extra row."""
        edge, crease = set(RIGHT_UPPER) | set(LEFT_UPPER), set(CREASES)
        rows: dict[tuple[int, int], int] = {}

        def row(c: int, e: int) -> int:
            if (c, e) not in rows:
                rows[c, e] = len(vertices)
                vertices.append(vertices[c] * (1 - LID_ROW) + vertices[e] * LID_ROW)
                weights.append(1.0)
                blinks.append(blinks[e] * LID_ROW_FOLLOWS)
            return rows[c, e]

        out: list[tuple[int, ...]] = []
        for triangle in skin:
            upper = [v for v in triangle if v in edge]
            above = [v for v in triangle if v in crease]
            if len(upper) + len(above) != 3 or not upper or not above:
                out.append(triangle)
            elif len(upper) == 2:
                (c,), (e, f) = above, upper
                out += [(c, row(c, e), row(c, f)), (row(c, e), e, f), (row(c, e), f, row(c, f))]
            else:
                (c, d), (e,) = above, upper
                out += [(c, d, row(d, e)), (c, row(d, e), row(c, e)), (row(c, e), row(d, e), e)]
        return out

    @staticmethod
    def _add_rings(
        face: NDArray[np.float64], vertices: list[NDArray[np.float64]], weights: list[float],
        blinks: list[NDArray[np.float64]],
    ) -> list[tuple[int, ...]]:  # fmt: skip
        oval = face[list(OVAL)]
        centre = oval[:, :2].mean(0)
        ears = face[[234, 454], 2].mean()
        out: list[tuple[int, ...]] = []
        inner = list(OVAL)
        for scale, weight, loss, deep in zip(RING_SCALES, RING_WEIGHTS, RING_NECK_LOSS, RING_TO_EAR_PLANE, strict=True):
            ring = []
            for x, y, z in oval:
                offset = np.array([x, y]) - centre
                down = np.clip((offset[1] / float(np.hypot(*offset)) - 0.35) / 0.5, 0.0, 1.0)
                ring.append(len(vertices))
                vertices.append(np.array([*(centre + offset * scale), z + (ears - z) * deep]))
                weights.append(weight * (1 - loss * float(down)))
                blinks.append(np.zeros(2))
            layer: list[tuple[int, ...]] = []
            for i in range(len(ring)):
                j = (i + 1) % len(ring)
                layer += [(inner[i], inner[j], ring[i]), (ring[i], inner[j], ring[j])]
            out = layer + out  # outermost first
            inner = ring
        return out

    @property
    def pivot(self) -> NDArray[np.float64]:
        """What the head turns about: (3,) px, depth as the landmarks'."""
        return self._pivot

    def _project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        nearness: NDArray[np.float64] = self._distance / (self._distance + points[:, 2:])
        return points[:, :2] * nearness

    def _areas(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        a, b, c = (points[self.triangles[:, k]] for k in range(3))
        ab, ac = b - a, c - a
        area: NDArray[np.float64] = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
        return area

    def posed(self, pose: Pose) -> PosedMesh:
        base = self.vertices.copy()
        base[:, :2] += self._blinks * pose.blink
        turned = (base - self._pivot) @ rotation(pose).T
        moved = self._project(turned) + np.array(pose.shift) * self.px_per_mm
        at_rest = self._project(base - self._pivot)
        points = base[:, :2] + self._weights * (moved - at_rest)
        depth = turned[self.triangles, 2].mean(1)
        away = np.sign(self._areas(points)) != self._facing
        # Painted in this order: rings from the outermost in, eyeballs, skin turned away, skin far to near;
        # while a blink lasts the upper lids come last, over the lower ones.
        layer = np.where((self._layer == 2) & ~away, 3, self._layer)
        if pose.blink > 0:
            layer = np.where(self._lid & (layer == 3), 4, layer)
        keep_ring_order = np.where(self._layer == 0, np.arange(len(layer)), 0)
        return PosedMesh(points, np.lexsort((-depth, keep_ring_order, layer)))


def rotation(pose: Pose) -> NDArray[np.float64]:
    """3x3, in picture axes (x right, y down, z away from the camera)."""
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    # A nose (negative z) goes to positive x for positive yaw, to positive y for positive pitch.
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    matrix: NDArray[np.float64] = about_z @ about_y @ about_x
    return matrix
