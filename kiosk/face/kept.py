"""What an attempt keeps of the person while it runs, and the decision made from it.

Hashes of frames and embeddings, in memory only; ``drop`` forgets them at the end. When to keep
something and when to decide is the session's matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.config import FaceSettings
from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.continuity import judge_continuity
from kiosk.face.cues import NOT_MEASURED
from kiosk.face.deferred_capture import crop_face, encode_probe
from kiosk.face.evidence import UsedFrame
from kiosk.face.light_show import LightShow
from kiosk.face.match import Advice, Zone, advice_of, similarity_of, zone_of
from kiosk.face.passive.watch import PassiveWatch
from kiosk.face.reference import Reference, ReferenceKind
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
    def embed_mirrored(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]: ...
    def model_hashes(self) -> dict[str, str]: ...
    def new_watch(self, light: LightShow | None = None) -> PassiveWatch: ...


class _Probe(NamedTuple):
    sharpness: float
    used: UsedFrame
    embedding: NDArray[np.float32]
    quality: Mapping[str, float]


class Kept:
    def __init__(self, engine: Engine, settings: FaceSettings, capturing: bool = False) -> None:
        """``capturing``: the picture of the sharpest probe is kept as well, until ``drop``."""
        self._capturing = capturing
        self._crop: NDArray[np.uint8] | None = None
        self.capture = b""  # JPEG
        self.capture_sha256 = ""
        self._engine = engine
        self._settings = settings
        self._earlier: list[NDArray[np.float32]] = []
        self._probes: list[_Probe] = []
        self.frames: list[UsedFrame] = []
        self.similarity = -1.0
        self.zone = Zone.NO_MATCH
        self.portrait: Advice | None = None
        self.quality: Mapping[str, float] = {}  # components of the sharpest probe
        self.continuity = NOT_MEASURED

    def drop(self) -> None:
        self._earlier.clear()
        self._probes.clear()
        self.frames = []
        self._crop, self.capture = None, b""

    def forget_movements(self) -> None:
        """The challenge began anew. Whose face was seen so far still counts for continuity."""
        self.frames = [f for f in self.frames if f.role == "neutral"]

    def keep(self, frame: Frame, face: TrackedFace, role: str) -> bool:
        """A frame of the neutral look or of a movement; False when the detector does not see its face."""
        crop = self._engine.aligned_face(frame, face)
        if crop is None:
            return False
        self._earlier.append(self._engine.embed([crop])[0])
        self.frames.append(_used(frame, role))
        return True

    def add_probe(self, frame: Frame, face: TrackedFace, quality: Mapping[str, float]) -> None:
        """A candidate for the match, embedded at once: 40 ms a frame here instead of 115 ms when it is decided.

        The same picture twice counts once.
        """
        used = _used(frame, "probe")
        known = {f.sha256 for f in self.frames} | {p.used.sha256 for p in self._probes}
        if used.sha256 in known:
            return
        crop = self._engine.aligned_face(frame, face)
        if crop is not None:
            if self._capturing and all(face.light.sharpness > p.sharpness for p in self._probes):
                self._crop = crop_face(frame.pixels, face.box)
            self._probes.append(_Probe(face.light.sharpness, used, self._engine.embed_mirrored([crop])[0], quality))

    @property
    def enough(self) -> bool:
        return len(self._probes) >= self._settings.probe_frames + SPARE_PROBES

    @property
    def enough_at_the_end(self) -> bool:
        return len(self._probes) >= min(MIN_PROBES, self._settings.probe_frames)

    def pool(self) -> NDArray[np.float32]:
        """The sharpest probes, float32 (n, d); sets continuity and, where one is wanted, the picture to keep."""
        best = sorted(self._probes, key=lambda p: -p.sharpness)[: self._settings.probe_frames]
        self.frames += [p.used for p in best]
        everyone = np.array([p.embedding for p in self._probes], np.float32)
        self.quality = best[0].quality if best else {}
        self.continuity = judge_continuity(self._earlier, everyone)
        if self._crop is not None:
            self.capture = encode_probe(self._crop)
            self.capture_sha256 = hashlib.sha256(self.capture).hexdigest()
        return np.array([p.embedding for p in best], np.float32)

    def compare(self, reference: Reference, card: Reference | None = None) -> None:
        """Pool the sharpest probes and set similarity, zone, continuity and what the card's portrait says."""
        probes = self.pool()
        self.similarity = similarity_of(probes, reference.embedding)
        self.zone = zone_of(self.similarity, self._settings.threshold, self._settings.review_threshold)
        if reference.kind is ReferenceKind.CARD and self.zone is Zone.MATCH:
            self.zone = Zone.STAFF
        if card is not None:
            self.portrait = advice_of(similarity_of(probes, card.embedding), self._settings.threshold)


def _used(frame: Frame, role: str) -> UsedFrame:
    digest = hashlib.sha256(np.ascontiguousarray(frame.pixels).tobytes()).hexdigest()
    return UsedFrame(role, frame.sequence, frame.captured_at, digest)
