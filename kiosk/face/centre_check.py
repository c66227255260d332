"""The evidence check as the centre's settle job is given it: this site's networks, this site's kind of camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.config import Settings
from kiosk.face.verify import EvidenceRefusal, verify_evidence
from kiosk.face.weights import WeightsStore, load_manifest

CentreCheck = Callable[[dict[str, Any], str, str, bytes], EvidenceRefusal | None]
"""(evidence, visit id, kiosk id, the kiosk's signing key)"""


def centre_check(settings: Settings) -> CentreCheck:
    """Accepts only networks that the manifest names. Raises LastingFault when the manifest cannot be read."""
    models = WeightsStore(load_manifest(settings.weights_manifest), settings.weights_dir).hashes()

    def check(evidence: dict[str, Any], visit_id: str, device: str, public_key: bytes) -> EvidenceRefusal | None:
        return verify_evidence(
            evidence,
            public_key=public_key,
            device=device,
            visit_id=visit_id,
            models=models,
            allow_simulated=settings.demo,
        )

    return check
