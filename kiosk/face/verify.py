"""Does this evidence support a match? One check: the kiosk makes it before it says so, the settle job again.

Pure: needs no model, no settings, no frame, and trusts nothing a kiosk could merely claim: the seal must hold under
the key the centre knows, and movements and pauses must follow from the seed again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any

from kiosk.face.challenge import CENTRE_YAW, QUICKEST, SLIPS
from kiosk.face.continuity import SAME_FACE
from kiosk.face.cues import Cue
from kiosk.face.evidence import REQUIRED_CUES, VERSION
from kiosk.face.match import Zone
from kiosk.face.prompts import movements_of, pauses_of
from kiosk.face.reference import ReferenceKind
from kiosk.face.seal import seal_holds
from kiosk.face.types import FaceOutcome
from kiosk.ports import Movement

THRESHOLD_FLOOR = 0.35
"""No site may match below this: impostor pairs read 0.076 +- 0.098, so it lies 2.8 deviations above them."""
PLANARITY_FLOOR = 3.4
"""No site may take less for a head, in %: the worst bent print."""
TIME_SLACK = 0.001  # s, of rounding
ROLES = ("neutral", "movement", "probe")
REQUIRED_MODELS = ("detector", "embedder", "landmarks")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,128}")


class EvidenceRefusal(StrEnum):
    MALFORMED = "malformed"
    SEAL = "seal"
    DEVICE = "device"
    VISIT = "visit"
    VERSION = "version"
    OUTCOME = "outcome"
    NONCE = "nonce"
    MOVEMENTS = "movements"
    PROMPTS = "prompts"
    CUE_DENIED = "cue_denied"
    CUE_DOUBTED = "cue_doubted"
    CUE_MISSING = "cue_missing"
    PLANARITY = "planarity"
    CONTINUITY = "continuity"
    FRAMES_MISSING = "frames_missing"
    FRAME_ORDER = "frame_order"
    FRAME_HASH = "frame_hash"
    THRESHOLD = "threshold"
    SIMILARITY = "similarity"
    MODELS = "models"
    REFERENCE = "reference"
    CAPTURE = "capture"
    CAMERA = "camera"
    SOFTWARE = "software"
    SIMULATED = "simulated"


def verify_evidence(
    evidence: Mapping[str, Any],
    *,
    public_key: bytes,
    device: str,
    visit_id: str | None = None,
    models: Mapping[str, str] | None = None,
    allow_simulated: bool = False,
) -> EvidenceRefusal | None:
    """None when this evidence supports a match, else why not. Never raises.

    ``public_key`` and ``device`` are what the checker knows of the kiosk, not what the evidence says. With
    ``visit_id`` the nonce must begin with it and a colon, so that evidence of another visit does not serve. ``models``
    (slot -> SHA-256) are the networks a site has approved; None takes any. Only a demo passes ``allow_simulated``.
    """
    try:
        refusal = _origin(evidence, public_key, device, visit_id)
        return refusal or _refusal(evidence, FaceOutcome.MATCHED, _OF_A_MATCH, models, allow_simulated)
    except _MALFORMED:
        return EvidenceRefusal.MALFORMED


def verify_capture(
    evidence: Mapping[str, Any],
    *,
    probe_sha256: str,
    public_key: bytes,
    device: str,
    visit_id: str | None = None,
    models: Mapping[str, str] | None = None,
    allow_simulated: bool = False,
) -> EvidenceRefusal | None:
    """None when a live person left this picture in an attempt that compared nobody; otherwise as above."""
    try:
        refusal = _origin(evidence, public_key, device, visit_id)
        if refusal is None and (not _SHA256.fullmatch(probe_sha256) or evidence["capture"] != probe_sha256):
            refusal = EvidenceRefusal.CAPTURE
        return refusal or _refusal(evidence, FaceOutcome.CAPTURED, _OF_A_CAPTURE, models, allow_simulated)
    except _MALFORMED:
        return EvidenceRefusal.MALFORMED


def _origin(
    evidence: Mapping[str, Any], public_key: bytes, device: str, visit_id: str | None
) -> EvidenceRefusal | None:
    if not seal_holds(evidence, public_key):
        return EvidenceRefusal.SEAL
    if evidence["device"] != device:
        return EvidenceRefusal.DEVICE
    if visit_id is not None and not bytes.fromhex(evidence["nonce"]).startswith(f"{visit_id}:".encode()):
        return EvidenceRefusal.VISIT
    return None


def _refusal(
    e: Mapping[str, Any],
    outcome: FaceOutcome,
    checks: Sequence[Check],
    models: Mapping[str, str] | None,
    allow_simulated: bool,
) -> EvidenceRefusal | None:
    if e["version"] != VERSION:
        return EvidenceRefusal.VERSION
    if e["outcome"] != outcome:
        return EvidenceRefusal.OUTCOME
    for check in checks:
        refusal = check(e)
        if refusal is not None:
            return refusal
    if models is not None and any(models.get(slot) != digest for slot, digest in e["models"].items()):
        return EvidenceRefusal.MODELS
    if e["camera"]["simulated"] is not False and not allow_simulated:
        return EvidenceRefusal.SIMULATED
    return None


def _challenge(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    nonce, seed = e["nonce"], e["seed"]
    if not (_HEX.fullmatch(nonce) and _HEX.fullmatch(seed)):
        return EvidenceRefusal.NONCE
    declined = [Movement(m) for m in e["declined"]]
    if len(declined) > 1:
        return EvidenceRefusal.MOVEMENTS
    if declined and declined[0] not in movements_of(bytes.fromhex(nonce), bytes.fromhex(seed)):
        return EvidenceRefusal.MOVEMENTS  # only what was asked can have been declined
    derived = [m.value for m in movements_of(bytes.fromhex(nonce), bytes.fromhex(seed), declined)]
    if e["movements"] != derived or e["movements_done"] != derived or not 0 <= _whole(e["slips"]) <= SLIPS:
        return EvidenceRefusal.MOVEMENTS
    return None


def _prompts(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    """Each movement was asked for after its pause, and answered no sooner than a person can."""
    prompted, done = [_number(at) for at in e["prompted_at"]], [_number(at) for at in e["done_at"]]
    if not len(prompted) == len(done) == len(e["movements"]):
        return EvidenceRefusal.PROMPTS
    pauses = pauses_of(bytes.fromhex(e["nonce"]), bytes.fromhex(e["seed"]), len(prompted))
    before = [_number(f["captured_at"]) for f in e["frames"] if f["role"] == "neutral"][:1] + done[:-1]
    for earlier, pause, asked, answered in zip(before, pauses, prompted, done, strict=True):
        if asked - earlier < pause - TIME_SLACK or answered - asked < QUICKEST - TIME_SLACK:
            return EvidenceRefusal.PROMPTS
    return None


def _cues(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    cues, modes = e["cues"], e["modes"]
    answers = {name: Cue(answer) for name, answer in cues.items()}
    if any(name not in answers for name in REQUIRED_CUES):
        return EvidenceRefusal.CUE_MISSING
    if any(answer is Cue.DENY and modes.get(name, "enforced") != "recorded" for name, answer in answers.items()):
        return EvidenceRefusal.CUE_DENIED
    if any(modes.get(name, "enforced") != "recorded" for name in e["doubts"]):
        return EvidenceRefusal.CUE_DOUBTED
    if any(name in modes for name in REQUIRED_CUES):  # no mode can lower what is always asked
        return EvidenceRefusal.CUE_MISSING
    wanted = {"planarity", "continuity", "frame_order", "timing"}
    if Movement.BLINK in e["movements"]:
        wanted.add("blink")
    if any(answers[name] is not Cue.CONFIRM for name in wanted):
        return EvidenceRefusal.CUE_MISSING
    turn = e["turn"]
    residual, limit = _number(turn["residual_percent"]), _number(turn["limit_percent"])
    if limit < PLANARITY_FLOOR or residual <= limit or abs(_number(turn["yaw"])) <= CENTRE_YAW:
        return EvidenceRefusal.PLANARITY
    if _number(e["continuity"]) < SAME_FACE:
        return EvidenceRefusal.CONTINUITY
    return None


def _frames(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    frames = e["frames"]
    roles = [f["role"] for f in frames]
    if set(roles) != set(ROLES) or roles.count("movement") != len(e["movements"]):
        return EvidenceRefusal.FRAMES_MISSING
    if roles != sorted(roles, key=ROLES.index):
        return EvidenceRefusal.FRAME_ORDER
    for before, after in pairwise(frames):
        if not (_whole(before["sequence"]) < _whole(after["sequence"])
                and _number(before["captured_at"]) < _number(after["captured_at"])):  # fmt: skip
            return EvidenceRefusal.FRAME_ORDER
    hashes = [f["sha256"] for f in frames]
    if not all(_SHA256.fullmatch(h) for h in hashes) or len(set(hashes)) != len(hashes):
        return EvidenceRefusal.FRAME_HASH
    return None


def _similarity(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    similarity, threshold = _number(e["similarity"]), _number(e["threshold"])
    if threshold < THRESHOLD_FLOOR or threshold > 1:
        return EvidenceRefusal.THRESHOLD
    if e["zone"] != Zone.MATCH or not threshold <= similarity <= 1.0001:
        return EvidenceRefusal.SIMILARITY
    _number(e["review_threshold"])
    return None


def _models(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    models = e["models"]
    if any(name not in models for name in REQUIRED_MODELS) or not all(_SHA256.fullmatch(h) for h in models.values()):
        return EvidenceRefusal.MODELS
    return None


def _reference(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    reference = e["reference"]
    kind = ReferenceKind(reference["kind"])
    if kind is ReferenceKind.CARD or not _SHA256.fullmatch(reference["sha256"]):
        return EvidenceRefusal.REFERENCE  # the card in the visitor's hand proves nothing about the visitor
    if _whole(reference["face_px"]) <= 0 and kind is ReferenceKind.PHOTO:
        return EvidenceRefusal.REFERENCE
    return None


def _camera(e: Mapping[str, Any]) -> EvidenceRefusal | None:
    camera = e["camera"]
    texts = (camera["path"], camera["vid_pid"], camera["driver"])
    if not camera["source"] or not all(isinstance(t, str) for t in (camera["source"], *texts)):
        return EvidenceRefusal.CAMERA
    if not isinstance(camera["simulated"], bool):
        return EvidenceRefusal.CAMERA
    return None if isinstance(e["software"], str) and e["software"] else EvidenceRefusal.SOFTWARE


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not a whole number")
    return value


Check = Callable[[Mapping[str, Any]], EvidenceRefusal | None]
_OF_BOTH: tuple[Check, ...] = (_challenge, _cues, _frames, _prompts)
_OF_A_MATCH: tuple[Check, ...] = (*_OF_BOTH, _similarity, _models, _reference, _camera)
_OF_A_CAPTURE: tuple[Check, ...] = (*_OF_BOTH, _models, _camera)
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
