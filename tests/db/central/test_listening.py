"""The loop of the centre's jobs, against whoever wakes it and whatever its work meets."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from db.central.listening import Connection, Job
from tests.db.support import CentralForTest

CHANNEL = "bpjs_request"


class Counting(Job):
    """Two statements a pass, and ``seconds``; the first passes raise what ``faults`` holds."""

    def __init__(self, dsn: str, *faults: Exception, seconds: float = 0.0) -> None:
        super().__init__("bpjs-counting", dsn, CHANNEL)
        self.faults = list(faults)
        self.seconds = seconds
        self.passes = 0

    def work(self, conn: Connection) -> float:
        self.passes += 1
        conn.execute("SELECT 1")
        time.sleep(self.seconds)
        conn.execute("SELECT 2")
        if self.faults:
            raise self.faults.pop()
        return 60.0


@contextmanager
def running(job: Job) -> Iterator[threading.Thread]:
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=job.run, args=(stop, ready.set), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield thread
    finally:
        stop.set()
        thread.join(20)


def test_a_flood_of_wake_ups_is_over_when_it_is_over(central: CentralForTest) -> None:
    """Any login may NOTIFY. Read one at a time they piled up in the job, 8 kB each."""
    job = Counting(central.centre.connector_dsn, seconds=0.02)
    with running(job), central.kiosk().connect(autocommit=True) as thief:
        for block in range(50):
            thief.execute(b"; ".join(b"NOTIFY bpjs_request, '%d-%d'" % (block, n) for n in range(200)))
        time.sleep(1.0)
        before = job.passes
        time.sleep(1.0)
        assert job.passes - before <= 1


def test_a_fault_of_the_work_ends_a_pass_and_not_the_job(central: CentralForTest) -> None:
    job = Counting(central.centre.connector_dsn, ValueError(), RecursionError())
    with running(job) as thread:
        until = time.monotonic() + 10
        while job.passes < 3 and time.monotonic() < until:
            time.sleep(0.02)
        assert job.passes >= 3
        assert thread.is_alive()
