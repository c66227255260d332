"""Switching on and off. The risk: a part that changed unseen, an end that loses events or leaves a part open."""

from __future__ import annotations

import threading

import pytest

from kiosk.events import PartChanged
from kiosk.health.offered import services_offered
from kiosk.health.readiness import Part
from kiosk.ports import Json, LastingFault, PartState, PassingFault
from kiosk.runtime import power as power_module
from tests.runtime.power_rig import Door, Rig, poll
from tests.runtime.support import WAIT_SECONDS


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
