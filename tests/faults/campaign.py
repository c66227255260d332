"""Many runs and power cuts, one table. Run by ``make campaign RUNS=1000 SEED=1``.

Run ``i`` has the seed SEED + i, so a failing run is repeated alone by ``make campaign RUNS=1 SEED=...``. The seed draws
visits and faults; which of two processes is quicker it cannot draw. MUTANT=name breaks a guard on purpose (see
``mutants``). Ends with build/campaign.json and a non-zero code when anything was lost, there twice, forked, wrong or
stuck.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.plan import Kind, plan_of
from tests.faults.power import power_trial
from tests.faults.run import Outcome, Runner
from tests.faults.site import FaultSite, quick_folder

ROOT = Path(__file__).resolve().parents[2]
SUMMARY = ROOT / "build/campaign.json"
POWER_CUTS = 300
POWER = "power_cut"
COLUMNS = ("runs", "reported", "lost", "duplicated", "forks", "wrong", "refused attacks", "stuck")


@dataclass
class Tally:
    """Counts of one kind. ``faults``: how often the store refused a step with a typed word; ``refused_visits``: at the
    centre, as they had to be; ``refused_after_restore``: because the backup had lost their ticket; ``failed`` holds
    (seed, what was found)."""

    runs: int = 0
    reported: int = 0
    lost: int = 0
    duplicated: int = 0
    forks: int = 0
    wrong: int = 0
    refused_attacks: int = 0
    stuck: int = 0
    settled: int = 0
    refused_visits: int = 0
    refused_after_restore: int = 0
    messages: int = 0
    faults: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)

    def row(self) -> tuple[int, ...]:
        return (
            self.runs, self.reported, self.lost, self.duplicated, self.forks, self.wrong, self.refused_attacks,
            self.stuck,
        )  # fmt: skip

    def count(self, outcome: Outcome) -> None:
        found = outcome.findings
        self.runs += 1
        self.reported += found.reported
        self.lost += len(found.lost)
        self.duplicated += len(found.duplicated)
        self.forks += len(found.forks)
        self.wrong += len(found.wrong)
        self.refused_attacks += found.refused_attacks
        self.stuck += bool(outcome.stuck)
        self.settled += found.settled
        self.refused_visits += found.refused_visits
        self.refused_after_restore += found.refused_after_restore
        self.messages += found.messages
        self.faults += found.faults
        if outcome.bad:
            self.failed.append((outcome.plan.seed, "; ".join([outcome.stuck, *found.told()]).strip("; ")))


Tallies = dict[str, Tally]


def run_all(
    seeds: range, *, power_cuts: int, mutant: str = "", kind: Kind | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> Tallies:  # fmt: skip
    tallies: Tallies = {}
    for outcome in _outcomes(seeds, mutant, kind):
        tally = tallies.setdefault(outcome.plan.kind.value, Tally())
        tally.count(outcome)
        if outcome.bad:
            tell(f"seed {outcome.plan.seed} {outcome.plan.kind.value}: {tally.failed[-1][1]} after {outcome.acts}")
    if power_cuts and not mutant:
        tallies[POWER] = cut_power(range(seeds.start, seeds.start + power_cuts), tell)
    return tallies


def _outcomes(seeds: range, mutant: str, kind: Kind | None) -> Iterator[Outcome]:
    site = FaultSite.open()
    try:
        runner = Runner(site, mutant)
        for seed in seeds:
            yield runner.run(plan_of(seed, kind))
    finally:
        site.close()


def cut_power(seeds: range, tell: Callable[[str], None] = lambda _line: None) -> Tally:
    tally = Tally()
    for seed in seeds:
        folder = Path(tempfile.mkdtemp(prefix="bpjs-cut-", dir=quick_folder()))
        try:
            trial = power_trial(seed, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        tally.runs += 1
        tally.reported += trial.reported
        tally.lost += trial.lost
        tally.wrong += bool(trial.wrong)
        if trial.bad:
            tally.failed.append((seed, f"{trial.lost} lost {trial.wrong}"))
            tell(f"seed {seed} {POWER}: {tally.failed[-1][1]}")
    return tally


def table_of(tallies: Tallies) -> str:
    names = [*[k.value for k in Kind if k.value in tallies], *([POWER] if POWER in tallies else [])]
    rows = [(name, *tallies[name].row()) for name in names]
    rows.append(("all", *(sum(column) for column in zip(*(row[1:] for row in rows), strict=True))))
    lines = ["| kind | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def is_bad(tallies: Tallies) -> bool:
    return any(tally.failed for tally in tallies.values())


def summary_of(tallies: Tallies, seed: int, runs: int, seconds: float, mutant: str) -> dict[str, object]:
    return {
        "seed": seed,
        "runs": runs,
        "mutant": mutant,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "kinds": {name: vars(tally) for name, tally in tallies.items()},
    }


def main() -> int:
    logging.disable(logging.CRITICAL)  # thousands of faults are meant
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda number, _frame: sys.exit(128 + number))  # the server must not outlive us
    runs, seed = int(os.environ.get("RUNS") or 1000), int(os.environ.get("SEED") or 1)
    mutant, only = os.environ.get("MUTANT", ""), os.environ.get("KIND", "")
    began = time.monotonic()
    tallies = run_all(
        range(seed, seed + runs), power_cuts=min(POWER_CUTS, runs), mutant=mutant,
        kind=Kind(only) if only else None, tell=lambda line: print(line, flush=True),
    )  # fmt: skip
    seconds = time.monotonic() - began
    SUMMARY.parent.mkdir(exist_ok=True)
    SUMMARY.write_text(json.dumps(summary_of(tallies, seed, runs, seconds, mutant), indent=2) + "\n")
    print(table_of(tallies))
    print(f"seed {seed}, {seconds:.0f} s; counts in {SUMMARY.relative_to(ROOT)}")
    return int(is_bad(tallies))


if __name__ == "__main__":
    sys.exit(main())
