"""The wall clock is years off and jumps, back and forth: order, outbox and what a restored centre needs do not care."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from db.local.outbox import KEEP_ACKNOWLEDGED_DAYS
from db.sync.worker import OFFSET_SECONDS, PURGE_SECONDS
from kiosk.ports import PassingFault
from tests.db.local.support import ENDED, HELP, KIOSK, SIGNER, STARTED, FakeClock, open_store
from tests.db.sync.memory_centre import MemoryCentre
from tests.db.sync.support import drain, service_of
from tests.faults.kiosk_side import WildClock

YEARS = timedelta(days=3650)


class OwnTime(MemoryCentre):
    """A centre whose clock does not follow the kiosk's wall."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self._start = clock.now() - timedelta(seconds=clock.monotonic())

    def my_config(self):  # type: ignore[no-untyped-def]
        self.ahead = self._start + timedelta(seconds=self.clock.monotonic()) - self.clock.now()
        return super().my_config()


@pytest.mark.parametrize("jump", [YEARS, -YEARS], ids=["forwards", "backwards"])
def test_a_clock_that_jumps_by_years_makes_the_kiosk_forget_nothing_that_a_restored_centre_needs(
    tmp_path: Path, jump: timedelta
) -> None:
    clock = FakeClock()
    store, centre = open_store(tmp_path, clock), OwnTime(clock)
    service = service_of(store, centre, clock, batch=200)
    store.record("v", [STARTED, HELP, HELP, ENDED])
    service.set_up()
    service.work()
    assert store.backlog() == 0
    clock.wall += jump
    clock.advance(PURGE_SECONDS + 1)
    store.record("w", [STARTED])
    service.work()
    assert store.verify_chain().links == 5, "nothing was forgotten"
    del centre.kept[1:]
    store.record("w", [ENDED])
    with pytest.raises(PassingFault, match="gap"):
        service.work()
    service.set_up()
    service.work()
    assert [event.seq for event in centre.kept] == [1, 2, 3, 4, 5, 6]
    store.close()


def test_what_was_acknowledged_while_the_wall_stood_years_back_is_not_old_when_it_is_put_right(tmp_path: Path) -> None:
    clock = FakeClock()
    store, centre = open_store(tmp_path, clock), OwnTime(clock)
    clock.wall -= YEARS
    service = service_of(store, centre, clock, batch=200)
    store.record("v", [STARTED, HELP, HELP, ENDED])
    service.set_up()
    service.work()
    clock.wall += YEARS
    clock.advance(PURGE_SECONDS + 1)
    service.wake()
    service.work()
    assert store.verify_chain().links == 4
    store.close()


def test_what_is_old_by_the_centres_clock_is_forgotten_though_the_wall_stands_years_back(tmp_path: Path) -> None:
    clock = FakeClock()
    store, centre = open_store(tmp_path, clock), OwnTime(clock)
    service = service_of(store, centre, clock, batch=200)
    store.record("v", [STARTED, HELP, HELP, ENDED])
    service.set_up()
    service.work()
    clock.advance((KEEP_ACKNOWLEDGED_DAYS + 1) * 86_400)
    clock.wall -= YEARS
    service.wake()
    service.work()
    assert store.verify_chain().links == 1, "the end of the chain stays"
    store.close()


def test_the_chain_follows_the_numbers_and_never_the_wall(tmp_path: Path) -> None:
    wild = WildClock(7)
    store, centre = open_store(tmp_path, wild), MemoryCentre(FakeClock())
    for number in range(60):
        store.record(f"v{number}", [STARTED, HELP, ENDED])
    service = service_of(store, centre, wild, batch=200)
    drain(service, store)
    assert store.verify_chain().links == len(centre.kept) == 180
    assert store.oldest_unsent_age == 0.0
    assert OFFSET_SECONDS < PURGE_SECONDS, "the centre's time is asked again before anything is forgotten"
    assert centre.head().hash == store.head().hash
    assert (KIOSK, SIGNER.public_key) == (store._author.kiosk_id, store._author.signer.public_key)
    store.close()
