"""What an attempt keeps of the person while it runs, and the decision made from it.

Hashes of frames, aligned crops and embeddings, in memory only; ``drop`` forgets them at the end. When to keep
something and when to decide is the session's matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.config import FaceSettings
from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.continuity import judge_continuity
from kiosk.face.cues import Cue
from kiosk.face.evidence import UsedFrame
from kiosk.face.match import Zone, similarity_of, zone_of
from kiosk.ports import Frame

SPARE_PROBES = 3  # more candidates than are pooled, so that the least sharp ones drop out
MIN_PROBES = 3  # pooled at the least, when the time runs out


class Engine(Protocol):
    """What an attempt needs of ``FaceEngine``; see there."""

    def reset(self) -> None: ...
    def analyse(self, frame: Frame) -> FrameAnalysis: ...
    def planarity(self, neutral: TrackedFace, turned: TrackedFace) -> float: ...
    def aligned_face(self, frame: Frame, face: TrackedFace) -> NDArray[np.uint8] | None: ...
    def embed(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]: ...
    def model_hashes(self) -> dict[str, str]: ...


class Kept:
    def __init__(self, engine: Engine, settings: FaceSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._earlier: list[NDArray[np.float32]] = []
        self._probes: list[tuple[float, UsedFrame, NDArray[np.uint8]]] = []
        self.frames: list[UsedFrame] = []
        self.similarity = -1.0
        self.zone = Zone.NO_MATCH
        self.continuity: tuple[Cue, float] = (Cue.ABSTAIN, 0.0)

    def drop(self) -> None:
        self._earlier.clear()
        self._probes.clear()
        self.frames = []

    def keep(self, frame: Frame, face: TrackedFace, role: str) -> bool:
        """A frame of the neutral look or of a movement; False when the detector does not see its face."""
        crop = self._engine.aligned_face(frame, face)
        if crop is None:
            return False
        self._earlier.append(self._engine.embed([crop])[0])
        self.frames.append(_used(frame, role))
        return True

    def add_probe(self, frame: Frame, face: TrackedFace) -> None:
        """A candidate for the match; the same picture twice counts once."""
        used = _used(frame, "probe")
        known = {f.sha256 for f in self.frames} | {u.sha256 for _, u, _ in self._probes}
        if used.sha256 in known:
            return
        crop = self._engine.aligned_face(frame, face)
        if crop is not None:
            self._probes.append((face.light.sharpness, used, crop))

    @property
    def enough(self) -> bool:
        return len(self._probes) >= self._settings.probe_frames + SPARE_PROBES

    @property
    def enough_at_the_end(self) -> bool:
        return len(self._probes) >= min(MIN_PROBES, self._settings.probe_frames)

    def compare(self, reference: NDArray[np.float32]) -> None:
        """Pool the sharpest probes and set similarity, zone and continuity; 28 ms a probe."""
        best = sorted(self._probes, key=lambda p: -p[0])[: self._settings.probe_frames]
        self.frames += [used for _, used, _ in best]
        probes = self._engine.embed([crop for _, _, crop in best])
        self.continuity = judge_continuity(self._earlier, probes)
        self.similarity = similarity_of(probes, reference)
        self.zone = zone_of(self.similarity, self._settings.threshold, self._settings.review_threshold)


def _used(frame: Frame, role: str) -> UsedFrame:
    digest = hashlib.sha256(np.ascontiguousarray(frame.pixels).tobytes()).hexdigest()
    return UsedFrame(role, frame.sequence, frame.captured_at, digest)
