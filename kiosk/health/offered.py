"""What the start screen says of the service, from the parts' states."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.health.readiness import Part, offers
from kiosk.ports import PartHealth, ServicesOffered

_REASONS = {Part.CAMERA: "camera", Part.WEIGHTS: "face", Part.STORE: "store"}


def services_offered(parts: Iterable[PartHealth]) -> ServicesOffered:
    """Account verification, or the reason why not; the first missing part in the order of need."""
    offer = offers(parts)[0]
    if offer.offered:
        return ServicesOffered(notices=tuple(notice.value for notice in offer.notices))
    reason = "starting" if offer.soon else _REASONS.get(offer.missing[0].part, "other")
    return ServicesOffered(verify=False, reason=reason)
