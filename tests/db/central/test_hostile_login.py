"""A stolen kiosk login: what it tries, and that each try gives it nothing."""

from __future__ import annotations

import psycopg
import pytest

from tests.db.support import CentralForTest

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


def test_the_list_knows_every_table(central: CentralForTest) -> None:
    with psycopg.connect(central.admin_dsn) as conn:
        rows = conn.execute("SELECT relname FROM pg_class WHERE relnamespace = 'store'::regnamespace AND relkind IN"
                            " ('r', 'p', 'v', 'm')").fetchall()  # fmt: skip
    assert {row[0] for row in rows} == set(TABLES)
