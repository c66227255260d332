"""Rendered attacks and rendered people through whole attempts. Run by ``make liveness``.

RUNS (default 60) attempts of every attack and runs of every living presentation, ONLY=species,species or names of
presentations for a part. Each attempt is written to build/liveness.jsonl as it ends, so a run that was stopped goes on
where it was; rows of other code are not used. Ends with build/liveness.json and, for a whole run, docs/liveness.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from hardware.camera.simulated.presentations import ATTACKS, LIVE, Presentation
from tests.liveness.attempts import Booth, Trial
from tests.liveness.report import summary_of, write_document

ROOT = Path(__file__).resolve().parents[2]
ROWS, SUMMARY, DOCUMENT = ROOT / "build/liveness.jsonl", ROOT / "build/liveness.json", ROOT / "docs/liveness.md"
WORKERS = 2
LIVE_TRIES = 2  # attempts a visitor has before staff are asked
JUDGED_BY = ("kiosk/face", "kiosk/config", "hardware/camera/simulated", "tests/liveness/attempts.py")

EVALUATIONS = frozenset({"liveness_eval.py", "liveness_items.py", "free_movement.py", "evaluate.py", "intervals.py"})
"""In the face room, but no attempt runs through them."""

_booth: Booth | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt of an attack, or up to two of a living person."""

    presentation: str
    number: int

    @property
    def key(self) -> str:
        return f"{self.presentation}/{self.number}"


def presentations() -> dict[str, Presentation]:
    return {p.name: p for p in (*ATTACKS, *LIVE)}


def seed_of(run: Run, attempt: int) -> str:
    return f"campaign-2/{run.key}/{attempt}"


def carry_out(run: Run, booth: Booth) -> list[Trial]:
    presentation = presentations()[run.presentation]
    attempts: list[Trial] = []
    for attempt in range(LIVE_TRIES if presentation in LIVE else 1):
        attempts.append(booth.attempt(presentation, seed_of(run, attempt)))
        if attempts[-1].matched:
            break
    return attempts


def fingerprint() -> str:
    """Of everything a result depends on."""
    digest = hashlib.sha256()
    for place in JUDGED_BY:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.name in EVALUATIONS:
                continue
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def known_rows(code: str) -> dict[str, list[Trial]]:
    rows: dict[str, list[Trial]] = {}
    for line in ROWS.read_text(encoding="utf-8").splitlines() if ROWS.exists() else ():
        try:
            row = json.loads(line)
            if row["code"] == code:
                rows[row["run"]] = [Trial(**attempt) for attempt in row["attempts"]]
        except (ValueError, KeyError, TypeError):  # a line that was being written when the run was stopped
            continue
    return rows


def _start_worker() -> None:
    global _booth  # noqa: PLW0603  the models are loaded once a process
    from kiosk.vision import cv2

    cv2.setNumThreads(1)  # two workers on two cores
    _booth = Booth()


def _work(run: Run) -> tuple[Run, list[Trial]]:
    assert _booth is not None
    return run, carry_out(run, _booth)


def perform(runs: list[Run]) -> Iterator[tuple[Run, list[Trial]]]:
    """As they end."""
    context = get_context("spawn")  # the networks' threads do not survive a fork
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_start_worker) as pool:
        try:
            for future in as_completed([pool.submit(_work, run) for run in runs]):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def chosen(only: str) -> list[Presentation]:
    wanted = {word.strip() for word in only.split(",") if word.strip()}
    everyone = list(presentations().values())
    if unknown := wanted - {p.species for p in everyone} - {p.name for p in everyone}:
        raise SystemExit(f"no such species or presentation: {', '.join(sorted(unknown))}")
    return [p for p in everyone if not wanted or p.species in wanted or p.name in wanted]


def runs_of(presentation: Presentation, runs: int) -> int:
    """``runs`` a species of attack, shared by its presentations; a living one LIVE_RUNS, by default 100 of 60."""
    if presentation in LIVE:
        return int(os.environ.get("LIVE_RUNS", ceil(runs * 5 / 3)))
    kin = [p for p in ATTACKS if p.species == presentation.species]
    return ceil(runs / len(kin))


def told(done: int, of: int, began: float) -> str:
    left = (time.monotonic() - began) / done * (of - done)
    return f"{done}/{of}, about {left / 60:.0f} min left" if left > 90 else f"{done}/{of}, about {left:.0f} s left"


def main() -> int:
    runs, only = int(os.environ.get("RUNS", "60")), os.environ.get("ONLY", "")
    code, taken = fingerprint(), chosen(only)
    # One of each in turn, attacks first, so that a stopped run has seen every species.
    shares = {p.name: runs_of(p, runs) for p in taken}
    wanted = [Run(name, number) for number in range(max(shares.values())) for name in shares if number < shares[name]]
    wanted.sort(key=lambda run: presentations()[run.presentation] in LIVE)
    rows = known_rows(code)
    todo = [run for run in wanted if run.key not in rows]
    print(f"{len(wanted)} runs, {len(wanted) - len(todo)} of them known already", flush=True)
    ROWS.parent.mkdir(exist_ok=True)
    began = time.monotonic()
    with ROWS.open("a", encoding="utf-8") as file:
        for done, (run, attempts) in enumerate(perform(todo), 1):
            rows[run.key] = attempts
            row = {"code": code, "run": run.key, "attempts": [a.as_dict() for a in attempts]}
            file.write(json.dumps(row) + "\n")
            file.flush()
            said = " then ".join(a.outcome for a in attempts)
            print(f"{told(done, len(todo), began):<32}{run.key:<44}{said}", flush=True)
    summary = summary_of(_grouped(wanted, rows, ATTACKS), _grouped(wanted, rows, LIVE), runs, code)
    SUMMARY.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    if not only:
        write_document(DOCUMENT, summary)
    matched = sum(row["passed"] for row in summary["species"].values())
    print(f"\n{SUMMARY.relative_to(ROOT)} written; attacks that matched: {matched}")
    return 0


def _grouped(
    runs: Iterable[Run], rows: dict[str, list[Trial]], which: Iterable[Presentation]
) -> list[tuple[Presentation, list[list[Trial]]]]:
    keys = [run for run in runs if run.key in rows]
    groups: list[tuple[Presentation, Any]] = []
    for presentation in which:
        own = [rows[run.key] for run in keys if run.presentation == presentation.name]
        if own:
            groups.append((presentation, own))
    return groups


if __name__ == "__main__":
    sys.exit(main())
