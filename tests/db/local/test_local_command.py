"""What a technician does to a kiosk's keys and data: protect, rekey, wipe; each says what it did or why not."""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.local.assembly import assemble
from db.local.local_command import LOCAL_ACTS, run_local
from db.local.protect_tpm import TCTI
from db.local.protection import ProtectionKind
from db.local.wipe import LOGS_FOLDER
from kiosk.config import Settings, SiteSettings
from kiosk.local_arguments import PROTECTIONS, add_local_acts
from kiosk.runtime import logs
from tests.db.local.soft_tpm import SoftTpm
from tests.db.local.support import ENDED, KIOSK, STARTED, FakeClock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", site=SiteSettings(kiosk_id=KIOSK))


@pytest.fixture
def tpm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftTpm]:
    with SoftTpm() as machine:
        monkeypatch.setenv(TCTI, machine.tcti)
        yield machine


def _run(settings: Settings, *words: str) -> int:
    parser = argparse.ArgumentParser()
    add_local_acts(parser.add_subparsers(dest="what", required=True))
    return run_local(parser.parse_args(words), settings, FakeClock())


def _fill(settings: Settings, *, sent: bool = True, payload: bool = False) -> None:
    parts = assemble(settings, FakeClock())
    parts.store.record("v", [STARTED, ENDED], [("capture", b"sealed")] if payload else ())
    if sent:
        parts.store.acknowledge(2)
    parts.store.close()
    (settings.data_dir / LOGS_FOLDER).mkdir(exist_ok=True)
    (settings.data_dir / LOGS_FOLDER / "kiosk.jsonl").write_text('{"event": "CONTOH"}\n')


def test_the_words_are_those_of_the_setting_and_every_act_is_there(settings: Settings) -> None:
    assert ("auto", *(kind.value for kind in ProtectionKind)) == PROTECTIONS
    assert {"protect", "rekey", "wipe"} == LOCAL_ACTS
    assert logs.LOGS_FOLDER == LOGS_FOLDER


def test_keys_are_sealed_to_the_tpm_and_the_store_opens_after_it(
    settings: Settings, tpm: SoftTpm, capsys: pytest.CaptureFixture[str]
) -> None:
    _fill(settings)
    assert _run(settings, "protect") == 0
    assert capsys.readouterr().out == "keys: tpm\n"
    assert _run(settings, "rekey") == 0
    parts = assemble(settings, FakeClock())
    assert parts.protection.kind == "tpm" and parts.store.head().seq == 2
    assert _run(settings, "protect", "file") == 2
    assert "store_in_use" in capsys.readouterr().err
    parts.store.close()


def test_without_keys_or_store_each_act_says_so(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert [_run(settings, *words) for words in (["protect"], ["rekey"], ["wipe", "--yes"])] == [2, 2, 2]
    said = capsys.readouterr().err
    assert "no keys yet" in said and "store_missing" in said and "nothing of a kiosk" in said
    assert not settings.data_dir.exists()


def test_a_wipe_overwrites_keys_and_store_and_says_what_the_centre_must_do(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _fill(settings)
    folder = settings.data_dir
    (folder / "notes.txt").write_text("a technician's")
    held = {}
    for name in ("keys/store.key", "keys/signing.key", "store.db", "logs/kiosk.jsonl"):
        handle = os.open(folder / name, os.O_RDONLY)
        held[handle] = os.pread(handle, 1 << 20, 0)
    assert _run(settings, "wipe", "--yes") == 0
    for handle, before in held.items():
        after = os.pread(handle, 1 << 20, 0)
        assert len(after) == len(before) and after != before
        os.close(handle)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    said = capsys.readouterr().out
    assert f"central revoke {KIOSK}" in said and "notes.txt" in said


@pytest.mark.parametrize("payload", [False, True])
def test_what_the_centre_does_not_have_is_lost_only_when_that_is_said(
    settings: Settings, payload: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    _fill(settings, sent=payload, payload=payload)
    assert _run(settings, "wipe", "--yes") == 2
    assert ("captures 1" if payload else "events 2") in capsys.readouterr().err
    assert (settings.data_dir / "store.db").exists()
    assert _run(settings, "wipe", "--yes", "--lose-unsent") == 0
    assert not list(settings.data_dir.iterdir())


def test_a_store_that_does_not_open_may_hold_something_unsent(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _fill(settings)
    (settings.data_dir / "store.db").write_bytes(bytes(8192))
    assert _run(settings, "wipe", "--yes") == 2
    assert "not known" in capsys.readouterr().err


def test_a_kiosk_in_use_is_not_wiped_even_when_losing_is_allowed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = assemble(settings, FakeClock())
    assert _run(settings, "wipe", "--yes", "--lose-unsent") == 2
    assert "store_in_use" in capsys.readouterr().err
    assert (settings.data_dir / "keys" / "store.key").exists()
    parts.store.close()


def test_without_yes_the_kiosks_own_name_must_be_typed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(settings)
    for typed, code in (("yes\n", 2), ("", 2), (f"{KIOSK}\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert _run(settings, "wipe") == code
        assert (settings.data_dir / "store.db").exists() == (code == 2)


def test_a_wipe_that_was_killed_after_the_keys_goes_on(settings: Settings) -> None:
    _fill(settings, sent=False)
    for path in (settings.data_dir / "keys").iterdir():
        path.unlink()
    assert _run(settings, "wipe", "--yes") == 0
    assert not list(settings.data_dir.iterdir())
