"""The sync service with its real store and client before a centre that lies. The risk: an event that counts as sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.local.keys import KioskSigner
from db.local.store import LocalStore
from db.sync.worker import AGREE_SECONDS, SyncService
from kiosk.config import CentreSettings
from kiosk.ports import LastingFault
from tests.db.central.liar import Liar, liar_of
from tests.db.local.support import ENDED, STARTED, FakeClock, open_store
from tests.db.support import CentralForTest

KEPT = {"status": "accepted", "accepted_seq": 2, "reason": ""}
HEAD = {"seq": 0, "hash": "0" * 64, "epoch": 1}
NO_APPENDS: list[Any] = [
    None, [], 2, True, "accepted", {}, {"status": "accepted"}, {"refused": "busy"}, {"accepted_seq": 2},
    *(KEPT | {"accepted_seq": wrong} for wrong in (True, "2", 2.0, -1, 1, 10**30, None, [2])),
    *(KEPT | {"status": wrong} for wrong in ("ok", "ACCEPTED", True, None, ["accepted"])), KEPT | {"reason": 5},
]  # fmt: skip
NO_HEADS: list[Any] = [
    [], 2, {}, "2", *(HEAD | {"seq": wrong} for wrong in (True, "2", 0.0, -1, None)),
    *(HEAD | {"hash": wrong} for wrong in (5, None, "", "0" * 63)),
    *(HEAD | {"epoch": wrong} for wrong in (None, True, "1", 10**30)),
]  # fmt: skip


@dataclass
class Branch:
    liar: Liar
    store: LocalStore
    service: SyncService
    clock: FakeClock

    def fault(self) -> str:
        self.service.wake()
        with pytest.raises(LastingFault) as fault:
            self.service.work()
        return fault.value.reason


@pytest.fixture
def branch(central: CentralForTest, tmp_path: Path) -> Iterator[Branch]:
    kiosk, clock = central.kiosk(), FakeClock()
    store = open_store(tmp_path, clock, kiosk_id=kiosk.kiosk_id, signer=KioskSigner(kiosk.signer.private_bytes_raw()))
    service = SyncService(store, kiosk.client, CentreSettings(), clock)
    service.set_up()
    store.record("v", [STARTED, ENDED])
    yield Branch(liar_of(central), store, service, clock)
    store.close()


def test_an_answer_of_another_shape_acknowledges_nothing_and_is_a_fault(branch: Branch) -> None:
    for lie in NO_APPENDS:
        branch.liar.answers("append_events", lie)
        assert branch.fault() == "refused_answer_not_readable", lie
        assert branch.store.backlog() == 2, lie
    branch.liar.answers("append_events", KEPT)
    branch.service.work()
    assert branch.store.backlog() == 0


def test_a_head_of_another_shape_neither_acknowledges_nor_moves_the_epoch(branch: Branch) -> None:
    branch.liar.answers("append_events", KEPT)
    branch.service.wake()
    branch.service.work()
    branch.store.record("v", [STARTED])
    branch.liar.answers("append_events", KEPT | {"accepted_seq": 3})
    for lie in NO_HEADS:
        branch.liar.answers("my_head", lie)
        with pytest.raises(LastingFault, match="refused_answer_not_readable"):
            branch.service.set_up()
        assert (branch.store.backlog(), branch.store.head().epoch) == (1, 1), lie
    branch.clock.advance(AGREE_SECONDS)
    assert branch.fault() == "refused_answer_not_readable"  # sent, and only then compared


def test_a_centre_whose_time_is_none_moves_no_clock(branch: Branch) -> None:
    before = branch.service.clock_offset
    branch.liar.answers("my_config", {"server_time": "now"})
    with pytest.raises(LastingFault, match="refused_answer_not_readable"):
        branch.service.set_up()
    assert branch.service.clock_offset == before
