"""The doctor's report. The risk: that it fails, hangs or tells too much just when something is wrong."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

import pytest

from kiosk.health.doctor import NO_ANSWER, examine, report
from kiosk.health.readiness import Part
from kiosk.ports import LastingFault, PartHealth, PartState, PassingFault

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def ready(name: str) -> PartHealth:
    return PartHealth(name, PartState.READY, "1.0", detail={"frames": "30"})


def all_ready() -> tuple[PartHealth, ...]:
    return tuple(ready(part.value) for part in Part)


def test_parts_come_back_in_the_order_they_were_asked() -> None:
    names = ["store", "camera", "centre", "clock"]
    parts = examine({name: lambda name=name: ready(name) for name in names})
    assert [part.name for part in parts] == names


@pytest.mark.parametrize("fault", [PassingFault("unplugged"), LastingFault("unplugged")])
def test_a_fault_of_a_part_is_its_line_in_the_report(fault: Exception) -> None:
    def broken() -> PartHealth:
        raise fault

    (part,) = examine({"camera": broken})
    assert (part.name, part.state, part.last_fault) == ("camera", PartState.FAULT, "unplugged")


def test_an_unforeseen_failure_tells_its_type_and_never_its_text(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> PartHealth:
        raise RuntimeError("host=10.0.0.5 nik=3174075508950001")

    parts = examine({"centre": broken, "store": lambda: ready("store")})
    assert [part.last_fault for part in parts] == ["RuntimeError", ""]
    assert "3174" not in caplog.text


def test_a_probe_that_hangs_costs_its_own_line_only() -> None:
    never = threading.Event()

    def hangs() -> PartHealth:
        never.wait(60)
        return ready("camera")

    parts = examine({"camera": hangs, "store": lambda: ready("store")}, seconds=0.5)
    never.set()
    assert [(part.name, part.state, part.last_fault) for part in parts] == [
        ("camera", PartState.FAULT, NO_ANSWER),
        ("store", PartState.READY, ""),
    ]


def test_a_probe_that_calls_itself_something_else_keeps_the_name_it_was_asked_by() -> None:
    (part,) = examine({"camera": lambda: ready("/dev/video0")})
    assert part.name == "camera"


def test_no_probes_no_parts() -> None:
    assert examine({}) == ()


def test_the_report_is_json_with_the_promised_fields() -> None:
    told = json.loads(json.dumps(report(all_ready(), AT)))
    assert told["at"] == "2026-11-23T08:00:00+00:00"
    assert told["well"] is True
    assert told["parts"][0] == {
        "name": "camera",
        "state": "ready",
        "version": "1.0",
        "last_fault": "",
        "detail": {"frames": "30"},
    }
    assert told["services"] == [{"service": "verify_account", "offered": True, "missing": [], "notices": []}]


def test_a_broken_camera_makes_the_kiosk_unwell_and_says_which_service_is_missing() -> None:
    parts = tuple(
        PartHealth("camera", PartState.FAULT, last_fault="unplugged") if part.name == "camera" else part
        for part in all_ready()
    )
    told = report(parts, AT)
    assert told["well"] is False
    assert told["services"][0]["missing"] == [{"part": "camera", "state": "fault"}]


def test_a_part_no_service_needs_makes_the_kiosk_unwell_too_when_it_is_in_fault() -> None:
    assert report((*all_ready(), PartHealth("printer", PartState.FAULT)), AT)["well"] is False
    assert report((*all_ready(), PartHealth("printer", PartState.ABSENT)), AT)["well"] is True
