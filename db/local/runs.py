"""Runs of the program, and how each ended. Plain functions on a connection."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, insert, select, update

from db.local.schema import runs

HowEnded = Literal["clean", "died", "first"]
"""``first``: there was no run before."""


def last_ended(connection: Connection) -> HowEnded:
    last = connection.execute(select(runs.c.clean).order_by(runs.c.run.desc()).limit(1)).scalar_one_or_none()
    return "first" if last is None else "clean" if last else "died"


def died(connection: Connection) -> bool:
    return last_ended(connection) == "died"


def begin(connection: Connection, boot_id: str, software: str, now: float) -> int:
    """Number of the run that begins."""
    row = {"boot_id": boot_id, "software": software, "started_at": now, "clean": 0}
    number: int = connection.execute(insert(runs).returning(runs.c.run), row).scalar_one()
    return number


def end(connection: Connection, run: int, now: float) -> None:
    connection.execute(update(runs).where(runs.c.run == run).values(clean=1, ended_at=now))
