"""The person's own neutral: straight look, open eyes, measured over a short still window.

Thresholds of the challenge are relative to it, because pitch reads differently for short and tall people and
open eyes differ between people by a factor of two.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.challenge import Observation
from kiosk.face.quality import is_still

WINDOW_FRAMES = 8  # the median of eight is steady to 0.3 degrees of yaw and 2 % of the EAR
WINDOW_SECONDS = 0.25  # 8 frames at 30 a second; longer than a blink's closing


@dataclass(frozen=True, slots=True)
class Neutral:
    face: TrackedFace  # of the frame that ended the window
    yaw: float
    pitch: float
    ear: float

    def observe(self, analysis: FrameAnalysis, residual: float | None) -> Observation:
        """What the challenge sees of a frame."""
        face = analysis.face
        if face is None or analysis.others:
            return Observation(analysis.captured_at, usable=False)
        return Observation(
            at=analysis.captured_at,
            usable=True,
            track=face.track,
            yaw=face.pose.yaw - self.yaw,
            pitch=face.pose.pitch - self.pitch,
            ear_ratio=face.ear / max(self.ear, 1e-6),
            blink=face.blink,
            residual=residual,
        )


class NeutralWindow:
    """Good frames in a row; ``add`` returns the neutral once there are enough."""

    def __init__(self) -> None:
        self._frames: list[FrameAnalysis] = []
        self._since = 0.0
        self._count = 0

    def clear(self) -> None:
        self._frames.clear()
        self._count = 0

    def add(self, analysis: FrameAnalysis) -> Neutral | None:
        """``analysis`` has passed the quality rules. A moving head begins the window anew."""
        if self._frames and not is_still(self._frames[-1], analysis):
            self.clear()
        if not self._frames:
            self._since = analysis.captured_at
        self._frames.append(analysis)
        del self._frames[:-WINDOW_FRAMES]
        self._count += 1
        if self._count < WINDOW_FRAMES or analysis.captured_at - self._since < WINDOW_SECONDS:
            return None
        faces = [f.face for f in self._frames if f.face is not None]
        return Neutral(
            face=faces[-1],
            yaw=median(f.pose.yaw for f in faces),
            pitch=median(f.pose.pitch for f in faces),
            ear=median(f.ear for f in faces),
        )
