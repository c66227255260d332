"""What the fleet looks like now, from the views of schema ``report``. No participant is in any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class KioskRow:
    kiosk_id: str
    enabled: bool
    last_heartbeat: datetime | None
    head_seq: int
    last_event_at: datetime | None
    backlog: int | None  # events it has not handed in, as it says
    faults: tuple[str, ...]  # part:state
    software: str


@dataclass(frozen=True, slots=True)
class OverdueRow:
    what: str  # kiosk_silent, visit_unsettled
    kiosk_id: str
    visit_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class UnfinishedRow:
    kiosk_id: str
    visit_id: str
    started_at: datetime
    last_type: str


@dataclass(frozen=True, slots=True)
class AlarmRow:
    login: str
    kind: str
    subject: str
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class FleetReport:
    made_at: datetime
    kiosks: tuple[KioskRow, ...]
    overdue: tuple[OverdueRow, ...]
    unfinished: tuple[UnfinishedRow, ...]
    alarms: tuple[AlarmRow, ...]  # of the last 24 h


def fleet_report(conn: Connection) -> FleetReport:
    """``conn``: a login in the group ``bpjs_reporter``, or an admin's. Raises psycopg.Error."""
    with conn.transaction():  # one moment for all of it
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        kiosks = conn.execute(
            "SELECT kiosk_id, enabled, last_heartbeat, head_seq, last_event_at, backlog::bigint, faults, software"
            " FROM report.fleet ORDER BY kiosk_id"
        ).fetchall()
        overdue = conn.execute(
            "SELECT what, kiosk_id, visit_id, since FROM report.overdue ORDER BY since, kiosk_id"
        ).fetchall()
        unfinished = conn.execute(
            "SELECT kiosk_id, visit_id, started_at, last_type FROM report.unfinished_visits ORDER BY started_at"
        ).fetchall()
        alarms = conn.execute(
            "SELECT login, kind, subject, last_at, times FROM report.alarms"
            " WHERE last_at > now() - interval '1 day' ORDER BY last_at DESC"
        ).fetchall()
        now = conn.execute("SELECT now()").fetchall()[0][0]
    return FleetReport(
        made_at=now,
        kiosks=tuple(
            KioskRow(kiosk_id, enabled, heard, seq, last_event, backlog, tuple(faults), software)
            for kiosk_id, enabled, heard, seq, last_event, backlog, faults, software in kiosks
        ),
        overdue=tuple(OverdueRow(*row) for row in overdue),
        unfinished=tuple(UnfinishedRow(*row) for row in unfinished),
        alarms=tuple(AlarmRow(*row) for row in alarms),
    )


def public_keys(conn: Connection) -> str:
    """The file that ``main.py receipt verify --keys`` reads: TOML, a kiosk a line, revoked ones too, for their receipts
    stay genuine. A kiosk has one signing key for life: who lost it gets a new id. ``conn``: an admin's. Raises
    psycopg.Error."""
    kiosks = conn.execute("SELECT kiosk_id, encode(signing_key, 'hex') FROM store.kiosk ORDER BY kiosk_id").fetchall()
    return "".join(f'{kiosk_id} = "{key}"\n' for kiosk_id, key in kiosks)


def report_lines(report: FleetReport) -> list[str]:
    """For a terminal, a log or a mail. Times in UTC."""
    lines = [f"centre at {_time(report.made_at)}", "", f"kiosks: {len(report.kiosks)}"]
    lines += [
        f"  {k.kiosk_id:<24} {'on' if k.enabled else 'off':<4} heard {_time(k.last_heartbeat)}  seq {k.head_seq}"
        f"  last event {_time(k.last_event_at)}  backlog {'?' if k.backlog is None else k.backlog}"
        f"  software {k.software or '?'}  faults {', '.join(k.faults) or 'none'}"
        for k in report.kiosks
    ]
    lines += ["", f"overdue: {len(report.overdue)}"]
    lines += [f"  {o.what:<16} {o.kiosk_id:<24} {o.visit_id:<38} since {_time(o.since)}" for o in report.overdue]
    lines += ["", f"unfinished visits: {len(report.unfinished)}"]
    lines += [
        f"  {u.kiosk_id:<24} {u.visit_id:<38} began {_time(u.started_at)}  last {u.last_type}"
        for u in report.unfinished
    ]
    lines += ["", f"alarms of the last day: {len(report.alarms)}"]
    lines += [f"  {_time(a.last_at)} {a.kind:<28} {a.login:<24} {a.subject} x{a.times}" for a in report.alarms]
    return [_printable(line) for line in lines]


def _printable(line: str) -> str:
    """Kiosks choose some of the words: no control character of theirs reaches a terminal."""
    return "".join(c if c.isprintable() else "?" for c in line)


def _time(at: datetime | None) -> str:
    return "never" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
