"""The kiosk's secrets on disk: the store's key, the signing key, and what opens the TLS key, protected in one of three
ways.

The ending of a key's file says how (``store.key.tpm``, ``.cred``, plain). A folder stays as it was made until
``migrate``; ``protection`` tells the diagnostics screen how it is.
Left out: the TLS key itself (``tls_identity``) and every key of a visit (memory only).
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.central.secret_files import DRAFT, write_private
from db.local.key_files import overwrite, read_private, refuse_others, replace_file
from db.local.protect_systemd import SystemdCredential
from db.local.protect_tpm import TpmSeal
from db.local.protection import KeyTrouble, PlainFile, Protection, ProtectionKind, lasting
from kiosk.ports import LastingFault

log = logging.getLogger(__name__)

KEY_BYTES = 32
"""Raw key of SQLCipher's AES-256, and an Ed25519 seed (RFC 8032)."""
STORE_KEY = "store.key"
SIGNING_KEY = "signing.key"
NEXT_STORE_KEY = "store-next.key"
"""While a rekey is under way: the store opens with this one or still with the old one (see ``rekey``)."""
TLS_KEY = "tls.key"
"""What opens the private key in ``tls.pem``; there is none before an enrolment."""
_NAMES = (STORE_KEY, SIGNING_KEY, TLS_KEY)
WAYS: tuple[Protection, ...] = (TpmSeal(), SystemdCredential(), PlainFile())
"""Best first."""
_WORDS = {ProtectionKind.FILE: "key_file", ProtectionKind.SYSTEMD: "systemd_creds", ProtectionKind.TPM: "tpm"}


@dataclass(frozen=True, slots=True)
class KeyProtection:
    """``kind`` for machines; ``warning`` is a key of the translation catalogue, empty when all is well."""

    kind: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both secrets; never shown by repr. ``next_store``: a rekey was interrupted, see ``rekey.settle``."""

    store: bytes = field(repr=False)
    signer: KioskSigner = field(repr=False)
    next_store: bytes | None = field(default=None, repr=False)


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

    def __init__(
        self, folder: Path, choice: ProtectionKind | None = ProtectionKind.FILE, ways: Sequence[Protection] = WAYS
    ) -> None:
        """``choice``: how new keys are protected; None: the best of ``ways`` that works here."""
        self._folder = folder
        self._choice = choice
        self._ways = ways

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def protection(self) -> KeyProtection:
        """The weakest of the keys'; before there are any, a plain file's."""
        found = [way for name in _NAMES for way in self._ways if self._present(name, way)]
        weakest = max(found or self._ways, key=self._ways.index)
        return KeyProtection(_WORDS[weakest.kind], weakest.warning)

    def open(self, *, store_exists: bool) -> KeyPair:
        """Read both keys. They are drawn only while there is no store yet: a new key beside an old
        store would hide a loss. Raises LastingFault."""
        with self._locked():
            self._sweep()
            missing = [name for name in (STORE_KEY, SIGNING_KEY) if not self._way_of(name)]
            if missing and store_exists:
                raise LastingFault("store_key_missing" if STORE_KEY in missing else "signing_key_missing")
            if missing:
                way = self._chosen(self._choice)
                for name in missing:
                    self._write(name, name, secrets.token_bytes(KEY_BYTES), way)
            if sum(self._present(TLS_KEY, way) for way in self._ways) > 1:
                self._read(TLS_KEY)
            next_store = self._read(NEXT_STORE_KEY, STORE_KEY) if self._way_of(NEXT_STORE_KEY) else None
            return KeyPair(self._read(STORE_KEY), KioskSigner(self._read(SIGNING_KEY)), next_store)

    def migrate(self, choice: ProtectionKind | None) -> KeyProtection:
        """Protect every key in another way; None: the best that works. Killed half-way, the next ``open`` finds the
        better of the two copies and removes the other."""
        with self._locked():
            if self._way_of(NEXT_STORE_KEY):
                raise LastingFault("rekey_unfinished")
            known = {name: self._read(name) for name in _NAMES if name != TLS_KEY or self._way_of(name)}
            way = self._chosen(choice)
            for name, secret in known.items():
                if self._way_of(name) is not way:
                    self._write(name, name, secret, way)
                    if way.unseal(name, read_private(self._path(name, way))) != secret:
                        raise lasting(KeyTrouble.DAMAGED)
            for name in known:
                self._remove(name, [other for other in self._ways if other is not way])
        return self.protection

    def tls_secret(self, *, draw: bool = False) -> bytes:
        """What opens the TLS key. ``draw``: made if missing, protected as the store's key is. Raises LastingFault."""
        with self._locked():
            if not self._way_of(TLS_KEY):
                if not draw:
                    raise LastingFault("tls_secret_missing")
                secret, way = secrets.token_bytes(KEY_BYTES), self._way_of(STORE_KEY) or self._chosen(self._choice)
                self._write(TLS_KEY, TLS_KEY, secret, way)
                if self._read(TLS_KEY) != secret:
                    raise lasting(KeyTrouble.DAMAGED)
            return self._read(TLS_KEY)

    # ------------------------------------------------------------ a rekey's second key

    def draw_next(self) -> bytes:
        """A new store key, sealed like the present one and on the disk before this returns."""
        with self._locked():
            way, key = self._way_of(STORE_KEY), secrets.token_bytes(KEY_BYTES)
            if way is None:
                raise LastingFault("store_key_missing")
            self._write(NEXT_STORE_KEY, STORE_KEY, key, way)
            if self._read(NEXT_STORE_KEY, STORE_KEY) != key:
                raise lasting(KeyTrouble.DAMAGED)
            return key

    def keep_next(self) -> None:
        """The store opens with the new key: it takes the old one's place, which is overwritten."""
        with self._locked():
            way = self._way_of(NEXT_STORE_KEY)
            if way is None:
                raise LastingFault("store_key_missing")
            replace_file(self._path(NEXT_STORE_KEY, way), self._path(STORE_KEY, way))
            self._remove(STORE_KEY, [other for other in self._ways if other is not way])

    def drop_next(self) -> None:
        """The store still opens with the old key."""
        with self._locked():
            self._remove(NEXT_STORE_KEY, self._ways)

    def destroy(self) -> None:
        """Overwrite and remove every key. Where the disk moves blocks by itself the sealed copies may outlive this,
        plain ones too: see docs/security.md."""
        with self._locked():
            for path in sorted(self._folder.iterdir()):
                if path.is_file() or path.is_symlink():
                    overwrite(path)

    # ------------------------------------------------------------ inside

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as fault:
            raise LastingFault("key_folder_unusable") from fault
        try:
            refuse_others(os.fstat(handle), "key_folder_permissions")
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _path(self, name: str, way: Protection) -> Path:
        return self._folder / (name + way.suffix)

    def _present(self, name: str, way: Protection) -> bool:
        return os.path.lexists(self._path(name, way))

    def _way_of(self, name: str) -> Protection | None:
        return next((way for way in self._ways if self._present(name, way)), None)

    def _chosen(self, choice: ProtectionKind | None) -> Protection:
        """The way asked for; for None the first that gives back what it sealed."""
        if choice is not None:
            return next(way for way in self._ways if way.kind is choice)
        for way in self._ways:
            probe = secrets.token_bytes(KEY_BYTES)
            try:
                if way.usable() and way.unseal(STORE_KEY, way.seal(STORE_KEY, probe)) == probe:
                    return way
            except LastingFault as fault:
                log.warning("key protection does not work here", extra={"kind": way.kind.value, "reason": fault.reason})
        return self._ways[-1]

    def _write(self, file: str, name: str, secret: bytes, way: Protection) -> None:
        sealed = way.seal(name, secret)
        try:
            write_private(self._path(file, way), sealed)
        except OSError as fault:
            raise LastingFault("key_folder_unusable") from fault

    def _read(self, file: str, name: str | None = None) -> bytes:
        """``name``: what the secret was sealed as. A weaker copy of the same secret is a migration that was killed:
        it goes."""
        found: bytes | None = None
        for way in self._ways:
            if not self._present(file, way):
                continue
            secret = way.unseal(name or file, read_private(self._path(file, way)))
            if len(secret) != KEY_BYTES:
                raise lasting(KeyTrouble.DAMAGED)
            if found is None:
                found = secret
            elif found == secret:
                overwrite(self._path(file, way))
            else:
                raise LastingFault("keys_disagree")
        if found is None:
            raise LastingFault("key_unreadable")
        return found

    def _sweep(self) -> None:
        """A writer that was killed leaves a draft; of a plain key that is the key."""
        for name in (*_NAMES, NEXT_STORE_KEY):
            for draft in self._folder.glob(f"{name}*{DRAFT}"):
                overwrite(draft)

    def _remove(self, name: str, ways: Sequence[Protection]) -> None:
        for way in ways:
            if self._present(name, way):
                overwrite(self._path(name, way))
