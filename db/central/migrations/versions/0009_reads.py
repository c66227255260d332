"""Family and history, asked for as the profile is; a limit of what one kiosk has waiting."""

from db.central.upgrade import run_sql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("reads", "request_limits")
