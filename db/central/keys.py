"""The centre's secrets, in files outside the database: a dump of the database opens nothing.

box: X25519 key that kiosks seal to. pepper: HMAC key over PIN verifiers. Passwords: of the job logins.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from nacl.public import PrivateKey, PublicKey, SealedBox

from db.central.roles import CONNECTOR, KEEPER, SETTLE, STAFF_DESK
from db.central.secret_files import read_or_create


def key_id(public_key: bytes) -> str:
    """First 16 hex digits of the key's SHA-256, as kiosks write it into ``sealed_to``."""
    return hashlib.sha256(public_key).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CentreKeys:
    box_private_key: bytes = field(repr=False)  # 32 raw bytes
    pepper: bytes = field(repr=False)  # 32 raw bytes
    connector_password: str = field(repr=False)
    settle_password: str = field(repr=False)
    staff_password: str = field(repr=False)
    keeper_password: str = field(repr=False)
    digest_key: bytes = field(repr=False)  # 32 raw bytes, Ed25519: signs the daily digest of heads

    @property
    def box_public_key(self) -> bytes:
        return bytes(PrivateKey(self.box_private_key).public_key)

    @property
    def job_passwords(self) -> dict[str, str]:
        return {
            CONNECTOR: self.connector_password,
            SETTLE: self.settle_password,
            STAFF_DESK: self.staff_password,
            KEEPER: self.keeper_password,
        }

    @property
    def pepper_id(self) -> str:
        return hashlib.sha256(b"pepper:" + self.pepper).hexdigest()[:16]

    def open(self, sealed: bytes) -> bytes:
        """Raises nacl.exceptions.CryptoError when it was not sealed to this key."""
        return SealedBox(PrivateKey(self.box_private_key)).decrypt(sealed)

    def seal(self, plain: bytes) -> bytes:
        """Seal to the centre itself (register photos at rest)."""
        return seal_to(self.box_public_key, plain)


def seal_to(public_key: bytes, plain: bytes) -> bytes:
    return SealedBox(PublicKey(public_key)).encrypt(plain)


def load_or_create(folder: Path) -> CentreKeys:
    """Keys of ``folder`` (0700), each in a file of its own (0600); missing ones are made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)

    def raw(name: str) -> bytes:
        text = read_or_create(folder / name, lambda: base64.b64encode(secrets.token_bytes(32)))
        return base64.b64decode(text, validate=True)

    def password(name: str) -> str:
        return read_or_create(folder / name, lambda: secrets.token_urlsafe(24).encode()).decode()

    return CentreKeys(
        box_private_key=raw("box.key"),
        pepper=raw("pepper.key"),
        connector_password=password("connector.password"),
        settle_password=password("settle.password"),
        staff_password=password("staff.password"),
        keeper_password=password("keeper.password"),
        digest_key=raw("digest.key"),
    )
