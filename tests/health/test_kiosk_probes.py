"""What doctor asks of a running kiosk: every part is asked, and none that is still starting is called broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.config import CameraSettings, CentreSettings, Settings
from kiosk.health import doctor
from kiosk.health.diagnostics import LastTest
from kiosk.health.doctor import as_lines, examine, report
from kiosk.health.kiosk_probes import LiveParts, kiosk_probes
from kiosk.health.readiness import Part, offers
from kiosk.ports import CameraIdentity, PartHealth, PartState


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SETTLE_PAUSE_SECONDS", 0.001)


def starting(name: str, times: int = 2) -> Callable[[], PartHealth]:
    left = [times]

    def probe() -> PartHealth:
        left[0] -= 1
        return PartHealth(name, PartState.READY if left[0] < 0 else PartState.STARTING)

    return probe


def live(offset: Callable[[], float | None] = lambda: 0.2) -> LiveParts:
    return LiveParts(
        camera=starting("camera"),
        engine=starting("weights"),
        store=lambda: PartHealth("store", PartState.READY),
        centre=starting("centre"),
        printer=lambda: PartHealth("printer", PartState.ABSENT),
        scanner=starting("scanner"),
        backlog=lambda: 3,
        oldest_unsent=lambda: 60.0,
        clock_offset=offset,
        tests=lambda: {"camera": LastTest(datetime(2026, 11, 25, 3, tzinfo=UTC), True, "", "tono.contoh")},
    )


def test_every_named_part_is_asked_and_waited_for_while_it_starts(tmp_path: Path) -> None:
    found = {part.name: part for part in examine(kiosk_probes(Settings(data_dir=tmp_path), live()))}
    assert set(found) == {part.value for part in Part}
    assert {found[name].state for name in ("camera", "weights", "centre", "store", "scanner")} == {PartState.READY}
    assert found["qt"].version
    assert found["camera"].detail["last_test"] == "passed 2026-11-25T03:00:00+00:00 by tono.contoh"
    assert "last_test" not in found["scanner"].detail
    assert found["python"].version.startswith("3.11")


def test_the_clock_is_judged_after_the_centre_was_heard() -> None:
    heard: list[str] = []

    def centre() -> PartHealth:
        heard.append("centre")
        return PartHealth("centre", PartState.READY)

    def offset() -> float | None:
        return 3600.0 if heard else None

    parts = replace(live(offset), centre=centre)
    clock = kiosk_probes(Settings(), parts)[Part.CLOCK]()
    assert (clock.state, clock.last_fault) == (PartState.DEGRADED, "offset_too_large")


def test_what_waits_too_long_for_the_centre_is_a_fault_however_little_it_is() -> None:
    settings = Settings()
    waiting = kiosk_probes(settings, live())[Part.QUEUE]()
    assert (waiting.state, waiting.detail) == (PartState.READY, {"unsent": "3", "oldest_s": "60"})
    week = settings.centre.overdue_days * 86_400.0
    late = kiosk_probes(settings, replace(live(), oldest_unsent=lambda: week))[Part.QUEUE]()
    assert (late.state, late.last_fault) == (PartState.FAULT, "unsent_too_long")


PLACE = CameraIdentity("1-2:1.0", "046d:0825", "uvcvideo", simulated=False)
PINNED = CameraSettings(bus_path="1-2:1.0", vid_pid="046d:0825")
AT_A_CENTRE = CentreSettings(dsn="host=db")


def camera_at(settings: Settings, identity: CameraIdentity, state: PartState = PartState.READY) -> PartHealth:
    parts = replace(live(), camera=lambda: PartHealth("camera", state), camera_identity=lambda: identity)
    return kiosk_probes(settings, parts)[Part.CAMERA]()


def test_an_unpinned_camera_at_a_real_centre_is_a_warning_with_the_values_to_copy() -> None:
    health = camera_at(Settings(centre=AT_A_CENTRE), PLACE)
    assert (health.state, health.last_fault) == (PartState.DEGRADED, "camera_not_pinned")
    told = report((health,), datetime(2026, 11, 25, tzinfo=UTC))
    lines = [line.strip() for line in as_lines(told)]
    assert {"camera.bus_path = 1-2:1.0", "camera.vid_pid = 046d:0825"} <= set(lines)
    assert offers((health, PartHealth("weights", PartState.READY), PartHealth("store", PartState.READY)))[0].offered


@pytest.mark.parametrize("settings", [Settings(centre=AT_A_CENTRE, camera=PINNED), Settings()])
def test_a_pinned_camera_and_a_demo_are_not_warned_about(settings: Settings) -> None:
    health = camera_at(settings, PLACE)
    assert (health.state, health.last_fault) == (PartState.READY, "")
    assert health.detail["camera.vid_pid"] == "046d:0825"


def test_half_a_pin_is_still_a_warning() -> None:
    settings = Settings(centre=AT_A_CENTRE, camera=CameraSettings(bus_path="1-2:1.0"))
    assert camera_at(settings, PLACE).last_fault == "camera_not_pinned"


def test_a_camera_off_usb_has_no_id_to_pin() -> None:
    settings = Settings(centre=AT_A_CENTRE, camera=CameraSettings(bus_path="fe801000.csi"))
    assert camera_at(settings, replace(PLACE, path="fe801000.csi", vid_pid="")).state is PartState.READY


def test_a_worse_fault_is_not_hidden_by_the_warning() -> None:
    assert camera_at(Settings(centre=AT_A_CENTRE), PLACE, PartState.FAULT).state is PartState.FAULT
    for nobody in (replace(PLACE, path=""), replace(PLACE, simulated=True)):
        assert camera_at(Settings(centre=AT_A_CENTRE), nobody).detail.keys() == {"last_test"}
