"""plpgsql_check reads every function of the centre as the server would run it, on Debian's PostgreSQL 15."""

from __future__ import annotations

from pathlib import Path

import psycopg

from db.central.commands import init_centre
from tests.db.debian_server import debian_postgres

_CHECK = """
SELECT n.nspname || '.' || p.proname AS function, c.level, c.lineno, c.message, c.hint, c.detail
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
LEFT JOIN pg_trigger t ON t.tgfoid = p.oid AND NOT t.tgisinternal AND t.tgparentid = 0
CROSS JOIN LATERAL public.plpgsql_check_function_tb(
    p.oid, COALESCE(t.tgrelid, 0), fatal_errors => false, extra_warnings => true, performance_warnings => false,
    security_warnings => true) c
WHERE n.nspname IN ('api', 'store', 'watchdog', 'feed')
"""
_COUNT = """
SELECT count(*) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
WHERE p.pronamespace IN ('api'::regnamespace, 'store'::regnamespace)
"""


def test_no_function_of_the_centre_has_an_error_or_a_warning(tmp_path: Path) -> None:
    with debian_postgres() as dsn:
        init_centre(dsn, tmp_path / "keys")
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute("CREATE EXTENSION plpgsql_check SCHEMA public")
            count = conn.execute(_COUNT).fetchall()[0][0]
            assert count > 20
            found = conn.execute(_CHECK).fetchall()
            conn.execute(  # the check itself: a column that is not there is found
                "CREATE FUNCTION store.broken() RETURNS integer LANGUAGE plpgsql"
                " AS $$ BEGIN RETURN (SELECT h.no_such FROM store.head h); END $$"
            )
            broken = [row for row in conn.execute(_CHECK).fetchall() if row[0] == "store.broken"]
    assert [row[1] for row in broken] == ["error"]
    assert "\n".join(map(str, found)) == ""
