"""Power with parts that fail as the test says, a store and a centre that keep what they were told."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence

from kiosk.events import Event, PartChanged
from kiosk.ports import Json, PartState, StoreUnavailable
from kiosk.runtime.late_centre import LateCentre
from kiosk.runtime.late_desk import LateDesk
from kiosk.runtime.power import Connection, Power
from kiosk.runtime.warm_up import EngineWarmUp
from kiosk.runtime.worker import BackOff, ResilientWorker
from tests.runtime.support import KEY, WAIT_SECONDS, FakeCentre, FakeDesk


class Part_:  # noqa: N801 -- Part is the product's own
    """A service that works, or raises what the test puts into ``fault``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fault: Exception | None = None
        self.clock_offset: float | None = 1.5

    def set_up(self) -> None: ...

    def work(self) -> None:
        if self.fault is not None:
            raise self.fault
        threading.Event().wait(0.002)

    def tear_down(self) -> None: ...

    def detail(self) -> Mapping[str, str]:
        return {"sent": "0"}


class Engine:
    def verify(self) -> None: ...

    def load(self) -> None: ...


class Rig:
    def __init__(self) -> None:
        self.order: list[str] = []
        self.events: list[Event] = []
        self.heard: queue.SimpleQueue[Json] = queue.SimpleQueue()
        self.recorded = threading.Condition()
        self.left = 0
        self.store_fault: str = ""
        self.trouble = ""
        self.certificate: dict[str, str] = {}
        self.camera, self.sync, self.scanner = Part_("camera"), Part_("centre"), Part_("scanner")
        self.connected = threading.Event()
        self.connect_fault: Exception | None = None
        self.before_connecting: Callable[[], object] = lambda: None
        self.close_faults: list[Exception] = []
        self.power = Power(
            store=self,
            camera=ResilientWorker(self.camera, back_off=BackOff(first=0.01, longest=0.02, lasting=0.02)),
            warm_up=EngineWarmUp(Engine()),  # type: ignore[arg-type]
            scanner=ResilientWorker(self.scanner, back_off=BackOff(first=0.01, longest=0.02, lasting=0.02)),
            centre=LateCentre(),
            desk=LateDesk(),
            connect=self.connect,
            store_trouble=lambda: self.trouble,
            software="0.1.0",
        )

    # ---- store

    def record(self, visit_id: str, events: Sequence[Event]) -> None:
        if self.store_fault:
            raise StoreUnavailable(self.store_fault)
        assert visit_id == ""
        with self.recorded:
            self.events += events
            self.recorded.notify_all()

    def backlog(self) -> int:
        if self.store_fault:
            raise StoreUnavailable(self.store_fault)
        if threading.current_thread().name == "heartbeat":
            return self.left
        self.order.append("backlog")
        self.left = max(0, self.left - 1)
        return self.left

    def end_run(self) -> None:
        if self.store_fault:
            raise StoreUnavailable(self.store_fault)
        self.order.append("run ended")

    def close(self) -> None:
        self.order.append("store closed")

    # ---- centre

    def connect(self) -> Connection:
        self.before_connecting()
        try:
            if self.connect_fault is not None:
                raise self.connect_fault
            return Connection(
                centre=FakeCentre(),
                desk=FakeDesk(),
                fetch_key=lambda: KEY,
                sync=self.sync,
                report=lambda visit_id: {"visit": visit_id},
                reset=lambda: self.order.append("reset"),
                close=[self._close_badly, lambda: self.order.append("centre closed")],
                chain_broken=lambda fault: fault == "chain_of_another",
                heartbeat=self.heard.put,
                certificate=lambda: self.certificate,
            )
        finally:
            self.connected.set()

    def _close_badly(self) -> None:
        if self.close_faults:
            raise self.close_faults.pop()

    # ---- for tests

    def on(self) -> None:
        self.power.on(Door(self))
        assert self.connected.wait(WAIT_SECONDS)

    def seen(self, part: str, state: PartState, fault: str = "") -> PartChanged:
        wanted = PartChanged(part=part, state=state, fault=fault)
        with self.recorded:
            assert self.recorded.wait_for(lambda: wanted in self.events, WAIT_SECONDS), self.events
        return wanted

    def states(self) -> dict[str, PartState]:
        return {part.name: part.state for part in self.power.states.parts()}


class Door:
    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    def start(self) -> None:
        self.rig.order.append("door started")

    def close(self) -> None:
        self.rig.order.append("door closed")


def poll(true: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_SECONDS / 0.005)):
        if true():
            return
        threading.Event().wait(0.005)
    raise AssertionError("never came true")
