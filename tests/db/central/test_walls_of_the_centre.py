"""What a kiosk's login finds open: the functions of schema api, and behind every one the second wall."""

from __future__ import annotations

from typing import Any

import psycopg

from db.central import demo
from tests.db.support import CentralForTest, KioskForTest


def test_no_other_schema_is_open_to_a_kiosk_and_no_table_of_ours_anywhere(central: CentralForTest) -> None:
    with central.kiosk().connect() as conn:
        schemas = conn.execute("SELECT nspname FROM pg_namespace WHERE has_schema_privilege(oid, 'USAGE')").fetchall()
        tables = conn.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname NOT IN"
            " ('pg_catalog', 'information_schema') AND relkind IN ('r', 'p', 'v', 'm', 'f')"
            " AND has_table_privilege(pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        ).fetchall()
        made = conn.execute("SELECT nspname FROM pg_namespace WHERE has_schema_privilege(oid, 'CREATE')").fetchall()
    assert {row[0] for row in schemas} == {"api", "pg_catalog", "information_schema"}
    assert (tables, made) == ([], [])


def test_a_kiosk_may_call_these_functions_and_owns_nothing(central: CentralForTest) -> None:
    with central.kiosk().connect() as conn:
        rows = conn.execute(
            "SELECT p.proname FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('api', 'store')"
            " AND has_function_privilege(p.oid, 'EXECUTE') AND has_schema_privilege(p.pronamespace, 'USAGE')"
        ).fetchall()
        assert sorted(row[0] for row in rows) == [
            "append_events", "capture_put", "case_request", "heartbeat", "login_begin", "login_fetch", "lookup_fetch",
            "lookup_request", "my_config", "my_head", "request_fetch", "request_queue", "staff_ask", "staff_fetch",
            "token_fetch", "token_use", "visit_status",
        ]  # fmt: skip


def test_the_functions_behind_the_wall_are_not_for_a_kiosk_either(central: CentralForTest) -> None:
    """The schema is closed to it; were it open once, still none would answer."""
    with central.kiosk().connect() as conn:
        rows = conn.execute(
            "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'store'::regnamespace"
            " AND has_function_privilege(p.oid, 'EXECUTE')"
        ).fetchall()
    assert rows == []


def test_every_api_function_is_a_definer_with_a_fixed_search_path(central: CentralForTest) -> None:
    with psycopg.connect(central.admin_dsn) as conn:
        rows = conn.execute(
            "SELECT proname, prosecdef, proconfig, proowner::regrole::text FROM pg_proc"
            " WHERE pronamespace = 'api'::regnamespace"
        ).fetchall()
    assert len(rows) == 17
    for name, definer, config, owner in rows:
        assert (definer, config, owner) == (True, ["search_path=pg_catalog, pg_temp"], "bpjs_owner"), name


def test_statistics_show_no_personal_data(central: CentralForTest) -> None:
    central.run("ANALYZE store.participant")
    with central.kiosk().connect() as conn:
        shown = conn.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'store'").fetchone()
        assert shown == (0,)


def test_another_kiosks_visit_is_unknown(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    one.lookup("visit-of-one")
    assert one.client.visit_status("visit-of-one") == "open"
    assert two.client.visit_status("visit-of-one") == "unknown"


WALLED = ("ticket", "event", "request", "kiosk", "pin_verifier", "verification", "staff", "staff_session",
          "staff_request", "staff_history", "staff_decision", "ikd_allowance", "token_use", "ikd_login",
          "data_update")  # fmt: skip


def test_row_security_is_the_second_wall_even_for_a_wrong_function(central: CentralForTest) -> None:
    """A definer function that forgets to ask who calls still sees the caller's rows only."""
    with psycopg.connect(central.admin_dsn) as conn:
        conn.execute("SET ROLE bpjs_owner")
        for table in WALLED:
            conn.execute(
                f"CREATE FUNCTION api.leak_{table}() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
                f" AS 'SELECT count(*) FROM store.{table}'"
            )
        conn.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO bpjs_kiosk")
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    for kiosk in (one, two):
        ticket = kiosk.lookup(f"visit-of-{kiosk.kiosk_id}", demo.MAIN.nik).ticket
        kiosk.record("v", *kiosk.visit_events(ticket))
    central.run("INSERT INTO store.pin_verifier SELECT participant_id, '', '', '', '' FROM store.participant LIMIT 1")

    def leaked(kiosk: KioskForTest, table: str) -> Any:
        with kiosk.connect() as conn:
            row = conn.execute(f"SELECT api.leak_{table}()").fetchone()
        assert row is not None
        return row[0]

    central.run(
        "INSERT INTO store.staff_session (staff_id, kiosk_id) SELECT s.staff_id, k.kiosk_id"
        " FROM store.staff s, store.kiosk k WHERE s.username = 'rina.contoh'"
    )
    central.run(
        "INSERT INTO store.staff_request (kiosk_id, kind, nonce, sealed, answer_key, signature) SELECT kiosk_id,"
        " 'sign_in', 'n', 'x', decode(repeat('00', 32), 'hex'), decode(repeat('00', 64), 'hex') FROM store.kiosk"
    )
    central.run("INSERT INTO store.staff_history (kiosk_id, step, outcome) SELECT kiosk_id, '', '' FROM store.kiosk")
    central.run(
        "INSERT INTO store.staff_decision (kiosk_id, visit_id, ticket, participant_id, kind, reason_code, first_id,"
        " second_id, first_username, second_username) SELECT kiosk_id, visit_id, ticket, participant_id,"
        " 'in_person_comparison', '', 1, 2, '', '' FROM store.ticket"
    )
    for number, kiosk_id in enumerate(("kiosk-one", "kiosk-two")):
        central.run("INSERT INTO store.ikd_allowance VALUES (%s, store.today(), 1)", kiosk_id)
        central.run("INSERT INTO store.ikd_login (kiosk_id, visit_id, visit_public_key) VALUES (%s, 'v', %s)",
                    kiosk_id, b"k" * 32)  # fmt: skip
        central.run("INSERT INTO store.token_use VALUES (%s, gen_random_uuid(), %s, 'v', now(), '1', now())",
                    bytes([number]) * 32, kiosk_id)  # fmt: skip
        central.run("INSERT INTO store.data_update (participant_id, kiosk_id, visit_id, source, fields, sealed_values,"
                    " sealed_to, at) VALUES (1, %s, 'v', 'ikd', '{address}', 'x', '', now())", kiosk_id)  # fmt: skip
    assert [leaked(one, table) for table in WALLED] == [1, 9, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0]
