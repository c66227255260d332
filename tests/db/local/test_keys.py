"""The kiosk's secrets: made once, private, never replaced behind an existing store."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.local.keys import SIGNING_KEY, STORE_KEY, KeyFolder
from kiosk.ports import LastingFault


def test_keys_are_made_once_private_and_read_back_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = KeyFolder(folder).open(store_exists=False)
    again = KeyFolder(folder).open(store_exists=True)
    assert again.store == first.store
    assert again.signer.public_key == first.signer.public_key
    assert len(first.store) == 32
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in (STORE_KEY, SIGNING_KEY):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
        assert (folder / name).stat().st_size == 32
    assert {file.name for file in folder.iterdir()} == {STORE_KEY, SIGNING_KEY}


def test_two_kiosks_never_get_the_same_keys(tmp_path: Path) -> None:
    one = KeyFolder(tmp_path / "a").open(store_exists=False)
    other = KeyFolder(tmp_path / "b").open(store_exists=False)
    assert one.store != other.store
    assert one.signer.public_key != other.signer.public_key


def test_a_lost_key_beside_a_store_is_a_fault_and_not_a_new_key(tmp_path: Path) -> None:
    for name, reason in ((STORE_KEY, "store_key_missing"), (SIGNING_KEY, "signing_key_missing")):
        folder = tmp_path / name
        KeyFolder(folder).open(store_exists=False)
        (folder / name).unlink()
        with pytest.raises(LastingFault, match=reason):
            KeyFolder(folder).open(store_exists=True)
        assert not (folder / name).exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    KeyFolder(tmp_path / "keys").open(store_exists=False)
    (tmp_path / "keys" / STORE_KEY).chmod(mode)
    with pytest.raises(LastingFault, match="key_permissions"):
        KeyFolder(tmp_path / "keys").open(store_exists=True)


def test_a_key_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    (tmp_path / "keys").chmod(0o755)
    with pytest.raises(LastingFault, match="key_folder_permissions"):
        KeyFolder(tmp_path / "keys").open(store_exists=False)


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_key_of_the_wrong_size_is_refused(tmp_path: Path, content: bytes) -> None:
    KeyFolder(tmp_path / "keys").open(store_exists=False)
    (tmp_path / "keys" / SIGNING_KEY).write_bytes(content)
    with pytest.raises(LastingFault, match="key_damaged"):
        KeyFolder(tmp_path / "keys").open(store_exists=True)


def test_a_key_that_is_a_link_elsewhere_is_refused(tmp_path: Path) -> None:
    KeyFolder(tmp_path / "keys").open(store_exists=False)
    key = tmp_path / "keys" / STORE_KEY
    key.rename(tmp_path / "elsewhere")
    key.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LastingFault, match="key_unreadable"):
        KeyFolder(tmp_path / "keys").open(store_exists=True)


def test_a_half_written_key_of_a_dead_start_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    drafts = [tmp_path / "keys" / f"{STORE_KEY}{ending}" for ending in (".new", ".4242.new", ".tpm.4242.new")]
    for draft in drafts:
        draft.write_bytes(b"half")
    assert len(KeyFolder(tmp_path / "keys").open(store_exists=False).store) == 32
    assert not any(draft.exists() for draft in drafts)


def test_a_folder_that_takes_no_file_is_a_typed_fault_and_keeps_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch, pytest.raises(LastingFault, match="key_folder_unusable"):
        patch.setattr("db.central.secret_files.os.fsync", full)
        KeyFolder(tmp_path / "keys").open(store_exists=False)
    assert not list((tmp_path / "keys").iterdir())


def test_signatures_are_ed25519_over_the_message(tmp_path: Path) -> None:
    signer = KeyFolder(tmp_path / "keys").open(store_exists=False).signer
    key = Ed25519PublicKey.from_public_bytes(signer.public_key)
    key.verify(signer.sign(b"message"), b"message")
    with pytest.raises(InvalidSignature):
        key.verify(signer.sign(b"message"), b"massage")


def test_secrets_do_not_show_in_repr_and_the_plain_file_is_warned_of(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    pair = folder.open(store_exists=False)
    assert repr(pair.store) not in repr(pair)
    assert repr(pair) == "KeyPair()"
    assert folder.protection.kind == "key_file"
    assert folder.protection.warning
