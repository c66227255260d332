"""What an attempt leaves behind: sealed JSON that says how it was decided.

Holds hashes of frames and models, cue answers, numbers and names of parts; no picture, no embedding. The check that
the centre repeats is in ``verify``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.face.cues import NOT_MEASURED, CueReading
from kiosk.face.match import Advice, Zone
from kiosk.face.reference import Reference
from kiosk.face.seal import Sealer
from kiosk.face.types import FaceOutcome
from kiosk.ports import CameraIdentity, Movement

VERSION = 2
REQUIRED_CUES = ("planarity", "blink", "continuity", "frame_order", "timing")
"""Always written down, whatever the settings; the passive cues follow by name."""


@dataclass(frozen=True, slots=True)
class UsedFrame:
    role: str  # neutral, movement or probe
    sequence: int
    captured_at: float
    sha256: str


@dataclass(frozen=True, slots=True)
class ChallengeRecord:
    """What was asked and how it was answered; times in seconds of the camera's clock."""

    movements: Sequence[Movement] = ()
    done: Sequence[Movement] = ()
    declined: Sequence[Movement] = ()
    prompted_at: Sequence[float] = ()
    done_at: Sequence[float] = ()
    slips: int = 0
    turn_yaw: float = 0.0
    turn_residual: float = 0.0
    planarity_percent: float = 0.0


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """Everything the evidence is written from."""

    outcome: FaceOutcome
    nonce: bytes
    seed: bytes
    challenge: ChallengeRecord
    frames: Sequence[UsedFrame]
    cues: Mapping[str, CueReading]
    modes: Mapping[str, str]
    continuity: float
    similarity: float
    zone: Zone
    threshold: float
    review_threshold: float
    models: Mapping[str, str]
    reference: Reference | None  # None: nobody was compared
    camera: CameraIdentity
    source: str
    simulated: bool
    software: str
    portrait: Advice | None = None
    quality: Mapping[str, float] = field(default_factory=dict)
    capture_sha256: str = ""  # of the picture that goes to the centre


def write_evidence(record: AttemptRecord, sealer: Sealer) -> dict[str, Any]:
    """Plain JSON values under a seal; numbers are rounded so that they survive any JSON library unchanged."""
    challenge, reference, camera = record.challenge, record.reference, record.camera
    cues = {**dict.fromkeys(REQUIRED_CUES, NOT_MEASURED), **record.cues}
    return sealer.seal({
        "version": VERSION,
        "device": sealer.device,
        "outcome": record.outcome.value,
        "nonce": record.nonce.hex(),
        "seed": record.seed.hex(),
        "movements": [m.value for m in challenge.movements],
        "movements_done": [m.value for m in challenge.done],
        "declined": [m.value for m in challenge.declined],
        "prompted_at": [_time(at) for at in challenge.prompted_at],
        "done_at": [_time(at) for at in challenge.done_at],
        "slips": challenge.slips,
        "frames": [
            {"role": f.role, "sequence": f.sequence, "captured_at": _time(f.captured_at), "sha256": f.sha256}
            for f in sorted(record.frames, key=lambda f: f.sequence)
        ],
        "cues": {name: reading.answer.value for name, reading in sorted(cues.items())},
        "readings": {
            name: [round(reading.value, 4), round(reading.limit, 4)]
            for name, reading in sorted(cues.items())
            if reading != NOT_MEASURED
        },
        "doubts": sorted(name for name, reading in cues.items() if reading.doubt),
        "modes": dict(sorted(record.modes.items())),
        "turn": {
            "yaw": round(challenge.turn_yaw, 2),
            "residual_percent": round(challenge.turn_residual, 3),
            "limit_percent": round(challenge.planarity_percent, 3),
        },
        "continuity": round(record.continuity, 4),
        "similarity": round(record.similarity, 4),
        "zone": record.zone.value,
        "threshold": round(record.threshold, 4),
        "review_threshold": round(record.review_threshold, 4),
        "portrait": record.portrait.value if record.portrait else None,
        "quality": {name: round(value, 4) for name, value in sorted(record.quality.items())},
        "models": dict(record.models),
        **_compared(reference, record.capture_sha256),
        "camera": {
            "path": camera.path,
            "vid_pid": camera.vid_pid,
            "driver": camera.driver,
            "source": record.source,
            "simulated": record.simulated,
        },
        "software": record.software,
    })  # fmt: skip


def _compared(reference: Reference | None, capture_sha256: str) -> dict[str, Any]:
    if reference is None:
        return {"capture": capture_sha256}
    return {"reference": {"kind": reference.kind.value, "sha256": reference.sha256, "face_px": reference.face_px}}


def _time(at: float) -> float:
    return round(at, 6)
