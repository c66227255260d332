"""The signed digest of every kiosk's head, once a day, in a folder outside the database.

Whoever rules the database can rewrite history and all hashes after it; what was written out before still says what
stood there. Copy the folder to where the centre's machine cannot write (``docs/operations.md``).

A file has two lines: the digest as canonical JSON, and the Ed25519 signature over its bytes (hex). Each names the
SHA-256 of the first line of the one before.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from db.central.listening import Connection, Job
from db.central.secret_files import write_private
from db.central.wire import ORIGIN_HASH
from kiosk.events import canonical_json

_log = logging.getLogger(__name__)

ROUND_SECONDS = 600.0
_NAME = re.compile(r"heads-([0-9]{4}-[0-9]{2}-[0-9]{2})\.digest")


@dataclass(frozen=True, slots=True)
class Head:
    kiosk_id: str
    epoch: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Digest:
    day: date  # Jakarta's
    made_at: str  # ISO 8601, UTC
    previous: str  # SHA-256 of the first line of the digest before; zeros for the first
    heads: tuple[Head, ...]
    text: str  # the first line itself

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class DigestUnreadable(Exception):
    """Not a digest, or not signed by this key."""


class DigestJob(Job):
    """Writes the day's digest when it is missing. ``folder`` is made when it is not there."""

    def __init__(self, dsn: str, folder: Path, key: bytes) -> None:
        super().__init__("bpjs-digest", dsn, "bpjs_digest")
        self._folder = folder
        self._key = Ed25519PrivateKey.from_private_bytes(key)

    def work(self, conn: Connection) -> float:
        try:
            write_digest(self._folder, self._key, conn)
        except (OSError, DigestUnreadable) as fault:
            _log.error("central_digest_fault error=%s", type(fault).__name__)
            conn.execute("SELECT store.raise_alarm('digest_fault', %s)", (type(fault).__name__,))
        return ROUND_SECONDS


def public_key(key: bytes) -> bytes:
    """32 raw bytes, for whoever verifies elsewhere. ``key``: ``CentreKeys.digest_key``."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def write_digest(folder: Path, key: Ed25519PrivateKey, conn: Connection) -> Path | None:
    """Today's digest; None when it is there already. Raises OSError, DigestUnreadable (the one before it)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    today, now = conn.execute("SELECT store.today(), now()").fetchall()[0]
    path = folder / f"heads-{today.isoformat()}.digest"
    if path.exists():
        return None
    files = digest_files(folder)
    before = read_digest(files[-1], key.public_key()) if files else None
    rows = conn.execute("SELECT kiosk_id, epoch, seq, hash FROM store.head ORDER BY kiosk_id").fetchall()
    text = canonical_json(
        {
            "version": 1,
            "day": today.isoformat(),
            "made_at": now.isoformat(),
            "previous": before.sha256 if before else ORIGIN_HASH,
            "heads": [list(row) for row in rows],
        }
    )
    write_private(path, f"{text}\n{key.sign(text.encode()).hex()}\n".encode())
    return path


def digest_files(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(file for file in folder.iterdir() if _NAME.fullmatch(file.name)) if folder.exists() else []


def read_digest(path: Path, key: Ed25519PublicKey) -> Digest:
    """Raises DigestUnreadable, OSError."""
    try:
        text, signature = path.read_text(encoding="utf-8").splitlines()
        key.verify(bytes.fromhex(signature), text.encode())
        told: dict[str, Any] = json.loads(text)
        heads = tuple(Head(*head) for head in told["heads"])
        digest = Digest(date.fromisoformat(told["day"]), told["made_at"], told["previous"], heads, text)
    except (ValueError, KeyError, TypeError, InvalidSignature):
        raise DigestUnreadable(path.name) from None
    if path.name != f"heads-{digest.day.isoformat()}.digest":
        raise DigestUnreadable(path.name)
    return digest
