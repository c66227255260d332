"""Killed, copied, full, read-only, damaged, started twice: nothing lost, nothing twice, nothing readable."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import event, text

from db.local.assembly import assemble
from db.local.health import store_health
from db.local.quarantine import quarantine
from db.local.store import STORE_FILE
from kiosk.config import Settings, SiteSettings
from kiosk.events import HelpAsked
from kiosk.ports import LastingFault, PartState, StoreUnavailable
from tests.db.local.child import NOBODY
from tests.db.local.support import ENDED, HELP, KIOSK, STARTED, FakeClock, KioskSigner, open_store, raw

ROOT = Path(__file__).parents[3]
KILLS = 12


@contextmanager
def child(program: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.db.local.child", program, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(lines: IO[str] | None) -> tuple[str, str]:
    assert lines is not None
    word, _, value = lines.readline().strip().partition(" ")
    return word, value


def test_killed_again_and_again_while_recording_loses_nothing_and_nothing_is_there_twice(tmp_path: Path) -> None:
    chance = random.Random(7)
    reported = 0
    for _ in range(KILLS):
        with child("record", tmp_path) as process:
            word, value = told(process.stdout)
            assert word == "head"
            assert int(value) >= reported, "a reported commit is gone"
            assert int(value) % 4 == 0, "half a transaction is there"
            for _ in range(chance.randrange(1, 30)):
                reported = int(told(process.stdout)[1])
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read() if process.stdout else ""
        complete = [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        if complete:
            reported = int(complete[-1].split()[1])
    store = open_store(tmp_path)
    verdict = store.verify_chain()
    assert verdict.intact
    assert verdict.links >= reported
    assert store.open_visit() is None
    store.record("after", [STARTED])
    assert store.verify_chain().intact
    store.close()


def test_nothing_of_an_event_is_readable_in_any_file(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    planted = ["PLANTED-TEXT-OF-AN-EVENT", "planted-visit-id", KIOSK, "help_asked", "prev_hash", "CREATE TABLE"]
    for _ in range(50):
        store.record(planted[1], [HelpAsked(stage=planted[0])])
    found = {file.name for file in tmp_path.iterdir()}
    assert {STORE_FILE, STORE_FILE + "-wal", STORE_FILE + "-shm"} <= found, "looked at while all three are there"
    for closed in (False, True):
        if closed:
            store.close()
        for file in tmp_path.iterdir():
            content = file.read_bytes()
            assert not content.startswith(b"SQLite format 3"), file.name
            assert not [words for words in planted if words.encode() in content], file.name
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_another_key_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.record("v", [STARTED])
    store.close()
    before = (tmp_path / STORE_FILE).read_bytes()
    with pytest.raises(LastingFault, match="store_damaged"):
        open_store(tmp_path, key=bytes(32))
    assert (tmp_path / STORE_FILE).read_bytes() == before
    store = open_store(tmp_path)
    assert store.verify_chain().links == 1
    store.close()


def test_a_store_of_another_kiosk_or_signing_key_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with pytest.raises(LastingFault, match="store_of_another_kiosk"):
        open_store(tmp_path, kiosk_id="kiosk-test-02")
    with pytest.raises(LastingFault, match="signing_key_changed"):
        open_store(tmp_path, signer=KioskSigner(bytes(32)))
    open_store(tmp_path).close()


def test_a_store_of_newer_software_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    connection = raw(tmp_path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LastingFault, match="store_from_newer_software"):
        open_store(tmp_path)


def test_a_flipped_byte_is_a_fault_and_never_a_fresh_store(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.record("v", [STARTED] * 50)
    store.close()
    file = tmp_path / STORE_FILE
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    with pytest.raises(LastingFault, match="store_damaged"):
        open_store(tmp_path)


def test_damage_of_a_later_page_is_told_when_it_is_met(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.record("v", [HELP] * 200)
    store.close()
    file = tmp_path / STORE_FILE
    content = bytearray(file.read_bytes())
    for page in range(8, len(content) // 4096):
        content[page * 4096 + 50] ^= 1
    file.write_bytes(content)
    with pytest.raises((LastingFault, StoreUnavailable), match="damaged"):
        open_store(tmp_path).verify_chain()


def test_quarantine_keeps_the_store_whole_and_is_refused_while_it_is_in_use(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.record("v", [STARTED])
    with pytest.raises(LastingFault, match="store_in_use"):
        quarantine(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    store.close()
    before = (tmp_path / STORE_FILE).read_bytes()
    aside = quarantine(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    assert (aside / STORE_FILE).read_bytes() == before
    fresh = open_store(tmp_path)
    assert fresh.head().seq == 0
    fresh.close()


def test_two_programs_on_one_store_are_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    with child("hold", tmp_path) as process:
        assert told(process.stdout) == ("holding", "1")
        with pytest.raises(LastingFault, match="store_in_use"):
            open_store(tmp_path)
    store = open_store(tmp_path)
    store.record("v", [ENDED])
    assert store.verify_chain().links == 2
    with pytest.raises(LastingFault, match="store_in_use"):
        open_store(tmp_path)
    store.close()


def test_a_full_disk_refuses_the_whole_step_and_the_chain_goes_on_afterwards(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.record("v", [STARTED])
    engine = store._file._engine
    assert engine is not None
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    engine.dispose()
    full = True

    @event.listens_for(engine, "checkout")
    def shrink(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 3 if full else 1_000_000}")  # type: ignore[attr-defined]

    recorded = 1
    with pytest.raises(StoreUnavailable, match="disk_full"):
        for _ in range(100):
            store.record("v", [HELP, HELP, HELP])
            recorded += 3
    assert store.head().seq == recorded > 1
    assert store.verify_chain().intact
    full = False
    store.record("v", [ENDED])
    assert store.verify_chain().links == recorded + 1
    store.close()


def test_writes_that_break_off_half_way_leave_the_chain_intact(tmp_path: Path) -> None:
    with child("small", tmp_path) as process:
        output, _ = process.communicate(timeout=60)
    lines = [tuple(line.split()) for line in output.splitlines()]
    answer = dict(lines)
    assert answer["fault"] in {"disk_full", "io"}
    assert int(answer["recorded"]) > 1
    assert answer["head"] == answer["recorded"]
    assert int(answer["after"]) == int(answer["recorded"]) + 1
    assert lines.count(("intact", "True")) == 2


def test_a_read_only_folder_or_file_is_told_and_mends_itself() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        with child("readonly", folder) as process:
            output, _ = process.communicate(timeout=60)
    assert output.splitlines() == ["fault store_unwritable", "recorded 1", "fault store_read_only"]


def test_after_close_every_call_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.record("v", [STARTED])
    with pytest.raises(StoreUnavailable, match="closed"):
        store.backlog()


def test_assembly_makes_keys_and_store_once_and_finds_them_again(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, site=SiteSettings(kiosk_id=KIOSK))
    first = assemble(settings, FakeClock())
    first.store.record("v", [STARTED])
    first.store.close()
    second = assemble(settings, FakeClock())
    assert second.store.head().seq == 1
    assert second.signer.public_key == first.signer.public_key
    second.store.close()
    (tmp_path / "keys" / "store.key").unlink()
    with pytest.raises(LastingFault, match="store_key_missing"):
        assemble(settings, FakeClock())


def test_doctor_sees_the_plain_key_file_and_a_store_that_is_gone(tmp_path: Path) -> None:
    parts = assemble(Settings(data_dir=tmp_path), FakeClock())
    parts.store.record("v", [STARTED])
    health = store_health(parts)
    assert health.state is PartState.DEGRADED
    assert health.detail["warning"] == "keys_in_plain_file"
    assert (health.detail["events"], health.detail["unsent"]) == ("1", "1")
    parts.store.close()
    assert store_health(parts).state is PartState.FAULT
    assert store_health(parts).last_fault == "closed"
