"""Power cuts under the real local store: what was reported must be there when the power is back."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from db.local import cipher, store_file
from db.local.mark import MARK_FILE
from db.local.store import LocalStore
from kiosk.events import HelpAsked, PinAccepted, VisitEnded, VisitStarted, VisitStatus
from kiosk.ports import LastingFault, StoreUnavailable
from kiosk.runtime.clock import SystemClock
from tests.faults import thin_sqlite
from tests.faults.disk import PowerDisk
from tests.faults.site import KIOSK, SIGNER

KEY = bytes(range(32))
FULL, NORMAL = "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"


@dataclass(frozen=True, slots=True)
class PowerTrial:
    """``lost``: reported events that are gone or another. ``wrong``: what else does not hold, in words."""

    seed: int
    reported: int
    lost: int
    wrong: str = ""

    @property
    def bad(self) -> bool:
        return bool(self.lost or self.wrong)


@contextlib.contextmanager
def store_on(disk: PowerDisk, settings: tuple[str, ...] = cipher._SETTINGS) -> Iterator[None]:
    """Within this, ``LocalStore`` opens its file on ``disk``."""
    real = cipher.dbapi2, cipher._SETTINGS, store_file.sync_folder
    cipher.dbapi2, cipher._SETTINGS, store_file.sync_folder = thin_sqlite, settings, disk.sync_folder
    thin_sqlite.vfs_name = disk.name
    try:
        yield
    finally:
        cipher.dbapi2, cipher._SETTINGS, store_file.sync_folder = real
        thin_sqlite.vfs_name = ""


def open_thin(folder: Path) -> LocalStore:
    return LocalStore(folder, KIOSK, KEY, SIGNER, SystemClock())


def power_trial(seed: int, folder: Path, *, synchronous: str = FULL) -> PowerTrial:
    """Cuts the power up to three times, in the middle of the work or of the coming up again."""
    chance = random.Random(f"power/{seed}")
    assert FULL in cipher._SETTINGS, "the store no longer asks for every commit on the disk"
    log_pages = chance.choice((4, 20, 1000))  # how often the log is written back into the file
    settings = tuple(synchronous if s == FULL else s for s in cipher._SETTINGS)
    settings += (f"PRAGMA wal_autocheckpoint = {log_pages}",)
    reported: dict[int, str] = {}
    wrong, lost, lives = "", 0, chance.choice((1, 1, 2, 3))
    for number in range(lives):
        disk = PowerDisk(cut_at=chance.randrange(1, 300))
        with store_on(disk, settings):
            _work_until_the_cut(folder / str(number), disk, chance, reported)
        after = folder / str(number + 1)
        disk.survivors(after, chance)
        mark = folder / str(number) / MARK_FILE
        if mark.exists() and chance.random() < 0.5:  # it is not synced: on the disk by chance
            shutil.copy(mark, after / MARK_FILE)
        last = number == lives - 1
        with store_on(PowerDisk(), settings):
            # Looked at in a copy, so that the next life finds the disk as the cut left it.
            store, told = _open_again(after if last else Path(shutil.copytree(after, folder / f"{number}-look")))
            wrong = wrong or told
            try:
                lost += _forget_what_is_gone(store, reported)
                wrong = wrong or (_whole(store, reported) if last else "")
            finally:
                store.close()
    return PowerTrial(seed, len(reported) + lost, lost, wrong)


def _work_until_the_cut(folder: Path, disk: PowerDisk, chance: random.Random, reported: dict[int, str]) -> None:
    try:
        store, _ = _open_again(folder)  # what the mark told was counted when the disk was looked at
    except LastingFault:
        assert disk.power_is_gone
        return
    try:
        for number in range(10_000):
            store.record(f"visit-{number}", _some_events(chance))
            head = store.head()
            reported[head.seq] = head.hash
            if chance.random() < 0.3:
                store.acknowledge(head.seq - chance.randrange(3))
            if chance.random() < 0.1:
                store.purge(keep_days=-1)
    except StoreUnavailable:
        assert disk.power_is_gone
    finally:
        store.close()


def _some_events(chance: random.Random) -> list[VisitStarted | HelpAsked | PinAccepted | VisitEnded]:
    events = [
        VisitStarted(service="verify_account", language="id"),
        HelpAsked(stage="x" * chance.randrange(1, 3000)),
        PinAccepted(ticket="t-1", sealed_verifier="c2VhbGVk", sealed_to="f1"),
        VisitEnded(status=VisitStatus.DITINGGALKAN, reason="cancelled"),
    ]
    return events[: chance.randrange(1, 5)]


def _open_again(folder: Path) -> tuple[LocalStore, str]:
    try:
        return open_thin(folder), ""
    except LastingFault as fault:
        (folder / MARK_FILE).unlink(missing_ok=True)  # without it: what is really there?
        return open_thin(folder), fault.reason


def _forget_what_is_gone(store: LocalStore, reported: dict[int, str]) -> int:
    kept = {seq: store.hash_of(seq) for seq in reported}
    head = store.head()
    # A purged link is no loss: it was acknowledged, and the head after it stands for it.
    gone = [seq for seq, link in reported.items() if seq > head.seq or (kept[seq] or link) != link]
    for seq in gone:
        del reported[seq]
    return len(gone)


def _whole(store: LocalStore, reported: dict[int, str]) -> str:
    store.record("after", [VisitStarted(service="verify_account", language="id")])
    verdict, head = store.verify_chain(), store.head()
    if not verdict.intact:
        return f"chain {verdict.problem} at {verdict.broken_at}"
    return "" if head.seq > max(reported, default=0) else "the end was used again"
