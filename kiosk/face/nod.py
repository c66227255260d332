"""Nod: the chin goes down and comes up again. Pure; one value in, one state out."""

from __future__ import annotations

from dataclasses import dataclass, replace

BACK_RATIO = 0.5  # of the depth asked for: up again; sway of a standing person reads 2-3 degrees
LONGEST_SECONDS = 3.0  # a slow, polite nod; longer is looking down


@dataclass(frozen=True, slots=True)
class NodState:
    was_up: bool = False
    down_at: float | None = None
    done: bool = False


def watch_nod(state: NodState, at: float, pitch: float, degrees: float) -> NodState:
    """``pitch`` degrees below the own neutral; ``degrees`` asked for; ``at`` seconds."""
    if state.done:
        return state
    if pitch >= degrees:
        return replace(state, down_at=at) if state.was_up and state.down_at is None else state
    if abs(pitch) > degrees * BACK_RATIO:
        return state  # on the way
    if state.down_at is None:
        return replace(state, was_up=True)
    return NodState(was_up=True, done=at - state.down_at <= LONGEST_SECONDS)
