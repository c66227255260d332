"""The power goes in the middle of a write, again and again: what was reported is there afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.local.store import STORE_FILE
from tests.faults.campaign import cut_power
from tests.faults.disk import PowerDisk
from tests.faults.power import NORMAL, open_thin, power_trial, store_on

TRIALS = 100
FIRST_SEED = 5000


def test_no_reported_event_is_gone_after_a_hundred_power_cuts() -> None:
    tally = cut_power(range(FIRST_SEED, FIRST_SEED + TRIALS))
    assert tally.failed == []
    assert tally.runs == TRIALS
    assert tally.reported > 5 * TRIALS


def test_the_same_cuts_lose_reported_events_where_commits_are_not_synced(tmp_path: Path) -> None:
    trials = (power_trial(s, tmp_path / str(s), synchronous=NORMAL) for s in range(FIRST_SEED, FIRST_SEED + 30))
    assert any(trial.lost for trial in trials)


def test_the_same_cuts_lose_a_whole_store_where_the_folder_is_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store_on

    def unsynced(disk: PowerDisk, *settings: tuple[str, ...]):  # type: ignore[no-untyped-def]
        disk.sync_folder = lambda _folder: None  # type: ignore[method-assign]
        return real(disk, *settings)

    monkeypatch.setattr("tests.faults.power.store_on", unsynced)
    assert any(power_trial(seed, tmp_path / str(seed)).lost for seed in range(FIRST_SEED, FIRST_SEED + 30))


def test_a_disk_without_a_cut_keeps_everything_and_really_is_below_the_store(tmp_path: Path) -> None:
    disk = PowerDisk()
    with store_on(disk):
        store = open_thin(tmp_path / "kiosk")
        store.begin_run("power")
        assert store.verify_chain().links == 1
        store.close()
    assert {Path(path).name for path in disk.images} >= {STORE_FILE}
    assert disk.operations > 10
