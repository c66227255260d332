"""The demonstration's clock. The risk: one that goes back would make codes live for ever."""

from __future__ import annotations

import threading

import pytest

from kiosk.runtime.demo_clock import DemoClock
from tests.runtime.support import WAIT_SECONDS


def test_both_clocks_jump_ahead_together() -> None:
    clock = DemoClock()
    monotonic, now = clock.monotonic(), clock.now()
    clock.advance(3600)
    assert clock.monotonic() - monotonic == pytest.approx(3600, abs=1)
    assert (clock.now() - now).total_seconds() == pytest.approx(3600, abs=1)


def test_no_step_is_lost_when_several_set_it_ahead() -> None:
    clock = DemoClock()
    began = clock.monotonic()
    threads = [threading.Thread(target=lambda: [clock.advance(1) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    seen = [clock.monotonic() for _ in range(2000)]
    for thread in threads:
        thread.join()
    assert seen == sorted(seen)
    assert clock.monotonic() - began == pytest.approx(2000, abs=WAIT_SECONDS)


@pytest.mark.parametrize("step", [-1.0, float("nan"), float("inf")])
def test_it_never_goes_back_and_never_out_of_time(step: float) -> None:
    clock = DemoClock()
    with pytest.raises(ValueError, match="ahead"):
        clock.advance(step)
    assert clock.now().year < 2100
