"""What the parent tells a child, and how a child tells what happened: lines appended to a file, one write each.

A line is written after the commit it speaks of, so whatever happens to the writer, a line that is there is a promise
that was made.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from db.central.keys import CentreKeys
from tests.faults.plan import VisitKind

REPORTED, MESSAGES, CLONED = "reported", "messages", "cloned"
FINISH = "finish"
"""A file of this name: no more visits, send what is left and end."""


class Role(StrEnum):
    BOTH = "both"
    WRITE = "write"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    number: int
    kind: VisitKind
    nik: str


@dataclass(frozen=True, slots=True)
class KioskOrder:
    folder: Path  # of the run; the kiosk's own data is in ``data``
    data: Path
    report: str
    dsn: str = field(repr=False)
    role: Role = Role.BOTH
    visits: tuple[PlannedVisit, ...] = ()
    batch: int = 20
    clock_seed: int | None = None
    life: int = 0  # which of the run's kiosk processes this is
    mutant: str = ""


@dataclass(frozen=True, slots=True)
class JobOrder:
    folder: Path
    dsn: str = field(repr=False)
    keys: CentreKeys = field(repr=False)
    mutant: str = ""


class Report:
    """Appends lines; survives the death of its writer and is never torn (one write, below PIPE_BUF)."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def say(self, word: str, *values: object) -> None:
        os.write(self._handle, (" ".join((word, *map(str, values))) + "\n").encode())


def lines(path: Path) -> list[tuple[str, ...]]:
    return [tuple(line.split(" ")) for line in path.read_text().splitlines()] if path.exists() else []


def evidence_refusal(evidence: dict[str, Any], *_context: Any) -> str | None:
    """Stands for the face room's check of sealed evidence, which is not what is broken here."""
    return None if evidence.get("cosine", 0.0) >= 0.5 else "too_far"
