"""Appended events a second: kiosks straight to the centre, and through FastAPI services that call the same function.

The same batches, signed and turned to JSON beforehand, from a process a kiosk, on fresh copies of one durable database,
in turns. Neither way has TLS: both would pay the same for it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from typing import Any, Literal

import psycopg

from db.central.commands import Centre
from tests.benchmarks.centre_site import Batch, Site, login

ROOT = Path(__file__).resolve().parents[2]
SITE_PACKAGES = ROOT / "build" / "bench-site"
KIOSKS, SIZES = (1, 8, 64), (1, 20, 200)
LOAD_EVENTS = 40_000
"""About so many events a measurement, where batches are large; 100 small ones a kiosk are two to ten seconds."""
FEWEST, MOST = 5, 100
START_SECONDS = 20.0
OPTIONS = {
    "plain": ("--loop", "asyncio", "--http", "h11"),  # what uvicorn takes when it is installed alone
    "tuned": ("--loop", "uvloop", "--http", "httptools", "--workers", str(os.cpu_count())),
}
TOKEN = "bench"

FORK = multiprocessing.get_context("fork")
Style = Literal["plain", "tuned"]
Send = Callable[[str], dict[str, Any]]
"""One batch as JSON in, the centre's answer out."""


def batches_each(kiosks: int, size: int) -> int:
    """The first of them is sent before the clock starts: a kiosk keeps its session, and a new one plans first."""
    return 1 + max(FEWEST, min(MOST, LOAD_EVENTS // (kiosks * size)))


# ---- the two ways


@contextmanager
def straight(centre: Centre, kiosk_id: str) -> Iterator[Send]:
    with psycopg.connect(login(centre, kiosk_id), autocommit=True) as conn:

        def send(batch: str) -> dict[str, Any]:
            row = conn.execute("SELECT api.append_events(%s::jsonb)", (batch,)).fetchone()
            assert row is not None
            answer: dict[str, Any] = row[0]
            return answer

        yield send


@contextmanager
def over_http(port: int, style: Style, kiosk_id: str) -> Iterator[Send]:
    line = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json", "X-Kiosk": kiosk_id, "Authorization": f"Bearer {TOKEN}"}

    def send(batch: str) -> dict[str, Any]:
        line.request("POST", f"/{style}", batch, headers)
        answer: dict[str, Any] = json.loads(line.getresponse().read())
        return answer

    try:
        yield send
    finally:
        line.close()


@contextmanager
def service(centre: Centre, kiosk_ids: Sequence[str], style: Style) -> Iterator[int]:
    """A FastAPI service; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    logins = {each: [hashlib.sha256(TOKEN.encode()).hexdigest(), login(centre, each)] for each in kiosk_ids}
    command = [
        sys.executable, "-m", "uvicorn", "tests.benchmarks.centre_service:app", "--host", "127.0.0.1",
        "--port", str(port), "--no-access-log", "--log-level", "warning", *OPTIONS[style],
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(SITE_PACKAGES), "BENCH_LOGINS": json.dumps(logins)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as running:
        try:
            _wait_for(port)
            yield port
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the FastAPI service did not start: run `make bench`, which installs it")


# ---- the load


def rate(lines: Sequence[Callable[[], Any]], work: Sequence[Sequence[Batch]]) -> float:
    """Events a second from the first batch to the last answer; every line sends its own chain. Kiosks are machines of
    their own: a process each, so that they do not queue for one interpreter."""
    texts = [[json.dumps({"events": batch}) for batch in each] for each in work]
    events = sum(len(batch) for each in work for batch in each[1:])
    start = FORK.Barrier(len(lines) + 1)
    kiosks = [FORK.Process(target=_kiosk, args=(*pair, start)) for pair in zip(lines, texts, strict=True)]
    for kiosk in kiosks:
        kiosk.start()
    start.wait(START_SECONDS)
    began = time.perf_counter()
    for kiosk in kiosks:
        kiosk.join()
    spent = time.perf_counter() - began
    assert not any(kiosk.exitcode for kiosk in kiosks), "a batch was not accepted"
    return events / spent


def _kiosk(line: Callable[[], Any], batches: Sequence[str], start: Barrier) -> None:
    with line() as send:
        send(batches[0])
        start.wait(START_SECONDS)
        for batch in batches[1:]:
            assert send(batch)["status"] == "accepted"


def compared(site: Site, kiosks: int, size: int, rounds: int) -> dict[str, list[float]]:
    """Events/s straight and through each service, a value a round, in turns."""
    stations = site.stations[:kiosks]
    ids = [station.kiosk_id for station in stations]
    work = [station.batches(batches_each(kiosks, size), size) for station in stations]
    rates: dict[str, list[float]] = {"straight": [], "plain": [], "tuned": []}
    for _ in range(rounds):
        with site.centre() as centre:
            rates["straight"].append(rate([partial(straight, centre, each) for each in ids], work))
        for style in ("plain", "tuned"):
            with site.centre() as centre, service(centre, ids, style) as port:
                rates[style].append(rate([partial(over_http, port, style, each) for each in ids], work))
    return rates


def report(site: Site, rounds: int) -> None:
    print("append_events, events/s: straight, through FastAPI as its documentation begins, and tuned; times faster")
    print(f"{'':<28}{'straight':>10}{'plain':>10}{'tuned':>10}{'x plain':>10}{'x tuned':>10}")
    for kiosks in KIOSKS:
        for size in SIZES:
            rates = compared(site, kiosks, size, rounds)
            straight_on = rates["straight"]
            figures = "".join(f"{median(values):>10,.0f}" for values in rates.values())
            times = "".join(
                f"{median(a / b for a, b in zip(straight_on, rates[style], strict=True)):>10.1f}"
                for style in ("plain", "tuned")
            )
            goal = "  goal >= 2.5" if size == 20 and kiosks > 1 else ""
            print(f"{f'{kiosks:>2} kiosks, batches of {size:>3}':<28}{figures}{times}{goal}", flush=True)
