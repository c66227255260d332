"""The same worker and store against the real centre: PostgreSQL with the kiosk's own login."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from db.local.keys import KioskSigner
from db.local.store import LocalStore
from db.sync.worker import SyncService
from kiosk.config import CentreSettings
from kiosk.ports import CentreVisitStatus, LastingFault, PassingFault
from tests.db.local.support import ENDED, HELP, STARTED, FakeClock, open_store
from tests.db.support import CentralForTest, KioskForTest


@dataclass
class Branch:
    """A kiosk with its real store, client and sync service."""

    centre: CentralForTest
    kiosk: KioskForTest
    store: LocalStore
    service: SyncService

    def drain(self) -> None:
        self.service.set_up()
        while self.store.backlog():
            self.service.work()
        self.service.tear_down()

    def kept(self) -> int:
        count = self.centre.one("SELECT count(*) FROM store.event WHERE kiosk_id = %s", self.kiosk.kiosk_id)
        assert isinstance(count, int)
        return count


@pytest.fixture
def branch(central: CentralForTest, tmp_path: Path) -> Iterator[Branch]:
    kiosk, clock = central.kiosk(), FakeClock()
    signer = KioskSigner(kiosk.signer.private_bytes_raw())
    store = open_store(tmp_path, clock, kiosk_id=kiosk.kiosk_id, signer=signer)
    yield Branch(central, kiosk, store, SyncService(store, kiosk.client, CentreSettings(sync_batch=4), clock))
    store.close()


def test_a_visit_recorded_here_is_settled_there(branch: Branch) -> None:
    visit = str(uuid.uuid4())
    with branch.centre.jobs():
        branch.store.begin_run("1.0")
        ticket = branch.kiosk.lookup(visit).ticket
        *steps, matched, sent, verified, pin = branch.kiosk.visit_events(ticket)
        branch.store.record(visit, steps)
        branch.drain()
        branch.kiosk.client.reference_face(ticket)
        branch.store.record(visit, [matched])
        branch.drain()
        branch.kiosk.client.send_code(ticket, 1, "482916")
        branch.store.record(visit, [sent, verified, pin])
        branch.drain()
        status = branch.kiosk.client.visit_status(visit)
        while status is CentreVisitStatus.OPEN:
            status = branch.kiosk.client.visit_status(visit)
    assert status is CentreVisitStatus.SETTLED
    assert branch.centre.account_status() == "TERVERIFIKASI"
    assert branch.centre.alarms() == set()
    assert branch.kept() == branch.store.head().seq == 10
    assert branch.service.status().clock_offset_s is not None


def test_sending_again_after_a_rewind_keeps_each_event_once(branch: Branch) -> None:
    branch.store.record("v", [STARTED, HELP, HELP, HELP, HELP, ENDED])
    branch.drain()
    branch.store.rewind(0)
    while branch.store.backlog():
        branch.service.work()
    assert branch.kept() == 6
    assert branch.centre.alarms() == set()


def test_a_centre_restored_from_its_backup_gets_the_lost_events_again(branch: Branch) -> None:
    branch.store.record("v", [STARTED, HELP, ENDED])
    branch.drain()
    with branch.centre.admin() as admin, admin.transaction():
        admin.execute("ALTER TABLE store.event DISABLE TRIGGER USER")
        admin.execute("DELETE FROM store.event WHERE seq > 1")
        admin.execute("UPDATE store.head SET seq = 1, hash = (SELECT hash FROM store.event WHERE seq = 1)")
        admin.execute("ALTER TABLE store.event ENABLE TRIGGER USER")
    branch.store.record("w", [STARTED])
    with pytest.raises(PassingFault, match="gap"):
        branch.service.work()
    branch.drain()
    assert branch.kept() == 4
    assert branch.kiosk.client.my_head().hash == branch.store.head().hash


def test_after_a_thief_with_the_login_only_a_re_anchoring_lets_the_kiosk_go_on(branch: Branch) -> None:
    branch.store.record("v", [STARTED, HELP])
    branch.drain()
    thief = branch.kiosk.chain
    thief.seq, thief.head, thief.signer = branch.store.head().seq, branch.store.head().hash, None
    branch.kiosk.record("stolen", STARTED)
    with pytest.raises(LastingFault, match="clone_or_rollback"):
        branch.service.set_up()
    branch.store.record("v", [ENDED])
    with pytest.raises(LastingFault, match="fork"):
        branch.service.set_up()
    assert branch.store.backlog() == 1

    branch.centre.run("SELECT store.reanchor(%s, 2)", branch.kiosk.kiosk_id)
    branch.drain()
    branch.store.record("w", [STARTED])
    branch.drain()
    head = branch.kiosk.client.my_head()
    assert (head.seq, head.epoch, head.hash) == (4, 2, branch.store.head().hash)
    assert branch.store.verify_chain().intact


def test_a_kiosk_that_is_switched_off_keeps_everything_and_says_why(branch: Branch) -> None:
    branch.store.record("v", [STARTED])
    branch.centre.run("UPDATE store.kiosk SET enabled = false")
    with pytest.raises(LastingFault, match="not_enrolled"):
        branch.service.set_up()
    assert branch.store.backlog() == 1
    branch.centre.run("UPDATE store.kiosk SET enabled = true")
    branch.drain()
    assert branch.kept() == 1


def test_a_refused_login_loses_nothing_and_mends_itself(branch: Branch, central: CentralForTest) -> None:
    branch.store.record("v", [STARTED])
    central.run('ALTER ROLE "kiosk_kiosk-demo-01" NOLOGIN')
    with pytest.raises((PassingFault, LastingFault)):
        branch.service.set_up()
    assert branch.store.backlog() == 1
    central.run('ALTER ROLE "kiosk_kiosk-demo-01" LOGIN')
    branch.drain()
    assert branch.kept() == 1
