"""A stolen kiosk login: what it tries, and that each try gives it nothing."""

from __future__ import annotations

import time
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from db.central import demo
from db.central.kiosks import LOGIN_LIMIT, disable_kiosk, enrol_kiosk, role_of
from tests.db.support import PASSWORD, CentralForTest, KioskForTest

TABLES = (
    "kiosk", "head", "event", "alarm", "participant", "account", "pin_verifier", "ticket", "allowance", "busy",
    "failed_visit", "request", "contact_allowance", "settle_queue", "verification", "centre_key", "alembic_version",
    "staff", "staff_session", "staff_request", "staff_history", "staff_decision",
    "ikd_allowance", "token_use", "ikd_login", "data_update",
    "deferred_allowance", "capture", "deferred_case", "case_ticket", "deferred_notice",
    "enrolment_code", "kiosk_certificate",
    "login", "contact_change", "family_link", "consent", "health_change", "report_limit", "retention", "detached_month",
    "feed_batch", "feed_mark", "consent_withdrawal",
)  # fmt: skip

ATTACKS = (
    # read
    *(f"{verb} store.{table}" for table in TABLES for verb in ("TABLE", "SELECT count(*) FROM")),
    "COPY store.participant TO STDOUT",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT * FROM pg_file_settings",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT pg_ls_logdir()",
    "SELECT query_to_xml('TABLE store.participant', true, true, '')",
    "SELECT table_to_xml('store.participant', true, true, '')",
    "SELECT ts_stat('SELECT to_tsvector(name) FROM store.participant')",
    "DECLARE c CURSOR WITH HOLD FOR TABLE store.participant",
    "PREPARE p AS TABLE store.participant",
    "EXPLAIN TABLE store.participant",
    "SELECT stavalues1 FROM pg_statistic",
    "SELECT subconninfo FROM pg_subscription",
    "SELECT umoptions FROM pg_user_mapping",
    "SELECT store.today()",
    "SELECT store.raise_alarm('x')",
    "SELECT store.reanchor('kiosk-demo-01', 0)",
    "SELECT store.request_fault('family', '{}')",
    # become another
    "SET ROLE bpjs_owner",
    "SET ROLE bpjs_connector",
    "SET ROLE bpjs_staff",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
    "SET ROLE \"kiosk_kiosk-other\"",
    "SET SESSION AUTHORIZATION \"kiosk_kiosk-other\"",
    "SET log_statement = 'all'",
    "SET temp_file_limit = -1",
    "ALTER ROLE CURRENT_USER SET temp_file_limit = -1",
    "ALTER ROLE \"kiosk_kiosk-demo-01\" BYPASSRLS",
    "ALTER ROLE \"kiosk_kiosk-demo-01\" REPLICATION",
    "ALTER ROLE \"kiosk_kiosk-demo-01\" CREATEROLE",
    "ALTER ROLE \"kiosk_kiosk-demo-01\" VALID UNTIL 'infinity'",
    "ALTER ROLE \"kiosk_kiosk-demo-01\" RENAME TO \"kiosk_kiosk-thief\"",
    "ALTER ROLE bpjs_kiosk CONNECTION LIMIT -1",
    "ALTER ROLE ALL SET row_security = off",
    "GRANT \"kiosk_kiosk-demo-01\" TO \"kiosk_kiosk-other\"",
    "GRANT \"kiosk_kiosk-other\" TO \"kiosk_kiosk-demo-01\"",
    "GRANT bpjs_kiosk TO \"kiosk_kiosk-other\"",
    "GRANT USAGE ON SCHEMA store TO \"kiosk_kiosk-demo-01\"",
    "GRANT pg_read_all_data TO \"kiosk_kiosk-demo-01\"",
    "GRANT SET ON PARAMETER session_replication_role TO \"kiosk_kiosk-demo-01\"",
    "ALTER ROLE \"kiosk_kiosk-demo-01\" SUPERUSER",
    "ALTER ROLE \"kiosk_kiosk-demo-01\" CONNECTION LIMIT -1",
    "ALTER ROLE \"kiosk_kiosk-other\" PASSWORD 'x'",
    "GRANT bpjs_owner TO \"kiosk_kiosk-demo-01\"",
    "CREATE ROLE thief",
    "DROP OWNED BY bpjs_owner",
    # create
    "CREATE TABLE public.t (x int)",
    "CREATE TABLE api.t (x int)",
    "CREATE TEMP TABLE t (x int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION file_fdw SCHEMA public",
    "CREATE PUBLICATION p FOR ALL TABLES",
    "CREATE DATABASE mine",
    "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_create_physical_replication_slot('s')",
    "SELECT pg_logical_emit_message(false, 'burn', repeat('x', 1000000))",
    "CREATE FOREIGN DATA WRAPPER thief",
    "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION store.refuse_change()",
    "CREATE TRIGGER t BEFORE INSERT ON store.event EXECUTE FUNCTION store.refuse_change()",
    "CREATE TABLESPACE mine LOCATION '/tmp'",
    "LOAD '$libdir/../x'",
    "SELECT pg_create_logical_replication_slot('s', 'pgoutput')",
    "DO $$ BEGIN END $$",
    # change
    "UPDATE store.account SET status = 'TERVERIFIKASI'",
    "UPDATE store.request SET kind = 'history', state = 'waiting'",
    "UPDATE store.ticket SET participant_id = 1",
    "INSERT INTO store.verification VALUES ('kiosk-demo-01', 'v', 1, NULL, 'TERVERIFIKASI')",
    "DELETE FROM store.event",
    "UPDATE store.staff SET failures = 10",
    "UPDATE store.staff_session SET last_used_at = now()",
    "INSERT INTO store.staff_decision DEFAULT VALUES",
    "DELETE FROM store.staff_history",
    "DELETE FROM store.token_use",
    "UPDATE store.ikd_login SET visit_public_key = repeat('k', 32)::bytea",
    "UPDATE store.ikd_allowance SET uses = 0",
    "UPDATE store.kiosk SET ikd_a_day = 1000000",
    "UPDATE store.retention SET keep = '1 minute'",
    "SELECT store.apply_retention('alarm')",
    "SELECT store.detach_event_months()",
    "SELECT store.import_logins('[]')",
    "SELECT store.change_phone(1, '+6281200000000', 'k', 'v')",
    "SELECT feed.family('[]')",
    "SELECT feed.pin_tries('[]')",
    "SELECT feed.withdrawals('[]')",
    "SELECT feed.logins('[]')",
    "SELECT store.take_feed('family', '[]')",
    "SELECT store.feed_pin_try('{}')",
    "SET ROLE bpjs_feed",
    "INSERT INTO store.consent_withdrawal VALUES (1, 'face_match', now())",
    "DELETE FROM store.consent_withdrawal",
    "DELETE FROM store.feed_batch",
    "UPDATE store.pin_verifier SET failures = 0",
    "INSERT INTO store.family_link VALUES (1, 2, 'ANAK')",
    "TABLE event_months.rest",
    "TABLE report.fleet",
    "SELECT watchdog.end_long_sessions(0, 0, 0)",
    "SET ROLE bpjs_keeper",
    "SET ROLE bpjs_watchdog",
    "TRUNCATE store.alarm",
    "ALTER TABLE store.event DISABLE TRIGGER ALL",
    "DROP POLICY own_rows ON store.event",
    "DROP FUNCTION api.lookup_request(text, text, text, bytea)",
    "UPDATE store.kiosk SET lookups_a_day = 1000000",
    "UPDATE store.allowance SET lookups = 0",
    "UPDATE store.head SET epoch = 9",
    "DELETE FROM store.kiosk_certificate",
    "INSERT INTO store.enrolment_code (kiosk_id, expires_at, tries_left) VALUES ('kiosk-x', now(), 5)",
    "ALTER TABLE store.event DISABLE ROW LEVEL SECURITY",
    "DROP SCHEMA store CASCADE",
    "CREATE OR REPLACE FUNCTION api.visit_status(visit_id text) RETURNS text LANGUAGE sql AS 'SELECT 1'",
    "ALTER DATABASE postgres SET log_statement = 'all'",
    "ALTER SYSTEM SET fsync = off",
    # burn and block
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_sleep(100)",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bpjs_settle'",
    "SELECT pg_reload_conf()",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'bpjs_settle'",
    "SELECT pg_try_advisory_xact_lock(1)",
    "SELECT pg_stat_reset()",
    "SELECT pg_switch_wal()",
    "SELECT pg_promote()",
    "SELECT pg_create_restore_point('x')",
    "SELECT pg_rotate_logfile()",
    "SELECT 1; LOCK TABLE store.head",
    "CHECKPOINT",
    "DO $$ BEGIN LOCK TABLE store.head; END $$",
    "VACUUM store.event",
)  # fmt: skip


def test_every_attack_on_the_list_is_refused(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    central.kiosk("kiosk-other")
    with kiosk.connect(autocommit=True) as conn, psycopg.connect(central.centre.settle_dsn) as victim:
        victim.execute("SELECT 1")
        for attack in ATTACKS:
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
                conn.execute(attack)
                pytest.fail(f"was allowed: {attack}")


def test_row_security_turned_off_stops_the_caller_not_the_wall(central: CentralForTest) -> None:
    """Anybody may say so; a function of the API then fails instead of showing more."""
    kiosk = central.kiosk()
    kiosk.lookup("v")
    with kiosk.connect(autocommit=True) as conn:
        conn.execute("SET row_security = off")
        for call in ("my_head()", "my_config()", "visit_status('v')", """append_events('{"events":[]}')"""):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                conn.execute(f"SELECT api.{call}")


def test_an_own_password_or_setting_changes_no_right(central: CentralForTest) -> None:
    """PostgreSQL lets a role change these of itself; neither opens anything (logins: test_tls_logins)."""
    kiosk = central.kiosk()
    with kiosk.connect(autocommit=True) as conn:
        conn.execute("ALTER ROLE CURRENT_USER SET search_path = public, pg_temp")
        conn.execute("ALTER ROLE CURRENT_USER SET statement_timeout = 0")
    with kiosk.connect(autocommit=True) as conn:
        assert conn.execute("SELECT api.visit_status('v')").fetchone() == ("unknown",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("TABLE store.participant")


def test_a_login_cannot_fill_the_disk_with_temporary_files(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    with kiosk.connect(autocommit=True) as conn:
        conn.execute("ALTER ROLE CURRENT_USER RESET ALL")
    with kiosk.connect(autocommit=True) as conn:
        conn.execute("SET statement_timeout = 0")
        with pytest.raises(psycopg.errors.ConfigurationLimitExceeded, match="temp_file_limit"):
            conn.execute("SELECT count(*) FROM generate_series(1, 100000000000)")


ALLOWANCE = 4


def test_whatever_is_rolled_back_the_thief_gets_no_more_than_the_allowance_and_no_record_without_its_audit_row(
    central: CentralForTest,
) -> None:
    kiosk = central.kiosk(lookups_a_day=ALLOWANCE)
    with psycopg.connect(central.admin_dsn) as conn:
        rows = conn.execute(
            "SELECT nik FROM store.participant WHERE membership <> 'BUKAN_PESERTA' AND civil_status = 'AKTIF'"
            " AND NOT blocked AND birth_date < now() - interval '17 years'"
        ).fetchall()
    niks = [row[0] for row in rows][: ALLOWANCE + 2]
    assert len(niks) == ALLOWANCE + 2
    ways = (_rolled_back, _rolled_back_to_savepoint, _fetched_elsewhere_before_the_end, _flushed_and_dropped, _honest)
    obtained = {way.__name__: sum(way(kiosk, nik) for nik in niks) for way in ways}
    audited = central.one("SELECT count(*) FROM store.ticket WHERE status = 'found'")
    assert sum(obtained.values()) == audited == obtained["_honest"] == ALLOWANCE, obtained
    assert "lookup_allowance_spent" in central.alarms()


ASK = "SELECT api.lookup_request('v', 'nik', %s, %s) ->> 'ticket'"
FETCH = "SELECT api.lookup_fetch(%s)"
BOX = b"k" * 32


def _served(conn: psycopg.Connection[Any], ticket: str) -> bool:
    row = conn.execute(FETCH, (ticket,)).fetchone()
    return row is not None and bool(row[0].get("initials"))


def _asked(conn: psycopg.Connection[Any], nik: str) -> str:
    row = conn.execute(ASK, (nik, BOX)).fetchone()
    assert row is not None
    return str(row[0])


def _rolled_back(kiosk: KioskForTest, nik: str) -> bool:
    with kiosk.connect() as conn:
        served = _served(conn, _asked(conn, nik))
        conn.rollback()
    return served


def _rolled_back_to_savepoint(kiosk: KioskForTest, nik: str) -> bool:
    with kiosk.connect() as conn:
        conn.execute("SAVEPOINT s")
        ticket = _asked(conn, nik)
        inside = _served(conn, ticket)
        conn.execute("ROLLBACK TO s")
        served = inside or _served(conn, ticket)
        conn.rollback()
    return served


def _fetched_elsewhere_before_the_end(kiosk: KioskForTest, nik: str) -> bool:
    with kiosk.connect() as asking, kiosk.connect(autocommit=True) as fetching:
        served = _served(fetching, _asked(asking, nik))
        asking.rollback()
    return served


def _flushed_and_dropped(kiosk: KioskForTest, nik: str) -> bool:
    """Extended protocol: both calls are answered, the Sync that would commit never comes."""
    conn = kiosk.connect()
    wire = conn.pgconn
    wire.enter_pipeline_mode()

    def call(statement: bytes, *parameters: bytes) -> bytes:
        wire.send_query_params(statement, list(parameters))
        wire.send_flush_request()
        while True:
            wire.flush()
            wire.consume_input()
            if not wire.is_busy() and (result := wire.get_result()) is not None:
                value = result.get_value(0, 0)
                assert value is not None
                return value
            time.sleep(0.001)

    ticket = call(b"SELECT api.lookup_request('v', 'nik', $1, $2::bytea) ->> 'ticket'",
                  nik.encode(), b"\\x" + BOX.hex().encode())  # fmt: skip
    assert wire.get_result() is None
    answer = call(b"SELECT api.lookup_fetch($1)", ticket)
    wire.finish()
    return b"initials" in answer


def _honest(kiosk: KioskForTest, nik: str) -> bool:
    with kiosk.connect(autocommit=True) as conn:
        return _served(conn, _asked(conn, nik))


def test_the_list_knows_every_table(central: CentralForTest) -> None:
    with psycopg.connect(central.admin_dsn) as conn:
        rows = conn.execute("SELECT relname FROM pg_class WHERE relnamespace = 'store'::regnamespace AND relkind IN"
                            " ('r', 'p', 'v', 'm')").fetchall()  # fmt: skip
    assert {row[0] for row in rows} == set(TABLES)


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


def test_one_connection_too_many_is_refused(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    held = [kiosk.connect() for _ in range(LOGIN_LIMIT)]
    with pytest.raises(psycopg.OperationalError, match="too many connections"):
        kiosk.connect()
    for conn in held:
        conn.close()


def test_no_other_database_opens_for_a_kiosk(wheel_central: CentralForTest) -> None:
    kiosk = wheel_central.kiosk()
    with (
        psycopg.connect(make_conninfo(kiosk.dsn, dbname="centre_template")) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("TABLE store.participant")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(make_conninfo(kiosk.dsn, password="wrong"))


def test_a_disabled_kiosk_is_out_at_once_and_stays_out(central: CentralForTest) -> None:
    kiosk = central.kiosk("kiosk-disabled")
    conn = kiosk.connect(autocommit=True)
    conn.execute("SELECT api.my_head()")
    with central.admin() as admin:
        disable_kiosk(admin, kiosk.kiosk_id)
    with pytest.raises(psycopg.OperationalError):
        conn.execute("SELECT api.my_head()")
    with pytest.raises(psycopg.OperationalError):
        kiosk.connect()


def test_a_session_that_holds_its_kiosks_row_does_not_hold_up_the_disabling(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    thief = kiosk.connect()
    thief.execute("SELECT api.heartbeat('{}')")  # and no COMMIT
    with central.admin() as admin:
        admin.execute("SET lock_timeout = '3s'")
        disable_kiosk(admin, kiosk.kiosk_id)
    assert central.one("SELECT enabled FROM store.kiosk") is False
    with pytest.raises(psycopg.OperationalError):
        thief.execute("SELECT api.my_head()")


@pytest.mark.parametrize("where", ["", "IN DATABASE {}"])
def test_what_a_thief_set_of_the_login_is_gone_when_the_kiosk_is_enrolled_again(
    wheel_central: CentralForTest, where: str
) -> None:
    kiosk = wheel_central.kiosk()
    with kiosk.connect(autocommit=True) as conn:
        place = where.format(conn.info.dbname)
        conn.execute(f"ALTER ROLE CURRENT_USER {place} SET default_transaction_read_only = on".encode())
    with wheel_central.admin() as admin:
        enrol_kiosk(admin, kiosk.kiosk_id, kiosk.signer.public_key().public_bytes_raw(), password=PASSWORD)
    kiosk.client.heartbeat({})


def test_a_session_that_survives_its_kiosks_disabling_can_do_nothing(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    ticket = kiosk.lookup("v").ticket
    central.run("UPDATE store.kiosk SET enabled = false")
    with kiosk.connect(autocommit=True) as conn:

        def call(function: str) -> Any:
            row = conn.execute(f"SELECT api.{function}").fetchone()
            assert row is not None
            return row[0]

        assert call("my_head()") is None
        assert call("my_config()") is None
        assert call("heartbeat('{}')") is False
        assert call("""append_events('{"events":[]}')""")["status"] == "not_enrolled"
        assert call("lookup_request('v', 'nik', '3174075508950001', repeat('k', 32)::bytea)")["refused"]
        assert call(f"lookup_fetch('{ticket}')")["refused"]
        for kind in ("reference", "family", "history"):
            assert call(f"request_queue('{ticket}', '{kind}')")["refused"]
        assert call("visit_status('v')") == "unknown"
        staff = "'sign_in', repeat('0', 32), repeat('s', 60)::bytea, repeat('k', 32)::bytea, repeat('g', 64)::bytea"
        assert call(f"staff_ask({staff})") == {"refused": "not_enrolled"}
        assert call(f"staff_fetch('{ticket}')")["state"] == "unknown"
        use = f"'{ticket}', 'v', 'issuer', 'token-id', now()"
        assert call(f"token_use({use})") == {"refused": "not_enrolled"}
        assert call(f"token_fetch('{ticket}')") == {"first": False}
        assert call("login_begin('v', repeat('k', 32)::bytea)") == {"refused": "not_enrolled"}
        assert call(f"login_fetch('{ticket}')")["refused"]


def test_enrolment_takes_no_odd_names_and_no_second_key(central: CentralForTest) -> None:
    for name in ("", "a", "A-KIOSK", 'x"; DROP ROLE y', "k" * 41):
        with pytest.raises(ValueError, match="kiosk id"):
            role_of(name)
    kiosk = central.kiosk()
    with central.admin() as admin, pytest.raises(ValueError, match="another signing key"):
        enrol_kiosk(admin, kiosk.kiosk_id, b"z" * 32)
