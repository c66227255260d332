"""What ``doctor`` asks of a running kiosk. Parts of other rooms come as callables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kiosk.config import Settings
from kiosk.health.diagnostics import LastTest
from kiosk.health.doctor import Probe, settled
from kiosk.health.probes import clock_health, disk_health, fonts_health, package_health, python_health, queue_health
from kiosk.health.readiness import Part
from kiosk.identity.codes import MachineCodeReader
from kiosk.ports import CameraIdentity, PartHealth, PartState

SETTLE_SECONDS = 30.0
"""A kiosk whose demo centre is made anew was ready after 4.3 s on two quiet cores; a busy machine gets far more."""


@dataclass(frozen=True, slots=True)
class LiveParts:
    camera: Probe
    engine: Probe
    store: Probe
    centre: Probe
    printer: Probe
    scanner: Probe
    backlog: Callable[[], int]
    oldest_unsent: Callable[[], float]  # seconds
    clock_offset: Callable[[], float | None]
    tests: Callable[[], Mapping[str, LastTest]]  # the last guided test of each part
    camera_identity: Callable[[], CameraIdentity] | None = None  # None: the camera's place is not shown


def kiosk_probes(settings: Settings, live: LiveParts) -> Mapping[str, Probe]:
    centre = settled(live.centre, SETTLE_SECONDS)

    def tested(probe: Probe) -> Probe:
        def ask() -> PartHealth:
            health = probe()
            test = live.tests().get(health.name)
            return health if test is None else replace(health, detail=dict(health.detail) | {"last_test": str(test)})

        return ask

    def camera() -> PartHealth:
        health = settled(live.camera, SETTLE_SECONDS)()
        return health if live.camera_identity is None else with_place(health, live.camera_identity(), settings)

    def clock() -> PartHealth:
        centre()  # the offset is learnt from it
        return clock_health(live.clock_offset())

    return {
        Part.CAMERA: tested(camera),
        Part.WEIGHTS: settled(live.engine, SETTLE_SECONDS),
        Part.STORE: live.store,
        Part.CENTRE: centre,
        Part.CODES: lambda: MachineCodeReader().health(),
        Part.FONTS: lambda: fonts_health(settings.fonts_dir),
        Part.CLOCK: clock,
        Part.DISK: lambda: disk_health(settings.data_dir),
        Part.SCANNER: tested(settled(live.scanner, SETTLE_SECONDS)),
        Part.PRINTER: live.printer,
        Part.QUEUE: lambda: queue_health(live.backlog(), live.oldest_unsent(), settings.centre.overdue_days),
        Part.PYTHON: python_health,
        Part.QT: lambda: package_health(Part.QT, "PySide6-Essentials"),
    }


def with_place(health: PartHealth, camera: CameraIdentity, settings: Settings) -> PartHealth:
    """A real camera's health with its place and id, under the names of the settings that pin it. Before a real
    centre a working camera that is not pinned is degraded, "camera_not_pinned"."""
    if camera.simulated or not camera.path:
        return health
    place = {"camera.bus_path": camera.path, "camera.vid_pid": camera.vid_pid}
    health = replace(health, detail=dict(health.detail) | place)
    pinned = (settings.camera.bus_path, settings.camera.vid_pid) == (camera.path, camera.vid_pid)
    if settings.demo or pinned or health.state is not PartState.READY:
        return health
    return replace(health, state=PartState.DEGRADED, last_fault="camera_not_pinned")
