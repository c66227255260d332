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
from kiosk.ports import (
    Centre,
    CentreRefused,
    CentreUnreachable,
    Json,
    LastingFault,
    PartHealth,
    PartState,
    PassingFault,
    Service,
    ServicesOffered,
    StaffDesk,
    StoreUnavailable,
)
from kiosk.runtime.heartbeat import Heartbeat
from kiosk.runtime.late_centre import LateCentre
from kiosk.runtime.late_desk import LateDesk
from kiosk.runtime.part_states import PartStates
from kiosk.runtime.warm_up import EngineWarmUp
from kiosk.runtime.worker import BackOff, ResilientWorker

log = logging.getLogger(__name__)

DRAIN_SECONDS = 3.0
"""The last events of a visit need some milliseconds to reach the centre; an absent one is not waited for."""
_SELDOM = BackOff(first=10.0, longest=60.0, lasting=60.0)
"""Of the heartbeat: whoever is behind the centre's silence, sync finds out sooner."""
_MAY_DRAIN = (PartState.STARTING, PartState.READY)


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
    desk: StaffDesk
    fetch_key: Callable[[], bytes]
    sync: SyncService
    report: Callable[[str], Json] | None  # what a demo's centre holds of one visit
    reset: Callable[[], object] | None  # the demo's account as before the first visit
    close: Sequence[Callable[[], None]]
    chain_broken: Callable[[str], bool]  # whether a fault of sync means that our chain is not the centre's
    heartbeat: Callable[[Json], None]  # raises CentreUnreachable, CentreRefused
    certificate: Callable[[], Mapping[str, str]] = dict  # certificate_ends, and a warning when that is soon


class Power:
    def __init__(
        self,
        *,
        store: Store,
        camera: ResilientWorker,
        warm_up: EngineWarmUp,
        scanner: ResilientWorker | None,
        centre: LateCentre,
        desk: LateDesk,
        connect: Callable[[], Connection],
        sync_back_off: BackOff | None = None,
        store_trouble: Callable[[], str] = str,
        software: str = "",
    ) -> None:
        """``store_trouble``: why nobody may be served though the store works; empty when they may. ``software``: the
        version that the centre is told."""
        self.states = PartStates(
            camera=camera,
            scanner=scanner,
            warm_up=warm_up,
            backlog=store.backlog,
            store_trouble=store_trouble,
            software=software,
        )
        self._sync_back_off = sync_back_off
        self._store = store
        self._camera = camera
        self._scanner = scanner
        self._warm_up = warm_up
        self._centre = centre
        self._desk = desk
        self._connect_to_centre = connect
        self._door: Door | None = None
        self._connection: Connection | None = None
        self._sync: ResilientWorker | None = None
        self._heartbeat: ResilientWorker | None = None
        self._switch = threading.Lock()
        self._off = False
        self._connecting = threading.Thread(target=self._connect, name="connect", daemon=True)

    def on(self, door: Door) -> None:
        self._door = door
        self._camera.subscribe(self._record)
        self._camera.start()
        if self._scanner is not None:
            self._scanner.subscribe(self._record)
            self._scanner.start()
        self._warm_up.start()
        door.start()
        self._connecting.start()

    def off(self) -> None:
        """No more inputs, no more frames, the last events on their way, then store and centre."""
        if self._door is not None:
            self._door.close()
        self._camera.stop()
        if self._scanner is not None:
            self._scanner.stop()
        with self._switch:
            self._off = True
        if self._heartbeat is not None:
            self._heartbeat.stop()
        if self._sync is not None:
            self._drain(self._sync)
            self._sync.stop()
        try:
            self._store.end_run()
        except StoreUnavailable as fault:
            log.error("the end of the run was not recorded", extra={"reason": fault.reason})
        self._store.close()
        if self._connection is not None:
            _close(self._connection)

    def offset(self) -> float | None:
        """The centre's clock minus this one, seconds; None while the centre has not been heard."""
        return self._connection.sync.clock_offset if self._connection else None

    def ready(self, offered: ServicesOffered) -> bool:
        return offered.verify and self._sync is not None and self._sync.glance().state is PartState.READY

    def centre_report(self, visit_id: str) -> Json:
        report = self._connection.report if self._connection else None
        return report(visit_id) if report else {}

    def reset_centre(self) -> None:
        """After what the last visits left is through: a visit settled later would undo the reset."""
        if self._sync is not None:
            self._drain(self._sync)
        if self._connection is not None and self._connection.reset is not None:
            self._connection.reset()

    def _connect(self) -> None:
        try:
            connection = self._connect_to_centre()
        except (PassingFault, LastingFault) as fault:
            log.error("the centre does not start", extra={"reason": fault.reason})
            self.states.not_connected(fault.reason)
            return
        except Exception as fault:
            log.error("the centre does not start", extra={"fault": type(fault).__name__})
            self.states.not_connected(f"unexpected:{type(fault).__name__}")
            return
        with self._switch:
            if not self._off:
                self._connection = connection
                self._centre.connect(connection.centre, connection.fetch_key)
                self._desk.connect(connection.desk)
                self._sync = ResilientWorker(
                    connection.sync, detail=connection.sync.detail, back_off=self._sync_back_off
                )
                self.states.connected(self._sync, connection.chain_broken, connection.certificate)
                self._sync.subscribe(self._record)
                self._sync.subscribe(self._learn_key)
                self._sync.start()
                self._heartbeat = ResilientWorker(Heartbeat(connection.heartbeat, self.states.told), back_off=_SELDOM)
                self._heartbeat.start()
                return
        _close(connection)  # it came after the kiosk was switched off

    def _learn_key(self, health: PartHealth) -> None:
        """While the centre is there: without its key nothing can wait for it when it is not."""
        if health.state is not PartState.READY or self._centre.heard_key:
            return
        try:
            self._centre.learn_key()
        except (CentreUnreachable, CentreRefused) as fault:  # whoever needs it asks again
            log.warning("the centre's key is not known", extra={"fault": type(fault).__name__})

    def _record(self, health: PartHealth) -> None:
        if health.state in (PartState.STARTING, PartState.STOPPED):
            return
        try:
            self._store.record("", [PartChanged(part=health.name, state=health.state, fault=health.last_fault)])
        except StoreUnavailable as fault:
            log.warning("a part's change was not recorded", extra={"part": health.name, "reason": fault.reason})

    def _drain(self, sync: ResilientWorker) -> None:
        until = time.monotonic() + DRAIN_SECONDS
        try:
            while self._store.backlog() and sync.glance().state in _MAY_DRAIN and time.monotonic() < until:
                time.sleep(0.05)
        except StoreUnavailable as fault:
            log.error("the backlog is not known", extra={"reason": fault.reason})


def _close(connection: Connection) -> None:
    for close in connection.close:
        try:
            close()
        except Exception as fault:
            log.error("a part did not close", extra={"fault": type(fault).__name__})
