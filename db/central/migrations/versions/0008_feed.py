"""What the membership and account systems tell; notices are tried again."""

from db.central.upgrade import run_sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("notice_tries", "forget_as_rows", "feed_tables", "feed")
