"""What the centre keeps beside the events: PIN lock, logins, contact, consent, health."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from db.central import demo
from db.central.demo_logins import LOGINS, seed_logins
from db.central.reads import mask_phone
from tests.db.central.test_settle import VisitForTest
from tests.db.support import CentralForTest


@pytest.fixture
def visit(central: CentralForTest) -> VisitForTest:
    return VisitForTest(central, central.kiosk())


def participant(central: CentralForTest, nik: str = demo.MAIN.nik) -> int:
    found = central.one("SELECT participant_id FROM store.participant WHERE nik = %s", nik)
    assert isinstance(found, int)
    return found


# ---- PIN lock


def test_five_wrong_pins_pause_for_15_minutes_and_ten_lock(central: CentralForTest) -> None:
    with central.admin() as conn:
        rows = conn.execute(
            "SELECT n, (c).failures, extract(epoch FROM NULLIF((c).locked_until, 'infinity') - now())::float,"
            " (c).locked_until = 'infinity'"
            " FROM generate_series(0, 11) n, store.count_pin_failure(n, now()) c"
        ).fetchall()
    assert [row[1] for row in rows] == list(range(1, 13))
    assert [(row[1], row[2]) for row in rows if row[3] is False] == [(5, 900.0)]
    assert [row[1] for row in rows if row[3]] == [10, 11, 12]
    assert {row[3] for row in rows if row[1] in {1, 2, 3, 4, 6, 7, 8, 9}} == {None}


def test_a_new_pin_of_a_settled_visit_ends_the_lock(visit: VisitForTest) -> None:
    visit.central.run(
        "INSERT INTO store.pin_verifier (participant_id, parameters, salt, mac, pepper_id, failures, locked_until)"
        " VALUES (%s, '', '', '', '', 10, 'infinity')", participant(visit.central),
    )  # fmt: skip
    visit.centre_did()
    visit.send()
    visit.central.settle_once()
    assert visit.decided() == ("TERVERIFIKASI", "")
    assert visit.central.one("SELECT (failures, locked_until)::text FROM store.pin_verifier") == "(0,)"


# ---- logins

GOOD = {"feed_id": "a-1", "nik": demo.MAIN.nik, "at": "2026-11-20T06:05:00+07:00", "channel": "web", "outcome": "ok"}
BAD: list[Any] = [
    GOOD | {"feed_id": "b-1", "nik": "9999999999999999"},
    GOOD | {"feed_id": "b-2", "at": "yesterday noon"},
    GOOD | {"feed_id": "b-3", "channel": "telegraph"},
    GOOD | {"feed_id": "b-4", "device": "x" * 61},
    {k: v for k, v in GOOD.items() if k != "at"} | {"feed_id": "b-5"},
    {"nik": demo.MAIN.nik}, "x", None, 7, [],
]  # fmt: skip


def feed(central: CentralForTest, rows: Any) -> dict[str, Any]:
    with psycopg.connect(central.centre.connector_dsn, autocommit=True) as conn:
        told: dict[str, Any] = conn.execute("SELECT store.import_logins(%s)", (Jsonb(rows),)).fetchall()[0][0]
    return told


def test_the_account_systems_feed_is_taken_once_and_bad_rows_spoil_no_other(central: CentralForTest) -> None:
    assert feed(central, [GOOD]) == {"taken": 1, "known": 0, "left_out": 0}
    assert central.alarms() == set()
    assert feed(central, [*BAD, GOOD, GOOD | {"feed_id": "a-2"}]) == {"taken": 1, "known": 1, "left_out": len(BAD)}
    assert central.one("SELECT count(*) FROM store.login") == 2
    assert central.one("SELECT kind || subject FROM store.alarm") == "login_feed_left_out"
    assert feed(central, {"rows": []}) == {"refused": "malformed"}


def test_the_demos_logins_are_seeded_once(central: CentralForTest) -> None:
    with central.admin() as conn:
        for _ in range(2):
            seed_logins(conn)
    assert central.one("SELECT count(*) FROM store.login") == len(LOGINS)
    assert central.alarms() == set()


# ---- contact


def test_every_change_of_the_number_on_record_is_kept_masked(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    with psycopg.connect(central.centre.settle_dsn, autocommit=True) as job:
        changed = job.execute("SELECT store.change_phone(%s, '+6281277700055', %s, 'v')",
                              (participant(central), kiosk.kiosk_id)).fetchone()  # fmt: skip
        assert changed == (True,)
        for number in ("0812", "+6281277700055x", "", None):
            refused = job.execute("SELECT store.change_phone(%s, %s, 'k', 'v')", (participant(central), number))
            assert refused.fetchone() == (False,)
    central.run("UPDATE store.participant SET phone = NULL WHERE nik = %s", demo.MAIN.nik)
    central.run("UPDATE store.participant SET name = name, phone = phone")
    with central.admin() as conn:
        rows = conn.execute("SELECT old_masked, new_masked, kiosk_id, visit_id, by_login FROM store.contact_change"
                            " ORDER BY contact_change_id").fetchall()  # fmt: skip
    assert rows == [
        ("0812-xxxx-890", "0812-xxxx-055", kiosk.kiosk_id, "v", "bpjs_settle"),
        ("0812-xxxx-055", "", None, "", "postgres"),
    ]


def test_numbers_are_masked_in_sql_as_on_the_screen(central: CentralForTest) -> None:
    for phone in (None, "", *(p.phone for p in demo.KNOWN), "+62812345678", "+628123456789012"):
        assert central.one("SELECT store.mask_phone(%s)", phone) == mask_phone(phone)


# ---- consent


def test_consent_is_kept_with_the_account_when_the_visit_is_settled(visit: VisitForTest) -> None:
    visit.change("consent_given", purposes=("verify", "contact"), text_version="7", text_sha256="ab" * 32)
    visit.centre_did()
    visit.send()
    assert visit.central.one("SELECT count(*) FROM store.consent") == 0
    visit.central.settle_once()
    with visit.central.admin() as conn:
        rows = conn.execute("SELECT participant_id, seq, purposes, text_version, language, text_sha256, withdrawn_at"
                            " FROM store.consent").fetchall()  # fmt: skip
    assert rows == [(participant(visit.central), 2, ["verify", "contact"], "7", "id", "ab" * 32, None)]


def test_a_consent_too_large_to_keep_does_not_undo_the_visit(visit: VisitForTest) -> None:
    visit.change("consent_given", text_version="7" * 65)
    visit.centre_did()
    visit.send()
    visit.central.settle_once()
    assert visit.decided() == ("TERVERIFIKASI", "")
    assert visit.central.one("SELECT count(*) FROM store.consent") == 0


def test_a_refused_visit_leaves_no_consent(visit: VisitForTest) -> None:
    visit.centre_did()
    visit.without("face_matched")
    visit.send()
    visit.central.settle_once()
    assert visit.central.one("SELECT count(*) FROM store.verification") == 1
    assert visit.central.one("SELECT count(*) FROM store.consent") == 0


# ---- health


def changes(central: CentralForTest) -> list[tuple[str, str, str]]:
    with psycopg.connect(central.admin_dsn) as conn:
        return conn.execute("SELECT part, was, state FROM store.health_change ORDER BY at, part").fetchall()


def test_a_heartbeat_keeps_what_changed_and_only_that(central: CentralForTest) -> None:
    beat = central.kiosk().client.heartbeat
    beat({"software": "0.1.0", "backlog": 0, "parts": {"camera": "ready", "printer": "absent"}})
    beat({"software": "0.1.0", "backlog": 2, "parts": {"camera": "ready", "printer": "absent"}})
    beat({"software": "0.1.0", "backlog": 2, "parts": {"camera": "fault", "printer": "absent"}})
    assert changes(central) == [("camera", "", "ready"), ("printer", "", "absent"), ("camera", "ready", "fault")]


ODD_PARTS: list[Any] = [None, 7, [], "x", {"": "ready"}, {"x" * 41: "ready"}, {"a": 1}, {"a": "y" * 41}]


def test_a_heartbeat_of_another_shape_is_heard_and_keeps_nothing(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for parts in ODD_PARTS:
        central.run("UPDATE store.kiosk SET last_heartbeat = NULL")
        kiosk.client.heartbeat({"parts": parts})
        assert changes(central) == [], parts
        assert central.one("SELECT last_heartbeat IS NOT NULL FROM store.kiosk"), parts


def test_a_stolen_login_cannot_fill_the_disk_with_changes(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    central.run("INSERT INTO store.health_change SELECT 'kiosk-demo-01', 'p', '', 's' FROM generate_series(1, 960)")
    for state in ("a", "b", "c"):
        kiosk.client.heartbeat({"parts": {f"p{n}": state for n in range(60)}})
    assert len(changes(central)) == 960 + 50
    assert central.one("SELECT health #>> '{parts,p0}' FROM store.kiosk") == "c"


# ---- walls


def test_a_wrong_function_shows_a_kiosk_none_of_it(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    for kiosk in (one, two):
        kiosk.client.heartbeat({"parts": {"camera": "ready"}})
    central.run("INSERT INTO store.family_link VALUES (1, 2, 'ANAK')")
    feed(central, [GOOD])
    central.run("UPDATE store.participant SET phone = '+6281277700055' WHERE nik = %s", demo.MAIN.nik)
    central.run("INSERT INTO store.consent VALUES ('kiosk-one', 'v', 1, 1, '{}', '', '', '', now())")
    seen = {}
    for table in ("login", "contact_change", "family_link", "consent", "retention", "report_limit", "health_change"):
        with central.admin() as conn:
            conn.execute("SET ROLE bpjs_owner")
            conn.execute(f"CREATE FUNCTION api.leak_{table}() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
                         f" AS 'SELECT count(*) FROM store.{table}'")  # fmt: skip
            conn.execute(f"GRANT EXECUTE ON FUNCTION api.leak_{table}() TO bpjs_kiosk")
        with one.connect() as kiosk_conn:
            seen[table] = kiosk_conn.execute(f"SELECT api.leak_{table}()").fetchall()[0][0]
        assert central.one(f"SELECT count(*) FROM store.{table}") > 0
    assert seen == dict.fromkeys(seen, 0) | {"health_change": 1}


def test_nobody_is_a_member_of_their_own_family(central: CentralForTest) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        central.run("INSERT INTO store.family_link VALUES (1, 1, 'ANAK')")
