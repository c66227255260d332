"""The first centre: tables, walls, kiosk functions, grants. There is no way down: events are never dropped."""

from db.central.upgrade import run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("tables", "identity", "append_events", "lookup", "requests", "status", "grants")
