"""The probes that need no device, store or screen: interpreter, packages, disk, fonts, clock."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kiosk.health.readiness import Part
from kiosk.ports import PartHealth, PartState

LOW_DISK_MB = 1000
FULL_DISK_MB = 200
"""A week of 100 visits a day without the centre is 5 MB of events (6.9 kB a visit); the rest is for logs, 25 MiB,
and for whoever shares the disk."""

MAX_CLOCK_OFFSET_S = 10.0
"""Skew at which signed identity tokens are refused."""

DAY_SECONDS = 86_400

_FONT_SUFFIXES = frozenset({".ttf", ".otf"})


def python_health() -> PartHealth:
    return PartHealth(Part.PYTHON, PartState.READY, platform.python_version(), detail={"system": platform.platform()})


def package_health(name: str, package: str) -> PartHealth:
    """A part that is one installed package, e.g. Qt: read from its metadata, nothing is imported."""
    try:
        return PartHealth(name, PartState.READY, version(package))
    except PackageNotFoundError:
        return PartHealth(name, PartState.ABSENT, last_fault="not_installed")


def disk_health(folder: Path) -> PartHealth:
    """Room on the disk of ``folder``, or of its nearest parent that exists."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // 1_000_000
    state, fault = PartState.READY, ""
    if free < FULL_DISK_MB:
        state, fault = PartState.FAULT, "disk_full"
    elif free < LOW_DISK_MB:
        state, fault = PartState.DEGRADED, "disk_low"
    return PartHealth(Part.DISK, state, last_fault=fault, detail={"free_mb": str(free)})


def fonts_health(folder: Path) -> PartHealth:
    """The bundled fonts; without them the screen falls back to what the system has."""
    found = [file for file in folder.rglob("*") if file.suffix.lower() in _FONT_SUFFIXES and file.stat().st_size]
    if not found:
        return PartHealth(Part.FONTS, PartState.DEGRADED, last_fault="fonts_missing")
    return PartHealth(Part.FONTS, PartState.READY, detail={"files": str(len(found))})


def clock_health(offset_s: float | None) -> PartHealth:
    """``offset_s``: this clock minus the centre's, or None while the centre has not been heard."""
    if offset_s is None:
        return PartHealth(Part.CLOCK, PartState.DEGRADED, last_fault="offset_unknown")
    far = abs(offset_s) > MAX_CLOCK_OFFSET_S
    return PartHealth(
        Part.CLOCK,
        PartState.DEGRADED if far else PartState.READY,
        last_fault="offset_too_large" if far else "",
        detail={"offset_s": f"{offset_s:.1f}"},
    )


def queue_health(backlog: int, oldest_s: float, overdue_days: float) -> PartHealth:
    """The outbox: what the centre has not acknowledged yet, and for how long. Overdue is an alarm."""
    overdue = oldest_s >= overdue_days * DAY_SECONDS
    return PartHealth(
        Part.QUEUE,
        PartState.FAULT if overdue else PartState.READY,
        last_fault="unsent_too_long" if overdue else "",
        detail={"unsent": str(backlog), "oldest_s": f"{oldest_s:.0f}"},
    )
