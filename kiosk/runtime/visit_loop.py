"""The thread that owns the running visit: one input at a time, recorded before it is shown.

For each input: ask the journey, commit its events in one transaction, carry out its effects, then
publish the new state. Nothing else writes the state, so no lock guards it. Answers carry the visit
they belong to; what arrives for an earlier visit is dropped.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from kiosk.events import PartChanged
from kiosk.journey.effects import Record, VisitEffect
from kiosk.journey.inputs import Start, StoreBack, StoreFailed, Tick, VisitInput
from kiosk.journey.limits import Limits
from kiosk.journey.machine import step
from kiosk.journey.state import Moment, Stage, VisitState
from kiosk.ports import Clock, EventStore, StoreUnavailable

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
"""Countdowns show whole seconds; four looks a second keep them even."""

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
        """``on_bug`` ends the program after an unforeseen exception: a kiosk that lost its visit thread
        must restart (the store closes the visit), never stand there with a frozen screen."""
        self._limits = limits
        self._clock = clock
        self._zone = zone
        self._store = store
        self._hands = hands
        self._may_start = may_start
        self._on_bug = on_bug
        self._store_retry_at = 0.0
        self._inbox: queue.SimpleQueue[_Posted | None] = queue.SimpleQueue()
        self._state = VisitState(language=limits.language)
        self._listeners: list[StateListener] = []
        self._handled: list[HandledListener] = []
        self._thread = threading.Thread(target=self._run, name="visit", daemon=True)

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
        self._inbox.put(_Posted(visit_input, None))

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        self._inbox.put(None)
        self._thread.join(timeout)

    def handle(self, visit_input: VisitInput) -> None:
        """One input, start to end. Called by the loop's own thread, and by tests instead of it."""
        if isinstance(visit_input, Start) and not self._may_start():
            return
        before, began = self._state, time.perf_counter()
        moment = Moment(self._clock.monotonic(), self._clock.now().astimezone(self._zone).date())
        after, effects = step(before, visit_input, moment, self._limits)
        events = [effect.event for effect in effects if isinstance(effect, Record)]
        if events:
            try:
                self._store.record(before.visit_id or after.visit_id, events)
            except StoreUnavailable as fault:
                log.error("events not recorded", extra={"reason": fault.reason})
                after, effects = step(before, StoreFailed(fault.reason), moment, self._limits)
        self._state = after
        answer = self._answer_for(after.visit_id)
        for effect in effects:
            if not isinstance(effect, Record):
                self._hands.carry_out(effect, answer)
        if after != before:
            for listener in self._listeners:
                listener(after)
        spent = time.perf_counter() - began
        for handled in self._handled:
            handled(Handled(before, after, moment.monotonic, spent))

    def _answer_for(self, visit_id: str) -> Answer:
        return lambda visit_input: self._inbox.put(_Posted(visit_input, visit_id))

    def _run(self) -> None:
        next_tick = time.monotonic() + TICK_SECONDS
        while True:
            try:
                posted = self._inbox.get(timeout=max(0.0, next_tick - time.monotonic()))
            except queue.Empty:
                next_tick = time.monotonic() + TICK_SECONDS
                self._guarded(Tick())
                self._look_for_the_store()
                continue
            if posted is None:
                return
            if posted.visit_id is None or posted.visit_id == self._state.visit_id:
                self._guarded(posted.visit_input)

    def _look_for_the_store(self) -> None:
        """While out of service: does the store take events again?"""
        now = time.monotonic()
        if self._state.stage is not Stage.OUT_OF_SERVICE or now < self._store_retry_at:
            return
        self._store_retry_at = now + STORE_RETRY_SECONDS
        with contextlib.suppress(StoreUnavailable):
            self._store.record("", [PartChanged(part="store", state="ready")])
            self._guarded(StoreBack())

    def _guarded(self, visit_input: VisitInput) -> None:
        try:
            self.handle(visit_input)
        except Exception:
            log.exception("input failed", extra={"input": type(visit_input).__name__})
            if self._on_bug is None:
                raise
            self._on_bug()
