"""Runs one service in a thread that never dies: set up, work, tear down, back off, again.

A passing fault is retried soon and ever more slowly; a lasting one needs a person and is looked at
again at a slow pace or when someone pokes. State is visible at any time; nothing is thrown at the
rest of the program. Left out: what the service does, and who shows the state.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kiosk.ports import Clock, LastingFault, PartHealth, PartState, PassingFault, Service
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.crash import frames_of

log = logging.getLogger(__name__)

HealthListener = Callable[[PartHealth], None]


@dataclass(frozen=True, slots=True)
class BackOff:
    """Pauses between tries, seconds."""

    first: float = 0.5
    longest: float = 30.0
    lasting: float = 30.0
    """Pause after a lasting fault: a technician who has mended it waits no longer than this."""
    settled: float = 5.0
    """Only a service that has worked this long has mended itself; one that flaps keeps backing off."""

    def pause(self, failures: int, rng: random.Random) -> float:
        """Pause after the ``failures``-th passing fault in a row. Half of it is chance, so that the
        kiosks of a branch do not come back to the centre in one beat."""
        doublings = min(failures - 1, 32)
        return float(min(self.longest, self.first * 2.0**doublings) * rng.uniform(0.5, 1.0))


class Sleeper(Protocol):
    def sleep(self, seconds: float) -> None:
        """Return after this time or at once when woken, also by an earlier ``wake``."""

    def wake(self) -> None: ...


class EventSleeper:
    """The real one."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def sleep(self, seconds: float) -> None:
        self._woken.wait(seconds)
        self._woken.clear()

    def wake(self) -> None:
        self._woken.set()


class ResilientWorker:
    def __init__(
        self,
        service: Service,
        *,
        back_off: BackOff | None = None,
        version: str = "",
        detail: Callable[[], Mapping[str, str]] | None = None,
        clock: Clock | None = None,
        sleeper: Sleeper | None = None,
        rng: random.Random | None = None,
    ) -> None:
        """``detail`` adds words of the service to its health; it must not block or hold personal data."""
        self._service = service
        self._back_off = back_off or BackOff()
        self._version = version
        self._detail = detail
        self._clock = clock or SystemClock()
        self._sleeper = sleeper or EventSleeper()
        self._rng = rng or random.Random()  # noqa: S311 -- spreads retries, guards nothing
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._state = PartState.STARTING
        self._last_fault = ""
        self._failures = 0
        self._listeners: tuple[HealthListener, ...] = ()

    # ------------------------------------------------------------ for everybody

    def start(self) -> None:
        """Begin; does nothing while it is running."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            self._thread = threading.Thread(target=self.run, name=self._service.name, daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """Ask to end and wait. False: the service still hangs in its work; the thread is a daemon and
        does not hold the program back."""
        self._stopping.set()
        self._sleeper.wake()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def poke(self) -> None:
        """Try again now instead of waiting out a pause."""
        self._sleeper.wake()

    def glance(self) -> PartHealth:
        """State and last fault without details: asks nobody, so any thread may call it often."""
        with self._guard:
            return PartHealth(self._service.name, self._state, self._version, self._last_fault)

    def health(self) -> PartHealth:
        with self._guard:
            state, fault = self._state, self._last_fault
        return PartHealth(self._service.name, state, self._version, fault, self._details())

    def subscribe(self, listener: HealthListener) -> None:
        """``listener`` runs on the worker's thread at each change of state or fault."""
        with self._guard:
            self._listeners = (*self._listeners, listener)

    # ------------------------------------------------------------ the thread

    def run(self) -> None:
        """The thread's body; tests call it directly with a sleeper of their own."""
        self._show(PartState.STARTING, self._last_fault)
        while not self._stopping.is_set():
            pause = self._one_life()
            if not self._stopping.is_set():
                self._sleeper.sleep(pause)
        self._show(PartState.STOPPED, self._last_fault)

    def _one_life(self) -> float:
        """From set-up to the first fault or the stop; returns the pause before the next life."""
        try:
            self._service.set_up()
            self._work()
        except PassingFault as fault:
            return self._passing(fault.reason)
        except LastingFault as fault:
            self._show(PartState.FAULT, fault.reason)
            return self._back_off.lasting
        except BaseException as fault:  # a bug in a service must not take the kiosk down
            log.error("unexpected fault", extra={"part": self._service.name} | frames_of(fault))
            return self._passing(f"unexpected:{type(fault).__name__}")
        finally:
            self._tear_down()
        return 0.0

    def _work(self) -> None:
        since = self._clock.monotonic()
        while not self._stopping.is_set():
            self._service.work()
            self._show(PartState.READY, "")
            if self._failures and self._clock.monotonic() - since >= self._back_off.settled:
                self._failures = 0

    def _passing(self, reason: str) -> float:
        self._failures += 1
        self._show(PartState.DEGRADED, reason)
        return self._back_off.pause(self._failures, self._rng)

    def _tear_down(self) -> None:
        try:
            self._service.tear_down()
        except BaseException as fault:
            log.error("tear-down failed", extra={"part": self._service.name} | frames_of(fault))

    def _show(self, state: PartState, fault: str) -> None:
        with self._guard:
            if (state, fault) == (self._state, self._last_fault):
                return
            self._state, self._last_fault = state, fault
            listeners = self._listeners
        log.info("part changed", extra={"part": self._service.name, "state": state.value, "fault": fault})
        health = self.health()
        for listener in listeners:
            try:
                listener(health)
            except Exception as broken:
                log.error("listener failed", extra={"part": self._service.name} | frames_of(broken))

    def _details(self) -> Mapping[str, str]:
        if self._detail is None:
            return {}
        try:
            return dict(self._detail())
        except Exception as fault:
            return {"detail": f"unexpected:{type(fault).__name__}"}
