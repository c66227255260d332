"""Puts a few invented logins into the demo's centre, as the account system's feed would. DEMO ONLY."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from db.central.demo_people import MAIN, VERIFIED
from db.central.roles import OWNER

LOGINS = (
    ("demo-1", MAIN.nik, "2026-11-02T08:14:00+07:00", "mobile_jkn", "ok", "Ponsel CONTOH A1", "Jakarta Selatan"),
    ("demo-2", MAIN.nik, "2026-11-09T19:40:00+07:00", "mobile_jkn", "wrong_pin", "Ponsel CONTOH A1", "Jakarta Selatan"),
    ("demo-3", MAIN.nik, "2026-11-09T19:41:00+07:00", "mobile_jkn", "ok", "Ponsel CONTOH A1", "Jakarta Selatan"),
    ("demo-4", MAIN.nik, "2026-11-20T06:05:00+07:00", "web", "ok", "Peramban CONTOH", "Depok"),
    ("demo-5", VERIFIED.nik, "2026-11-18T12:30:00+07:00", "mobile_jkn", "ok", "Ponsel CONTOH B2", "Makassar"),
)
_FIELDS = ("feed_id", "nik", "at", "channel", "outcome", "device", "place")


def seed_logins(conn: psycopg.Connection[Any]) -> None:
    """Again: changes nothing. ``conn`` is the admin's; the participants are there."""
    with conn.transaction():
        conn.execute(f"SET LOCAL ROLE {OWNER}")
        feed = [dict(zip(_FIELDS, login, strict=True)) for login in LOGINS]
        conn.execute("SELECT store.import_logins(%s)", (Jsonb(feed),))
