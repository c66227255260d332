"""Starts the real program as a visitor's morning would: own process, own data, real clicks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.local.assembly import assemble
from kiosk.config import Settings
from kiosk.runtime.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]
TOUR_SECONDS = 400
"""Nine visits took 102 s within the whole test run on two cores."""
VISIT_SECONDS = 150
"""Longest visit (three face attempts that fail) on a machine that runs other tests beside it."""


@dataclass(frozen=True)
class Kiosk:
    """One kiosk's data folder and demo centre; several runs may follow each other on it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def environment(self) -> dict[str, str]:
        own = {
            "BPJS_KIOSK__DATA_DIR": str(self.data),
            "BPJS_KIOSK__CENTRE__DEMO_DIR": str(self.folder / "centre"),
            "QT_QPA_PLATFORM": "offscreen",
            "BPJS_KIOSK__KTP__FIND_SECONDS": "5",  # of 20: nobody in a test finds a better way to hold the card
        }
        return os.environ | own

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "main.py"), *arguments]

    def visit(self, scenario: str, *, shots: Path | None = None) -> tuple[int, dict[str, Any], str]:
        """Exit code, result JSON, what was printed."""
        result = self.folder / f"{scenario}.json"
        extra = ["--shots", str(shots)] if shots else []
        done = subprocess.run(
            self.command("visit", "--scenario", scenario, "--headless", "--json", str(result), *extra),
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=VISIT_SECONDS,
            check=False,
        )
        written = json.loads(result.read_text()) if result.exists() else {}
        return done.returncode, written, done.stdout + done.stderr

    def tour(self) -> tuple[int, list[dict[str, Any]], str]:
        """``visit --all``: exit code, result JSON, what was printed."""
        result = self.folder / "tour.json"
        done = subprocess.run(
            self.command("visit", "--all", "--headless", "--json", str(result)),
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=TOUR_SECONDS,
            check=False,
        )
        return done.returncode, json.loads(result.read_text()) if result.exists() else [], done.stdout + done.stderr

    def chain(self) -> list[dict[str, Any]]:
        """Every event body of the kiosk's own store, in order."""
        parts = assemble(Settings(data_dir=self.data), SystemClock())
        try:
            assert parts.store.backlog() == 0, "the last run left something unsent"
            parts.store.rewind(0)  # everything counts as unsent again, so that it can be read
            return [json.loads(link.payload) for link in parts.store.pending(10_000)]
        finally:
            parts.store.close()

    def visit_until_killed(self, at: Callable[[str], bool]) -> str:
        """Run the happy visit and SIGKILL the program at the first printed line that ``at`` accepts."""
        process = subprocess.Popen(
            self.command("visit", "--scenario", "happy", "--headless"),
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if at(line):
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.close()
        process.wait(VISIT_SECONDS)
        return "".join(printed)
