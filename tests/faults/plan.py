"""What one run does and what is broken in it, drawn from a seed alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    KILL_KIOSK = "kill_kiosk"  # writer and sync in one process
    KILL_APART = "kill_apart"  # a process only records, the next one only sends
    KILL_SETTLE = "kill_settle"
    KILL_CONNECTOR = "kill_connector"
    KILL_BACKEND = "kill_backend"
    RESTART_CENTRE = "restart_centre"
    RESTORE_CENTRE = "restore_centre"
    NETWORK = "network"
    DISK_FULL = "disk_full"
    CLOCK = "clock"
    CLONE = "clone"
    STOLEN_LOGIN = "stolen_login"
    EVERYTHING = "everything"


KINDS = tuple(Kind)


class Act(StrEnum):
    KILL_KIOSK = "kill_kiosk"
    KILL_SETTLE = "kill_settle"
    KILL_CONNECTOR = "kill_connector"
    KILL_BACKEND = "kill_backend"
    END_SESSIONS = "end_sessions"
    STOP_CENTRE = "stop_centre"
    START_CENTRE = "start_centre"
    BACK_UP = "back_up"
    RESTORE = "restore"
    WEATHER = "weather"
    CLEAR = "clear"
    RESET = "reset"
    CUT = "cut"
    FILL_DISK = "fill_disk"
    EMPTY_DISK = "empty_disk"
    COPY_FOLDER = "copy_folder"


class VisitKind(StrEnum):
    HONEST = "honest"
    OFFLINE = "offline"  # somebody who only asked for help
    NO_CONSENT = "no_consent"
    NO_CODE = "no_code"
    BAD_EVIDENCE = "bad_evidence"
    OTHERS_TICKET = "others_ticket"  # a PIN for a ticket that no lookup gave


HORIZON_SECONDS = 0.9
"""Faults fall into this much of a run; then everything is healed and must come right by itself."""


@dataclass(frozen=True, slots=True)
class Step:
    at: float  # seconds after the first process began to work
    act: Act
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    kind: Kind
    visits: tuple[VisitKind, ...]
    steps: tuple[Step, ...]
    batch: int  # events a sync batch
    wild_clock: bool
    apart: bool


def plan_of(seed: int, kind: Kind | None = None) -> Plan:
    """Neighbouring seeds take the kinds in turn."""
    chance = random.Random(f"faults/{seed}")
    kind = kind or KINDS[seed % len(KINDS)]
    steps = sorted(_steps(kind, chance), key=lambda step: step.at)
    refused = [k for k in VisitKind if k not in {VisitKind.HONEST, VisitKind.OFFLINE}]
    visits = [VisitKind.HONEST] * chance.randint(2, 4) + [VisitKind.OFFLINE] * chance.randint(2, 5)
    visits += chance.sample(refused, 1)
    chance.shuffle(visits)
    return Plan(
        seed=seed,
        kind=kind,
        visits=tuple(visits),
        steps=tuple(steps),
        batch=chance.choice((1, 2, 5, 20, 200)),
        wild_clock=kind in {Kind.CLOCK, Kind.EVERYTHING},
        apart=kind is Kind.KILL_APART,
    )


def _steps(kind: Kind, chance: random.Random) -> list[Step]:
    def at(earliest: float = 0.02, latest: float = HORIZON_SECONDS) -> float:
        return round(chance.uniform(earliest, latest), 4)

    def many(act: Act, fewest: int, most: int) -> list[Step]:
        return [Step(at(), act, chance.getrandbits(32)) for _ in range(chance.randint(fewest, most))]

    def window(begin: Act, end: Act, shortest: float, longest: float) -> list[Step]:
        start = at(0.02, HORIZON_SECONDS - shortest)
        stop = min(HORIZON_SECONDS, start + chance.uniform(shortest, longest))
        return [Step(start, begin, chance.getrandbits(32)), Step(stop, end, chance.getrandbits(32))]

    def network(fewest: int, most: int) -> list[Step]:
        windows = [window(Act.WEATHER, Act.CLEAR, 0.02, 0.3) for _ in range(chance.randint(fewest, most))]
        return [step for w in windows for step in w] + many(Act.CUT, 1, 4) + many(Act.RESET, 0, 2)

    def restore() -> list[Step]:
        backed_up = at(0.02, 0.5)
        return [Step(backed_up, Act.BACK_UP), Step(at(backed_up + 0.05, HORIZON_SECONDS), Act.RESTORE)]

    def everything() -> list[Step]:
        stopped = window(Act.STOP_CENTRE, Act.START_CENTRE, 0.01, 0.1)
        return [
            *many(Act.KILL_KIOSK, 1, 2), *many(Act.KILL_SETTLE, 1, 2), *many(Act.KILL_CONNECTOR, 1, 2),
            *many(Act.END_SESSIONS, 0, 1), *network(1, 2), *(stopped if chance.random() < 0.3 else restore()),
            *window(Act.FILL_DISK, Act.EMPTY_DISK, 0.03, 0.1),
        ]  # fmt: skip

    drawn: dict[Kind, Callable[[], list[Step]]] = {
        Kind.KILL_KIOSK: lambda: many(Act.KILL_KIOSK, 2, 5),
        Kind.KILL_APART: lambda: many(Act.KILL_KIOSK, 3, 6),
        Kind.KILL_SETTLE: lambda: many(Act.KILL_SETTLE, 3, 8),
        Kind.KILL_CONNECTOR: lambda: many(Act.KILL_CONNECTOR, 3, 8),
        Kind.KILL_BACKEND: lambda: many(Act.KILL_BACKEND, 1, 2) + many(Act.END_SESSIONS, 1, 3),
        Kind.RESTART_CENTRE: lambda: window(Act.STOP_CENTRE, Act.START_CENTRE, 0.01, 0.2),
        Kind.RESTORE_CENTRE: restore,
        Kind.NETWORK: lambda: network(1, 4),
        Kind.DISK_FULL: lambda: window(Act.FILL_DISK, Act.EMPTY_DISK, 0.15, 0.4) + many(Act.KILL_KIOSK, 0, 1),
        Kind.CLOCK: lambda: many(Act.KILL_KIOSK, 1, 2),
        Kind.CLONE: lambda: [Step(at(), Act.COPY_FOLDER)],
        Kind.STOLEN_LOGIN: list,
        Kind.EVERYTHING: everything,
    }
    return drawn[kind]()
