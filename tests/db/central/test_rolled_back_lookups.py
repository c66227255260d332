"""A stolen login that takes back what it asked: no more than the allowance, and never without an audit row."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from tests.db.support import CentralForTest, KioskForTest

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
