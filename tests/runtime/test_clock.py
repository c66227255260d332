from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kiosk.ports import Clock
from kiosk.runtime.clock import SystemClock, today_in


def test_the_wall_clock_is_aware_and_in_utc_and_the_other_never_goes_back() -> None:
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    first = clock.monotonic()
    assert clock.monotonic() >= first


def test_today_is_the_sites_own_day() -> None:
    """Kiritimati and Pago Pago are 25 hours apart: never the same day."""
    assert today_in("Pacific/Kiritimati") - today_in("Pacific/Pago_Pago") >= timedelta(days=1)
    assert abs(today_in("Asia/Jakarta") - datetime.now(UTC).date()) <= timedelta(days=1)
