"""Which services are offered. The risk: a visit that is begun and cannot end well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.health.readiness import NEEDS, MissingPart, OfferNotice, Part, offers
from kiosk.journey.state import Service
from kiosk.ports import PartHealth, PartState

WORKS = (PartState.READY, PartState.DEGRADED)


def all_ready(**changed: PartState) -> list[PartHealth]:
    states = {part.value: PartState.READY for part in Part} | changed
    return [PartHealth(name, state) for name, state in states.items()]


def test_with_every_part_ready_every_service_is_offered_without_a_word() -> None:
    for offer in offers(all_ready()):
        assert offer.offered
        assert offer.notices == ()


@pytest.mark.parametrize("part", ["camera", "weights", "store"])
@pytest.mark.parametrize("state", [PartState.FAULT, PartState.STOPPED, PartState.ABSENT])
def test_a_broken_part_takes_the_service_away_and_is_named(part: str, state: PartState) -> None:
    (offer,) = offers(all_ready(**{part: state}))
    assert not offer.offered
    assert not offer.soon
    assert offer.missing == (MissingPart(Part(part), state),)


def test_a_part_that_is_still_starting_asks_for_patience_not_for_a_technician() -> None:
    (offer,) = offers(all_ready(camera=PartState.STARTING))
    assert not offer.offered
    assert offer.soon
    (offer,) = offers(all_ready(camera=PartState.STARTING, store=PartState.FAULT))
    assert not offer.soon


def test_a_degraded_part_still_serves() -> None:
    assert offers(all_ready(camera=PartState.DEGRADED))[0].offered


def test_a_centre_that_is_down_takes_nothing_away_but_is_said() -> None:
    (offer,) = offers(all_ready(centre=PartState.FAULT))
    assert offer.offered
    assert offer.notices == (OfferNotice.CENTRE_DOWN,)


def test_without_a_code_reader_the_number_is_typed() -> None:
    (offer,) = offers(all_ready(codes=PartState.ABSENT))
    assert offer.offered
    assert offer.notices == (OfferNotice.CARD_BY_TYPING,)


def test_nothing_is_said_of_a_part_that_may_still_come_or_that_nobody_has_looked_at() -> None:
    (offer,) = offers(all_ready(centre=PartState.STARTING))
    assert offer.notices == ()
    assert offers([])[0].notices == ()


def test_a_part_nobody_reported_counts_as_absent() -> None:
    (offer,) = offers([])
    assert {missing.part for missing in offer.missing} == set(NEEDS[Service.VERIFY_ACCOUNT])
    assert {missing.state for missing in offer.missing} == {PartState.ABSENT}


def test_every_service_of_the_journey_has_its_needs_written_down() -> None:
    assert set(NEEDS) == set(Service)


@given(st.dictionaries(st.sampled_from([part.value for part in Part]), st.sampled_from(PartState)))
def test_a_service_is_offered_exactly_when_all_it_needs_works(states: dict[str, PartState]) -> None:
    for offer in offers([PartHealth(name, state) for name, state in states.items()]):
        needed = NEEDS[offer.service]
        assert offer.offered == all(states.get(part.value) in WORKS for part in needed)
