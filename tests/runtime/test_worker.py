"""The resilient worker: whatever a service does, the thread lives, backs off and tells its state."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ports import LastingFault, PartHealth, PartState, PassingFault
from kiosk.runtime.worker import BackOff, ResilientWorker
from tests.db.local.support import FakeClock

Deed = str  # "ok", "passing", "lasting", "bug", "exit"


def do(deed: Deed) -> None:
    if deed == "passing":
        raise PassingFault("unplugged")
    if deed == "lasting":
        raise LastingFault("missing_library")
    if deed == "bug":
        raise ValueError("3174075508950001")
    if deed == "exit":
        raise SystemExit(1)


class ScriptedService:
    """Does what the script says, call by call of set_up and work; then asks to be stopped."""

    name = "scripted"

    def __init__(self, script: Sequence[Deed], clock: FakeClock, tear_down: Deed = "ok") -> None:
        self.script = list(script)
        self.clock = clock
        self.end: Callable[[], object] = lambda: None
        self.broken_tear_down = tear_down
        self.open = False
        self.calls: list[str] = []

    def _next(self, call: str) -> None:
        self.calls.append(call)
        self.clock.advance(1.0)
        if not self.script:
            self.end()
            return
        do(self.script.pop(0))

    def set_up(self) -> None:
        assert not self.open, "set up twice without a tear-down between"
        self.open = True
        self._next("set_up")

    def work(self) -> None:
        assert self.open
        self._next("work")

    def tear_down(self) -> None:
        self.calls.append("tear_down")
        self.open = False
        do(self.broken_tear_down)


class FakeSleeper:
    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.slept: list[float] = []
        self.woken = 0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)

    def wake(self) -> None:
        self.woken += 1


class Rig:
    def __init__(self, script: Sequence[Deed], tear_down: Deed = "ok", back_off: BackOff | None = None) -> None:
        self.clock = FakeClock()
        self.sleeper = FakeSleeper(self.clock)
        self.service = ScriptedService(script, self.clock, tear_down)
        self.worker = ResilientWorker(
            self.service, back_off=back_off, clock=self.clock, sleeper=self.sleeper, rng=random.Random(1)
        )
        self.service.end = self.worker.stop
        self.seen: list[tuple[PartState, str]] = []
        self.worker.subscribe(lambda health: self.seen.append((health.state, health.last_fault)))

    def run(self) -> Rig:
        self.worker.run()
        return self


@given(
    st.lists(st.sampled_from(["ok", "ok", "passing", "lasting", "bug", "exit"]), max_size=40),
    st.sampled_from(["ok", "passing", "bug", "exit"]),
)
def test_no_sequence_of_faults_ends_the_worker_or_leaves_a_service_open(script: list[Deed], tear_down: Deed) -> None:
    rig = Rig(script, tear_down).run()
    assert not rig.service.script, "every deed was reached: the worker came back each time"
    assert not rig.service.open
    assert rig.service.calls.count("set_up") == rig.service.calls.count("tear_down")
    faults = sum(deed != "ok" for deed in script)
    assert len(rig.sleeper.slept) == faults, "one pause for each fault, none otherwise"
    assert rig.seen[-1][0] is PartState.STOPPED
    back_off = BackOff()
    assert all(back_off.first / 2 <= pause <= back_off.longest for pause in rig.sleeper.slept)


@given(st.integers(1, 10_000), st.integers(0, 2**32))
def test_a_pause_grows_to_its_cap_and_half_of_it_is_chance(failures: int, seed: int) -> None:
    back_off = BackOff(first=0.5, longest=30.0)
    whole = min(30.0, 0.5 * 2.0 ** min(failures - 1, 20))
    assert whole / 2 <= back_off.pause(failures, random.Random(seed)) <= whole


def test_passing_faults_are_retried_ever_more_slowly_until_the_cap() -> None:
    slept = Rig(["passing"] * 12).run().sleeper.slept
    assert slept[0] <= 0.5
    assert max(slept) <= 30.0
    assert min(slept[-4:]) >= 15.0


def test_a_service_that_worked_for_a_while_starts_again_at_the_short_pause() -> None:
    rig = Rig(["passing"] * 6 + ["ok"] * 8 + ["passing"]).run()
    assert rig.sleeper.slept[5] >= 8.0
    assert rig.sleeper.slept[6] <= 0.5


def test_a_service_that_flaps_keeps_backing_off() -> None:
    rig = Rig(["ok", "ok", "passing"] * 8).run()
    assert rig.sleeper.slept[-1] >= 15.0


def test_a_lasting_fault_is_looked_at_again_at_the_slow_pace_and_told() -> None:
    rig = Rig(["lasting", "lasting", "ok", "ok"]).run()
    assert rig.sleeper.slept == [30.0, 30.0]
    assert rig.seen == [
        (PartState.FAULT, "missing_library"),
        (PartState.READY, ""),
        (PartState.STOPPED, ""),
    ]


def test_a_bug_is_a_passing_fault_and_its_words_go_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(["ok", "bug"]).run()
    assert (PartState.DEGRADED, "unexpected:ValueError") in rig.seen
    assert "3174075508950001" not in caplog.text
    assert all("3174075508950001" not in str(record.__dict__) for record in caplog.records)
    assert any("test_worker.py" in str(getattr(record, "frames", "")) for record in caplog.records)


def test_ready_is_said_only_after_work_was_done() -> None:
    rig = Rig(["ok", "passing", "ok", "passing", "ok", "ok"]).run()
    assert [state for state, _ in rig.seen] == [PartState.DEGRADED, PartState.READY, PartState.STOPPED]


def test_a_broken_listener_or_detail_stops_nobody() -> None:
    rig = Rig(["ok", "ok"])
    heard: list[PartHealth] = []

    def broken(_health: PartHealth) -> None:
        raise RuntimeError

    rig.worker.subscribe(broken)
    rig.worker.subscribe(heard.append)
    rig.run()
    assert [health.state for health in heard] == [PartState.READY, PartState.STOPPED]

    def no_detail() -> dict[str, str]:
        raise OSError

    worker = ResilientWorker(rig.service, detail=no_detail, version="2")
    assert worker.health().detail == {"detail": "unexpected:OSError"}
    assert (worker.health().name, worker.health().version) == ("scripted", "2")


class HangingUntilPoked:
    name = "poked"

    def __init__(self) -> None:
        self.tries = threading.Semaphore(0)
        self.mended = False
        self.working = threading.Event()

    def set_up(self) -> None:
        self.tries.release()
        if not self.mended:
            raise LastingFault("not_mended")

    def work(self) -> None:
        self.working.set()
        threading.Event().wait(0.001)

    def tear_down(self) -> None:
        pass


def test_a_poke_ends_the_pause_in_the_real_thread_and_stop_ends_the_thread() -> None:
    service = HangingUntilPoked()
    worker = ResilientWorker(service, back_off=BackOff(lasting=3600.0))
    worker.start()
    worker.start()
    assert service.tries.acquire(timeout=30)
    service.mended = True
    worker.poke()
    assert service.working.wait(30)
    assert worker.stop(30)
    assert worker.health().state is PartState.STOPPED
    service.mended = False
    worker.start()
    assert service.tries.acquire(timeout=30)
    assert worker.stop(30), "a stop does not wait out an hour's pause"


def test_a_stop_before_the_start_is_fine() -> None:
    assert ResilientWorker(HangingUntilPoked()).stop()
