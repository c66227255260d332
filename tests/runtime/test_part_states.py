"""What is said of the parts. The risk: a service offered that does not serve, or closed without need."""

from __future__ import annotations

import pytest

from kiosk.health.offered import services_offered
from kiosk.health.readiness import Part
from kiosk.ports import LastingFault, PartState, PassingFault
from tests.runtime.power_rig import Rig, poll
from tests.runtime.support import WAIT_SECONDS


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_centre_is_told_at_once_what_stands_here(rig: Rig) -> None:
    rig.camera.fault, rig.left = PassingFault("unplugged"), 4
    rig.on()
    first = rig.heard.get(timeout=WAIT_SECONDS)
    assert (first["software"], first["backlog"]) == ("0.1.0", 4)
    poll(lambda: rig.power.states.told()["parts"]["camera"] == "fault unplugged")
    assert set(rig.power.states.told()["parts"]) == {"camera", "scanner", "weights", "store", "centre"}
    rig.power.off()


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
