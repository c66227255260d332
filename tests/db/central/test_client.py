"""The kiosk's client against a centre that hangs, restarts or says no."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator

import psycopg
import pytest

from db.central import demo
from db.central.client import CentreClient
from kiosk.config import CentreSettings
from kiosk.ports import CentreRefused, CentreUnreachable, Identifier, IdentifierKind
from tests.db.support import CentralForTest, KioskForTest


@pytest.fixture
def kiosk(central: CentralForTest) -> KioskForTest:
    return central.kiosk()


@pytest.fixture
def hasty(kiosk: KioskForTest) -> Iterator[CentreClient]:
    client = CentreClient(kiosk.dsn, CentreSettings(call_seconds=0.3))
    yield client
    client.close()


def test_nobody_there_is_unreachable() -> None:
    client = CentreClient("host=/nonexistent user=kiosk_x", CentreSettings(call_seconds=0.3))
    with pytest.raises(CentreUnreachable):
        client.my_head()


def test_a_refused_login_is_unreachable_not_a_crash(wheel_central: CentralForTest) -> None:
    client = CentreClient(f"{wheel_central.kiosk().dsn} password=wrong", CentreSettings(call_seconds=0.3))
    with pytest.raises(CentreUnreachable):
        client.my_head()


def test_a_server_that_stops_answering_in_the_middle_costs_one_time_out(
    central: CentralForTest, kiosk: KioskForTest, hasty: CentreClient
) -> None:
    hasty.my_head()
    pid = central.one("SELECT pid FROM pg_stat_activity WHERE usename = 'kiosk_kiosk-demo-01'")
    os.kill(pid, signal.SIGSTOP)
    try:
        # the idle connection is cut, and the call made once more on a fresh one
        assert hasty.my_head().seq == 0
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_restarted_server_is_not_noticed(central: CentralForTest, kiosk: KioskForTest) -> None:
    kiosk.client.my_head()
    central.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kiosk_kiosk-demo-01'")
    assert kiosk.client.my_head().seq == 0


def test_a_connector_that_never_answers_is_unreachable(kiosk: KioskForTest, hasty: CentreClient) -> None:
    ticket = hasty.lookup("v", Identifier(IdentifierKind.NIK, demo.MAIN.nik)).ticket
    with pytest.raises(CentreUnreachable):
        hasty.reference_face(ticket)


def test_no_digit_of_the_person_in_errors_or_logs(
    central: CentralForTest, kiosk: KioskForTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    central.run("ALTER TABLE store.ticket ADD CHECK (kind <> 'nik')")  # provokes an error that quotes the row
    with pytest.raises(CentreUnreachable) as error:
        kiosk.lookup("v")
    shown = f"{error.value!r} {error.value.__cause__!r} {caplog.text}"
    assert error.value.__suppress_context__
    assert demo.MAIN.nik not in shown
    assert "ticket" not in shown


def test_threads_share_the_client_within_the_login_limit(central: CentralForTest, kiosk: KioskForTest) -> None:
    failures: list[Exception] = []

    def ask() -> None:
        try:
            for _ in range(10):
                kiosk.client.my_head()
        except Exception as error:  # handed to the asserting thread
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_config_names_the_box_key_and_what_is_left(central: CentralForTest) -> None:
    kiosk = central.kiosk(lookups_a_day=10)
    kiosk.lookup("v")
    config = kiosk.client.my_config()
    assert config.box_public_key == central.centre.keys.box_public_key
    assert (config.lookups_per_day, config.lookups_left) == (10, 9)
    assert config.server_time.endswith("+00:00")


def test_a_login_without_a_kiosk_is_refused(central: CentralForTest, kiosk: KioskForTest) -> None:
    central.run("UPDATE store.kiosk SET enabled = false")
    for call in (kiosk.client.my_head, kiosk.client.my_config, lambda: kiosk.client.heartbeat({})):
        with pytest.raises(CentreRefused, match="not_enrolled"):
            call()


def test_health_words_arrive(central: CentralForTest, kiosk: KioskForTest) -> None:
    kiosk.client.heartbeat({"camera": "ready"})
    assert central.one("SELECT health FROM store.kiosk") == {"camera": "ready"}
    with pytest.raises(CentreRefused):
        kiosk.client.heartbeat({"x": "y" * 20_000})


def test_a_closed_client_leaves_no_connection(central: CentralForTest, kiosk: KioskForTest) -> None:
    kiosk.client.my_head()
    kiosk.client.close()
    with psycopg.connect(central.admin_dsn, autocommit=True) as conn:
        while conn.execute("SELECT 1 FROM pg_stat_activity WHERE usename LIKE 'kiosk%'").fetchone():
            pass
