"""A kiosk login that switches its time-outs off is ended all the same, and an alarm stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from db.central.watchdog import WatchdogJob
from tests.db.support import CentralForTest

ENDLESS = "SELECT count(*) FROM (SELECT generate_series(1, 100000000000)) s"  # keeps nothing: no temporary file


@contextmanager
def watching(central: CentralForTest, **limits: float) -> Iterator[None]:
    stop, ready = threading.Event(), threading.Event()
    job = WatchdogJob(central.centre.keeper_dsn, round_seconds=0.05, **limits)
    thread = threading.Thread(target=job.run, args=(stop, ready.set), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def free(conn: psycopg.Connection) -> None:
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        conn.execute(f"SET {setting} = 0")


def burn(conn: psycopg.Connection) -> None:
    conn.execute(ENDLESS)


def hold_idle(conn: psycopg.Connection) -> None:
    conn.autocommit = False
    conn.execute("SELECT 1")
    time.sleep(1.5)
    conn.execute("SELECT 1")


def hold_busy(conn: psycopg.Connection) -> None:
    conn.autocommit = False
    for _ in range(200):
        conn.execute("SELECT 1")
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("misuse", "limit", "kind"),
    [
        (burn, "statement_seconds", "statement"),
        (hold_idle, "idle_seconds", "idle_in_transaction"),
        (hold_busy, "transaction_seconds", "transaction"),
    ],
)
def test_a_kiosk_without_time_outs_is_ended_and_an_alarm_stands(
    central: CentralForTest, misuse: Callable[[psycopg.Connection], None], limit: str, kind: str
) -> None:
    kiosk = central.kiosk()
    with kiosk.connect(autocommit=True) as conn:
        free(conn)
        with watching(central, **{limit: 0.5}), pytest.raises(psycopg.errors.AdminShutdown):
            misuse(conn)
    assert central.one("SELECT subject FROM store.alarm WHERE kind = %s", f"watchdog_{kind}") == "kiosk_kiosk-demo-01"


def test_honest_calls_jobs_and_admins_are_left_alone(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    limits = {"statement_seconds": 0.2, "idle_seconds": 0.2, "transaction_seconds": 0.2}
    with (
        psycopg.connect(central.centre.settle_dsn) as job,
        psycopg.connect(central.admin_dsn) as admin,
        kiosk.connect(autocommit=True) as idle,
    ):
        for conn in (job, admin, idle):
            conn.execute("SELECT 1")  # job and admin now idle in a transaction, the kiosk outside one
        with watching(central, **limits):
            admin.execute("SELECT pg_sleep(0.8)")
        for conn in (job, admin, idle):
            conn.execute("SELECT 1")
        assert kiosk.lookup("v").status == "found"
    assert central.alarms() == set()


def test_nobody_but_the_keeper_ends_sessions_and_it_ends_only_kiosks(central: CentralForTest) -> None:
    call = "SELECT * FROM watchdog.end_long_sessions(0, 0, 0)"
    kiosk = central.kiosk()
    for dsn in (kiosk.dsn, central.centre.settle_dsn, central.centre.connector_dsn, central.centre.staff_dsn):
        with psycopg.connect(dsn) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(call)
    with psycopg.connect(central.centre.keeper_dsn, autocommit=True) as keeper, psycopg.connect(kiosk.dsn) as victim:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            keeper.execute("SELECT pg_terminate_backend(%s)", (victim.info.backend_pid,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            keeper.execute("SET ROLE bpjs_watchdog")
    assert (
        central.one("SELECT rolsuper OR rolcreaterole OR rolcanlogin FROM pg_roles WHERE rolname = 'bpjs_watchdog'")
        is False
    )


def test_a_centre_that_may_end_no_sessions_says_so(central: CentralForTest) -> None:
    central.run("DROP SCHEMA watchdog CASCADE")
    with psycopg.connect(central.centre.keeper_dsn, autocommit=True) as conn:
        assert WatchdogJob(central.centre.keeper_dsn).work(conn) > 600
    assert central.alarms() == {"watchdog_missing"}
