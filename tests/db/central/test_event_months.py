"""Events by month: taken once, kept unchanged, found quickly, moved whole."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db.central import upgrade
from db.central.client import CentreClient
from db.central.commands import Centre, init_centre
from db.central.embedded import EmbeddedPostgres
from db.central.kiosks import enrol_kiosk
from db.central.retention import RetentionJob, detach_event_months
from db.central.trust import _SPAN
from db.central.wire import AppendStatus
from kiosk import events as ev
from kiosk.config import CentreSettings
from tests.db.central.test_centre_set_up import key_folder
from tests.db.support import CentralForTest, KioskForTest

MONTHS = 24
COLUMNS = "kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type, received_at"
_FILL = """
INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type, received_at)
SELECT 'kiosk-' || k, 1, m * %(rows)s + n, md5(m || ':' || n), '', '', repeat('x', 600),
       'visit-' || m || '-' || n / 10, CASE n %% 10 WHEN 0 THEN 'visit_started' ELSE 'part_changed' END,
       date_trunc('month', now() - (%(months)s - m) * interval '1 month', 'UTC') + n * interval '1 minute'
FROM generate_series(1, %(months)s) m, generate_series(1, %(rows)s) n, generate_series(1, %(kiosks)s) k
"""


def links(kiosk: KioskForTest, count: int) -> list[ev.ChainedEvent]:
    return [kiosk.chain.add("v", ev.PartChanged(part="camera", state=f"s{n}")) for n in range(count)]


def month_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime("y%Ym%m")


def placed(central: CentralForTest) -> dict[str, int]:
    """Partition -> events in it."""
    with psycopg.connect(central.admin_dsn) as conn:
        rows = conn.execute("SELECT tableoid::regclass::text, count(*) FROM store.event GROUP BY 1").fetchall()
    return {name.removeprefix("event_months."): count for name, count in rows}


def put_event(conn: psycopg.Connection[Any], kiosk_id: str, seq: int, received_at: str) -> None:
    conn.execute(
        "INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type,"
        " received_at) VALUES (%s, 1, %s, 'h', 'p', 's', '{}', 'v', 't', %s)",
        (kiosk_id, seq, received_at),
    )


def test_an_event_goes_into_the_month_of_its_arrival_and_three_more_months_stand_ready(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    kiosk.client.append(links(kiosk, 3))
    assert placed(central) == {month_of(datetime.now(UTC)): 3}
    count = central.one("SELECT count(*) FROM pg_inherits WHERE inhparent = 'store.event'::regclass")
    assert count == 1 + 3 + 1  # now, ahead, the rest


def test_the_same_batch_sent_by_many_at_once_is_kept_once(central: CentralForTest) -> None:
    """No unique index guards (kiosk, epoch, seq) across months; the head's lock does."""
    kiosk = central.kiosk()
    callers = 4
    clients = [CentreClient(kiosk.dsn, CentreSettings(call_seconds=20.0)) for _ in range(callers)]
    for client in clients:
        client.my_head()  # connected
    try:
        for _ in range(6):
            batch = links(kiosk, 40)
            gate = threading.Barrier(callers)
            statuses: list[AppendStatus] = []

            def send(client: CentreClient, batch: list[ev.ChainedEvent], gate: Any, told: list[AppendStatus]) -> None:
                gate.wait(10)
                told.append(client.append(batch).status)

            threads = [threading.Thread(target=send, args=(client, batch, gate, statuses)) for client in clients]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
            assert statuses == [AppendStatus.ACCEPTED] * callers
    finally:
        for client in clients:
            client.close()
    assert central.one("SELECT count(*) FROM store.event") == 240
    assert central.one("SELECT count(DISTINCT (kiosk_id, epoch, seq)) FROM store.event") == 240
    assert central.alarms() == set()


def test_no_partition_can_be_changed_by_its_name_even_by_the_owner(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    kiosk.client.append(links(kiosk, 1))
    month = month_of(datetime.now(UTC))
    for change in (
        f"UPDATE event_months.{month} SET type = 'x'",
        f"DELETE FROM event_months.{month}",
        f"TRUNCATE event_months.{month}",
        "TRUNCATE event_months.rest",
    ):
        with (
            psycopg.connect(central.admin_dsn) as conn,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"),
        ):
            conn.execute("SET ROLE bpjs_owner")
            conn.execute(change)


def test_a_wrong_function_over_a_partition_still_shows_the_callers_rows_only(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    one.client.append(links(one, 2))
    two.client.append(links(two, 3))
    with psycopg.connect(central.admin_dsn) as conn:
        conn.execute("SET ROLE bpjs_owner")
        conn.execute(
            "CREATE FUNCTION api.leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS"
            f" 'SELECT count(*) FROM event_months.{month_of(datetime.now(UTC))}'"
        )
        conn.execute("GRANT EXECUTE ON FUNCTION api.leak() TO bpjs_kiosk")
    with one.connect() as conn:
        assert conn.execute("SELECT api.leak()").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("TABLE event_months.rest")


def test_an_event_of_a_month_that_was_not_made_is_kept_and_moved_once_the_month_is_made(
    central: CentralForTest,
) -> None:
    central.kiosk("kiosk-one")
    with central.admin() as conn:
        for seq, at in enumerate(("2031-01-31 23:59:59+00", "2031-02-01 00:00:00+00", "2031-02-28 23:59:59+00",
                                  "2031-03-01 00:00:00+00"), 1):  # fmt: skip
            put_event(conn, "kiosk-one", seq, at)
        assert placed(central) == {"rest": 4}
        before = conn.execute("SELECT * FROM store.event ORDER BY seq").fetchall()
        assert conn.execute("SELECT store.add_event_month('2031-02-14 12:00+00')").fetchone() == (True,)
        assert conn.execute("SELECT store.add_event_month('2031-02-14 12:00+00')").fetchone() == (False,)
        assert placed(central) == {"rest": 2, "y2031m02": 2}
        assert conn.execute("SELECT * FROM store.event ORDER BY seq").fetchall() == before
    test_no_partition_can_be_changed_by_its_name_even_by_the_owner(central)


def test_the_job_makes_the_months_to_come_without_rights_on_events(central: CentralForTest) -> None:
    with central.admin() as conn:
        name = conn.execute("SELECT store.month_name(now() + interval '2 months')").fetchall()[0][0]
        conn.execute(f"DROP TABLE event_months.{name}")
    with psycopg.connect(central.centre.keeper_dsn, autocommit=True) as conn:
        RetentionJob(central.centre.keeper_dsn).work(conn)
        for attempt in ("SELECT count(*) FROM store.event", "SELECT store.detach_event_months()",
                        f"DROP TABLE event_months.{name}", "SELECT nik FROM store.participant"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(attempt)
    assert central.one("SELECT to_regclass(%s) IS NOT NULL", f"event_months.{name}")


def test_a_centre_from_before_there_were_months_keeps_every_event(
    central_server: EmbeddedPostgres, central_template: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = key_folder(tmp_path, central_template.keys)
    dsn, to = central_server.ensure_database("centre_no_months"), upgrade.command.upgrade
    with monkeypatch.context() as old, psycopg.connect(dsn, autocommit=True) as conn:
        old.setattr(upgrade.command, "upgrade", lambda config, _newest: to(config, "0003"))
        init_centre(dsn, folder)
        enrol_kiosk(conn, "kiosk-one", b"k" * 32)
        for seq, at in enumerate(("2026-08-31 23:59+00", "2026-09-01 00:00+00", "2026-10-15 12:00+00"), 1):
            conn.execute(
                "INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, body, visit_id,"
                " type, received_at) VALUES ('kiosk-one', 1, %s, 'h', 'p', 's', '{}', '{}', 'v', 't', %s)",
                (seq, at),
            )
        before = conn.execute(f"SELECT {COLUMNS} FROM store.event ORDER BY seq").fetchall()
    try:
        init_centre(dsn, folder)
        with psycopg.connect(dsn, autocommit=True) as conn:
            assert conn.execute(f"SELECT {COLUMNS} FROM store.event ORDER BY seq").fetchall() == before
            rows = conn.execute("SELECT tableoid::regclass::text FROM store.event ORDER BY seq").fetchall()
            assert [row[0] for row in rows] == [f"event_months.{m}" for m in ("y2026m08", "y2026m09", "y2026m10")]
    finally:
        with psycopg.connect(central_server.dsn(), autocommit=True) as conn:
            conn.execute("DROP DATABASE centre_no_months WITH (FORCE)")


def whole_reads(plan: dict[str, Any]) -> list[str]:
    """Tables of events that were read row by row; an empty one costs nothing."""
    own = plan["Node Type"] == "Seq Scan" and plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) > 0
    deeper = [name for child in plan.get("Plans", []) for name in whole_reads(child)]
    return [plan["Relation Name"], *deeper] if own and plan["Schema"] == "event_months" else deeper


QUERIES: dict[str, str] = {
    "replay": "SELECT hash FROM store.event WHERE kiosk_id = 'kiosk-2' AND seq = 7013 ORDER BY epoch DESC LIMIT 1",
    "status": "SELECT 'open' FROM store.event WHERE kiosk_id = 'kiosk-2' AND visit_id = 'visit-14-33' LIMIT 1",
    "unknown": "SELECT 'open' FROM store.event WHERE kiosk_id = 'kiosk-2' AND visit_id = 'no' LIMIT 1",
    "span": _SPAN % {"kiosk": "'kiosk-2'", "visit": "'visit-14-33'", "limit": "5001"},
    "unfinished": "SELECT * FROM report.unfinished_visits",
}
PAGES_A_MONTH = 8
"""Of the two indexes: three levels down and the row, for each of a span's three questions."""


def test_questions_by_visit_and_number_stay_quick_over_two_years(central: CentralForTest) -> None:
    for number in range(1, 6):
        central.kiosk(f"kiosk-{number}")
    with central.admin() as conn:
        conn.execute("SELECT store.add_event_month(now() - n * interval '1 month') FROM generate_series(1, 24) n")
        conn.execute(_FILL, {"months": MONTHS, "rows": 300, "kiosks": 5})
        conn.execute("ANALYZE store.event")
        assert len(placed(central)) == MONTHS
        for name, query in QUERIES.items():
            plan = conn.execute(f"EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) {query}").fetchall()[0][0][0]["Plan"]
            parts = conn.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'store.event'::regclass")
            limit = PAGES_A_MONTH * parts.fetchall()[0][0]
            touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            assert whole_reads(plan) == [], name
            assert touched < limit, (name, touched, json.dumps(plan, indent=1))


def test_months_leave_whole_after_the_sites_years_by_an_admin_only(central: CentralForTest) -> None:
    central.kiosk("kiosk-one")
    central.run("UPDATE store.retention SET keep = '2 years' WHERE what = 'event'")
    with central.admin() as conn:
        # the month that ended just more than two years ago leaves, the one that ended just less ago stays
        ends = "date_trunc('month', now() - interval '2 years', 'UTC')"
        conn.execute(f"SELECT store.add_event_month({ends} - n * interval '1 day') FROM generate_series(-1, 70, 20) n")
        for seq, at in enumerate((f"{ends} - interval '1 second'", ends), 1):
            conn.execute(
                "INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id,"
                f" type, received_at) VALUES ('kiosk-one', 1, %s, '', '', '', '{{}}', 'v', 't', {at})", (seq,),
            )  # fmt: skip
        with psycopg.connect(central.centre.keeper_dsn, autocommit=True) as keeper:
            RetentionJob(central.centre.keeper_dsn).work(keeper)
        assert central.one("SELECT count(*) FROM store.event") == 2
        name = conn.execute(f"SELECT store.month_name({ends} - interval '1 second')").fetchall()[0][0]
        left = detach_event_months(conn)
        assert left[-1] == name
        assert detach_event_months(conn) == []
        assert conn.execute("SELECT seq FROM store.event").fetchall() == [(2,)]
        assert conn.execute(f"SELECT seq FROM event_months.{name}").fetchall() == [(1,)]
        assert conn.execute("SELECT events FROM store.detached_month WHERE name = %s", (name,)).fetchall() == [(1,)]
        for change in (f"DELETE FROM event_months.{name}", f"TRUNCATE event_months.{name}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
                conn.execute(change)
    assert "event_month_detached" in central.alarms()
