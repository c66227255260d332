"""One visit that drives itself through the real window: pictures, printed steps and timings."""

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
from ui.scenarios import EXPECTED, Scenario, VisitDriver

START_SECONDS = 60.0
"""The first start of a fresh clone makes the demo's centre: initdb, schema, 200 participants."""


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

    def window(self, dock: bool) -> KioskWindow: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def centre_report(self) -> Json: ...


def run_visit(kiosk: DrivenKiosk, visitor: DemoPerson, args: argparse.Namespace) -> int:
    """Start, walk the scenario, stop, write what came of it. 0 when it ended as it should."""
    scenario = Scenario(args.scenario)
    window = kiosk.window(dock=False)
    window.on_first_picture(lambda _: kiosk.start())
    window.show()
    try:
        timings = drive(kiosk, window, visitor, scenario, args.shots)
        centre = kiosk.centre_report()
    except KioskDidNotStart as fault:
        return fail(f"the kiosk did not start: {fault}; the line above names the part")
    finally:
        window.close()
        kiosk.stop()
    report = kiosk.report
    write_json(args.json, report.as_json(scenario, centre))
    write_json(args.timings, vars(timings))
    sys.stdout.write(f"{scenario}: {report.status} ({report.reason}); the centre holds {centre['status']}\n")
    return 0 if EXPECTED[scenario].agrees(report.status, centre["status"]) else 1


class KioskDidNotStart(RuntimeError):
    """A part is missing for good, e.g. another program holds the store; the log names it."""


class _Announcer:
    """Prints a line as each step is entered, from the visit's own states: quick ones are seen as well."""

    def __init__(self) -> None:
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


def drive(
    kiosk: DrivenKiosk, window: KioskWindow, visitor: DemoPerson, scenario: Scenario, shots: Path | None
) -> Timings:
    """Walk ``scenario``; raises TimeoutError when a screen does not come."""
    if kiosk.simulation is None:
        raise ValueError("a scenario needs the simulated person")
    pilot = Autopilot(window)
    taken = 0

    def picture(name: str) -> None:
        nonlocal taken
        if shots is not None:
            taken += 1
            pilot.shot(shots / f"{taken:02}-{name}.png")

    kiosk.door.subscribe(_Announcer().announce)
    pilot.wait_until(lambda: window.first_picture_at is not None, START_SECONDS)
    picture("starting")
    pilot.wait_until(lambda: kiosk.ready or bool(kiosk.door.fault), START_SECONDS)
    if kiosk.door.fault:
        raise KioskDidNotStart(kiosk.door.fault)
    timings = Timings(
        since_process_start(window.first_picture_at or time.monotonic()), since_process_start(time.monotonic())
    )
    pulse = GuiPulse()
    pulse.start()
    VisitDriver(pilot, kiosk.door, kiosk.simulation, visitor, picture=picture).run(scenario)
    pulse.stop()
    timings.gui_delay_ms = _quantiles(pulse.delays)
    return timings


def _quantiles(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays) or [0.0]

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {"p50": at(0.5), "p99": at(0.99), "max": at(1.0)}
