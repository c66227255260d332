"""Flipped bits anywhere in the kiosk's files: a typed fault, or everything is there. Never silently less."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from db.local.mark import MARK_FILE, HeadMark
from db.local.quarantine import quarantine
from db.local.store import STORE_FILE
from kiosk.ports import LastingFault, StoreUnavailable
from tests.db.local.support import ENDED, HELP, PIN, STARTED, FakeClock, open_store, raw

FLIPS = {STORE_FILE: 30, STORE_FILE + "-wal": 30, STORE_FILE + "-shm": 8, MARK_FILE: 8}
VISITS = 20


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, str]]:
    """The folder of a kiosk that died, its log partly written back, and every hash it had reported."""
    folder = tmp_path_factory.mktemp("kiosk") / "kiosk"
    store, reported = open_store(folder), {}
    store.begin_run("1.0")
    for number in range(VISITS):
        store.record(f"v{number}", [STARTED, HELP, PIN, ENDED])
        reported[store.head().seq] = store.head().hash
        if number == VISITS // 2:
            store.acknowledge(store.head().seq)
            checkpoint = raw(folder)
            checkpoint.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            checkpoint.close()
    image = folder.with_name("image")
    shutil.copytree(folder, image)
    store.close()
    return image, reported


@pytest.mark.parametrize("file", FLIPS)
def test_a_flipped_bit_is_told_or_does_no_harm(killed: tuple[Path, dict[int, str]], tmp_path: Path, file: str) -> None:
    image, reported = killed
    outcomes: Counter[str] = Counter()
    for seed in range(FLIPS[file]):
        folder = tmp_path / str(seed)
        shutil.copytree(image, folder)
        flip(folder / file, random.Random(f"{file}/{seed}"))
        outcomes[outcome_of(folder, reported)] += 1
    assert not outcomes["silently less"], outcomes
    if file in {STORE_FILE, STORE_FILE + "-wal"}:
        assert outcomes["told"] > 0, outcomes
    else:
        assert outcomes["all there"] == FLIPS[file], outcomes


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 8))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def outcome_of(folder: Path, reported: dict[int, str]) -> str:
    try:
        store = open_store(folder)
    except LastingFault as fault:
        return "told" if fault.reason == "store_damaged" else fault.reason
    try:
        verdict = store.verify_chain()
        kept = {seq: store.hash_of(seq) for seq in reported}
    except StoreUnavailable as fault:
        return "told" if fault.reason == "damaged" else fault.reason
    finally:
        store.close()
    if not verdict.intact:
        return "told"
    return "all there" if kept == reported else "silently less"


def test_a_log_that_is_gone_is_told_as_well(killed: tuple[Path, dict[int, str]], tmp_path: Path) -> None:
    folder = tmp_path / "kiosk"
    shutil.copytree(killed[0], folder)
    (folder / (STORE_FILE + "-wal")).unlink()
    with pytest.raises(LastingFault, match="store_damaged"):
        open_store(folder)


def test_without_the_mark_the_same_log_would_silently_be_taken_for_a_shorter_one(
    killed: tuple[Path, dict[int, str]], tmp_path: Path
) -> None:
    folder = tmp_path / "kiosk"
    shutil.copytree(killed[0], folder)
    log = bytearray((folder / (STORE_FILE + "-wal")).read_bytes())
    log[200] ^= 1  # in the first page of the log: SQLite reads none of the later ones
    (folder / (STORE_FILE + "-wal")).write_bytes(log)
    (folder / MARK_FILE).unlink()
    assert outcome_of(folder, killed[1]) == "silently less"


def test_the_mark_follows_the_head_and_a_quarantined_store_takes_it_along(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.record("v", [STARTED, HELP])
    mark = HeadMark(tmp_path).read()
    assert mark is not None
    assert (mark.seq, mark.hash) == (store.head().seq, store.head().hash)
    store.close()
    aside = quarantine(tmp_path, FakeClock().now())
    assert HeadMark(aside).read() == mark
    fresh = open_store(tmp_path)
    fresh.record("v", [ENDED])
    fresh.close()
    open_store(tmp_path).close()
