"""Captures reach the centre after their events, once, and are forgotten then or after seven days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.central.deferred_wire import CaptureStatus
from db.local.store import LocalStore
from db.sync.worker import SyncService
from kiosk.events import VisitDeferred
from kiosk.ports import CAPTURE, PassingFault
from tests.db.local.support import ENDED, FakeClock
from tests.db.sync.memory_centre import MemoryCentre
from tests.db.sync.support import drain, service_of

DEFERRED = VisitDeferred(case_number="4821093755628", sealed_sha256="ab" * 32, sealed_to="key")
DAY = 86_400.0


def defer(store: LocalStore, visit: str = "v", sealed: bytes = b"sealed") -> None:
    store.record(visit, [DEFERRED, ENDED], [(CAPTURE, sealed)])


@pytest.fixture
def service(store: LocalStore, centre: MemoryCentre, clock: FakeClock) -> Iterator[SyncService]:
    service = service_of(store, centre, clock)
    yield service
    service.tear_down()


def send(service: SyncService, store: LocalStore) -> None:
    drain(service, store)
    service.work()


def test_a_capture_goes_after_its_events_and_is_forgotten(
    store: LocalStore, centre: MemoryCentre, service: SyncService
) -> None:
    defer(store)
    centre.put_capture = _after_events(centre)  # type: ignore[method-assign]
    send(service, store)
    assert centre.captures == {"v": b"sealed"}
    assert store.unsent_payloads(10) == []
    assert len(centre.kept) == 2


def _after_events(centre: MemoryCentre):  # type: ignore[no-untyped-def]
    put = centre.put_capture

    def checked(visit_id: str, sealed: bytes) -> CaptureStatus:
        assert len(centre.kept) == 2, "the events that name it come first"
        return put(visit_id, sealed)

    return checked


def test_a_lost_answer_leads_to_the_same_capture_again(
    store: LocalStore, centre: MemoryCentre, service: SyncService
) -> None:
    defer(store)
    drain(service, store)
    centre.lose_answers = 1
    with pytest.raises(PassingFault):
        service.work()
    assert len(store.unsent_payloads(10)) == 1, "only an answer lets go of it"
    send(service, store)
    assert centre.asked == ["v", "v"]
    assert store.unsent_payloads(10) == []


@pytest.mark.parametrize("status", [CaptureStatus.EVENT_NOT_SEEN, CaptureStatus.ALLOWANCE_SPENT])
def test_what_the_centre_does_not_take_yet_is_kept_and_brought_later(
    store: LocalStore, centre: MemoryCentre, service: SyncService, clock: FakeClock, status: CaptureStatus
) -> None:
    defer(store)
    defer(store, "w")
    centre.capture_status = status
    send(service, store)
    assert centre.asked == ["v"], "the next would fare no better"
    assert len(store.unsent_payloads(10)) == 2
    centre.capture_status = CaptureStatus.KEPT
    clock.advance(3601)
    send(service, store)
    assert set(centre.captures) == {"v", "w"}


def test_one_that_is_refused_for_good_does_not_hold_up_the_others(
    store: LocalStore, centre: MemoryCentre, service: SyncService
) -> None:
    defer(store)
    centre.capture_status = CaptureStatus.MALFORMED
    send(service, store)
    assert store.unsent_payloads(10) == []


def test_an_absent_centre_is_not_asked_every_second(
    store: LocalStore, centre: MemoryCentre, service: SyncService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.sync import worker

    monkeypatch.setattr(worker, "WAIT_SECONDS", 0.0)
    send(service, store)
    looks: list[int] = []
    monkeypatch.setattr(store, "unsent_payloads", lambda limit: looks.append(limit) or [])
    for _ in range(5):
        service.work()
    assert looks == []
    service.wake()
    service.work()
    assert len(looks) == 1


def test_a_capture_expires_after_seven_days_though_the_centre_never_came(
    store: LocalStore, centre: MemoryCentre, service: SyncService, clock: FakeClock, tmp_path: Path
) -> None:
    defer(store)
    centre.reachable = False
    for days in (6.9, 0.2):
        clock.advance(days * DAY)
        with pytest.raises(PassingFault):
            service.set_up()
        assert len(store.unsent_payloads(10)) == (1 if days > 1 else 0)
    assert store.backlog() == 2, "events stay at any age"


def test_event_and_capture_are_one_transaction(store: LocalStore) -> None:
    from kiosk.ports import StoreUnavailable

    with pytest.raises(StoreUnavailable):
        store.record("v", [DEFERRED, ENDED], [(CAPTURE, bytes(5 << 20))])
    assert store.backlog() == 0
