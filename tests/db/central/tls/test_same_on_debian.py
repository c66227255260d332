"""The centre's own tests again on Debian's PostgreSQL 15, where kiosks and jobs log in by certificate over TLS 1.3."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.db.central.test_append_events import *  # noqa: F403
from tests.db.central.test_happy_visit import *  # noqa: F403
from tests.db.central.test_hostile_login import *  # noqa: F403
from tests.db.central.test_kiosk_logins import *  # noqa: F403
from tests.db.central.test_lookup import *  # noqa: F403
from tests.db.central.test_rolled_back_lookups import *  # noqa: F403
from tests.db.central.test_settle import (  # those that lean on the server; the rest judges events in Python
    test_a_disabled_kiosk_settles_nothing,
    test_a_stolen_login_without_the_signing_key_verifies_nobody,
    test_an_account_is_verified_once_and_its_pin_is_not_overwritten,
    test_an_honest_visit_is_settled_with_a_peppered_verifier_and_a_notice,
    test_killed_at_any_statement_it_is_as_if_settling_had_not_begun,
    test_settling_again_changes_nothing,
    visit,
)
from tests.db.central.test_walls_of_the_centre import *  # noqa: F403
from tests.db.central.test_watchdog import test_a_kiosk_without_time_outs_is_ended_and_an_alarm_stands
from tests.db.tls_centre import TlsCentral

__all__ = [
    "test_a_disabled_kiosk_settles_nothing",
    "test_a_kiosk_without_time_outs_is_ended_and_an_alarm_stands",
    "test_a_stolen_login_without_the_signing_key_verifies_nobody",
    "test_an_account_is_verified_once_and_its_pin_is_not_overwritten",
    "test_an_honest_visit_is_settled_with_a_peppered_verifier_and_a_notice",
    "test_killed_at_any_statement_it_is_as_if_settling_had_not_begun",
    "test_settling_again_changes_nothing",
    "visit",
]


def test_this_is_the_other_server_and_every_login_is_encrypted(central: TlsCentral) -> None:
    kiosk = central.kiosk()
    for dsn in (kiosk.dsn, central.centre.settle_dsn, central.centre.connector_dsn, central.centre.staff_dsn):
        with psycopg.connect(dsn) as conn:
            assert conn.info.server_version // 10_000 == 15
            assert conn.pgconn.ssl_in_use
            assert conn.info.password == ""


def test_no_other_database_opens_for_a_kiosk(central: TlsCentral) -> None:  # type: ignore[no-redef]
    """In the place of the test of this name one folder up: here even the login is refused."""
    kiosk = central.kiosk()
    for database in ("central_template", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects"):
            psycopg.connect(make_conninfo(kiosk.dsn, dbname=database))
