"""``main.py doctor``: its exit code, its file, its lines, and its patience."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.health import doctor
from kiosk.health.doctor import Probe, as_lines, report, run_doctor, settled
from kiosk.health.readiness import Part
from kiosk.ports import PartHealth, PartState, PassingFault

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def probes(**states: PartState) -> dict[str, Probe]:
    def probe(part: Part) -> Probe:
        state = states.get(part.value, PartState.READY)
        return lambda: PartHealth(part, state, "1.0", "" if state is PartState.READY else "unplugged")

    return {part.value: probe(part) for part in Part}


@pytest.mark.parametrize(("camera", "code"), [(PartState.READY, 0), (PartState.FAULT, 1), (PartState.STARTING, 1)])
def test_the_exit_code_and_the_file_agree(
    tmp_path: Path, camera: PartState, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "doctor.json"
    assert run_doctor(probes(camera=camera), out) == code
    told = json.loads(out.read_text())
    assert told["well"] is (code == 0)
    assert [part["name"] for part in told["parts"]] == [part.value for part in Part]
    assert capsys.readouterr().out.count("\n") == len(Part) + 1


def test_without_any_part_nothing_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_doctor({}, None) == 1
    assert "not offered" in capsys.readouterr().out


def test_a_line_a_part_and_a_line_a_service() -> None:
    camera = PartHealth("camera", PartState.FAULT, "uvc 1.1", "unplugged")
    others = tuple(PartHealth(part, PartState.READY, "2.0") for part in Part if part is not Part.CAMERA)
    lines = as_lines(report((camera, *others), AT))
    assert lines[0].split() == ["camera", "fault", "uvc", "1.1", "unplugged"]
    assert lines[1].split() == ["weights", "ready", "2.0"]
    assert lines[-1] == "verify_account: not offered"
    assert all(line == line.rstrip() for line in lines)


def test_a_part_that_starts_is_waited_for_and_one_that_failed_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SETTLE_PAUSE_SECONDS", 0.0)
    states = [PartState.STARTING, PartState.STARTING, PartState.READY, PartState.FAULT, PartState.READY]
    probe = settled(lambda: PartHealth("centre", states.pop(0)), 3600.0)
    assert probe().state is PartState.READY
    assert probe().state is PartState.FAULT
    assert len(states) == 1


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SETTLE_PAUSE_SECONDS", 0.0)
    assert settled(lambda: PartHealth("centre", PartState.STARTING), 0.0)().state is PartState.STARTING


def test_a_probe_that_raises_does_so_through_the_waiting() -> None:
    def gone() -> PartHealth:
        raise PassingFault("unplugged")

    with pytest.raises(PassingFault):
        settled(gone, 3600.0)()
