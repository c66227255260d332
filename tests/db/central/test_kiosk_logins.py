"""A kiosk's login itself: how many, where to, and that it is over when it is ended."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from db.central.kiosks import LOGIN_LIMIT, disable_kiosk, enrol_kiosk, role_of
from tests.db.support import PASSWORD, CentralForTest


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
