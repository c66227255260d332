"""The happy visit, measured from outside: a new process a run, as a morning start would be.

Prints first picture, readiness, the machine's time per step and how late the GUI thread was.
Run by ``make bench``, as the first half; RUNS sets how many visits (default 5).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GOALS = {"first picture": 1.0, "ready": 3.0}
"""Seconds, from the issue that asked for the figures."""


def run_visit(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    result, timings = folder / "result.json", folder / "timings.json"
    command = [sys.executable, str(ROOT / "main.py"), "visit", "--scenario", "happy", "--headless"]
    subprocess.run(
        [*command, "--json", str(result), "--timings", str(timings)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    return json.loads(result.read_text()), json.loads(timings.read_text())


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def row(name: str, values: list[float], unit: str, goal: str = "") -> str:
    return f"{name:<28}{statistics.median(values):>10.1f}{percentile(values, 0.95):>10.1f}  {unit:<4}{goal}"


def main() -> None:
    runs = int(os.environ.get("RUNS", "5"))
    with tempfile.TemporaryDirectory() as scratch:
        visits = [run_visit(Path(scratch)) for _ in range(runs)]
    timings = [timing for _, timing in visits]
    print(f"{runs} happy visits, each in a process of its own, {os.cpu_count()} cores")
    print(f"{'':<28}{'median':>10}{'p95':>10}")
    print(row("first picture", [t["first_picture_s"] * 1000 for t in timings], "ms", "goal <= 1000"))
    print(row("ready for a visit", [t["ready_s"] * 1000 for t in timings], "ms", "goal <= 3000"))
    for name in [step["name"] for step in visits[0][0]["steps"]]:
        spent = [s["machine_ms"] for result, _ in visits for s in result["steps"] if s["name"] == name]
        print(row(f"machine time: {name}", spent, "ms"))
    for key in ("p50", "p99", "max"):
        print(row(f"GUI thread delay {key}", [t["gui_delay_ms"][key] for t in timings], "ms"))


if __name__ == "__main__":
    main()
