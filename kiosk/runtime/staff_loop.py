"""The thread that owns the staff door: asked, recorded, carried out, shown, in this order, like the visit."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from kiosk.config import StaffSettings
from kiosk.ports import Clock, EventStore, StoreUnavailable
from kiosk.runtime.machine_thread import MachineThread
from kiosk.staff.effects import Record, StaffEffect
from kiosk.staff.inputs import StaffInput, StoreFailed, Tick
from kiosk.staff.machine import step
from kiosk.staff.state import StaffState

log = logging.getLogger(__name__)

StaffListener = Callable[[StaffState], None]


class StaffHandsPort(Protocol):
    def carry_out(self, effect: StaffEffect, answer: Callable[[StaffInput], None]) -> None:
        """Never blocks; answers later."""


class StaffLoop:
    def __init__(
        self,
        *,
        limits: StaffSettings,
        clock: Clock,
        store: EventStore,
        hands: StaffHandsPort,
        on_bug: Callable[[], None] | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._store = store
        self._hands = hands
        self._state = StaffState()
        self._listeners: tuple[StaffListener, ...] = ()
        self._thread: MachineThread[StaffInput] = MachineThread(
            "staff", self.handle, lambda: self.handle(Tick()), on_bug
        )

    @property
    def state(self) -> StaffState:
        return self._state

    def subscribe(self, listener: StaffListener) -> None:
        """``listener`` runs on the staff door's thread with each new state; it must only pass it on."""
        self._listeners = (*self._listeners, listener)
        listener(self._state)

    def post(self, staff_input: StaffInput) -> None:
        self._thread.put(staff_input)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.stop()

    def handle(self, staff_input: StaffInput) -> None:
        """One input, start to end. Called by the loop's own thread, and by tests instead of it."""
        before, now = self._state, self._clock.monotonic()
        after, effects = step(before, staff_input, now, self._limits)
        events = [effect.event for effect in effects if isinstance(effect, Record)]
        if events:
            try:
                self._store.record("", events)
            except StoreUnavailable as fault:
                log.error("staff events not recorded", extra={"reason": fault.reason})
                after, effects = step(before, StoreFailed(), now, self._limits)
        self._state = after
        for effect in effects:
            if not isinstance(effect, Record):
                self._hands.carry_out(effect, self.post)
        if after != before:
            for listener in self._listeners:
                listener(after)
