"""The two clocks of the machine behind the ``Clock`` port."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class SystemClock:
    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)


def today_in(timezone: str) -> date:
    """By the wall clock of the site, e.g. ``Asia/Jakarta``."""
    return datetime.now(ZoneInfo(timezone)).date()
