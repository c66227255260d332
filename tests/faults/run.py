"""One run: kiosk, centre and a schedule of faults; then everything is healed and must come right by itself."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.check import Findings
from tests.faults.live import Live
from tests.faults.plan import Plan
from tests.faults.site import FaultSite

_PRELOADED = ["tests.faults.kiosk_side", "tests.faults.centre_side", "tests.faults.attacks"]


@dataclass
class Outcome:
    plan: Plan
    findings: Findings
    seconds: float
    stuck: str = ""
    acts: list[str] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        return bool(self.stuck) or self.findings.bad


class Runner:
    """Runs plans one after the other on one site; its children are forked from a server that has loaded everything."""

    def __init__(self, site: FaultSite, mutant: str = "") -> None:
        self._site = site
        self.mutant = mutant
        self.people = site.people()
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(_PRELOADED)

    def run(self, plan: Plan) -> Outcome:
        began = time.monotonic()
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=self._site.folder))
        centre = self._site.fresh()
        live = Live(plan, folder, centre, self)
        try:
            live.start()
            live.break_things()
            live.heal()
            stuck = live.come_right()
            live.stop()
            findings = live.judge() if not stuck else Findings()
            return Outcome(plan, findings, time.monotonic() - began, stuck, live.acts)
        finally:
            live.stop()
            centre.drop()
            shutil.rmtree(folder, ignore_errors=True)
