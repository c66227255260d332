"""What an attempt leaves behind: JSON that says how it was decided, and the check the centre repeats.

Holds hashes of frames and models, cue answers, numbers and names of parts; no picture, no embedding.
The event that carries it is signed; ``verify_evidence`` runs at the centre without any model and trusts
nothing the kiosk could merely claim: the movements must follow from the seed again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kiosk.face.challenge import CENTRE_YAW, movements_of
from kiosk.face.continuity import SAME_FACE
from kiosk.face.cues import Cue
from kiosk.face.engine import Reference
from kiosk.face.match import Zone
from kiosk.face.types import FaceOutcome
from kiosk.ports import CameraIdentity, Movement

VERSION = 1
THRESHOLD_FLOOR = 0.35
"""No site may match below this: impostor pairs read 0.076 +- 0.098, so it lies 2.8 deviations above them."""
PLANARITY_FLOOR = 3.4
"""No site may take less for a head, in %: the worst bent print."""
ROLES = ("neutral", "movement", "probe")
CUES = ("planarity", "blink", "continuity", "frame_order")
REQUIRED_MODELS = ("detector", "embedder", "landmarks")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,128}")


@dataclass(frozen=True, slots=True)
class UsedFrame:
    role: str  # one of ROLES
    sequence: int
    captured_at: float
    sha256: str


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """Everything the evidence is written from."""

    outcome: FaceOutcome
    nonce: bytes
    seed: bytes
    movements: Sequence[Movement]
    movements_done: Sequence[Movement]
    frames: Sequence[UsedFrame]
    cues: Mapping[str, Cue]
    turn_yaw: float
    turn_residual: float
    continuity: float
    similarity: float
    zone: Zone
    threshold: float
    review_threshold: float
    planarity_percent: float
    models: Mapping[str, str]
    reference: Reference
    camera: CameraIdentity
    source: str
    simulated: bool
    software: str


def write_evidence(record: AttemptRecord) -> dict[str, Any]:
    """Plain JSON values; numbers are rounded so that they survive any JSON library unchanged."""
    return {
        "version": VERSION,
        "outcome": record.outcome.value,
        "nonce": record.nonce.hex(),
        "seed": record.seed.hex(),
        "movements": [m.value for m in record.movements],
        "movements_done": [m.value for m in record.movements_done],
        "frames": [
            {"role": f.role, "sequence": f.sequence, "captured_at": round(f.captured_at, 6), "sha256": f.sha256}
            for f in sorted(record.frames, key=lambda f: f.sequence)
        ],
        "cues": {name: record.cues.get(name, Cue.ABSTAIN).value for name in CUES},
        "turn": {
            "yaw": round(record.turn_yaw, 2),
            "residual_percent": round(record.turn_residual, 3),
            "limit_percent": round(record.planarity_percent, 3),
        },
        "continuity": round(record.continuity, 4),
        "similarity": round(record.similarity, 4),
        "zone": record.zone.value,
        "threshold": round(record.threshold, 4),
        "review_threshold": round(record.review_threshold, 4),
        "models": dict(record.models),
        "reference": {"sha256": record.reference.sha256, "face_px": record.reference.face_px},
        "camera": {
            "path": record.camera.path,
            "vid_pid": record.camera.vid_pid,
            "driver": record.camera.driver,
            "source": record.source,
            "simulated": record.simulated,
        },
        "software": record.software,
    }


def verify_evidence(
    evidence: Mapping[str, Any], *, allow_simulated: bool = False, visit_id: str | None = None
) -> str | None:
    """None when this evidence supports a match, else a typed word for why not. Never raises.

    Only a demo passes ``allow_simulated``: nowhere else is a simulated camera evidence. With ``visit_id``
    the nonce must begin with it and a colon, so that evidence of another visit does not serve. Pure: needs no
    model and no settings, so that the centre can run it.
    """
    try:
        if visit_id is not None and not bytes.fromhex(evidence["nonce"]).startswith(f"{visit_id}:".encode()):
            return "visit"
        return _refusal(evidence, allow_simulated)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return "malformed"


def _refusal(e: Mapping[str, Any], allow_simulated: bool) -> str | None:
    if e["version"] != VERSION:
        return "version"
    if e["outcome"] != FaceOutcome.MATCHED:
        return "outcome"
    checks = (_challenge, _cues, _frames, _similarity, _parts)
    for check in checks:
        word = check(e)
        if word is not None:
            return word
    if e["camera"]["simulated"] is not False and not allow_simulated:
        return "simulated"
    return None


def _challenge(e: Mapping[str, Any]) -> str | None:
    nonce, seed = e["nonce"], e["seed"]
    if not (_HEX.fullmatch(nonce) and _HEX.fullmatch(seed)):
        return "nonce"
    derived = [m.value for m in movements_of(bytes.fromhex(nonce), bytes.fromhex(seed))]
    if e["movements"] != derived or e["movements_done"] != derived:
        return "movements"
    return None


def _cues(e: Mapping[str, Any]) -> str | None:
    cues = e["cues"]
    if set(cues) != set(CUES) or any(Cue(answer) is Cue.DENY for answer in cues.values()):
        return "cue_denied"
    wanted = {"planarity", "continuity", "frame_order"}
    if Movement.BLINK in e["movements"]:
        wanted.add("blink")
    if any(cues[name] != Cue.CONFIRM for name in wanted):
        return "cue_missing"
    turn = e["turn"]
    residual, limit = _number(turn["residual_percent"]), _number(turn["limit_percent"])
    if limit < PLANARITY_FLOOR or residual <= limit or abs(_number(turn["yaw"])) <= CENTRE_YAW:
        return "planarity"
    if _number(e["continuity"]) < SAME_FACE:
        return "continuity"
    return None


def _frames(e: Mapping[str, Any]) -> str | None:
    frames = e["frames"]
    roles = [f["role"] for f in frames]
    if set(roles) != set(ROLES) or roles.count("movement") != len(e["movements"]):
        return "frames_missing"
    if roles != sorted(roles, key=ROLES.index):
        return "frame_order"
    for before, after in pairwise(frames):
        if not (_whole(before["sequence"]) < _whole(after["sequence"])
                and _number(before["captured_at"]) < _number(after["captured_at"])):  # fmt: skip
            return "frame_order"
    hashes = [f["sha256"] for f in frames]
    if not all(_SHA256.fullmatch(h) for h in hashes):
        return "frame_hash"
    return "frame_hash" if len(set(hashes)) != len(hashes) else None


def _similarity(e: Mapping[str, Any]) -> str | None:
    similarity, threshold = _number(e["similarity"]), _number(e["threshold"])
    if threshold < THRESHOLD_FLOOR or threshold > 1:
        return "threshold"
    if e["zone"] != Zone.MATCH or not threshold <= similarity <= 1.0001:
        return "similarity"
    _number(e["review_threshold"])
    return None


def _parts(e: Mapping[str, Any]) -> str | None:
    models = e["models"]
    if any(name not in models for name in REQUIRED_MODELS) or not all(_SHA256.fullmatch(h) for h in models.values()):
        return "models"
    reference = e["reference"]
    if not _SHA256.fullmatch(reference["sha256"]) or _whole(reference["face_px"]) <= 0:
        return "reference"
    camera = e["camera"]
    texts = (camera["path"], camera["vid_pid"], camera["driver"])
    if not camera["source"] or not all(isinstance(t, str) for t in (camera["source"], *texts)):
        return "camera"
    if not isinstance(camera["simulated"], bool):
        return "camera"
    return None if isinstance(e["software"], str) and e["software"] else "software"


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not a whole number")
    return value
