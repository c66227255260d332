"""A fresh store after a damaged one, against the real centre: it takes nothing until staff re-anchor the chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.local.keys import KioskSigner
from db.local.store import LocalStore
from db.sync.worker import SyncService
from kiosk.config import CentreSettings
from kiosk.ports import LastingFault
from tests.db.local.support import ENDED, HELP, STARTED, FakeClock, open_store
from tests.db.support import CentralForTest, KioskForTest


def _store(folder: Path, kiosk: KioskForTest, clock: FakeClock) -> LocalStore:
    folder.mkdir(exist_ok=True)
    signer = KioskSigner(kiosk.signer.private_bytes_raw())
    return open_store(folder, clock, kiosk_id=kiosk.kiosk_id, signer=signer)


def _drain(store: LocalStore, kiosk: KioskForTest, clock: FakeClock) -> None:
    service = SyncService(store, kiosk.client, CentreSettings(), clock)
    service.set_up()
    while store.backlog():
        service.work()


def test_the_fresh_chain_is_taken_in_a_new_epoch_after_staff_re_anchored_it(
    central: CentralForTest, tmp_path: Path
) -> None:
    kiosk, clock = central.kiosk(), FakeClock()
    store = _store(tmp_path / "old", kiosk, clock)
    store.record("v-1", [STARTED, HELP, HELP, ENDED])
    _drain(store, kiosk, clock)
    store.close()
    fresh = _store(tmp_path / "fresh", kiosk, clock)
    fresh.begin_after_damage("store_damaged", "20261123T030000.000000Z")
    for length in (1, 5):  # shorter than the centre's chain, then longer
        fresh.record("", [HELP] * (length - fresh.head().seq))
        with pytest.raises(LastingFault, match="clone_or_rollback" if length == 1 else "fork"):
            _drain(fresh, kiosk, clock)
        assert fresh.trouble == "store_awaits_anchor"
    central.run("SELECT store.reanchor(%s, 0)", kiosk.kiosk_id)
    _drain(fresh, kiosk, clock)
    assert not fresh.trouble and fresh.head().epoch == 2
    first = "SELECT type FROM store.event WHERE kiosk_id = %s AND epoch = 2 ORDER BY seq LIMIT 1"
    assert central.one(first, kiosk.kiosk_id) == "store_quarantined"
    assert central.one("SELECT count(*) FROM store.event WHERE kiosk_id = %s AND epoch = 1", kiosk.kiosk_id) == 4
    fresh.close()
