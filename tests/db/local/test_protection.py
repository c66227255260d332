"""Keys sealed to a machine: they open there, started the same way, and nowhere else; every refusal has its word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.local.assembly import key_folder
from db.local.keys import NEXT_STORE_KEY, SIGNING_KEY, STORE_KEY, WAYS, KeyFolder
from db.local.protect_systemd import SystemdCredential
from db.local.protect_tpm import TCTI, TpmSeal
from db.local.protection import PlainFile, ProtectionKind, run
from kiosk.config import Settings, StoreSettings
from kiosk.ports import LastingFault
from tests.db.local.soft_tpm import SoftTpm

SECRET = bytes(range(200, 232))
TPM, SYSTEMD, FILE = ProtectionKind.TPM, ProtectionKind.SYSTEMD, ProtectionKind.FILE


@pytest.fixture
def tpm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftTpm]:
    with SoftTpm() as machine:
        monkeypatch.setenv(TCTI, machine.tcti)
        yield machine


@pytest.fixture
def no_tpm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TCTI, raising=False)


@pytest.fixture
def host_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host key of this test's own, not the machine's; the file is made by the first sealing."""
    path = tmp_path_factory.mktemp("host") / "credential.secret"
    monkeypatch.setenv("SYSTEMD_CREDENTIAL_SECRET", str(path))
    monkeypatch.setattr(SystemdCredential, "usable", lambda self: True)  # without root, too

    return path


# ---------------------------------------------------------------- TPM


def test_a_sealed_key_opens_again_and_does_not_lie_in_what_is_kept(tpm: SoftTpm) -> None:
    sealed = TpmSeal().seal(STORE_KEY, SECRET)
    assert TpmSeal().unseal(STORE_KEY, sealed) == SECRET
    assert SECRET not in sealed and SECRET.hex().encode() not in sealed
    assert len(sealed) < 1024


def test_many_seals_and_openings_leave_nothing_loaded_in_the_tpm(tpm: SoftTpm) -> None:
    sealed = TpmSeal().seal(STORE_KEY, SECRET)
    for _ in range(4):  # it holds three objects and three sessions
        assert TpmSeal().unseal(STORE_KEY, sealed) == SECRET
        sealed = TpmSeal().seal(STORE_KEY, SECRET)
    for kind in ("transient", "loaded-session", "saved-session"):
        assert tpm.tool("tpm2_getcap", f"handles-{kind}").strip() == ""


def test_a_changed_boot_does_not_open_it(tpm: SoftTpm) -> None:
    sealed = TpmSeal().seal(STORE_KEY, SECRET)
    tpm.change_pcr_7()
    for _ in range(2):
        with pytest.raises(LastingFault, match="key_sealed_to_another_boot"):
            TpmSeal().unseal(STORE_KEY, sealed)


def test_without_the_policy_an_empty_password_does_not_open_it(tpm: SoftTpm, tmp_path: Path) -> None:
    parts = json.loads(TpmSeal().seal(STORE_KEY, SECRET))
    for part in ("public", "private"):
        subprocess.run(["base64", "-d"], input=parts[part].encode(), stdout=(tmp_path / part).open("wb"), check=True)
    tpm.tool("tpm2_createprimary", "-Q", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", str(tmp_path / "primary"))
    files = [str(tmp_path / name) for name in ("primary", "public", "private", "object")]
    tpm.tool("tpm2_load", "-Q", "-C", files[0], "-u", files[1], "-r", files[2], "-c", files[3])
    tpm.tool("tpm2_flushcontext", "-t")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        tpm.tool("tpm2_unseal", "-c", files[3])
    assert "0x12F" in refused.value.stderr  # TPM_RC_AUTH_UNAVAILABLE


def test_a_cleared_tpm_and_another_machine_do_not_open_it(tpm: SoftTpm, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = TpmSeal().seal(STORE_KEY, SECRET)
    with SoftTpm() as other:
        monkeypatch.setenv(TCTI, other.tcti)
        with pytest.raises(LastingFault, match="key_sealed_elsewhere"):
            TpmSeal().unseal(STORE_KEY, sealed)
    monkeypatch.setenv(TCTI, tpm.tcti)
    assert TpmSeal().unseal(STORE_KEY, sealed) == SECRET
    tpm.clear()
    with pytest.raises(LastingFault, match="key_sealed_elsewhere"):
        TpmSeal().unseal(STORE_KEY, sealed)


def test_a_busy_an_absent_and_a_dead_tpm_each_have_their_word(tpm: SoftTpm, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = TpmSeal().seal(STORE_KEY, SECRET)
    with tpm.occupy(), pytest.raises(LastingFault, match="tpm_busy"):
        TpmSeal(seconds=0.2).unseal(STORE_KEY, sealed)
    assert TpmSeal().unseal(STORE_KEY, sealed) == SECRET
    tpm.stop()
    with pytest.raises(LastingFault, match="tpm_absent"):
        TpmSeal().unseal(STORE_KEY, sealed)
    monkeypatch.delenv(TCTI)
    with pytest.raises(LastingFault, match="tpm_absent"):
        TpmSeal().unseal(STORE_KEY, sealed)
    assert not TpmSeal().usable()


def test_without_the_tools_the_fault_says_what_to_install(tpm: SoftTpm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.local.protect_tpm.program", lambda name: None)
    assert not TpmSeal().usable()
    with pytest.raises(LastingFault, match="tpm_tools_missing"):
        TpmSeal().unseal(STORE_KEY, b"{}")


@pytest.mark.parametrize("change", ["not json", "{}", "shorter", "bent"])
def test_a_damaged_sealed_key_is_damaged_or_of_elsewhere(tpm: SoftTpm, change: str) -> None:
    parts = json.loads(TpmSeal().seal(STORE_KEY, SECRET))
    private = parts["private"]
    bent = private[:40] + ("A" if private[40] != "A" else "B") + private[41:]
    changed = {"shorter": parts | {"private": private[:40]}, "bent": parts | {"private": bent}}
    content = json.dumps(changed[change]) if change in changed else change
    with pytest.raises(LastingFault, match="key_sealed_elsewhere" if change == "bent" else "key_damaged"):
        TpmSeal().unseal(STORE_KEY, content.encode())


def test_no_program_is_given_the_secret_as_an_argument_and_no_file_holds_it(
    tpm: SoftTpm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[str] = []
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def watched(command: list[str], seconds: float, secret: bytes = b"", folder: Path | None = None) -> bytes:
        seen.extend(command)
        answer = run(command, seconds, secret, folder)
        for file in tmp_path.rglob("*"):
            assert not file.is_file() or SECRET not in file.read_bytes()
        return answer

    monkeypatch.setattr("db.local.protect_tpm.run", watched)
    assert TpmSeal().unseal(STORE_KEY, TpmSeal().seal(STORE_KEY, SECRET)) == SECRET
    words = " ".join(seen)
    assert "tpm2_unseal" in words and SECRET.hex() not in words
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- systemd-creds


def test_a_systemd_credential_opens_by_its_own_name_only(no_tpm: None, host_key: Path) -> None:
    way = SystemdCredential()
    sealed = way.seal(STORE_KEY, SECRET)
    assert SECRET not in sealed
    assert way.unseal(STORE_KEY, sealed) == SECRET
    assert way.warning  # the host key lies on the same disk
    with pytest.raises(LastingFault, match="key_sealed_elsewhere"):
        way.unseal(SIGNING_KEY, sealed)
    with pytest.raises(LastingFault, match="key_damaged"):
        way.unseal(STORE_KEY, sealed[:40])


def test_a_credential_of_another_machine_is_refused(no_tpm: None, host_key: Path, tmp_path: Path) -> None:
    sealed = SystemdCredential().seal(STORE_KEY, SECRET)
    host_key.unlink()
    with pytest.raises(LastingFault, match="key_sealed_elsewhere"):
        SystemdCredential().unseal(STORE_KEY, sealed)
    SystemdCredential().seal(STORE_KEY, SECRET)  # another host key
    with pytest.raises(LastingFault, match="key_sealed_elsewhere"):
        SystemdCredential().unseal(STORE_KEY, sealed)


def test_without_systemd_creds_the_fault_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.local.protect_systemd.program", lambda name: None)
    assert not SystemdCredential().usable()
    with pytest.raises(LastingFault, match="systemd_creds_missing"):
        SystemdCredential().unseal(STORE_KEY, b"x")


# ---------------------------------------------------------------- the folder's choice


def test_auto_takes_the_tpm_and_both_keys_come_back_the_same(tpm: SoftTpm, tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys", choice=None)
    first = folder.open(store_exists=False)
    assert {file.name for file in (tmp_path / "keys").iterdir()} == {"store.key.tpm", "signing.key.tpm"}
    assert (folder.protection.kind, folder.protection.warning) == ("tpm", "")
    again = KeyFolder(tmp_path / "keys").open(store_exists=True)
    assert (again.store, again.signer.public_key) == (first.store, first.signer.public_key)
    content = b"".join(file.read_bytes() for file in (tmp_path / "keys").iterdir())
    assert first.store not in content


def test_auto_falls_to_the_next_way_that_works(no_tpm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemdCredential, "usable", lambda self: False)
    folder = KeyFolder(tmp_path / "keys", choice=None)
    folder.open(store_exists=False)
    assert (folder.protection.kind, folder.protection.warning) == ("key_file", "keys_in_plain_file")


def test_auto_falls_to_systemd_where_there_is_no_tpm(no_tpm: None, host_key: Path, tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys", choice=None)
    first = folder.open(store_exists=False)
    assert (folder.protection.kind, folder.protection.warning) == ("systemd_creds", "keys_bound_to_this_disk")
    assert KeyFolder(tmp_path / "keys").open(store_exists=True).store == first.store


def test_a_tpm_that_was_asked_for_and_is_not_there_is_a_fault_and_no_plain_file(no_tpm: None, tmp_path: Path) -> None:
    with pytest.raises(LastingFault, match="tpm_absent"):
        KeyFolder(tmp_path / "keys", TPM).open(store_exists=False)
    assert not list((tmp_path / "keys").iterdir())


def test_the_demo_keeps_a_plain_file_and_a_real_kiosk_takes_the_best(tpm: SoftTpm, tmp_path: Path) -> None:
    demo = Settings(data_dir=tmp_path / "demo")
    real = demo.model_copy(
        update={"data_dir": tmp_path / "real", "centre": demo.centre.model_copy(update={"dsn": "host=x"})}
    )
    told = demo.model_copy(update={"data_dir": tmp_path / "told", "store": StoreSettings(key_protection="tpm")})
    for settings, kind in ((demo, "key_file"), (real, "tpm"), (told, "tpm")):
        folder = key_folder(settings)
        folder.open(store_exists=False)
        assert folder.protection.kind == kind


def test_an_existing_folder_stays_as_it_is_until_it_is_migrated(tpm: SoftTpm, tmp_path: Path) -> None:
    first = KeyFolder(tmp_path / "keys").open(store_exists=False)
    folder = KeyFolder(tmp_path / "keys", TPM)
    folder.open(store_exists=True)
    assert folder.protection.kind == "key_file"
    plain = os.open(tmp_path / "keys" / STORE_KEY, os.O_RDONLY)
    assert folder.migrate(None).kind == "tpm"
    assert os.pread(plain, 64, 0) != first.store  # overwritten, not only unlinked
    os.close(plain)
    assert {file.name for file in (tmp_path / "keys").iterdir()} == {"store.key.tpm", "signing.key.tpm"}
    assert folder.open(store_exists=True).store == first.store
    assert folder.migrate(FILE).kind == "key_file"
    assert folder.open(store_exists=True).store == first.store
    assert {file.name for file in (tmp_path / "keys").iterdir()} == {STORE_KEY, SIGNING_KEY}


def test_a_migration_that_was_killed_leaves_one_copy_and_the_better_one(tpm: SoftTpm, tmp_path: Path) -> None:
    first = KeyFolder(tmp_path / "keys").open(store_exists=False)
    (tmp_path / "keys" / "store.key.tpm").write_bytes(TpmSeal().seal(STORE_KEY, first.store))
    (tmp_path / "keys" / "store.key.tpm").chmod(0o600)
    folder = KeyFolder(tmp_path / "keys")
    assert folder.open(store_exists=True).store == first.store
    assert not (tmp_path / "keys" / STORE_KEY).exists()
    assert folder.protection.kind == "key_file"  # the signing key still is


def test_two_copies_that_differ_are_a_fault_and_both_stay(tpm: SoftTpm, tmp_path: Path) -> None:
    KeyFolder(tmp_path / "keys").open(store_exists=False)
    (tmp_path / "keys" / "store.key.tpm").write_bytes(TpmSeal().seal(STORE_KEY, SECRET))
    (tmp_path / "keys" / "store.key.tpm").chmod(0o600)
    with pytest.raises(LastingFault, match="keys_disagree"):
        KeyFolder(tmp_path / "keys").open(store_exists=True)
    assert (tmp_path / "keys" / STORE_KEY).exists()


def test_a_migration_waits_for_an_unfinished_rekey(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.open(store_exists=False)
    folder.draw_next()
    with pytest.raises(LastingFault, match="rekey_unfinished"):
        folder.migrate(FILE)
    assert (tmp_path / "keys" / NEXT_STORE_KEY).exists()


def test_the_ways_are_ordered_and_named_as_the_setting_names_them() -> None:
    assert [way.kind for way in WAYS] == list(ProtectionKind)
    words = StoreSettings.model_json_schema()["properties"]["key_protection"]["enum"]
    assert words == ["auto", *(kind.value for kind in ProtectionKind)]
    assert isinstance(WAYS[-1], PlainFile)


def test_a_program_that_hangs_tells_nothing_of_what_it_wrote() -> None:
    code = "import sys,time; print('CONTOH-secret', flush=True); time.sleep(9)"
    with pytest.raises(Exception) as hung:
        run([sys.executable, "-c", code], 0.3)
    assert "CONTOH" not in repr(hung.value) and hung.value.__cause__ is None
