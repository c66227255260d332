"""Digital identity: tokens used once, logins, address and marital status, and what is newer than the register."""

from db.central.upgrade import run_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("ikd_tables", "ikd", "ikd_grants")
