"""``doctor``: every part with state, version and last fault, as one share-safe report.

Probes are handed in by the composition root, for this room knows neither devices nor stores. A probe
that raises, hangs or lies about its name costs its own line, never the report. Texts of exceptions stay out:
they may hold addresses or a person's data.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.command_line import write_json
from kiosk.health.readiness import Offer, offers
from kiosk.ports import Json, LastingFault, PartHealth, PartState, PassingFault

log = logging.getLogger(__name__)

Probe = Callable[[], PartHealth]

PROBE_SECONDS = 10.0
"""A camera that was just plugged in needs 3 s for its first picture, a centre call at most 4 s."""

WHOLE_SECONDS = 40.0
"""The slowest probe waits 30 s for a demo's centre that is made anew."""

SETTLE_PAUSE_SECONDS = 0.1

NO_ANSWER = "no_answer"


def examine(probes: Mapping[str, Probe], seconds: float = PROBE_SECONDS) -> tuple[PartHealth, ...]:
    """Run all probes at once and return their answers in the order given, after ``seconds`` at the latest."""
    answers: queue.SimpleQueue[PartHealth] = queue.SimpleQueue()

    def run(name: str, probe: Probe) -> None:
        answers.put(_ask(name, probe))

    for name, probe in probes.items():
        # Daemons: a probe that hangs in a driver must not keep the program from ending.
        threading.Thread(target=run, args=(name, probe), name=f"probe-{name}", daemon=True).start()
    found: dict[str, PartHealth] = {}
    deadline = time.monotonic() + seconds
    while len(found) < len(probes):
        try:
            health = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        found[health.name] = health
    return tuple(found.get(name) or PartHealth(name, PartState.FAULT, last_fault=NO_ANSWER) for name in probes)


def report(parts: tuple[PartHealth, ...], at: datetime) -> Json:
    """The JSON-able report. ``well`` is True when every service is offered and no part is in fault."""
    services = offers(parts)
    broken = any(part.state is PartState.FAULT for part in parts)
    return {
        "at": at.isoformat(timespec="seconds"),
        "well": not broken and all(service.offered for service in services),
        "services": [_service(service) for service in services],
        "parts": [_part(part) for part in parts],
    }


def run_doctor(probes: Mapping[str, Probe], json_out: Path | None) -> int:
    """``main.py doctor``: 0 when everything is well."""
    findings = report(examine(probes, WHOLE_SECONDS), datetime.now(UTC))
    write_json(json_out, findings)
    sys.stdout.write("\n".join(as_lines(findings)) + "\n")
    return 0 if findings["well"] else 1


def as_lines(findings: Json) -> list[str]:
    """The report as a technician reads it on a terminal: one part a line, the details of a degraded one below
    it, then what is offered."""
    rows: list[str] = []
    for part in findings["parts"]:
        rows.append(f"{part['name']:<9} {part['state']:<9} {part['version']:<34} {part['last_fault']}".rstrip())
        if part["state"] == PartState.DEGRADED:
            rows += [f"{'':<9} {key} = {value}".rstrip() for key, value in part["detail"].items()]
    offered = [f"{s['service']}: {'offered' if s['offered'] else 'not offered'}" for s in findings["services"]]
    return [*rows, *offered]


def settled(probe: Probe, seconds: float) -> Probe:
    """The same probe, asked again until its part is no longer starting, for ``seconds`` at most."""

    def ask() -> PartHealth:
        until = time.monotonic() + seconds
        health = probe()
        while health.state is PartState.STARTING and time.monotonic() < until:
            time.sleep(SETTLE_PAUSE_SECONDS)
            health = probe()
        return health

    return ask


def _ask(name: str, probe: Probe) -> PartHealth:
    try:
        return replace(probe(), name=name)
    except (PassingFault, LastingFault) as fault:
        return PartHealth(name, PartState.FAULT, last_fault=fault.reason)
    except Exception as failure:  # the report is most needed when something is wrong that nobody thought of
        log.warning("the probe of %s failed: %s", name, type(failure).__name__)
        return PartHealth(name, PartState.FAULT, last_fault=type(failure).__name__)


def _part(part: PartHealth) -> dict[str, Any]:
    return {
        "name": part.name,
        "state": part.state.value,
        "version": part.version,
        "last_fault": part.last_fault,
        "detail": {str(key): str(value) for key, value in part.detail.items()},
    }


def _service(offer: Offer) -> dict[str, Any]:
    return {
        "service": offer.service.value,
        "offered": offer.offered,
        "missing": [{"part": missing.part.value, "state": missing.state.value} for missing in offer.missing],
        "notices": [notice.value for notice in offer.notices],
    }
