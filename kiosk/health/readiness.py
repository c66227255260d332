"""Which services the start screen offers, and why one is missing: pure, decided from the parts' states.

A service whose part is broken is not offered, so that nobody gives consent and a NIK for a visit that
cannot end well. A centre that is down takes nothing away: the visit is deferred, and the screen says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.journey.state import Service
from kiosk.ports import PartHealth, PartState


class Part(StrEnum):
    """Names of the parts, as ``PartHealth.name`` carries them."""

    CAMERA = "camera"
    WEIGHTS = "weights"
    CODES = "codes"
    SCANNER = "scanner"
    PRINTER = "printer"
    QUEUE = "queue"
    FONTS = "fonts"
    STORE = "store"
    CENTRE = "centre"
    CLOCK = "clock"
    DISK = "disk"
    PYTHON = "python"
    QT = "qt"


class OfferNotice(StrEnum):
    """What the start screen adds to a service that is offered all the same."""

    CENTRE_DOWN = "centre_down"  # visits are deferred or wait
    CARD_BY_TYPING = "card_by_typing"  # codes cannot be read: the number is typed


@dataclass(frozen=True, slots=True)
class MissingPart:
    part: Part
    state: PartState


@dataclass(frozen=True, slots=True)
class Offer:
    service: Service
    missing: tuple[MissingPart, ...] = ()
    notices: tuple[OfferNotice, ...] = ()

    @property
    def offered(self) -> bool:
        return not self.missing

    @property
    def soon(self) -> bool:
        """Only starting parts are missing: ask for patience, not for a technician."""
        return bool(self.missing) and all(part.state is PartState.STARTING for part in self.missing)


NEEDS: Mapping[Service, tuple[Part, ...]] = {Service.VERIFY_ACCOUNT: (Part.CAMERA, Part.WEIGHTS, Part.STORE)}

_NOTED: Mapping[Part, OfferNotice] = {
    Part.CENTRE: OfferNotice.CENTRE_DOWN,
    Part.CODES: OfferNotice.CARD_BY_TYPING,
}

_QUIET = frozenset({PartState.READY, PartState.DEGRADED, PartState.STARTING})
"""Nothing is said of a part that may still come, or that nobody has looked at yet."""

_WORKS = frozenset({PartState.READY, PartState.DEGRADED})


def offers(parts: Iterable[PartHealth]) -> tuple[Offer, ...]:
    """One offer for each service. A part that is not reported at all counts as absent."""
    states = {part.name: part.state for part in parts}

    def state(part: Part) -> PartState:
        return states.get(part.value, PartState.ABSENT)

    notices = tuple(notice for part, notice in _NOTED.items() if states.get(part.value, PartState.READY) not in _QUIET)
    return tuple(
        Offer(service, tuple(MissingPart(part, state(part)) for part in needed if state(part) not in _WORKS), notices)
        for service, needed in NEEDS.items()
    )
