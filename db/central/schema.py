"""Brings a database to the present schema: roles, Alembic migrations, hardening. Safe to run again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import psycopg
import sqlalchemy
from alembic import command, op
from alembic.config import Config
from psycopg import sql

from db.central.roles import OWNER

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_INIT_LOCK = 7_301_001
"""Advisory lock number of init: two starts at once migrate one after the other."""


def read_sql(name: str) -> str:
    return (_HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run_sql(*names: str) -> None:
    """For migrations: run the named files as they are; the driver must not read % as a parameter."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101
    for name in names:
        driver.execute(read_sql(name).encode())


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
        _upgrade(admin_dsn)
        _harden(conn)


def set_password(conn: psycopg.Connection, role: str, password: str) -> None:
    """Send the SCRAM verifier, made here: the plain password never reaches the server or its log."""
    verifier = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier.decode())))


def _upgrade(admin_dsn: str) -> None:
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(admin_dsn),
        poolclass=sqlalchemy.NullPool,
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS store")
        config = Config()
        config.set_main_option("script_location", str(_HERE / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _harden(conn: psycopg.Connection) -> None:
    try:
        with conn.transaction():
            conn.execute(read_sql("hardening").encode())
    except psycopg.errors.InsufficientPrivilege:
        _log.warning("central_hardening_refused: this login may not take defaults away from PUBLIC")
