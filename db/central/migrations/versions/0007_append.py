"""Whole batches in one statement; an index for wrong codes; retention of what came after 0004."""

from db.central.upgrade import run_sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("append_batch", "code_failures", "forget_as_rows", "later_retention")
