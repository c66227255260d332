"""What the centre or the store refuses stops the chain with a typed alarm; nothing is skipped or lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from db.central.wire import AppendAnswer, AppendStatus
from db.local.store import LocalStore
from kiosk.events import ChainedEvent
from kiosk.ports import CentreRefused, LastingFault, PassingFault
from tests.db.local.support import ENDED, STARTED, FakeClock
from tests.db.sync.memory_centre import MemoryCentre
from tests.db.sync.support import service_of


class TestARefusedBatchStopsTheChain:
    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (AppendStatus.FORK, "fork"),
            (AppendStatus.EDITED, "batch_edited"),
            (AppendStatus.FOREIGN, "batch_foreign"),
            (AppendStatus.OVERSIZE, "batch_oversize"),
            (AppendStatus.MALFORMED, "batch_malformed"),
            (AppendStatus.NOT_ENROLLED, "not_enrolled"),
        ],
    )
    def test_with_a_typed_alarm_and_nothing_lost(
        self, store: LocalStore, clock: FakeClock, status: AppendStatus, reason: str
    ) -> None:
        class Refusing(MemoryCentre):
            def append(self, events: Sequence[ChainedEvent]) -> AppendAnswer:
                return AppendAnswer(status, events[-1].seq, "words")

        store.record("v", [STARTED, ENDED])
        service = service_of(store, Refusing(clock), clock)
        service.set_up()
        with pytest.raises(LastingFault, match=reason):
            service.work()
        assert store.backlog() == 2

    def test_an_answer_that_accepts_nothing_does_not_spin(self, store: LocalStore, clock: FakeClock) -> None:
        class Absurd(MemoryCentre):
            def append(self, events: Sequence[ChainedEvent]) -> AppendAnswer:
                return AppendAnswer(AppendStatus.ACCEPTED, 0)

        store.record("v", [STARTED])
        service = service_of(store, Absurd(clock), clock)
        service.set_up()
        with pytest.raises(PassingFault, match="nothing_accepted"):
            service.work()

    def test_a_refused_login_is_a_lasting_fault(self, store: LocalStore, clock: FakeClock) -> None:
        class NoLogin(MemoryCentre):
            def my_config(self) -> None:  # type: ignore[override]
                raise CentreRefused("login")

        with pytest.raises(LastingFault, match="refused_login"):
            service_of(store, NoLogin(clock), clock).set_up()

    def test_a_store_that_fails_is_a_passing_fault(
        self, store: LocalStore, centre: MemoryCentre, clock: FakeClock
    ) -> None:
        service = service_of(store, centre, clock)
        service.set_up()
        store.close()
        with pytest.raises(PassingFault, match="store_closed"):
            service.work()
