"""One kiosk from its start to its end: the door stands first, what is behind it is put together on a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kiosk.config import Settings
from kiosk.journey.state import Language
from kiosk.ports import Clock, Json
from kiosk.runtime import crash, logs
from kiosk.runtime.late_door import LateDoor, build_behind
from kiosk.runtime.visit_report import VisitReport

if TYPE_CHECKING:  # loading these is what the first picture must not wait for
    from kiosk.health.doctor import Probe
    from kiosk.runtime.demo_control import DemoControl
    from kiosk.runtime.power import Power

Build = Callable[["KioskUnit"], "tuple[Power, Mapping[str, Probe]]"]


class KioskUnit:
    def __init__(self, settings: Settings, clock: Clock, simulation: DemoControl | None, build: Build) -> None:
        """``build`` runs on the building thread; LastingFault closes the service with its reason."""
        crash.watch_for_crashes(logs.set_up_logging(settings.data_dir))
        self.settings = settings
        self.clock = clock
        self.simulation = simulation
        self.door = LateDoor(Language(settings.site.language), settings.demo)
        self.report = VisitReport()
        self._build = build
        self._power: Power | None = None
        self._probes: Mapping[str, Probe] = {}
        self._building = build_behind(self.door, self._put_together)

    @property
    def ready(self) -> bool:
        return self._power is not None and self._power.ready(self.door.services_offered)

    def start(self) -> None:
        self._building.start()

    def stop(self) -> None:
        self._building.join()
        if self._power is not None:
            self._power.off()

    def centre_report(self) -> Json:
        return self._power.centre_report(self.report.visit_id) if self._power else {}

    def reset(self) -> None:
        """A demonstration begins anew: levers and the demo's account as at the start."""
        if self.simulation is not None:
            self.simulation.reset()
        if self._power is not None:
            self._power.reset_centre()

    def probes(self) -> Mapping[str, Probe]:
        """What ``doctor`` asks; waits until the parts are put together."""
        self._building.join()
        return self._probes

    def _put_together(self) -> None:
        self._power, self._probes = self._build(self)
