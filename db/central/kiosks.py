"""Enrolment of kiosks at the centre: one login role and one row each."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any

import psycopg
from psycopg import sql

from db.central.roles import KIOSK_GROUP
from db.central.schema import set_password

LOGIN_LIMIT = 12
"""Connections of one kiosk: a client pool of three, the sync worker's, two of the staff door, and all again
while old ones die."""

TEMPORARY_MB = 64
"""Temporary files of one session; a function over a long list wrote 100 MB a second. The largest batch of events (4 MB)
needs a few."""

_log = logging.getLogger(__name__)
_KIOSK_ID = re.compile(r"[a-z0-9-]{3,40}")


def role_of(kiosk_id: str) -> str:
    """The walls in ``sql/identity.sql`` know kiosk logins by this prefix."""
    if not _KIOSK_ID.fullmatch(kiosk_id):
        raise ValueError("kiosk id: 3 to 40 of a-z, 0-9 and -")
    return f"kiosk_{kiosk_id}"


def enrol_kiosk(
    conn: psycopg.Connection[Any],
    kiosk_id: str,
    signing_public_key: bytes,
    *,
    password: str | None = None,
    with_password: bool = True,
    lookups_a_day: int = 600,
) -> str:
    """Create or renew the kiosk's login; return its password, empty without one (it logs in by certificate).

    ``conn`` is the admin's, ``signing_public_key`` 32 raw Ed25519 bytes. A new key for a known kiosk is
    refused (ValueError): its earlier events could no longer be checked; re-enrol under a new id.
    """
    role = role_of(kiosk_id)
    password = password or secrets.token_urlsafe(24) if with_password else ""
    name = sql.Identifier(role)
    with conn.transaction():
        known = conn.execute("SELECT signing_key FROM store.kiosk WHERE kiosk_id = %s", (kiosk_id,)).fetchone()
        if known is not None and bytes(known[0]) != signing_public_key:
            raise ValueError("this kiosk is enrolled with another signing key")
        if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        conn.execute(sql.SQL("ALTER ROLE {} LOGIN INHERIT CONNECTION LIMIT {}").format(name, sql.Literal(LOGIN_LIMIT)))
        if password:
            set_password(conn, role, password)
        else:
            conn.execute(sql.SQL("ALTER ROLE {} PASSWORD NULL").format(name))
        conn.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(KIOSK_GROUP), name))
        # What a thief set of it before this enrolment must not stay with the login.
        conn.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(name))
        here = sql.Identifier(conn.info.dbname)
        conn.execute(sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL").format(name, here))
        # For honest clients; a hostile one can change these, so they are no guard.
        conn.execute(sql.SQL("ALTER ROLE {} SET statement_timeout = '10s'").format(name))
        conn.execute(sql.SQL("ALTER ROLE {} SET idle_in_transaction_session_timeout = '10s'").format(name))
        _limit_temporary_files(conn, name)
        conn.execute(
            "INSERT INTO store.kiosk (kiosk_id, role_name, signing_key, lookups_a_day) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (kiosk_id) DO UPDATE SET enabled = true, lookups_a_day = EXCLUDED.lookups_a_day",
            (kiosk_id, role, signing_public_key, lookups_a_day),
        )
        conn.execute("INSERT INTO store.head (kiosk_id) VALUES (%s) ON CONFLICT DO NOTHING", (kiosk_id,))
    return password


def _limit_temporary_files(conn: psycopg.Connection[Any], role: sql.Identifier) -> None:
    """A guard, for only a superuser may set this. A hosted service may refuse it, and only the watchdog is left."""
    try:
        with conn.transaction():
            limit = sql.Literal(f"{TEMPORARY_MB}MB")
            conn.execute(sql.SQL("ALTER ROLE {} SET temp_file_limit = {}").format(role, limit))
    except psycopg.errors.InsufficientPrivilege:
        _log.warning("central_temp_file_limit_refused: a kiosk's login may fill the disk until the watchdog ends it")


def disable_kiosk(conn: psycopg.Connection[Any], kiosk_id: str) -> None:
    """Close the login and end its sessions now. ``conn``: in autocommit."""
    role = role_of(kiosk_id)
    # The login first, then its sessions: one of them may hold the kiosk's row, and would hold us up with it.
    conn.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(role)))
    end_sessions(conn, kiosk_id)
    conn.execute("UPDATE store.kiosk SET enabled = false WHERE kiosk_id = %s", (kiosk_id,))
    end_sessions(conn, kiosk_id)  # who was just logging in


def end_sessions(conn: psycopg.Connection[Any], kiosk_id: str) -> None:
    conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (role_of(kiosk_id),))
