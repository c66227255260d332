"""What is said of the certificate. The risk: a kiosk that is locked out one morning and nobody was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from db.local.health import WARN_BEFORE, certificate_detail

ENDS = datetime(2026, 12, 20, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "warning"),
    [
        (ENDS - WARN_BEFORE - SECOND, None),
        (ENDS - WARN_BEFORE, "certificate_ends_soon"),
        (ENDS - SECOND, "certificate_ends_soon"),
        (ENDS, "certificate_ended"),
    ],
)
def test_the_end_is_warned_of_thirty_days_before_and_after_it(now: datetime, warning: str | None) -> None:
    detail = certificate_detail(ENDS, now, None)
    assert timedelta(days=30) == WARN_BEFORE
    assert (detail["certificate_ends"], detail.get("warning")) == ("2026-12-20T03:00:00+00:00", warning)


def test_the_centres_clock_decides_where_it_is_known() -> None:
    years_behind = ENDS - timedelta(days=4000)
    offset = (timedelta(days=4000) - WARN_BEFORE).total_seconds()
    assert "warning" not in certificate_detail(ENDS, years_behind, None)
    assert certificate_detail(ENDS, years_behind, offset)["warning"] == "certificate_ends_soon"


def test_without_a_certificate_nothing_is_said() -> None:
    assert certificate_detail(None, ENDS, 0.0) == {}
