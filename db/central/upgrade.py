"""Runs the Alembic migrations; loaded only where the schema is behind."""

from __future__ import annotations

from pathlib import Path

import psycopg
import sqlalchemy
from alembic import command, op
from alembic.config import Config

from db.central.roles import OWNER
from db.central.schema import read_sql

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(admin_dsn: str) -> None:
    """Bring the database to the newest revision, as the owner. Raises psycopg.Error."""
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(admin_dsn),
        poolclass=sqlalchemy.NullPool,
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS store")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def run_sql(*names: str) -> None:
    """For migrations: run the named files as they are; the driver must not read % as a parameter."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101
    for name in names:
        driver.execute(read_sql(name).encode())
