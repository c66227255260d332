"""What a reporter sees of the fleet, and that no participant is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from db.central import demo
from db.central.reports import fleet_report, report_lines
from kiosk import events as ev
from tests.db.support import CentralForTest, KioskForTest

VIEWS = ("fleet", "overdue", "unfinished_visits", "alarms", "verifications", "health_changes", "event_months")


@pytest.fixture
def reporter(central: CentralForTest) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(central.admin_dsn, autocommit=True) as conn:
        conn.execute("SET ROLE bpjs_reporter")
        yield conn


def earlier(central: CentralForTest, kiosk: KioskForTest, ago: str, visit_id: str, *events: Any) -> None:
    """Events of another hour: triggers would keep a row from being aged afterwards."""
    for event in events:
        link = kiosk.chain.add(visit_id, event)
        central.run(
            "INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type,"
            " received_at) VALUES (%s, 1, %s, %s, '', '', %s, %s, %s, now() - %s::interval)",
            kiosk.kiosk_id, link.seq, link.hash, link.payload, visit_id, event.type, ago,
        )  # fmt: skip


STARTED = ev.VisitStarted(service="verify_account", language="id")
ENDED = ev.VisitEnded(status=ev.VisitStatus.DITINGGALKAN, reason="idle")


def test_the_fleet_a_kiosk_a_row_with_what_it_told(central: CentralForTest, reporter: psycopg.Connection[Any]) -> None:
    heard, silent = central.kiosk("kiosk-heard"), central.kiosk("kiosk-silent")
    heard.client.heartbeat({"software": "0.1.0", "backlog": 4, "parts": {"camera": "fault", "printer": "ready"}})
    heard.record("", ev.PartChanged(part="camera", state="fault"))
    central.run("UPDATE store.kiosk SET enrolled_at = now() - interval '25 hours' WHERE kiosk_id = 'kiosk-silent'")
    report = fleet_report(reporter)
    one, two = report.kiosks
    assert (one.kiosk_id, one.head_seq, one.backlog, one.faults, one.software) == (
        "kiosk-heard", 1, 4, ("camera:fault",), "0.1.0",
    )  # fmt: skip
    assert one.last_heartbeat is not None
    assert one.last_event_at is not None
    assert (two.kiosk_id, two.head_seq, two.backlog, two.faults, two.last_event_at) == (
        silent.kiosk_id, 0, None, (), None,
    )  # fmt: skip
    assert [(o.what, o.kiosk_id) for o in report.overdue] == [("kiosk_silent", "kiosk-silent")]


def test_a_kiosk_is_silent_after_its_hours_unless_it_is_switched_off_or_sends_events(
    central: CentralForTest, reporter: psycopg.Connection[Any]
) -> None:
    kiosks = [central.kiosk(f"kiosk-{number}") for number in range(4)]
    for kiosk, hours in zip(kiosks, ("23:59", "24:01", "24:01", "24:01"), strict=True):
        central.run("UPDATE store.kiosk SET enrolled_at = now() - interval '9 days', last_heartbeat = now() -"
                    " %s::interval WHERE kiosk_id = %s", hours, kiosk.kiosk_id)  # fmt: skip
    central.run("UPDATE store.kiosk SET enabled = false WHERE kiosk_id = 'kiosk-2'")
    kiosks[3].record("", ev.PartChanged(part="camera", state="ready"))
    assert [o.kiosk_id for o in fleet_report(reporter).overdue] == ["kiosk-1"]
    central.run("UPDATE store.report_limit SET after = '48 hours' WHERE what = 'kiosk_silent'")
    assert fleet_report(reporter).overdue == ()


def test_a_visit_that_is_not_settled_in_an_hour_is_overdue(
    central: CentralForTest, reporter: psycopg.Connection[Any]
) -> None:
    central.kiosk()
    central.run("INSERT INTO store.settle_queue VALUES ('kiosk-demo-01', 'late', now() - interval '61 minutes'),"
                " ('kiosk-demo-01', 'young', now() - interval '59 minutes')")  # fmt: skip
    assert [(o.what, o.visit_id) for o in fleet_report(reporter).overdue] == [("visit_unsettled", "late")]


def test_visits_that_neither_ended_nor_were_decided_are_unfinished(
    central: CentralForTest, reporter: psycopg.Connection[Any]
) -> None:
    kiosk = central.kiosk()
    earlier(central, kiosk, "3 days", "forgotten", STARTED)
    earlier(central, kiosk, "2 hours", "open", STARTED, ev.IdentityRead(method="nik_typed"))
    earlier(central, kiosk, "2 hours", "ended", STARTED, ENDED)
    earlier(central, kiosk, "2 hours", "decided", STARTED)
    earlier(central, kiosk, "10 minutes", "going on", STARTED)
    central.run("INSERT INTO store.verification (kiosk_id, visit_id, outcome) VALUES"
                " ('kiosk-demo-01', 'decided', 'DITOLAK')")  # fmt: skip
    assert [(u.visit_id, u.last_type) for u in fleet_report(reporter).unfinished] == [("open", "identity_read")]


def test_the_alarms_of_the_last_day_newest_first_and_the_whole_in_words(
    central: CentralForTest, reporter: psycopg.Connection[Any]
) -> None:
    central.kiosk()
    for kind, ago in (("old", "25 hours"), ("first", "23 hours"), ("second", "1 hour")):
        central.run("INSERT INTO store.alarm (login, kind, day, last_at) VALUES ('l', %s, store.today(),"
                    " now() - %s::interval)", kind, ago)  # fmt: skip
    report = fleet_report(reporter)
    assert [a.kind for a in report.alarms] == ["second", "first"]
    text = "\n".join(report_lines(report))
    for word in (
        "kiosks: 1",
        "kiosk-demo-01",
        "never",
        "overdue: 0",
        "unfinished visits: 0",
        "alarms of the last day: 2",
    ):
        assert word in text


def test_a_reporter_reads_the_views_and_nothing_else(
    central: CentralForTest, reporter: psycopg.Connection[Any]
) -> None:
    with psycopg.connect(central.admin_dsn) as admin:
        views = admin.execute("SELECT relname FROM pg_class WHERE relnamespace = 'report'::regnamespace").fetchall()
        tables = admin.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND"
                               " relnamespace::regnamespace::text IN ('store', 'event_months')").fetchall()  # fmt: skip
    assert {row[0] for row in views} == set(VIEWS)
    for view in VIEWS:
        reporter.execute(f"TABLE report.{view}")
        with pytest.raises(psycopg.errors.Error):
            reporter.execute(f"DELETE FROM report.{view}")
    for (table,) in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reporter.execute(f"TABLE {table}")
    for call in ("SELECT api.my_head()", "SELECT store.apply_retention('alarm')",
                 "SELECT * FROM watchdog.end_long_sessions(0, 0, 0)"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reporter.execute(call)


def test_no_participant_is_in_any_view(central: CentralForTest, reporter: psycopg.Connection[Any]) -> None:
    kiosk = central.kiosk()
    with central.jobs():
        ticket = kiosk.lookup("visit-1").ticket
        kiosk.record("visit-1", *kiosk.visit_events(ticket)[:5])
        assert kiosk.client.reference_face(ticket)
    kiosk.client.heartbeat({"software": "0.1.0", "parts": {"camera": "fault"}, "note": demo.MAIN.nik})
    central.run("SELECT store.raise_alarm('something', 'kiosk-demo-01 7')")
    central.run("INSERT INTO store.verification (kiosk_id, visit_id, participant_id, outcome) SELECT 'kiosk-demo-01',"
                " 'visit-1', participant_id, 'TERVERIFIKASI' FROM store.participant WHERE nik = %s", demo.MAIN.nik,
                )  # fmt: skip
    shown = ""
    for view in VIEWS:
        found = reporter.execute(f"SELECT v::text FROM report.{view} v").fetchall()
        assert view in {"overdue", "unfinished_visits"} or found, view
        shown += str(found)
    for person in demo.draw(20):
        for planted in (person.nik, person.card_number, person.name, (person.phone or person.nik)[3:]):
            assert planted not in shown
    columns = {column.name for view in VIEWS for column in reporter.execute(f"TABLE report.{view}").description or ()}
    assert not columns & {
        "nik",
        "name",
        "phone",
        "card_number",
        "participant_id",
        "birth_date",
        "ticket",
        "body",
        "payload",
    }


def test_a_stolen_login_neither_spoils_the_report_nor_writes_to_the_readers_terminal(
    central: CentralForTest, reporter: psycopg.Connection[Any]
) -> None:
    central.kiosk("kiosk-honest").client.heartbeat({"backlog": 3})
    thief = central.kiosk("kiosk-thief")
    for backlog in ("1e30000", "-1", "9223372036854775808"):
        with thief.connect(autocommit=True) as conn:
            conn.execute(
                "SELECT api.heartbeat(%s)", (f'{{"backlog": {backlog}, "software": "\\u001b[2J\\nkiosks: 0"}}',)
            )
        report = fleet_report(reporter)
        assert [kiosk.backlog for kiosk in report.kiosks] == [3, None]
        assert all(line.isprintable() for line in report_lines(report))
