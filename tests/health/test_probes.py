from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk.health import probes
from kiosk.ports import PartState


def test_interpreter_and_packages_tell_their_versions() -> None:
    assert probes.python_health().version.startswith("3.11")
    assert probes.package_health("qt", "PySide6-Essentials").version.startswith("6.11")
    missing = probes.package_health("x", "no-such-package-here")
    assert (missing.state, missing.last_fault) == (PartState.ABSENT, "not_installed")


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free_mb", "state", "fault"),
    [
        (5000, PartState.READY, ""),
        (999, PartState.DEGRADED, "disk_low"),
        (199, PartState.FAULT, "disk_full"),
        (0, PartState.FAULT, "disk_full"),
    ],
)
def test_a_disk_that_runs_full_is_told_before_it_is_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free_mb: int, state: PartState, fault: str
) -> None:
    monkeypatch.setattr(probes.shutil, "disk_usage", lambda _place: Usage(10**10, 0, free_mb * 1_000_000))
    health = probes.disk_health(tmp_path)
    assert (health.state, health.last_fault) == (state, fault)


def test_the_disk_of_a_folder_that_does_not_exist_yet_is_its_parents(tmp_path: Path) -> None:
    assert int(probes.disk_health(tmp_path / "a" / "b").detail["free_mb"]) > 0


def test_missing_fonts_degrade_and_do_not_stop(tmp_path: Path) -> None:
    assert probes.fonts_health(tmp_path / "none").last_fault == "fonts_missing"
    (tmp_path / "Empty.ttf").write_bytes(b"")
    assert probes.fonts_health(tmp_path).state is PartState.DEGRADED
    (tmp_path / "Font.TTF").write_bytes(b"x")
    assert probes.fonts_health(tmp_path).state is PartState.READY


@pytest.mark.parametrize(
    ("offset", "state", "fault"),
    [
        (None, PartState.DEGRADED, "offset_unknown"),
        (0.0, PartState.READY, ""),
        (-10.0, PartState.READY, ""),
        (10.1, PartState.DEGRADED, "offset_too_large"),
        (-3600.0, PartState.DEGRADED, "offset_too_large"),
    ],
)
def test_a_clock_that_is_off_or_unknown_is_told(offset: float | None, state: PartState, fault: str) -> None:
    health = probes.clock_health(offset)
    assert (health.state, health.last_fault) == (state, fault)
