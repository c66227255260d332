"""The thread that owns the running visit: one input at a time, recorded before it is shown.

For each input: ask the journey, commit its events in one transaction, carry out its effects, then
publish the new state. Nothing else writes the state, so no lock guards it. Answers carry the visit
they belong to; what arrives for an earlier visit is dropped.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from kiosk.events import PartChanged
from kiosk.journey.effects import KeepSealed, Record, VisitEffect
from kiosk.journey.inputs import Start, StoreBack, StoreFailed, Tick, VisitInput
from kiosk.journey.limits import Limits
from kiosk.journey.machine import step
from kiosk.journey.state import Moment, Stage, VisitState
from kiosk.ports import Clock, EventStore, StoreUnavailable
from kiosk.runtime.machine_thread import MachineThread

log = logging.getLogger(__name__)

STORE_RETRY_SECONDS = 5.0
"""A full disk that was cleared is noticed soon; trying costs one small transaction."""

Answer = Callable[[VisitInput], None]
StateListener = Callable[[VisitState], None]


@dataclass(frozen=True, slots=True)
class Handled:
    """One input that was answered."""

    before: VisitState
    after: VisitState
    at: float  # monotonic seconds
    seconds: float  # what answering took, commit included


HandledListener = Callable[[Handled], None]


class Hands(Protocol):
    """Carries out effects; never blocks, answers later through ``answer``."""

    def carry_out(self, effect: VisitEffect, answer: Answer) -> None: ...


@dataclass(frozen=True, slots=True)
class _Posted:
    visit_input: VisitInput
    visit_id: str | None  # None: from the person, the clock or a device; always for the present visit


class VisitLoop:
    def __init__(
        self,
        *,
        limits: Limits,
        clock: Clock,
        zone: tzinfo,
        store: EventStore,
        hands: Hands,
        may_start: Callable[[], bool] = lambda: True,
        on_bug: Callable[[], None] | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._zone = zone
        self._store = store
        self._hands = hands
        self._may_start = may_start
        self._store_retry_at = 0.0
        self._state = VisitState(language=limits.language)
        self._listeners: list[StateListener] = []
        self._handled: list[HandledListener] = []
        self._thread: MachineThread[_Posted] = MachineThread("visit", self._handle_posted, self._tick, on_bug)

    @property
    def state(self) -> VisitState:
        return self._state

    def subscribe(self, listener: StateListener) -> None:
        """``listener`` runs on the visit thread with each new state; it must only pass it on."""
        self._listeners.append(listener)
        listener(self._state)

    def watch(self, listener: HandledListener) -> None:
        """For reports; runs on the visit thread."""
        self._handled.append(listener)

    def post(self, visit_input: VisitInput) -> None:
        self._thread.put(_Posted(visit_input, None))

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        self._thread.stop(timeout)

    def handle(self, visit_input: VisitInput) -> None:
        """One input, start to end. Called by the loop's own thread, and by tests instead of it."""
        if isinstance(visit_input, Start) and not self._may_start():
            return
        before, began = self._state, time.perf_counter()
        moment = Moment(self._clock.monotonic(), self._clock.now().astimezone(self._zone).date())
        after, effects = step(before, visit_input, moment, self._limits)
        events = [effect.event for effect in effects if isinstance(effect, Record)]
        payloads = [(effect.kind, effect.sealed) for effect in effects if isinstance(effect, KeepSealed)]
        if events:
            try:
                self._store.record(before.visit_id or after.visit_id, events, payloads)
            except StoreUnavailable as fault:
                log.error("events not recorded", extra={"reason": fault.reason})
                after, effects = step(before, StoreFailed(fault.reason), moment, self._limits)
        self._state = after
        answer = self._answer_for(after.visit_id)
        for effect in effects:
            if not isinstance(effect, Record | KeepSealed):
                self._hands.carry_out(effect, answer)
        if after != before:
            for listener in self._listeners:
                listener(after)
        spent = time.perf_counter() - began
        for handled in self._handled:
            handled(Handled(before, after, moment.monotonic, spent))

    def _answer_for(self, visit_id: str) -> Answer:
        return lambda visit_input: self._thread.put(_Posted(visit_input, visit_id))

    def _handle_posted(self, posted: _Posted) -> None:
        if posted.visit_id is None or posted.visit_id == self._state.visit_id:
            self.handle(posted.visit_input)

    def _tick(self) -> None:
        self.handle(Tick())
        self._look_for_the_store()

    def _look_for_the_store(self) -> None:
        """While out of service: does the store take events again?"""
        now = time.monotonic()
        if self._state.stage is not Stage.OUT_OF_SERVICE or now < self._store_retry_at:
            return
        self._store_retry_at = now + STORE_RETRY_SECONDS
        with contextlib.suppress(StoreUnavailable):
            self._store.record("", [PartChanged(part="store", state="ready")])
            self.handle(StoreBack())
