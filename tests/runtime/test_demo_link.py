"""The lever of the centre's link. The risk: a lever that says one thing while the link does another."""

from __future__ import annotations

import queue
import threading

from kiosk.runtime.demo_link import LinkLever
from tests.runtime.support import WAIT_SECONDS


class Link:
    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.told: queue.SimpleQueue[tuple[bool, bool]] = queue.SimpleQueue()
        self.one_at_a_time = threading.Lock()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self, *, up: bool, slow: bool) -> None:
        assert self.one_at_a_time.acquire(blocking=False), "the last word could be overtaken"
        assert self.may_answer.wait(WAIT_SECONDS)
        self.one_at_a_time.release()
        self.told.put((up, slow))
        if self.failures:
            self.failures -= 1
            raise OSError("no answer")

    def next(self) -> tuple[bool, bool]:
        return self.told.get(timeout=WAIT_SECONDS)


def test_a_pull_before_there_is_a_link_does_not_eat_the_one_after_it() -> None:
    lever, link = LinkLever(), Link()
    lever.plug(False)
    lever.attach(link)
    lever.plug(False)
    assert link.next() == (False, False)


def test_a_pull_that_failed_can_be_made_again() -> None:
    lever, link = LinkLever(), Link(failures=1)
    lever.attach(link)
    lever.plug(False)
    assert link.next() == (False, False)
    lever.plug(False)
    assert link.next() == (False, False)


def test_a_centre_that_hangs_holds_nobody_and_then_hears_the_last_word() -> None:
    lever, link = LinkLever(), Link()
    lever.attach(link)
    link.may_answer.clear()
    for up in (False, True, False, True, False):
        lever.plug(up)  # returns, or the screens would stand still
    lever.slow(True)
    link.may_answer.set()
    while link.next() != (False, True):
        pass
    assert link.told.empty()
