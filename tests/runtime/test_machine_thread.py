"""The thread behind a state machine. The risk: two inputs at once, or a thread that dies and leaves a frozen screen."""

from __future__ import annotations

import threading
import time

from kiosk.runtime.machine_thread import TICK_SECONDS, MachineThread
from tests.runtime.support import WAIT_SECONDS


def test_items_come_one_at_a_time_in_order_with_ticks_between() -> None:
    handled: list[int] = []
    ticked, done, inside = threading.Event(), threading.Event(), threading.Lock()

    def handle(item: int) -> None:
        assert inside.acquire(blocking=False), "two at once"
        time.sleep(0.001)
        handled.append(item)
        inside.release()
        if item == 49:
            done.set()

    machine = MachineThread("test", handle, ticked.set)
    for item in range(50):
        machine.put(item)
    machine.start()
    assert done.wait(WAIT_SECONDS)
    assert ticked.wait(WAIT_SECONDS)
    machine.stop()
    assert handled == list(range(50))
    assert TICK_SECONDS <= 0.5, "countdowns show whole seconds"


def test_a_bug_is_told_once_a_time_and_the_thread_goes_on() -> None:
    bugs: list[int] = []
    after = threading.Event()

    def handle(item: str) -> None:
        if item == "bad":
            raise ValueError("3174075508950001")
        after.set()

    machine = MachineThread("test", handle, lambda: None, lambda: bugs.append(1))
    machine.start()
    machine.put("bad")
    machine.put("good")
    assert after.wait(WAIT_SECONDS)
    machine.stop()
    assert bugs == [1]
