"""The TLS key on disk. The risk: a copied folder that logs in as this kiosk, or a kiosk locked out by its own lock."""

from __future__ import annotations

import argparse
import io
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from psycopg.conninfo import conninfo_to_dict

from db.central.kiosks import role_of
from db.central.pki import key_of, key_pem, load_or_create_authority, new_key, sign_login
from db.local import tls_identity
from db.local.assembly import assemble
from db.local.enrol_command import run_kiosk
from db.local.keys import SIGNING_KEY, STORE_KEY, TLS_KEY, KeyFolder
from db.local.protect_tpm import TCTI
from db.local.protection import ProtectionKind
from db.local.tls_identity import IDENTITY, TlsIdentity
from kiosk.config import Settings, SiteSettings
from kiosk.ports import LastingFault
from tests.db.local.soft_tpm import SoftTpm
from tests.db.local.support import KIOSK, FakeClock

ADDRESS = f"host=db.contoh.invalid dbname=central user={role_of(KIOSK)}"
WAITING = "tls.waiting.key"
DAYS = 20


@pytest.fixture
def identity(tmp_path: Path) -> TlsIdentity:
    keys = KeyFolder(tmp_path / "keys")
    keys.open(store_exists=False)
    return TlsIdentity(keys)


@pytest.fixture
def tpm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftTpm]:
    with SoftTpm() as machine:
        monkeypatch.setenv(TCTI, machine.tcti)
        yield machine


def enrolled_before(identity: TlsIdentity) -> ec.EllipticCurvePrivateKey:
    """As kiosks were: key and certificate in one file, the key in the clear."""
    authority, key = load_or_create_authority(identity.folder.parent / "ca"), new_key()
    made = sign_login(authority, key.public_key(), role_of(KIOSK), DAYS).public_bytes(Encoding.PEM)
    put(identity.folder / IDENTITY, key_pem(key) + made)
    return key


def put(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def password_of(identity: TlsIdentity) -> bytes:
    return str(conninfo_to_dict(identity.login_dsn(identity.dsn(ADDRESS)))["sslpassword"]).encode()


def body(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The private number as it would stand in a file, raw or in base64."""
    return key_pem(key).split(b"-----")[2].strip()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_clear_key_is_shut_at_the_next_start_and_its_bytes_are_overwritten(identity: TlsIdentity) -> None:
    key, waiting = enrolled_before(identity), new_key()
    put(identity.folder / WAITING, key_pem(waiting))
    before = {name: (identity.folder / name).read_bytes() for name in (IDENTITY, WAITING)}
    held = {name: os.open(identity.folder / name, os.O_RDONLY) for name in before}
    password = password_of(identity)
    for name, handle in held.items():
        left = os.pread(handle, 1 << 16, 0)
        os.close(handle)
        assert len(left) == len(before[name])
        assert b"PRIVATE KEY" not in left
    now = files(identity.folder)
    assert set(now) == {STORE_KEY, SIGNING_KEY, TLS_KEY, IDENTITY, WAITING}
    for secret in (body(key), body(waiting), b"BEGIN PRIVATE KEY", b"BEGIN EC PRIVATE KEY"):
        assert not any(secret in content for content in now.values())
    assert key_of(now[IDENTITY], password).private_numbers() == key.private_numbers()
    assert key_of(now[WAITING], password).private_numbers() == waiting.private_numbers()
    assert now[IDENTITY].partition(b"-----BEGIN CERT")[2] == before[IDENTITY].partition(b"-----BEGIN CERT")[2]


def test_a_key_that_waits_for_its_answer_is_shut_from_the_start(identity: TlsIdentity) -> None:
    signer = identity.keys.open(store_exists=True).signer
    asked = identity.request(KIOSK, signer, None)
    now = files(identity.folder)
    assert set(now) == {STORE_KEY, SIGNING_KEY, TLS_KEY, WAITING}
    key = key_of(now[WAITING], identity.keys.tls_secret().hex().encode())
    assert not any(body(key) in content for content in (*now.values(), asked.encode()))


@pytest.mark.parametrize("what", ["csr", "run"])
def test_a_kiosk_that_is_being_enrolled_seals_its_keys_though_no_centre_is_named_yet(
    what: str, tpm: SoftTpm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo's keys lie in plain files, so that its folder may be moved."""
    settings = Settings(data_dir=tmp_path / "data", site=SiteSettings(kiosk_id=KIOSK))
    if what == "run":
        assemble(settings, FakeClock()).store.close()
    else:
        monkeypatch.setattr("sys.stdin", io.StringIO("AAAA-BBBB-CCCC-DDDD\n"))
        words = argparse.Namespace(what="csr", renew=False, code_stdin=True, out=tmp_path / "request.json")
        assert run_kiosk(words, settings, FakeClock()) == 0
    sealed = {path.suffix for path in (settings.data_dir / "keys").glob("*.key*") if path.name != WAITING}
    assert sealed == ({".tpm"} if what == "csr" else {".key"})


def test_starting_again_changes_nothing(identity: TlsIdentity) -> None:
    enrolled_before(identity)
    password, now = password_of(identity), files(identity.folder)
    assert password_of(identity) == password
    assert files(identity.folder) == now


def test_a_take_over_killed_before_the_last_step_begins_again(
    identity: TlsIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = enrolled_before(identity)

    def killed(new: Path, old: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(tls_identity, "replace_file", killed)
        password_of(identity)
    password = password_of(identity)
    now = files(identity.folder)
    assert set(now) == {STORE_KEY, SIGNING_KEY, TLS_KEY, IDENTITY}
    assert key_of(now[IDENTITY], password).private_numbers() == key.private_numbers()


def test_only_the_dsn_that_names_this_kiosks_key_is_given_the_password(identity: TlsIdentity, tmp_path: Path) -> None:
    enrolled_before(identity)
    other = tmp_path / "other.pem"
    put(other, b"a site's own")
    for dsn in (ADDRESS, f"{ADDRESS} sslkey={other}", f"{identity.dsn(ADDRESS)} sslpassword=own", "no dsn at all", ""):
        assert identity.login_dsn(dsn) == dsn


def test_without_its_password_an_identity_is_a_typed_fault_and_no_new_password_hides_the_loss(
    identity: TlsIdentity,
) -> None:
    enrolled_before(identity)
    password_of(identity)
    (identity.folder / TLS_KEY).unlink()
    with pytest.raises(LastingFault, match="tls_secret_missing"):
        password_of(identity)
    assert not (identity.folder / TLS_KEY).exists()


@pytest.mark.parametrize("content", [b"noise", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_an_identity_that_is_no_key_is_a_typed_fault_and_stays(identity: TlsIdentity, content: bytes) -> None:
    put(identity.folder / IDENTITY, content)
    with pytest.raises(LastingFault, match="tls_identity_damaged"):
        password_of(identity)
    assert (identity.folder / IDENTITY).read_bytes() == content
    assert identity.ends is None


def test_the_password_moves_with_the_other_keys_and_opens_on_this_machine_only(
    identity: TlsIdentity, tpm: SoftTpm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled_before(identity)
    password = password_of(identity)
    assert identity.keys.migrate(ProtectionKind.TPM).kind == "tpm"
    now = files(identity.folder)
    assert set(now) == {f"{name}.tpm" for name in (STORE_KEY, SIGNING_KEY, TLS_KEY)} | {IDENTITY}
    assert not any(
        secret in content for content in now.values() for secret in (password, bytes.fromhex(password.decode()))
    )
    assert password_of(identity) == password
    copied = TlsIdentity(KeyFolder(Path(shutil.copytree(identity.folder, tmp_path / "copy"))))
    with SoftTpm() as another:
        monkeypatch.setenv(TCTI, another.tcti)
        with pytest.raises(LastingFault, match="key_sealed_elsewhere"):
            password_of(copied)


def test_a_password_drawn_later_is_protected_as_the_store_key_is_whatever_the_setting_says(
    identity: TlsIdentity, tpm: SoftTpm
) -> None:
    identity.keys.migrate(ProtectionKind.TPM)
    enrolled_before(identity)
    password_of(identity)  # the folder's choice is a plain file
    assert (identity.folder / f"{TLS_KEY}.tpm").exists()
    assert not (identity.folder / TLS_KEY).exists()


def test_a_plain_password_is_warned_of_though_the_other_keys_are_sealed(identity: TlsIdentity, tpm: SoftTpm) -> None:
    identity.keys.migrate(ProtectionKind.TPM)
    assert not identity.keys.protection.warning
    put(identity.folder / TLS_KEY, bytes(32))
    assert identity.keys.protection.warning == "keys_in_plain_file"


def test_a_migration_killed_half_way_leaves_no_plain_password(identity: TlsIdentity, tpm: SoftTpm) -> None:
    enrolled_before(identity)
    password_of(identity)
    plain = (identity.folder / TLS_KEY).read_bytes()
    identity.keys.migrate(ProtectionKind.TPM)
    put(identity.folder / TLS_KEY, plain)
    identity.keys.open(store_exists=True)
    assert not (identity.folder / TLS_KEY).exists()


def test_destroying_the_keys_takes_identity_and_password(identity: TlsIdentity) -> None:
    enrolled_before(identity)
    password_of(identity)
    identity.keys.destroy()
    assert not list(identity.folder.iterdir())


def test_the_end_of_the_certificate_is_told_and_none_without_one(identity: TlsIdentity) -> None:
    assert identity.ends is None
    enrolled_before(identity)
    password_of(identity)
    ends = identity.ends
    assert ends is not None and round((ends - datetime.now(UTC)).total_seconds() / 86_400) == DAYS
