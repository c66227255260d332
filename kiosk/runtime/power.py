"""Switching the kiosk on and off: which part starts when, what is recorded of it, and the order of leaving.

Everything slow starts on threads, so that the screens need not wait for it. Parts of other rooms are
handed in; what they are (real, simulated) makes no difference here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.events import Event, PartChanged
from kiosk.health.readiness import Part
from kiosk.ports import Centre, Json, PartHealth, PartState, PassingFault, Service, ServicesOffered, StoreUnavailable
from kiosk.runtime.late_centre import LateCentre
from kiosk.runtime.warm_up import EngineWarmUp
from kiosk.runtime.worker import ResilientWorker

log = logging.getLogger(__name__)

DRAIN_SECONDS = 3.0
"""The last events of a visit need some milliseconds to reach the centre; an absent one is not waited for."""


class Store(Protocol):
    def record(self, visit_id: str, events: Sequence[Event]) -> None: ...

    def backlog(self) -> int: ...

    def end_run(self) -> None: ...

    def close(self) -> None: ...


class Door(Protocol):
    def start(self) -> None: ...

    def close(self) -> None: ...


class SyncService(Service, Protocol):
    @property
    def clock_offset(self) -> float | None: ...

    def detail(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Connection:
    """What connecting to the centre brings."""

    centre: Centre
    fetch_key: Callable[[], bytes]
    sync: SyncService
    report: Callable[[str], Json] | None  # what a demo's centre holds of one visit
    close: Sequence[Callable[[], None]]
    chain_broken: Callable[[str], bool]  # whether a fault of sync means that our chain is not the centre's


class Power:
    def __init__(
        self,
        *,
        store: Store,
        camera: ResilientWorker,
        warm_up: EngineWarmUp,
        centre: LateCentre,
        connect: Callable[[], Connection],
    ) -> None:
        self._store = store
        self._camera = camera
        self._warm_up = warm_up
        self._centre = centre
        self._connect_to_centre = connect
        self._door: Door | None = None
        self._connection: Connection | None = None
        self._sync: ResilientWorker | None = None
        self._connecting = threading.Thread(target=self._connect, name="connect", daemon=True)

    def on(self, door: Door) -> None:
        self._door = door
        self._camera.subscribe(self._record)
        self._camera.start()
        self._warm_up.start()
        door.start()
        self._connecting.start()

    def off(self) -> None:
        """No more inputs, no more frames, the last events on their way, then store and centre."""
        if self._door is not None:
            self._door.close()
        self._camera.stop()
        if self._sync is not None:
            self._drain()
            self._sync.stop()
        self._store.end_run()
        self._store.close()
        if self._connection is not None:
            for close in self._connection.close:
                close()

    def parts(self) -> list[PartHealth]:
        return [self._camera.health(), self._warm_up.health(), self.store_health(), self.centre_health()]

    def camera_health(self) -> PartHealth:
        return self._camera.health()

    def offset(self) -> float | None:
        """The centre's clock minus this one, seconds; None while the centre has not been heard."""
        return self._connection.sync.clock_offset if self._connection else None

    def store_health(self) -> PartHealth:
        """A chain that the centre will never take (a restored or cloned disk) is a store that cannot serve."""
        fault = self._sync.health().last_fault if self._sync else ""
        if fault and self._connection is not None and self._connection.chain_broken(fault):
            return PartHealth(Part.STORE, PartState.FAULT, last_fault=fault)
        return PartHealth(Part.STORE, PartState.READY)

    def centre_health(self) -> PartHealth:
        if self._sync is None:
            return PartHealth(Part.CENTRE, PartState.STARTING)
        sync = self._sync.health()
        return PartHealth(Part.CENTRE, sync.state, sync.version, sync.last_fault, sync.detail)

    def ready(self, offered: ServicesOffered) -> bool:
        return offered.verify and self.centre_health().state is PartState.READY

    def centre_report(self, visit_id: str) -> Json:
        report = self._connection.report if self._connection else None
        return report(visit_id) if report else {}

    def _connect(self) -> None:
        try:
            connection = self._connect_to_centre()
        except PassingFault as fault:
            log.error("the centre does not start", extra={"reason": fault.reason})
            return
        self._connection = connection
        self._centre.connect(connection.centre, connection.fetch_key)
        self._sync = ResilientWorker(connection.sync, detail=connection.sync.detail)
        self._sync.subscribe(self._record)
        self._sync.start()

    def _record(self, health: PartHealth) -> None:
        if health.state not in (PartState.READY, PartState.FAULT):
            return
        try:
            self._store.record("", [PartChanged(part=health.name, state=health.state, fault=health.last_fault)])
        except StoreUnavailable as fault:
            log.warning("a part's change was not recorded", extra={"part": health.name, "reason": fault.reason})

    def _drain(self) -> None:
        until = time.monotonic() + DRAIN_SECONDS
        while self._store.backlog() and time.monotonic() < until:
            time.sleep(0.05)
