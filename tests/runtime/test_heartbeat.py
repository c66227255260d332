"""The heartbeat. The risk: a kiosk that is dead and looks alive, or one that hammers the centre."""

from __future__ import annotations

import pytest

from kiosk.ports import CentreRefused, CentreUnreachable, Json, LastingFault, PassingFault
from kiosk.runtime.heartbeat import BEAT_SECONDS, WAIT_SECONDS, Heartbeat


class Minute:
    """Sleeping is the only thing that lets time pass."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sent: list[Json] = []
        self.fault: Exception | None = None
        self.beat = Heartbeat(self.send, lambda: {"backlog": 3}, lambda: self.now, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def send(self, health: Json) -> None:
        if self.fault is not None:
            raise self.fault
        self.sent.append(health)


def test_it_beats_at_once_and_then_once_a_minute() -> None:
    minute = Minute()
    for _ in range(int(3 * BEAT_SECONDS / WAIT_SECONDS) + 4):
        minute.beat.work()
    assert minute.sent == [{"backlog": 3}] * 4


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (CentreUnreachable("away"), PassingFault("centre_unreachable")),
        (CentreRefused("not_enrolled"), LastingFault("refused_not_enrolled")),
    ],
)
def test_a_beat_that_was_not_heard_is_a_typed_fault_and_is_sent_again(fault: Exception, told: Exception) -> None:
    minute = Minute()
    minute.fault = fault
    with pytest.raises(type(told), match=told.reason):  # type: ignore[attr-defined]
        minute.beat.work()
    minute.fault = None
    minute.beat.work()
    assert len(minute.sent) == 1
