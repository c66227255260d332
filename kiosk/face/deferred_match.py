"""What the centre's deferred job is given of the face room: check a capture's evidence, compare it with the register.

The same networks and thresholds as at a kiosk; one probe instead of a pool of them, for which the thresholds were
fitted (single pairs, see ``match``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from kiosk.config import FaceSettings, Settings
from kiosk.face.engine import FaceEngine, open_engine
from kiosk.face.match import Zone, similarity_of, zone_of
from kiosk.face.reference import ReferenceRefused
from kiosk.face.verify import EvidenceRefusal, verify_capture
from kiosk.face.weights import WeightsStore, load_manifest
from kiosk.ports import CaptureMatch

CaptureCheck = Callable[[dict[str, Any], bytes, str, str, bytes], EvidenceRefusal | None]
"""(evidence, probe JPEG, visit id, kiosk id, the kiosk's signing key)"""
CaptureMatcher = Callable[[bytes, bytes], CaptureMatch]
"""(probe JPEG, photo or template of the register)"""

_MATCHES = {Zone.MATCH: CaptureMatch.MATCH, Zone.STAFF: CaptureMatch.STAFF, Zone.NO_MATCH: CaptureMatch.NO_MATCH}


def capture_check(settings: Settings) -> CaptureCheck:
    """Accepts only networks that the manifest names. Raises LastingFault when the manifest cannot be read."""
    models = WeightsStore(load_manifest(settings.weights_manifest), settings.weights_dir).hashes()

    def check(
        evidence: dict[str, Any], probe: bytes, visit_id: str, device: str, public_key: bytes
    ) -> EvidenceRefusal | None:
        return verify_capture(
            evidence,
            probe_sha256=hashlib.sha256(probe).hexdigest(),
            public_key=public_key,
            device=device,
            visit_id=visit_id,
            models=models,
            allow_simulated=settings.demo,
        )

    return check


def capture_matcher(engine: FaceEngine, settings: FaceSettings) -> CaptureMatcher:
    """The models load with the first capture, about two seconds. The matcher raises LastingFault without them."""

    def match(probe: bytes, photo: bytes) -> CaptureMatch:
        try:
            reference = engine.embed_reference(photo)
            live = engine.embed_picture(probe)
        except ReferenceRefused:
            return CaptureMatch.UNUSABLE
        similarity = similarity_of(np.asarray([live.embedding], np.float32), reference.embedding)
        return _MATCHES[zone_of(similarity, settings.threshold, settings.review_threshold)]

    return match


def capture_parts(settings: Settings) -> tuple[CaptureCheck, CaptureMatcher]:
    """Both, as the job takes them. Raises LastingFault when the manifest cannot be read."""
    return capture_check(settings), capture_matcher(open_engine(settings), settings.face)
