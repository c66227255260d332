"""Switching on and off. The risk: a part that changed unseen, an end that loses events or leaves a part open."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence

import pytest

from kiosk.events import Event, PartChanged
from kiosk.health.offered import services_offered
from kiosk.health.readiness import Part
from kiosk.ports import Json, LastingFault, PartState, PassingFault, StoreUnavailable
from kiosk.runtime import power as power_module
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


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_before_and_after_switching_on(rig: Rig) -> None:
    assert set(rig.states().values()) <= {PartState.STARTING, PartState.READY}
    assert services_offered(rig.power.states.parts()).reason == "starting"
    rig.on()
    rig.seen("camera", PartState.READY)
    rig.seen("centre", PartState.READY)
    poll(lambda: services_offered(rig.power.states.parts()).verify)
    assert rig.power.ready(services_offered(rig.power.states.parts()))
    assert rig.power.offset() == 1.5
    assert rig.power.centre_report("v") == {"visit": "v"}
    rig.power.off()


def test_the_centre_is_told_at_once_what_stands_here(rig: Rig) -> None:
    rig.camera.fault, rig.left = PassingFault("unplugged"), 4
    rig.on()
    first = rig.heard.get(timeout=WAIT_SECONDS)
    assert (first["software"], first["backlog"]) == ("0.1.0", 4)
    poll(lambda: rig.power.states.told()["parts"]["camera"] == "fault unplugged")
    assert set(rig.power.states.told()["parts"]) == {"camera", "scanner", "weights", "store", "centre"}
    rig.power.off()


def test_each_change_of_a_part_is_an_event(rig: Rig) -> None:
    rig.on()
    rig.seen("camera", PartState.READY)
    rig.camera.fault = PassingFault("unplugged")
    rig.seen("camera", PartState.DEGRADED, "unplugged")
    rig.camera.fault = LastingFault("no_driver")
    rig.seen("camera", PartState.FAULT, "no_driver")
    rig.power.off()
    assert PartState.STOPPED not in {event.state for event in rig.events if isinstance(event, PartChanged)}


def test_an_unplugged_scanner_is_recorded_and_closes_nothing(rig: Rig) -> None:
    rig.on()
    poll(lambda: services_offered(rig.power.states.parts()).verify)
    rig.scanner.fault = PassingFault("unplugged")
    rig.seen("scanner", PartState.DEGRADED, "unplugged")
    assert rig.power.states.scanner_health().state is PartState.FAULT
    assert services_offered(rig.power.states.parts()).verify
    rig.power.off()


def test_a_demonstration_begins_anew_once_there_is_a_centre(rig: Rig) -> None:
    rig.power.reset_centre()
    rig.on()
    rig.seen("centre", PartState.READY)
    rig.power.reset_centre()
    rig.power.off()
    assert rig.order.count("reset") == 1
    assert rig.order.index("backlog") < rig.order.index("reset"), "what is under way would undo it"


def test_an_unplugged_camera_closes_the_service_and_its_return_opens_it(rig: Rig) -> None:
    rig.on()
    poll(lambda: services_offered(rig.power.states.parts()).verify)
    rig.camera.fault = PassingFault("unplugged")
    poll(lambda: services_offered(rig.power.states.parts()).reason == "camera")
    camera = rig.power.states.camera_health()
    assert (camera.state, camera.last_fault) == (PartState.FAULT, "unplugged")
    rig.camera.fault = None
    poll(lambda: services_offered(rig.power.states.parts()).verify)
    rig.power.off()


def test_a_centre_that_is_away_takes_the_service_from_nobody(rig: Rig) -> None:
    rig.sync.fault = PassingFault("unreachable")
    rig.on()
    rig.seen("centre", PartState.DEGRADED, "unreachable")
    poll(lambda: services_offered(rig.power.states.parts()).verify)
    assert rig.power.states.centre_health().state is PartState.FAULT
    assert not rig.power.ready(services_offered(rig.power.states.parts()))
    rig.power.off()


def test_a_certificate_that_ends_soon_is_shown_and_told_and_takes_the_service_from_nobody(rig: Rig) -> None:
    ends = {"certificate_ends": "2026-12-20T03:00:00+00:00"}
    rig.certificate = ends
    rig.on()
    poll(lambda: services_offered(rig.power.states.parts()).verify)
    poll(lambda: rig.power.states.centre_health().state is PartState.READY)
    assert ends.items() <= rig.power.states.centre_health().detail.items()
    rig.certificate = ends | {"warning": "certificate_ends_soon"}
    assert rig.power.states.centre_health().state is PartState.DEGRADED
    assert rig.certificate.items() <= rig.power.states.centre_health().detail.items()
    assert services_offered(rig.power.states.parts()).verify
    told = rig.power.states.told()
    assert (told["certificate_ends"], told["parts"]["centre"]) == (ends["certificate_ends"], "ready")
    rig.sync.fault = LastingFault("refused")
    poll(lambda: rig.power.states.centre_health().state is PartState.FAULT)
    assert rig.power.states.centre_health().detail["warning"] == "certificate_ends_soon"
    rig.power.off()


def test_a_store_that_waits_to_be_re_anchored_serves_nobody_even_without_a_centre(rig: Rig) -> None:
    rig.trouble, rig.sync.fault = "store_awaits_anchor", PassingFault("centre_unreachable")
    rig.on()
    rig.seen("camera", PartState.READY)
    poll(lambda: rig.states()[Part.WEIGHTS] is PartState.READY)
    offered = services_offered(rig.power.states.parts())
    assert (offered.verify, offered.reason) == (False, "store")
    assert "store_awaits_anchor" in [part.last_fault for part in rig.power.states.parts() if part.name == Part.STORE]
    rig.trouble = ""
    assert services_offered(rig.power.states.parts()).verify
    rig.power.off()


def test_a_chain_the_centre_will_never_take_closes_the_service(rig: Rig) -> None:
    rig.sync.fault = LastingFault("chain_of_another")
    rig.on()
    rig.seen("centre", PartState.FAULT, "chain_of_another")
    rig.seen("camera", PartState.READY)
    poll(lambda: rig.states()[Part.WEIGHTS] is PartState.READY)
    offered = services_offered(rig.power.states.parts())
    assert (offered.verify, offered.reason) == (False, "store")
    rig.power.off()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (PassingFault("demo_centre_gone"), "demo_centre_gone"),
        (LastingFault("not_enrolled"), "not_enrolled"),
        (ValueError("dsn with a password"), "unexpected:ValueError"),
    ],
)
def test_a_centre_that_does_not_start_leaves_the_kiosk_standing(rig: Rig, fault: Exception, told: str) -> None:
    rig.connect_fault = fault
    rig.on()
    poll(lambda: rig.power.states.centre_health().state is PartState.FAULT)
    assert rig.power.states.centre_health().last_fault == told
    poll(lambda: services_offered(rig.power.states.parts()).verify)
    assert rig.power.offset() is None
    assert rig.power.centre_report("v") == {}
    rig.power.off()
    assert rig.order == ["door started", "door closed", "run ended", "store closed"]


def test_the_order_of_leaving(rig: Rig) -> None:
    rig.on()
    rig.seen("centre", PartState.READY)
    rig.left = 4
    rig.power.off()
    assert rig.order == [
        "door started",
        "door closed",
        *["backlog"] * 4,
        "run ended",
        "store closed",
        "centre closed",
    ], "no input after the door, the backlog waited for until it is empty, the store before the centre"


def test_without_a_backlog_nobody_waits(rig: Rig) -> None:
    rig.on()
    rig.seen("centre", PartState.READY)
    rig.power.off()
    assert rig.order.count("backlog") == 1


def test_an_absent_centre_is_not_waited_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power_module, "DRAIN_SECONDS", 3600.0)
    rig.sync.fault = PassingFault("unreachable")
    rig.on()
    rig.seen("centre", PartState.DEGRADED, "unreachable")
    rig.left = 1_000_000
    rig.power.off()
    assert "store closed" in rig.order


def test_a_full_disk_and_a_part_that_does_not_close_do_not_keep_the_others_open(rig: Rig) -> None:
    rig.on()
    rig.seen("centre", PartState.READY)
    rig.store_fault = "disk_full"
    rig.close_faults = [OSError("host=10.0.0.5")]
    rig.power.off()
    assert rig.order[-2:] == ["store closed", "centre closed"]


def test_a_part_that_changes_while_the_store_is_full_is_logged_and_the_part_goes_on(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.store_fault = "disk_full"
    rig.on()
    poll(lambda: rig.states()[Part.CAMERA] is PartState.READY)
    poll(lambda: "not recorded" in caplog.text)
    rig.power.off()


def test_a_centre_that_connects_after_the_end_is_closed_at_once(rig: Rig) -> None:
    go_on = threading.Event()
    rig.before_connecting = lambda: go_on.wait(WAIT_SECONDS)
    rig.power.on(Door(rig))
    rig.power.off()
    assert "centre closed" not in rig.order
    go_on.set()
    poll(lambda: "centre closed" in rig.order)
    report: Json = rig.power.centre_report("v")
    assert report == {}
