"""A disk that is full or read-only at any write: a typed fault, nothing half-recorded, and it goes on afterwards."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from db.local.store import LocalStore
from kiosk.ports import LastingFault, PassingFault, StoreUnavailable
from tests.db.local.support import ENDED, HELP, KIOSK, PIN, STARTED, FakeClock, open_store
from tests.db.sync.memory_centre import MemoryCentre
from tests.db.sync.support import drain, service_of
from tests.faults.disk import PowerDisk
from tests.faults.power import open_thin, store_on


@pytest.mark.parametrize(("fault", "reason"), [(apsw.FullError, "disk_full"), (apsw.ReadOnlyError, "read_only")])
def test_whichever_write_is_refused_the_whole_step_is(tmp_path: Path, fault: type[Exception], reason: str) -> None:
    disk = PowerDisk()
    with store_on(disk):
        store = open_thin(tmp_path / "kiosk")
        store.record("v", [STARTED])
        refused_at, recorded = 0, 1
        while True:
            allowed = refused_at
            told = ""

            def refuse(_file: str) -> Exception | None:
                nonlocal allowed
                allowed -= 1
                return fault() if allowed < 0 else None

            disk.refuse = refuse
            try:
                store.record("v", [HELP, PIN, ENDED])
                recorded += 3
            except StoreUnavailable as refusal:
                told = refusal.reason
            disk.refuse = lambda _file: None
            assert store.head().seq == recorded, f"refused at write {refused_at}"
            assert store.verify_chain().links == recorded
            if not told:
                break
            assert told in {reason, "io"}
            refused_at += 1
        assert refused_at > 5, "a record is several writes"
        store.close()
        again = open_thin(tmp_path / "kiosk")
        again.record("v", [ENDED])
        assert again.verify_chain().intact
        again.close()


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", options, "bpjs-test", str(folder)], check=False, capture_output=True
    )
    if not done or done.returncode:
        pytest.skip("no right to mount here; the refused writes above and `disk_full` of the campaign stand for it")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=False, capture_output=True)


def test_a_really_full_disk_keeps_what_was_recorded_and_sends_it_when_there_is_room(tmp_path: Path) -> None:
    clock = FakeClock()
    centre = MemoryCentre(clock)
    with mounted(tmp_path / "small", "size=600k,mode=700") as folder:
        store = open_store(folder / "kiosk", clock)
        recorded = fill(store)
        (folder / "left").write_bytes(b"")
        assert store.head().seq == store.backlog() == recorded > 10
        service = service_of(store, centre, clock)
        with contextlib.suppress(PassingFault):
            service.set_up()
            for _ in range(recorded):
                service.work()
        subprocess.run(["mount", "-o", "remount,size=4m", str(folder)], check=True)
        drain(service_of(store, centre, clock), store)
        store.record("v", [ENDED])
        drain(service_of(store, centre, clock), store)
        assert [event.seq for event in centre.kept] == list(range(1, recorded + 2))
        assert store.verify_chain().intact
        store.close()


def fill(store: LocalStore) -> int:
    recorded = 0
    with pytest.raises(StoreUnavailable, match="disk_full"):
        for _ in range(10_000):
            store.record("v", [HELP])
            recorded += 1
    return recorded


def test_a_disk_that_became_read_only_is_told_and_everything_is_there_when_it_is_not(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=8m,mode=700") as folder:
        store = open_store(folder / "kiosk")
        store.record("v", [STARTED, HELP])
        store.close()
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        with pytest.raises(LastingFault, match=r"store_unwritable|store_read_only"):
            open_store(folder / "kiosk")
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        store = open_store(folder / "kiosk")
        store.record("v", [ENDED])
        assert store.verify_chain().links == 3
        assert store._author.kiosk_id == KIOSK
        store.close()
