"""Brings a database to the present schema: roles, Alembic migrations, hardening. Safe to run again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_INIT_LOCK = 7_301_001
"""Advisory lock number of init: two starts at once migrate one after the other."""


def read_sql(name: str) -> str:
    return (_HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def migrate(admin_dsn: str, job_passwords: Mapping[str, str]) -> None:
    """``admin_dsn``: a login that may create roles. ``job_passwords``: role name -> password.

    Raises psycopg.Error.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (_INIT_LOCK,))  # freed with the connection
        with conn.transaction():
            conn.execute(read_sql("roles").encode())
            for role, password in job_passwords.items():
                set_password(conn, role, password)
        if not _is_current(conn):
            from db.central.upgrade import upgrade  # noqa: PLC0415 - Alembic is a second that most starts save

            upgrade(admin_dsn)
        _harden(conn)
        _set_watchdog(conn)
        if _is_current(conn):
            conn.execute("SELECT store.add_event_months()")


def set_password(conn: psycopg.Connection, role: str, password: str) -> None:
    """Send the SCRAM verifier, made here: the plain password never reaches the server or its log."""
    verifier = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier.decode())))


def newest_revision() -> str:
    """The number that the newest migration's file name begins with; a test holds it to be Alembic's head."""
    return max(file.name.partition("_")[0] for file in (_HERE / "migrations" / "versions").glob("[0-9]*_*.py"))


def _is_current(conn: psycopg.Connection) -> bool:
    if conn.execute("SELECT to_regclass('store.alembic_version')").fetchone() in (None, (None,)):
        return False
    return conn.execute("SELECT version_num FROM store.alembic_version").fetchall() == [(newest_revision(),)]


def _harden(conn: psycopg.Connection) -> None:
    try:
        with conn.transaction():
            conn.execute(read_sql("hardening").encode())
    except psycopg.errors.InsufficientPrivilege:
        _log.warning("central_hardening_refused: this login may not take defaults away from PUBLIC")


def _set_watchdog(conn: psycopg.Connection) -> None:
    try:
        with conn.transaction():
            conn.execute(read_sql("watchdog").encode())
    except psycopg.errors.InsufficientPrivilege:
        _log.warning("central_watchdog_refused: this login may not let a role end sessions")
