"""Two kiosks with one identity: whoever comes second is refused, on record, and keeps what it has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from db.local.keys import KioskSigner
from db.local.store import LocalStore
from db.sync.worker import SyncService
from kiosk.config import CentreSettings
from kiosk.ports import LastingFault
from tests.db.local.support import ENDED, HELP, STARTED, FakeClock, open_store
from tests.db.support import CentralForTest, KioskForTest
from tests.db.sync.memory_centre import MemoryCentre
from tests.db.sync.support import drain, service_of


class Twins:
    """A kiosk with three events at the centre, and a copy of its disk from then."""

    def __init__(self, central: CentralForTest, tmp_path: Path) -> None:
        self.central, self.kiosk = central, central.kiosk()
        self.first = self._open(tmp_path / "first")
        self.first.begin_run("1.0")
        self.first.record("v", [STARTED, HELP])
        self.send(self.first)
        shutil.copytree(tmp_path / "first", tmp_path / "second")
        self.second = self._open(tmp_path / "second")
        self.second.begin_run("1.0")

    def _open(self, folder: Path) -> LocalStore:
        signer = KioskSigner(self.kiosk.signer.private_bytes_raw())
        return open_store(folder, FakeClock(), kiosk_id=self.kiosk.kiosk_id, signer=signer)

    def send(self, store: LocalStore) -> None:
        service = SyncService(store, self.kiosk.client, CentreSettings(), FakeClock())
        service.set_up()
        while store.backlog():
            service.work()

    def kept(self) -> list[str]:
        rows = self.central.admin().execute("SELECT hash FROM store.event ORDER BY epoch, seq").fetchall()
        return [row[0] for row in rows]

    def close(self) -> None:
        self.first.close()
        self.second.close()


@pytest.fixture
def twins(central: CentralForTest, tmp_path: Path) -> Twins:
    return Twins(central, tmp_path)


def head(kiosk: KioskForTest) -> tuple[int, str]:
    told = kiosk.client.my_head()
    return told.seq, told.hash


@pytest.mark.parametrize(("more", "reason"), [(4, "clone_or_rollback"), (1, "fork")])
def test_the_copy_is_refused_with_an_alarm_and_the_first_ones_data_is_safe(
    twins: Twins, more: int, reason: str
) -> None:
    twins.first.record("v", [HELP] * (more - 1) + [ENDED])
    twins.send(twins.first)
    before = twins.kept()
    with pytest.raises(LastingFault, match=reason):
        twins.send(twins.second)
    assert twins.kept() == before, "nothing of the copy is taken"
    assert "append_fork" in twins.central.alarms(), "the centre's own people hear of it"
    assert twins.second.backlog() == 1, "the copy keeps what it has"
    twins.first.record("w", [STARTED])
    twins.send(twins.first)
    assert head(twins.kiosk) == (twins.first.head().seq, twins.first.head().hash)
    assert twins.first.verify_chain().intact
    twins.close()


def test_when_the_copy_was_quicker_the_first_stops_with_its_data_and_goes_on_after_a_re_anchoring(
    twins: Twins,
) -> None:
    twins.second.record("x", [STARTED, ENDED])
    twins.send(twins.second)
    twins.first.record("v", [ENDED])
    with pytest.raises(LastingFault, match="clone_or_rollback"):
        twins.send(twins.first)
    assert "append_fork" in twins.central.alarms()
    assert twins.first.backlog() == 1
    twins.central.run("SELECT store.reanchor(%s, 3)", twins.kiosk.kiosk_id)
    twins.send(twins.first)
    assert twins.first.backlog() == 0
    assert head(twins.kiosk) == (4, twins.first.head().hash)
    twins.close()


def test_a_rolled_back_disk_with_nothing_of_its_own_makes_no_noise_until_it_has_something(tmp_path: Path) -> None:
    clock = FakeClock()
    store, centre = open_store(tmp_path / "kiosk", clock), MemoryCentre(clock)
    store.record("v", [STARTED])
    drain(service_of(store, centre, clock), store)
    store.close()
    shutil.copytree(tmp_path / "kiosk", tmp_path / "old")
    store = open_store(tmp_path / "kiosk", clock)
    store.record("v", [HELP, ENDED])
    drain(service_of(store, centre, clock), store)
    store.close()
    sent = list(centre.batches)
    old = open_store(tmp_path / "old", clock)
    with pytest.raises(LastingFault, match="clone_or_rollback"):
        service_of(old, centre, clock).set_up()
    assert centre.batches == sent
    old.record("w", [STARTED])
    with pytest.raises(LastingFault, match="clone_or_rollback"):
        service_of(old, centre, clock).set_up()
    assert centre.batches == [*sent, 1]
    assert len(centre.kept) == 3
    old.close()
