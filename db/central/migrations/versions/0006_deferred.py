"""Deferred visits: sealed captures, cases, and what was decided on them. Lookups are answered in the second step."""

from db.central.upgrade import run_sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("deferred_tables", "deferred", "lookup_apart", "deferred_grants")
