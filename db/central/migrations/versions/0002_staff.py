"""Staff: their secrets, sessions, requests, history and decisions."""

from db.central.upgrade import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("staff_tables", "staff", "staff_grants")
