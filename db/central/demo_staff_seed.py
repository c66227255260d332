"""Puts the demo's staff into its centre. Safe at every start. DEMO ONLY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from db.central.demo_people import MAIN
from db.central.demo_staff import RECORDS, DemoRecord
from db.central.keys import CentreKeys
from db.central.roles import OWNER
from db.central.staff_admin import NewStaff, StaffKnown, StaffSecrets, add_staff, disable_staff
from db.central.staff_secrets import PinCost

DEMO_COST = PinCost(memory_kib=19456, time=2)
"""OWASP's least: secrets that stand in a file need no more, and five at full price add a second to the first start."""


def seed_staff(conn: psycopg.Connection[Any], keys: CentreKeys, cost: PinCost = DEMO_COST) -> None:
    """Add who is missing, and give the main participant their family card in a centre from before it had any."""
    known = {row[0] for row in conn.execute("SELECT username FROM store.staff").fetchall()}
    for record in RECORDS:
        if record.staff.username not in known:
            _add(conn, keys, record, cost)
    conn.execute("UPDATE store.participant SET kk_number = %s WHERE nik = %s", (MAIN.kk_number, MAIN.nik))


def reset_counters(conn: psycopg.Connection[Any], records: Sequence[DemoRecord] = RECORDS) -> None:
    """Forget wrong tries and used codes: in a demo the same code may have to do twice within 30 s."""
    with conn.transaction():
        conn.execute(f"SET LOCAL ROLE {OWNER}")
        conn.execute(
            "UPDATE store.staff SET failures = 0, locked_until = NULL, totp_last_step = 0 WHERE username = ANY(%s)",
            ([record.staff.username for record in records],),
        )


def _add(conn: psycopg.Connection[Any], keys: CentreKeys, record: DemoRecord, cost: PinCost) -> None:
    staff = record.staff
    person = NewStaff(staff.username, staff.name, staff.role, record.nik, record.kk_number)
    try:
        add_staff(conn, keys, person, staff.pin, StaffSecrets(staff.totp_secret, staff.badge), cost)
    except StaffKnown:  # another demo on the same folder was quicker
        return
    if not record.enabled:
        disable_staff(conn, staff.username)
