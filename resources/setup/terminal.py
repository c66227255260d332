"""How the set-up speaks and runs programs. Standard library only: it runs before anything is installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class SetupFault(Exception):
    """Something is missing. ``missing`` names it, ``command`` is the one command that mends it."""

    def __init__(self, missing: str, command: str) -> None:
        super().__init__(missing)
        self.missing = missing
        self.command = command


@dataclass(frozen=True)
class Outcome:
    code: int
    lines: tuple[str, ...]  # standard output and error together, without line ends


LineSink = Callable[[str], None]
Runner = Callable[[Sequence[str], LineSink | None], Outcome]
"""Runs a program to its end, handing each line of its output to the sink as it comes."""


def run_program(command: Sequence[str], on_line: LineSink | None = None) -> Outcome:
    """Exit code 127 when the program does not exist."""
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except (FileNotFoundError, PermissionError) as error:
        return Outcome(127, (str(error),))
    with process:
        for raw in process.stdout or ():
            line = raw.rstrip("\n")
            lines.append(line)
            if on_line:
                on_line(line)
    return Outcome(process.returncode, tuple(lines))


def say(line: str) -> None:
    sys.stdout.write(f"setup: {line}\n")
    sys.stdout.flush()
