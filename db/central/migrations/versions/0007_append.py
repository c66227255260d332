"""Whole batches in one statement; link by link only where something is wrong or was sent before. An index."""

from db.central.upgrade import run_sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("append_batch", "code_failures")
