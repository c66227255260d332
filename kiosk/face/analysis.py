"""What one look at a frame yields: plain measured values, no verdicts.

The session, the challenge and the quality rules work on these values, so their logic is tested
without a model.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiosk.face.pose import HeadPose


@dataclass(frozen=True, slots=True)
class Detection:
    """One face of the detector. Box and points in picture px; ``points`` float32 (5, 2): right eye, left
    eye, nose, right and left mouth corner (the person's own sides); ``score`` 0..1."""

    x: float
    y: float
    width: float
    height: float
    points: NDArray[np.float32] = field(repr=False)
    score: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Light:
    """Measured inside the face oval. ``median`` grey level 0..255; ``unevenness`` |left - right| / their mean;
    ``burnt`` share of pixels at 250 and above; ``sharpness`` variance of the Laplacian over the variance of
    the picture, on a crop of fixed face size."""

    median: float
    unevenness: float
    burnt: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class Cover:
    """Signs of something over the face; the defaults are those of a bare one. ``cloth`` how much nose, upper lip, chin
    and cheek all differ from the upper face in colour, 1 and more is cloth; ``mouth`` how plainly lips are seen, below
    1 is none; ``shades`` how much darker both eyes are than the cheeks, in the logarithm of L* + 16."""

    cloth: float = 0.0
    mouth: float = 3.0
    shades: float = 0.0


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """The one face that is followed. Lengths in px of the analysed frame; personal data, never stored."""

    track: int  # grows with every new beginning: a face that was lost is another track
    points: NDArray[np.float32] = field(repr=False)  # (478, 3)
    pose: HeadPose
    eye_px: float  # between the eye centres
    ear: float  # mean eye aspect ratio of both eyes
    blink: float  # mean of both eyeBlink blendshapes, 0..1
    light: Light
    presence: float = 1.0
    mouth_gap: float = 0.0  # between the inner lips, over the distance of the eyes
    cover: Cover = field(default_factory=Cover)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the landmarks."""
        low, high = self.points[:, :2].min(0), self.points[:, :2].max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


@dataclass(frozen=True, slots=True)
class FrameAnalysis:
    """``others`` counts further faces of comparable size, as of the last detection."""

    sequence: int
    captured_at: float
    source: str
    width: int
    height: int
    face: TrackedFace | None
    others: int = 0
