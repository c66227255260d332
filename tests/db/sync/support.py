"""A sync service on a real store, and the way to run it without its thread."""

from __future__ import annotations

from db.local.store import LocalStore
from db.sync.ports import CentreLink, Outbox
from db.sync.worker import SyncService
from kiosk.config import CentreSettings
from kiosk.ports import Service
from tests.db.local.support import FakeClock


def service_of(store: LocalStore, centre: CentreLink, clock: FakeClock, batch: int = 3) -> SyncService:
    outbox: Outbox = store
    service = SyncService(outbox, centre, CentreSettings(sync_batch=batch), clock)
    as_port: Service = service
    assert as_port.name == "sync"
    return service


def drain(service: SyncService, store: LocalStore) -> None:
    service.set_up()
    while store.backlog():
        service.work()
    service.tear_down()
