"""A new store key: a kill at any moment leaves a store that opens, with its whole chain, and one key in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db.local.keys import NEXT_STORE_KEY, SIGNING_KEY, STORE_KEY, KeyFolder
from db.local.lock import StoreLock
from db.local.rekey import opens, rekey, settle
from db.local.store import STORE_FILE, LocalStore
from kiosk.ports import LastingFault
from tests.db.local.support import BOOT, ENDED, HELP, KIOSK, STARTED, FakeClock

STEPS = ("wal_left", "sealed", "rekeyed", "kept")


def _open(folder: Path) -> LocalStore:
    keys = KeyFolder(folder / "keys")
    pair = keys.open(store_exists=(folder / STORE_FILE).exists())
    return LocalStore(folder, KIOSK, settle(folder, keys, pair), pair.signer, FakeClock(), boot_id=BOOT)


def _fill(folder: Path, *payloads: bytes) -> int:
    """``payloads`` make the file as large as a test needs it."""
    store = _open(folder)
    store.record("v-0", [STARTED, *[HELP] * 20, ENDED], [(f"part-{n}", p) for n, p in enumerate(payloads or (b"x",))])
    seq = store.head().seq
    store.close()
    return seq


def _key(folder: Path) -> bytes:
    return (folder / "keys" / STORE_KEY).read_bytes()


def _child(folder: Path, step: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.db.local.child", "rekey", str(folder / step)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _whole(folder: Path, seq: int) -> None:
    """The store opens, nothing is lost, one key is left, and it records again."""
    store = _open(folder)
    assert store.head().seq == seq and store.verify_chain().intact
    assert {payload.visit_id for payload in store.unsent_payloads(10)} == {"v-0"}
    store.record("v-after", [STARTED])
    store.close()
    assert {file.name for file in (folder / "keys").iterdir()} == {STORE_KEY, SIGNING_KEY}
    assert opens(folder / STORE_FILE, _key(folder))


def test_a_rekeyed_store_opens_with_the_new_key_only(tmp_path: Path) -> None:
    seq, old = _fill(tmp_path), _key(tmp_path)
    held = os.open(tmp_path / "keys" / STORE_KEY, os.O_RDONLY)
    steps: list[str] = []
    rekey(tmp_path, KeyFolder(tmp_path / "keys"), steps.append)
    assert tuple(steps) == STEPS
    assert _key(tmp_path) != old
    assert os.pread(held, 64, 0) != old  # overwritten, not only unlinked
    os.close(held)
    assert not opens(tmp_path / STORE_FILE, old)
    _whole(tmp_path, seq)


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_after_each_step_leaves_a_whole_store(tmp_path: Path, step: str) -> None:
    seq, old = _fill(tmp_path), _key(tmp_path)
    child = _child(tmp_path, step)
    assert child.stdout is not None
    assert child.stdout.read().split()[-1] == step
    assert child.wait() == -9
    _whole(tmp_path, seq)
    assert (_key(tmp_path) == old) == (step in ("wal_left", "sealed"))


@pytest.mark.parametrize("written", [0, 4096, 1 << 20])
def test_a_kill_while_the_journal_is_written_leaves_a_whole_store(tmp_path: Path, written: int) -> None:
    seq = _fill(tmp_path, bytes(2 << 20))
    child = _child(tmp_path, str(written))
    assert child.wait() == -signal.SIGXFSZ
    assert (tmp_path / "store.db-journal").stat().st_size == written
    _whole(tmp_path, seq)


def test_a_kill_while_the_pages_are_written_leaves_a_whole_store(tmp_path: Path) -> None:
    """More pages than SQLite's cache holds: they reach the file long before the last is done."""
    seq = _fill(tmp_path, bytes(4 << 20), bytes(4 << 20), bytes(4 << 20))
    store, old = tmp_path / STORE_FILE, _key(tmp_path)
    child = _child(tmp_path, "never")
    assert child.stdout is not None
    while child.stdout.readline().strip() != "step sealed":
        pass
    before = store.stat().st_mtime_ns
    while store.stat().st_mtime_ns == before:
        assert child.poll() is None
    child.kill()
    child.wait()
    assert (tmp_path / "store.db-journal").stat().st_size  # it was in the middle
    _whole(tmp_path, seq)
    assert _key(tmp_path) == old


def test_a_store_in_use_is_not_rekeyed(tmp_path: Path) -> None:
    _fill(tmp_path)
    lock = StoreLock(tmp_path)
    lock.acquire()
    with pytest.raises(LastingFault, match="store_in_use"):
        rekey(tmp_path, KeyFolder(tmp_path / "keys"))
    lock.release()
    assert not (tmp_path / "keys" / NEXT_STORE_KEY).exists()


def test_without_a_store_there_is_nothing_to_rekey(tmp_path: Path) -> None:
    with pytest.raises(LastingFault, match="store_missing"):
        rekey(tmp_path, KeyFolder(tmp_path / "keys"))


def test_a_store_that_neither_key_opens_keeps_both_keys(tmp_path: Path) -> None:
    _fill(tmp_path)
    KeyFolder(tmp_path / "keys").draw_next()
    content = (tmp_path / STORE_FILE).read_bytes()
    (tmp_path / STORE_FILE).write_bytes(bytes(64) + content[64:])
    with pytest.raises(LastingFault, match="store_damaged"):
        _open(tmp_path)
    assert (tmp_path / "keys" / NEXT_STORE_KEY).exists() and (tmp_path / "keys" / STORE_KEY).exists()
