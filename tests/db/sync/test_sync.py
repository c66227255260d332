"""The outbox reaches the centre in order, once, whatever breaks; and a chain that lies is stopped."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.central.wire import AppendAnswer, AppendStatus
from db.local.store import LocalStore
from db.sync import worker as sync
from kiosk.events import ChainedEvent, HelpAsked
from kiosk.ports import LastingFault, PartState, PassingFault
from kiosk.runtime.worker import BackOff, ResilientWorker
from tests.db.local.support import ENDED, HELP, STARTED, FakeClock, open_store
from tests.db.sync.memory_centre import MemoryCentre
from tests.db.sync.support import drain, service_of


def test_everything_arrives_in_order_in_batches_without_a_wait_between(
    store: LocalStore, centre: MemoryCentre, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "WAIT_SECONDS", 3600.0)  # a wait would run into the test's time limit
    store.record("v", [STARTED, HELP, HELP, HELP, ENDED])
    drain(service_of(store, centre, clock), store)
    assert [event.seq for event in centre.kept] == [1, 2, 3, 4, 5]
    assert centre.batches == [3, 2]
    assert centre.head().hash == store.head().hash


def test_a_lost_answer_leads_to_the_same_events_again_and_nothing_twice(
    store: LocalStore, centre: MemoryCentre, clock: FakeClock
) -> None:
    store.record("v", [STARTED, HELP, ENDED])
    service = service_of(store, centre, clock)
    centre.lose_answers = 1
    service.set_up()
    with pytest.raises(PassingFault, match="centre_unreachable"):
        service.work()
    assert store.backlog() == 3, "only an answer acknowledges"
    service.tear_down()
    drain(service, store)
    assert len(centre.kept) == 3


def test_an_unreachable_centre_loses_nothing_and_is_a_passing_fault(
    store: LocalStore, centre: MemoryCentre, clock: FakeClock
) -> None:
    centre.reachable = False
    store.record("v", [STARTED])
    service = service_of(store, centre, clock)
    with pytest.raises(PassingFault, match="centre_unreachable"):
        service.set_up()
    assert service.status().backlog == 1
    assert service.status().last_success is None


class TestTheCentresHeadIsNotOurs:
    def test_a_cloned_or_restored_disk_never_appends(
        self, tmp_path: Path, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        store.record("v", [STARTED])
        drain(service_of(store, centre, clock), store)
        store.close()
        shutil.copytree(tmp_path / "kiosk", tmp_path / "image")
        store = open_store(tmp_path / "kiosk", clock)
        store.record("v", [HELP, ENDED])
        drain(service_of(store, centre, clock), store)
        store.close()
        restored = open_store(tmp_path / "image", clock)
        restored.record("w", [STARTED])
        service = service_of(restored, centre, clock)
        with pytest.raises(LastingFault, match="clone_or_rollback"):
            service.set_up()
        assert len(centre.kept) == 3
        restored.record("w", [HELP])
        with pytest.raises(LastingFault, match="fork"):
            service.set_up()
        assert restored.backlog() == 2
        restored.close()

    def test_a_clone_that_wakes_up_later_is_found_by_the_answer(
        self, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        class Ahead(MemoryCentre):
            def append(self, events: Sequence[ChainedEvent]) -> AppendAnswer:
                return AppendAnswer(AppendStatus.ACCEPTED, 99)

        service = service_of(store, Ahead(clock), clock)
        service.set_up()
        store.record("v", [STARTED])
        with pytest.raises(LastingFault, match="clone_or_rollback"):
            service.work()
        assert store.backlog() == 1

    def test_a_centre_restored_from_a_backup_gets_the_rest_again(
        self, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        store.record("v", [STARTED, HELP, HELP, ENDED])
        drain(service_of(store, centre, clock), store)
        del centre.kept[1:]
        drain(service_of(store, centre, clock), store)
        assert [event.seq for event in centre.kept] == [1, 2, 3, 4]

    def test_a_centre_restored_while_we_were_connected_is_a_gap_and_then_mended(
        self, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        service = service_of(store, centre, clock)
        store.record("v", [STARTED, HELP])
        drain(service, store)
        centre.kept.clear()
        store.record("v", [ENDED])
        with pytest.raises(PassingFault, match="gap"):
            service.work()
        drain(service, store)
        assert [event.seq for event in centre.kept] == [1, 2, 3]

    def test_a_centre_restored_while_nothing_happens_here_is_found_within_a_minute(
        self, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        """Found by the fault campaign: without a visit to come its events would have been missing for good."""
        service = service_of(store, centre, clock)
        store.record("v", [STARTED, HELP, ENDED])
        service.set_up()
        while store.backlog():
            service.work()
        del centre.kept[1:]
        clock.advance(sync.AGREE_SECONDS - 1)
        service.work()
        assert len(centre.kept) == 1
        clock.advance(1)
        service.work()
        while store.backlog():
            service.work()
        assert [event.seq for event in centre.kept] == [1, 2, 3]

    def test_a_backup_older_than_what_we_keep_is_an_alarm(
        self, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        store.record("v", [STARTED, HELP, ENDED])
        drain(service_of(store, centre, clock), store)
        clock.advance(31 * 86_400)
        store.purge()
        centre.kept.clear()
        with pytest.raises(LastingFault, match="rewind_not_kept"):
            service_of(store, centre, clock).set_up()

    def test_after_a_re_anchoring_the_honest_kiosk_goes_on_in_the_new_epoch(
        self, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        store.record("v", [STARTED, HELP])
        drain(service_of(store, centre, clock), store)
        store.record("v", [HELP])
        centre.epoch = 2
        drain(service_of(store, centre, clock), store)
        store.record("v", [ENDED])
        drain(service_of(store, centre, clock), store)
        assert [event.body["epoch"] for event in centre.kept] == [1, 1, 1, 2]
        assert store.verify_chain().intact
        centre.epoch = 1
        with pytest.raises(LastingFault, match="epoch_behind"):
            service_of(store, centre, clock).set_up()


def test_the_clock_offset_is_learned_and_goes_into_later_events(
    store: LocalStore, centre: MemoryCentre, clock: FakeClock
) -> None:
    store.record("v", [STARTED])
    service = service_of(store, centre, clock)
    drain(service, store)
    store.record("v", [ENDED])
    drain(service, store)
    assert [event.body["clock_offset_s"] for event in centre.kept] == [None, -12.5]
    assert service.status().clock_offset_s == -12.5
    centre.ahead *= 2
    clock.advance(sync.OFFSET_SECONDS)
    service.wake()
    service.work()
    assert service.status().clock_offset_s == -25.0


def test_backlog_age_and_alarm_are_told(store: LocalStore, centre: MemoryCentre, clock: FakeClock) -> None:
    service = service_of(store, centre, clock)
    store.record("v", [STARTED])
    clock.advance(6 * 86_400)
    assert not service.status().overdue
    clock.advance(86_400)
    assert service.status().overdue
    assert service.detail()["overdue"] == "yes"
    drain(service, store)
    assert service.status().last_success == clock.now()
    assert service.detail() == {
        "backlog": "0",
        "oldest_unsent_s": "0",
        "overdue": "no",
        "last_success": "2026-11-30T03:00:00+00:00",
        "clock_offset_s": "-12.5",
    }


def test_old_acknowledged_events_are_forgotten_while_it_runs(
    store: LocalStore, centre: MemoryCentre, clock: FakeClock
) -> None:
    store.record("v", [STARTED, HELP, ENDED])
    service = service_of(store, centre, clock)
    drain(service, store)
    clock.advance(31 * 86_400)
    service.wake()
    service.work()
    assert store.verify_chain().links == 1


def test_a_batch_stays_below_the_size_of_one_call(store: LocalStore, centre: MemoryCentre, clock: FakeClock) -> None:
    store.record("v", [HelpAsked(stage="x" * 60_000)] * 100)
    service = service_of(store, centre, clock, batch=1000)
    drain(service, store)
    assert len(centre.kept) == 100
    assert len(centre.batches) == 2


def test_a_commit_wakes_the_real_worker_at_once(store: LocalStore, centre: MemoryCentre, clock: FakeClock) -> None:
    arrived = threading.Event()

    class Telling(MemoryCentre):
        def append(self, events: Sequence[ChainedEvent]) -> AppendAnswer:
            answer = super().append(events)
            arrived.set()
            return answer

    telling = Telling(clock)
    service = service_of(store, telling, clock)
    worker = ResilientWorker(service, back_off=BackOff(first=0.01, longest=0.02), detail=service.detail)
    ready = threading.Event()
    worker.subscribe(lambda health: ready.set() if health.state is PartState.READY else None)
    worker.start()
    assert ready.wait(30)
    for _ in range(3):
        arrived.clear()
        store.record("v", [HELP])
        assert arrived.wait(30)
    assert worker.stop(30)
    assert telling.head().seq == 3


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["record", "record", "sync", "sync", "lose", "down", "up", "restore", "restart"]), max_size=25
    ),
    st.integers(0, 2**16),
)
def test_whatever_breaks_in_between_both_ends_hold_the_same_chain_at_last(
    tmp_path_factory: pytest.TempPathFactory, history: list[str], seed: int
) -> None:
    clock, chance = FakeClock(), random.Random(seed)
    folder = tmp_path_factory.mktemp("sync")
    store, centre = open_store(folder, clock), MemoryCentre(clock)
    service = service_of(store, centre, clock)
    up = False

    def turn() -> bool:
        nonlocal up
        try:
            if not up:
                service.set_up()
                up = True
            service.wake()
            service.work()
        except PassingFault:
            service.tear_down()
            up = False
        return up

    for deed in history:
        if deed == "record":
            store.record("v", [HELP] * chance.randrange(1, 5))
        elif deed == "sync":
            turn()
        elif deed == "lose":
            centre.lose_answers += 1
        elif deed in {"down", "up"}:
            centre.reachable = deed == "up"
        elif deed == "restore":
            del centre.kept[chance.randrange(len(centre.kept) + 1) :]
        elif deed == "restart":
            store.close()
            store, up = open_store(folder, clock), False
            service = service_of(store, centre, clock)
        assert store.head().seq >= centre.head().seq
    centre.reachable, up = True, False
    for _ in range(200):
        if turn() and not store.backlog():
            break
    assert (centre.head().seq, centre.head().hash) == (store.head().seq, store.head().hash)
    store.close()
