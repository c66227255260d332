"""The kiosk's two secrets on disk: the store's key and the signing key.

A plain key file protects against a copied store, not against a stolen kiosk; ``protection`` says so
for the diagnostics screen. Sealing to a TPM takes the place of this module's reads, nothing else.
Left out: the TLS key (the central client's) and every key of a visit (memory only).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.ports import LastingFault

KEY_BYTES = 32
"""Raw key of SQLCipher's AES-256, and an Ed25519 seed (RFC 8032)."""
STORE_KEY = "store.key"
SIGNING_KEY = "signing.key"
_TEMPORARY = ".new"


@dataclass(frozen=True, slots=True)
class KeyProtection:
    """``kind`` for machines; ``warning`` is a key of the translation catalogue, empty when all is well."""

    kind: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both secrets; never shown by repr."""

    store: bytes = field(repr=False)
    signer: KioskSigner = field(repr=False)


class KioskSigner:
    """Implements ``kiosk.ports.Signer``."""

    def __init__(self, seed: bytes) -> None:
        """``seed``: 32 raw bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes, Ed25519."""
        return self._key.sign(message)


class KeyFolder:
    """``keys/`` in the data folder: 0700, its files 0600, owned by the kiosk's own user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def protection(self) -> KeyProtection:
        return KeyProtection("key_file", "keys_in_plain_file")

    def open(self, *, store_exists: bool) -> KeyPair:
        """Read both keys. They are drawn only while there is no store yet: a new key beside an old
        store would hide a loss. Raises LastingFault."""
        with self._locked():
            missing = [name for name in (STORE_KEY, SIGNING_KEY) if not self._present(name)]
            if missing and store_exists:
                raise LastingFault("store_key_missing" if STORE_KEY in missing else "signing_key_missing")
            for name in missing:
                self._create(name, lambda: secrets.token_bytes(KEY_BYTES))
            return KeyPair(self._read(STORE_KEY), KioskSigner(self._read(SIGNING_KEY)))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as fault:
            raise LastingFault("key_folder_unusable") from fault
        try:
            _refuse_others(os.fstat(handle), "key_folder_permissions")
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _present(self, name: str) -> bool:
        return os.path.lexists(self._folder / name)

    def _create(self, name: str, draw: Callable[[], bytes]) -> None:
        temporary = self._folder / (name + _TEMPORARY)
        try:
            temporary.unlink(missing_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(draw())
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(self._folder / name)
            sync_folder(self._folder)
        except OSError as fault:
            raise LastingFault("key_folder_unusable") from fault

    def _read(self, name: str) -> bytes:
        try:
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError as fault:
            raise LastingFault("key_unreadable") from fault
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            _refuse_others(status, "key_permissions")
            if not stat.S_ISREG(status.st_mode) or status.st_size != KEY_BYTES:
                raise LastingFault("key_damaged")
            return file.read()


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_others(status: os.stat_result, reason: str) -> None:
    if status.st_mode & 0o077 or status.st_uid != os.geteuid():
        raise LastingFault(reason)
