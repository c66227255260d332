from __future__ import annotations

from datetime import timedelta

from kiosk.ports import Clock
from kiosk.runtime.clock import SystemClock


def test_the_wall_clock_is_aware_and_in_utc_and_the_other_never_goes_back() -> None:
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    first = clock.monotonic()
    assert clock.monotonic() >= first
