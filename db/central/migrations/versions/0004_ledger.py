"""Month partitions, retention, projections, reporting views, the keeper's rights."""

from db.central.upgrade import run_sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("ledger_months", "ledger_tables", "forget_as_rows", "ledger_retention", "ledger_reports", "ledger")
