"""Visits that drive themselves through the real window: pictures, printed steps and timings."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kiosk.command_line import fail, write_json
from kiosk.journey.reasons import Notice
from kiosk.journey.state import STEP_OF_STAGE, VisitState
from kiosk.ports import Json, SimulationControl
from kiosk.runtime.visit_report import VisitReport
from ui.app import KioskWindow
from ui.autopilot import Autopilot
from ui.catalogue import fill
from ui.ports import DemoPerson, VisitDoor
from ui.pulse import GuiPulse
from ui.scenarios import EXPECTED, Scenario
from ui.visit_driver import VisitDriver

START_SECONDS = 60.0
"""The first start of a fresh clone makes the demo's centre: initdb, schema, 200 participants."""

AT_LAST_SECONDS = 2000.0
"""Longer than any limit of a visit, a parked one's included."""

START_FIELD = 19
"""starttime in /proc/self/stat, counted after the closing bracket of the name (proc(5))."""


@dataclass
class Timings:
    """Seconds since the process began, and how late the GUI thread's timer fired (milliseconds)."""

    first_picture_s: float = 0.0
    ready_s: float = 0.0
    gui_delay_ms: dict[str, float] = field(default_factory=dict)


def since_process_start(monotonic: float) -> float:
    """Seconds between the start of this process and ``monotonic``. From the kernel's own clock: a start time
    reckoned in wall-clock seconds is off by up to one."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[START_FIELD])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return age - (time.monotonic() - monotonic)


class StartingDoor(VisitDoor, Protocol):
    @property
    def fault(self) -> str:
        """Why it will never open; empty while it may."""


class DrivenKiosk(Protocol):
    """A kiosk in DEMO, not yet started."""

    report: VisitReport

    @property
    def door(self) -> StartingDoor: ...

    @property
    def simulation(self) -> SimulationControl | None: ...

    @property
    def ready(self) -> bool: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def centre_report(self) -> Json: ...

    def reset(self) -> None:
        """Everything as before the first visit: who stands there, what is plugged in, the account."""


def run_visits(kiosk: DrivenKiosk, window: KioskWindow, visitor: DemoPerson, args: argparse.Namespace) -> int:
    """Start, walk one scenario or all of them, stop, write what came of it. 0 when all ended as they should."""
    scenarios = tuple(Scenario) if args.all else (Scenario(args.scenario),)
    window.on_first_picture(lambda _: kiosk.start())
    window.show()
    try:
        tour = Tour(kiosk, window, visitor, args.shots, together=args.all)
        results = [tour.walk(scenario) for scenario in scenarios]
    except KioskDidNotStart as fault:
        return fail(f"the kiosk did not start: {fault}; the line above names the part")
    finally:
        window.close()
        kiosk.stop()
    write_json(args.json, [result.report for result in results] if args.all else results[0].report)
    write_json(args.timings, vars(tour.timings))
    return 0 if all(result.well for result in results) else 1


class KioskDidNotStart(RuntimeError):
    """A part is missing for good, e.g. another program holds the store; the log names it."""


class _Announcer:
    """Prints a line as each step is entered, from the visit's own states: quick ones are seen as well."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._began = time.monotonic()
        self._said: set[str] = set()

    def announce(self, state: VisitState) -> None:
        if state.notice is Notice.RESTARTED:
            self._say("restarted", fill(state.language, "notice.restarted"))
        step = STEP_OF_STAGE.get(state.stage)
        if step is not None:
            self._say(step, f"{time.monotonic() - self._began:5.1f} s")

    def _say(self, step: str, words: str) -> None:
        if step not in self._said:
            self._said.add(step)
            print(f"{step:<10} {words}", flush=True)  # noqa: T201 - what the command is for


@dataclass(frozen=True, slots=True)
class Result:
    report: Json
    well: bool


class Tour:
    """One kiosk, one window, any number of visits one after the other."""

    def __init__(
        self, kiosk: DrivenKiosk, window: KioskWindow, visitor: DemoPerson, shots: Path | None, together: bool
    ) -> None:
        """``together``: each scenario's pictures in a folder of its own."""
        if kiosk.simulation is None:
            raise ValueError("a scenario needs the simulated person")
        self._kiosk, self._visitor, self._simulation = kiosk, visitor, kiosk.simulation
        self._pilot = Autopilot(window)
        self._shots, self._together = shots, together
        self._taken = 0
        self._announcer = _Announcer()
        if not together:
            kiosk.door.subscribe(self._announcer.announce)
        self._picture("starting", Scenario.HAPPY)
        self.timings = self._until_ready(window)

    def walk(self, scenario: Scenario) -> Result:
        """Walk ``scenario`` and say in a line how it ended. A visit that gets stuck is one that ended wrongly."""
        if self._together:
            self._taken = 0
        self._announcer.begin()
        pulse = GuiPulse()
        pulse.start()
        driver = VisitDriver(
            self._pilot, self._kiosk.door, self._simulation, self._visitor, lambda name: self._picture(name, scenario)
        )
        stuck = ""
        self._kiosk.reset()  # also of what a run that was killed left to be settled
        try:
            driver.run(scenario)
        except (TimeoutError, LookupError) as fault:
            stuck = str(fault)
        pulse.stop()
        self.timings.gui_delay_ms = _quantiles(pulse.delays)
        result = self._judge(scenario, stuck)
        if self._together:
            self._make_ready_for_the_next(driver)
        return result

    def _until_ready(self, window: KioskWindow) -> Timings:
        self._pilot.wait_until(lambda: window.first_picture_at is not None, START_SECONDS)
        self._pilot.wait_until(lambda: self._kiosk.ready or bool(self._kiosk.door.fault), START_SECONDS)
        if self._kiosk.door.fault:
            raise KioskDidNotStart(self._kiosk.door.fault)
        return Timings(
            since_process_start(window.first_picture_at or time.monotonic()), since_process_start(time.monotonic())
        )

    def _judge(self, scenario: Scenario, stuck: str) -> Result:
        report, centre = self._kiosk.report, self._kiosk.centre_report()
        decision = centre.get("decision") or {}
        vouching = (decision["first"], decision["second"]) if decision else ()
        well = not stuck and EXPECTED[scenario].agrees(
            report.statuses, report.reason, centre["status"], vouching, report.method
        )
        shown = " -> ".join(report.statuses) or "no end"
        by = f", decided by {vouching[0]} and {vouching[1]}" if vouching else ""
        line = f"{scenario}: {shown} ({report.reason or 'left'}); the centre holds {centre['status']}{by}"
        if not well:
            line += f"  WRONG, expected {' -> '.join(EXPECTED[scenario].statuses)} {stuck}".rstrip()
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        return Result(report.as_json(scenario, centre), well)

    def _make_ready_for_the_next(self, driver: VisitDriver) -> None:
        try:
            driver.finish()
        except TimeoutError:  # stuck somewhere: its own limits end it
            self._simulation.advance_clock(AT_LAST_SECONDS)
            driver.finish()

    def _picture(self, name: str, scenario: Scenario) -> None:
        if self._shots is not None:
            self._taken += 1
            folder = self._shots / scenario if self._together else self._shots
            self._pilot.shot(folder / f"{self._taken:02}-{name}.png")


def _quantiles(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays) or [0.0]

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {"p50": at(0.5), "p99": at(0.99), "max": at(1.0)}
