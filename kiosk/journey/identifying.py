"""What every way to identify ends in: a refusal with its sentence, or the lookup at the centre."""

from __future__ import annotations

from dataclasses import replace

from kiosk.events import IdentityRead, IdentityRefused
from kiosk.journey.effects import Lookup, Record, StopKtp, StopLogin, StopReading, VisitEffect
from kiosk.journey.ending import Outcome, end_visit, go_to
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import Moment, Stage, VisitState, Waiting
from kiosk.ports import Identifier

_STOPS: dict[Stage, VisitEffect] = {
    Stage.CARD: StopReading(),
    Stage.IKD_CODE: StopReading(),
    Stage.KTP: StopKtp(),
    Stage.IKD: StopLogin(),
}


def leave(state: VisitState) -> tuple[VisitEffect, ...]:
    """What runs for the present stage and must not outlive it."""
    stop = _STOPS.get(state.stage)
    return (stop,) if stop else ()


def refuse(state: VisitState, notice: Notice, reason: str, moment: Moment, limits: Limits) -> Outcome:
    method = state.method.value if state.method else ""
    record = Record(IdentityRefused(method=method, reason=reason))
    refused = replace(state, refusals=state.refusals + 1, notice=notice, notice_values=())
    if refused.refusals >= limits.visit.identity_refusals:
        return after(record, end_visit(refused, EndReason.IDENTITY_LIMIT, moment))
    return refused, (record,)


def look_up(
    state: VisitState, identifier: Identifier, notes: tuple[str, ...], moment: Moment, limits: Limits
) -> Outcome:
    known = identifier.digits in state.tried
    repeats = state.refusals + 1 if known else state.refusals
    too_many = repeats >= limits.visit.identity_refusals
    if (not known and len(state.tried) >= limits.visit.identifiers) or too_many:
        return end_visit(state, EndReason.IDENTITY_LIMIT, moment)
    method = state.method.value if state.method else ""
    tried = state.tried if known else (*state.tried, identifier.digits)
    looking, effects = send_lookup(
        replace(state, tried=tried, refusals=repeats, may_force_nik=False), identifier, moment
    )
    return looking, (Record(IdentityRead(method=method, notes=notes)), *leave(state), *effects)


def send_lookup(state: VisitState, identifier: Identifier, moment: Moment) -> Outcome:
    looking = go_to(
        state,
        Stage.LOOKUP,
        moment,
        identifier=identifier,
        waiting=Waiting.LOOKING_UP,
        waiting_since=moment.monotonic,
        lookup_tries=state.lookup_tries + 1,
    )
    return looking, (Lookup(state.visit_id, identifier),)


def after(record: Record, outcome: Outcome) -> Outcome:
    state, effects = outcome
    return state, (record, *effects)
