"""What the start screen says of the service. The risk: someone gives a NIK for a visit that cannot end well."""

from __future__ import annotations

from itertools import product

import pytest

from kiosk.health.offered import services_offered
from kiosk.health.readiness import Part
from kiosk.journey.state import Language
from kiosk.ports import PartHealth, PartState, ServicesOffered
from ui.catalogue import has

NEEDED = (Part.CAMERA, Part.WEIGHTS, Part.STORE)


def parts(**states: PartState) -> list[PartHealth]:
    return [PartHealth(part, states.get(part.value, PartState.READY)) for part in (*NEEDED, Part.CENTRE)]


def test_everything_ready_is_offered_and_an_absent_centre_takes_nothing_away() -> None:
    assert services_offered(parts()) == ServicesOffered()
    away = services_offered(parts(centre=PartState.FAULT))
    assert (away.verify, away.notices) == (True, ("centre_down",))


@pytest.mark.parametrize(("part", "reason"), [("camera", "camera"), ("weights", "face"), ("store", "store")])
@pytest.mark.parametrize("state", [PartState.FAULT, PartState.STOPPED, PartState.ABSENT])
def test_a_missing_part_is_the_reason(part: str, reason: str, state: PartState) -> None:
    assert services_offered(parts(**{part: state})) == ServicesOffered(verify=False, reason=reason)


def test_a_start_under_way_asks_for_patience_and_a_fault_beside_it_does_not() -> None:
    assert services_offered(parts(camera=PartState.STARTING)).reason == "starting"
    assert services_offered(parts(weights=PartState.STARTING, store=PartState.FAULT)).reason != "starting"


def test_nothing_reported_is_nothing_offered() -> None:
    assert not services_offered([]).verify


def test_every_reason_has_its_words_in_every_language() -> None:
    reasons = {
        services_offered([PartHealth(p, s) for p, s in zip(NEEDED, states, strict=True)]).reason
        for states in product(PartState, repeat=len(NEEDED))
    }
    missing = [
        (language, reason)
        for language in Language
        for reason in reasons - {""}
        if not has(language, f"service_reason.{reason}")
    ]
    assert not missing
