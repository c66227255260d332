"""Scripted measurements: what an engine would have measured, without pictures or models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiosk.face.analysis import Cover, FrameAnalysis, Light, TrackedFace
from kiosk.face.light_show import LightShow
from kiosk.face.passive.timing import Timing
from kiosk.face.passive.watch import PassiveCue, PassiveWatch
from kiosk.face.pose import HeadPose
from kiosk.face.reference import Reference
from kiosk.ports import CameraIdentity, Frame

WIDTH, HEIGHT = 1280, 720
CAMERA = CameraIdentity("/dev/video0", "046d:0825", "uvcvideo", simulated=False)
HASH = "ab" * 32
BARE = Cover()


@dataclass(frozen=True, slots=True)
class Look:
    """One frame's measurements. ``person`` decides whose embedding comes out, ``likeness`` its cosine to the
    reference."""

    yaw: float = 0.0
    pitch: float = 7.0
    ear: float = 0.30
    blink: float = 0.05
    residual: float = 6.0
    likeness: float = 0.8
    person: int = 0
    face: bool = True
    others: int = 0
    median: float = 120.0
    unevenness: float = 0.1
    burnt: float = 0.0
    sharpness: float = 0.05
    eye_px: float = 94.0
    centre: tuple[float, float] = (640.0, 360.0)
    roll: float = 0.0
    track: int = 1
    source: str = "cam-1"
    step: float = 1 / 15
    mouth_gap: float = 0.05
    cover: Cover = BARE


def face_of(look: Look) -> TrackedFace:
    points = np.zeros((478, 3), np.float32)
    half = look.eye_px
    points[:, 0], points[:, 1] = look.centre
    points[0, :2] = (look.centre[0] - half, look.centre[1] - half)
    points[1, :2] = (look.centre[0] + half, look.centre[1] + half)
    return TrackedFace(
        track=look.track,
        points=points,
        pose=HeadPose(look.yaw, look.pitch, look.roll),
        eye_px=look.eye_px,
        ear=look.ear,
        blink=look.blink,
        light=Light(look.median, look.unevenness, look.burnt, look.sharpness),
        mouth_gap=look.mouth_gap,
        cover=look.cover,
    )


def analysis_of(look: Look, sequence: int = 1, at: float = 0.0) -> FrameAnalysis:
    return FrameAnalysis(
        sequence=sequence,
        captured_at=at,
        source=look.source,
        width=WIDTH,
        height=HEIGHT,
        face=face_of(look) if look.face else None,
        others=look.others,
    )


def reference() -> Reference:
    embedding = np.zeros(128, np.float32)
    embedding[0] = 1.0
    return Reference(embedding, 110, HASH)


def embedding_of(look: Look) -> NDArray[np.float32]:
    """Cosine ``likeness`` to the reference; two persons share nothing but that."""
    row = np.zeros(128, np.float32)
    row[0] = look.likeness
    row[1 + look.person] = np.sqrt(max(1 - look.likeness**2, 0.0))
    return row


class ScriptedEngine:
    """Gives the scripted measurements of the frame with the same number."""

    def __init__(self, looks: Sequence[Look], cues: Sequence[PassiveCue] = ()) -> None:
        self.looks = list(looks)
        self.cues = tuple(cues)
        self.light: LightShow | None = None  # of the last watch
        self._now = 0

    def reset(self) -> None:
        self._now = 0

    def analyse(self, frame: Frame) -> FrameAnalysis:
        self._now = frame.sequence
        return replace(analysis_of(self.looks[frame.sequence], frame.sequence, frame.captured_at), source=frame.source)

    def planarity(self, neutral: TrackedFace, turned: TrackedFace) -> float:
        return self.looks[self._now].residual

    def aligned_face(self, frame: Frame, face: TrackedFace) -> NDArray[np.uint8] | None:
        crop = np.zeros((112, 112, 3), np.uint8)
        crop[0, 0, :2] = divmod(frame.sequence, 256)
        return crop

    def embed(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        numbers = [int(c[0, 0, 0]) * 256 + int(c[0, 0, 1]) for c in aligned]
        return np.stack([embedding_of(self.looks[n]) for n in numbers])

    def embed_mirrored(self, aligned: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return self.embed(aligned)

    def new_watch(self, light: LightShow | None = None) -> PassiveWatch:
        self.light = light
        return PassiveWatch([Timing(), *self.cues])

    def model_hashes(self) -> dict[str, str]:
        return {"detector": HASH, "embedder": "cd" * 32, "landmarks": "ef" * 32}


def frames_of(looks: Sequence[Look]) -> list[Frame]:
    frames, at = [], 100.0
    for number, look in enumerate(looks):
        at += look.step
        pixels = np.zeros((2, 2, 3), np.uint8)
        pixels[0, 0, :2] = divmod(number, 256)
        frames.append(Frame(pixels, number, at, look.source))
    return frames


STRAIGHT = Look()
RAMP = (6.0, 12.0, 18.0, 22.0, 22.0, 18.0, 12.0, 6.0)


def turn(sign: int, base: Look = STRAIGHT) -> list[Look]:
    return [replace(base, yaw=sign * yaw) for yaw in RAMP]


def blink(base: Look = STRAIGHT) -> list[Look]:
    shut = replace(base, ear=0.05, blink=0.5)
    half = replace(base, ear=0.22, blink=0.18)
    return [base, half, shut, shut, half, base]


def nod(base: Look = STRAIGHT) -> list[Look]:
    return [replace(base, pitch=base.pitch + depth) for depth in (0.0, 5.0, 9.0, 14.0, 14.0, 9.0, 4.0, 0.0)]
