"""Looking back into the chain. The risk: a help queue that forgets somebody, or shows what is long past."""

from __future__ import annotations

import pytest

from db.local.store import LocalStore
from kiosk.events import HelpHandled
from kiosk.ports import StoreUnavailable
from tests.db.local.support import ENDED, HELP, STARTED, FakeClock

HANDLED = HelpHandled(case_number="7K2Q-9XMD", session="s", by="rina.contoh")


def test_the_asked_types_come_back_in_order_with_visit_and_time(store: LocalStore, clock: FakeClock) -> None:
    store.record("a", [STARTED, HELP])
    clock.advance(60)
    store.record("a", [ENDED])
    store.record("", [HANDLED])
    found = store.recent(("help_handled", "visit_ended"), days=1)
    assert [(one.visit_id, one.event) for one in found] == [("a", ENDED), ("", HANDLED)]
    assert found[0].at == clock.now()


def test_what_is_older_is_left_out(store: LocalStore, clock: FakeClock) -> None:
    store.record("a", [ENDED])
    clock.advance(86_401)
    assert store.recent(("visit_ended",), days=1) == []
    assert len(store.recent(("visit_ended",), days=2)) == 1


def test_a_closed_store_says_so(store: LocalStore) -> None:
    store.close()
    with pytest.raises(StoreUnavailable):
        store.recent(("visit_ended",), days=1)
