"""The processes of one run, the faults that befall them, and how it ends."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Protocol

import psycopg

from db.central.demo_people import DemoParticipant
from tests.faults.attacks import Attack, attack_of
from tests.faults.centre_side import run_connector, run_settle
from tests.faults.check import Findings, check
from tests.faults.kiosk_side import STORE_FAULT, run_kiosk
from tests.faults.link import draw_weather
from tests.faults.orders import FINISH, REPORTED, JobOrder, KioskOrder, PlannedVisit, Role, lines
from tests.faults.plan import Act, Plan, Step
from tests.faults.site import CentreOfRun

STUCK_SECONDS = 25.0
"""After the last fault a run ends within 0.3 to 2 s; one call that hangs in a half-open connection is 2 s of it."""
MUTANT_STUCK_SECONDS = 8.0
FIRST_WORK_SECONDS = 10.0
PATIENT_SECONDS = 2.0
"""A busy machine gets this much for the visits that a quiet one has begun when the faults end."""
TICK_SECONDS = 0.004
GROWTH_BYTES = 8_000
"""Less than this may a file still grow when the disk fills up; a record takes 20 to 40 kB of the log."""


class Surroundings(Protocol):
    """What runs have in common."""

    mutant: str
    people: list[DemoParticipant]
    context: ForkServerContext


class Live:
    def __init__(self, plan: Plan, folder: Path, centre: CentreOfRun, runner: Surroundings) -> None:
        self._plan, self._folder, self._centre = plan, folder, centre
        self._context, self._mutant = runner.context, runner.mutant
        self._data = folder / "data"
        self._link = centre.site.link
        someone = random.Random(f"people/{plan.seed}").sample(runner.people, len(plan.visits))
        self._visits = tuple(PlannedVisit(n, kind, someone[n].nik) for n, kind in enumerate(plan.visits))
        self._attack: Attack | None = attack_of(plan.kind)
        self._kiosk: ForkServerProcess | None = None
        self._settle: ForkServerProcess | None = None
        self._connector: ForkServerProcess | None = None
        self._lives = 0
        self._restores = 0
        self._stopped_centre = False
        self._healing = False
        self._crashed: list[str] = []
        self.acts: list[str] = []

    # ---- processes

    def start(self) -> None:
        self._link.clear()
        self._start_settle()
        self._start_connector()
        self._start_kiosk()

    def _start_kiosk(self) -> None:
        role = Role.BOTH
        if self._plan.apart and not self._healing:
            role = Role.WRITE if self._lives % 2 == 0 else Role.SEND
        order = KioskOrder(
            self._folder, self._data, REPORTED, self._centre.kiosk_dsn, role, self._visits, self._plan.batch,
            self._plan.seed if self._plan.wild_clock else None, self._lives, self._mutant,
        )  # fmt: skip
        self._lives += 1
        self._kiosk = self._child(run_kiosk, order)

    def _start_settle(self) -> None:
        self._settle = self._child(run_settle, self._job(self._centre.centre.settle_dsn))

    def _start_connector(self) -> None:
        self._connector = self._child(run_connector, self._job(self._centre.centre.connector_dsn))

    def _job(self, dsn: str) -> JobOrder:
        return JobOrder(self._folder, dsn, self._centre.centre.keys, self._mutant)

    def _child(self, program: Callable[..., None], order: object) -> ForkServerProcess:
        process = self._context.Process(target=program, args=(order,), daemon=True)
        process.start()
        return process

    def stop(self) -> None:
        for process in (self._kiosk, self._settle, self._connector):
            _kill(process)
        if self._stopped_centre:
            self._start_centre()

    # ---- faults

    def break_things(self) -> None:
        until = time.monotonic() + FIRST_WORK_SECONDS
        while not (self._folder / REPORTED).exists() and time.monotonic() < until:
            time.sleep(TICK_SECONDS)
        began, steps = time.monotonic(), list(self._plan.steps)
        while steps or (time.monotonic() - began < PATIENT_SECONDS and not self._all_begun()):
            if steps and time.monotonic() - began >= steps[0].at:
                self._do(steps.pop(0))
            else:
                time.sleep(TICK_SECONDS)
                self._keep_kiosk_alive()

    def _all_begun(self) -> bool:
        begun = sum(line[0] == "begin" for line in lines(self._folder / REPORTED))
        return begun == len(self._visits)

    def _keep_kiosk_alive(self) -> None:
        if self._kiosk is not None and not self._kiosk.is_alive() and self._kiosk.exitcode != 0:
            if self._kiosk.exitcode != STORE_FAULT:
                self._crashed.append(f"the kiosk died by itself with code {self._kiosk.exitcode}")
            self._start_kiosk()

    def _do(self, step: Step) -> None:
        self.acts.append(step.act.value)
        chance = random.Random(step.seed)
        acts: dict[Act, Callable[[], None]] = {
            Act.KILL_KIOSK: self._restart_kiosk,
            Act.KILL_SETTLE: self._restart_settle,
            Act.KILL_CONNECTOR: self._restart_connector,
            Act.KILL_BACKEND: lambda: self._centre.kill_backend(chance),
            Act.END_SESSIONS: self._centre.end_sessions,
            Act.STOP_CENTRE: self._stop_centre,
            Act.START_CENTRE: self._start_centre,
            Act.BACK_UP: lambda: self._with_centre(self._centre.back_up),
            Act.RESTORE: self._restore,
            Act.WEATHER: lambda: self._link.set(draw_weather(chance)),
            Act.CLEAR: lambda: self._link.clear(break_swallowed=chance.random() < 0.8),
            Act.RESET: self._link.reset,
            Act.CUT: lambda: self._link.cut_next(
                chance.choice(("ask", "answer")), chance.randrange(8), chance.random()
            ),
            Act.FILL_DISK: lambda: self._fill_disk(chance.randrange(GROWTH_BYTES)),
            Act.EMPTY_DISK: lambda: self._limit_files(resource.RLIM_INFINITY),
            Act.COPY_FOLDER: self._copy_folder,
        }
        acts[step.act]()

    def _restart_kiosk(self) -> None:
        _kill(self._kiosk)
        self._start_kiosk()

    def _restart_settle(self) -> None:
        _kill(self._settle)
        self._start_settle()

    def _restart_connector(self) -> None:
        _kill(self._connector)
        self._start_connector()

    def _stop_centre(self) -> None:
        self._centre.stop_at_once()
        self._stopped_centre = True

    def _restore(self) -> None:
        self._restores += self._centre.backups
        self._with_centre(self._centre.restore)

    def _fill_disk(self, room: int) -> None:
        self._limit_files(max((f.stat().st_size for f in self._files()), default=0) + room)

    def _with_centre(self, work: Callable[[], None]) -> None:
        """The server may be recovering from a killed process."""
        for _ in range(200):
            try:
                work()
                return
            except psycopg.OperationalError:
                time.sleep(0.02)

    def _start_centre(self) -> None:
        self._centre.start_again()
        self._stopped_centre = False

    def _files(self) -> list[Path]:
        return [f for f in self._data.iterdir() if f.is_file()] if self._data.exists() else []

    def _limit_files(self, size: int) -> None:
        """The kernel refuses writes past ``size``, as a full disk would."""
        pid = self._kiosk.pid if self._kiosk else None
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def _copy_folder(self) -> None:
        """As a disk image is taken; the kiosk then dies and goes on, so that the copy is older than it."""
        pid = self._kiosk.pid if self._kiosk else None
        if pid is None:
            return
        os.kill(pid, signal.SIGSTOP)
        if self._data.exists():
            shutil.copytree(self._data, self._folder / "copy")
        self._restart_kiosk()

    # ---- the end

    def heal(self) -> None:
        """Network, disk, server and processes are well again; nothing else helps."""
        self._healing = True
        self._limit_files(resource.RLIM_INFINITY)
        self._link.clear(break_swallowed=True)
        if self._stopped_centre:
            self._start_centre()
        if self._plan.apart:
            self._restart_kiosk()
        if self._attack is not None:
            self._attack.before_the_end(self)
        (self._folder / FINISH).touch()

    def come_right(self) -> str:
        """Empty when it did, else what it hangs on."""
        until = time.monotonic() + (MUTANT_STUCK_SECONDS if self._mutant else STUCK_SECONDS)
        while not self._kiosk_is_done():
            if time.monotonic() > until:
                return "kiosk: " + " ".join(" ".join(line) for line in lines(self._folder / REPORTED)[-3:])
            self._keep_kiosk_alive()
            time.sleep(TICK_SECONDS)
        if self._attack is not None:
            self._attack.at_the_end(self)
        with self._centre.admin() as conn:
            while (left := _undecided(conn)) != (0, 0):
                if time.monotonic() > until:
                    return f"centre: {left[0]} visits and {left[1]} requests undecided"
                time.sleep(0.01)
        return ""

    def _kiosk_is_done(self) -> bool:
        return self._kiosk is not None and self._kiosk.exitcode == 0

    def judge(self) -> Findings:
        with self._centre.admin() as conn:
            found = check(self._plan.kind, self._folder, self._data, conn, restores=self._restores)
            if self._attack is not None:
                self._attack.judge(conn, found)
        found.wrong += self._crashed
        return found

    # ---- for attacks

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def centre(self) -> CentreOfRun:
        return self._centre

    def run_apart(self, program: Callable[..., None], order: KioskOrder, seconds: float) -> None:
        process = self._child(program, order)
        process.join(seconds)
        _kill(process)

    def order_for(self, data: Path, report: str) -> KioskOrder:
        return KioskOrder(self._folder, data, report, self._centre.kiosk_dsn, mutant=self._mutant)


def _kill(process: ForkServerProcess | None) -> None:
    if process is not None and process.is_alive():
        process.kill()
    if process is not None:
        process.join(10)


def _undecided(conn: psycopg.Connection[object]) -> tuple[int, int]:
    row = conn.execute(
        "SELECT (SELECT count(*) FROM store.settle_queue),"
        " (SELECT count(*) FROM store.request WHERE state IN ('waiting', 'sending'))"
    ).fetchone()
    return row if row is not None else (0, 0)  # type: ignore[return-value]
