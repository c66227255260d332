"""What card or digital identity say that the register does not: sealed for the centre, shown after the match."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import DataUpdateOffered
from kiosk.journey.effects import Record, SealFacts, VisitEffect
from kiosk.journey.ending import Outcome
from kiosk.journey.inputs import FactsSealed
from kiosk.journey.state import VisitState
from kiosk.participants.updates import updates


def offer(outcome: Outcome) -> Outcome:
    """Compare as soon as both sides are known, whichever comes last, and once a visit."""
    state, effects = outcome
    if state.profile is None or state.facts is None or state.updates:
        return outcome
    found = updates(state.profile, state.facts)
    if not found:
        return outcome
    seal: tuple[VisitEffect, ...] = (SealFacts(tuple((update.which.value, update.brought) for update in found)),)
    return replace(state, updates=found), (*effects, *seal)


def on_sealed(state: VisitState, sealed: FactsSealed) -> Outcome:
    if not state.updates or state.facts is None:
        return state, ()
    event = DataUpdateOffered(
        ticket=state.ticket,
        source=state.facts.source.value,
        fields=tuple(update.which.value for update in state.updates),
        sealed_values=sealed.sealed_values,
        sealed_to=sealed.sealed_to,
    )
    return state, (Record(event),)
