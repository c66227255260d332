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

ROOT = Path(__file__).resolve().parents[2]
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
