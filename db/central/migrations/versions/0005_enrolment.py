"""Enrolment of kiosks by one-time code and certificate."""

from db.central.upgrade import run_sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("enrolment")
