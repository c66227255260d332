"""The sealed capture: one document that nobody but the centre can open, this kiosk included."""

from __future__ import annotations

import base64
import hashlib

from kiosk.credentials.centre_seal import seal_to_centre
from kiosk.events import canonical_json
from kiosk.journey.effects import SealCapture
from kiosk.journey.inputs import CaptureSealed
from kiosk.ports import MAX_CAPTURE_BYTES

VERSION = 1


def seal_capture(effect: SealCapture, centre_public_key: bytes) -> CaptureSealed:
    """Raises ValueError for a capture that the centre would not take."""
    document = {
        "version": VERSION,
        "visit_id": effect.visit_id,
        "case_number": effect.case_number,
        "identifier": {"kind": effect.identifier.kind.value, "digits": effect.identifier.digits},
        "phone": effect.phone,
        "evidence": effect.evidence,
        "probe": base64.b64encode(effect.probe).decode(),
    }
    box = seal_to_centre(canonical_json(document).encode(), centre_public_key)
    sealed = base64.b64decode(box.text)
    if len(sealed) > MAX_CAPTURE_BYTES:
        raise ValueError("capture too large")
    return CaptureSealed(sealed, hashlib.sha256(sealed).hexdigest(), box.sealed_to)
