"""The PIN's way out of the kiosk: a slow verifier, sealed so that only the centre can open it.

argon2id makes guessing a stolen verifier dear (64 MiB, 3 passes: 315 ms on a busy core), the sealed box
keeps the kiosk's own disk from ever holding something to guess at. The centre's settle job HMACs the
opened verifier with a pepper that is outside the database. Nothing is kept here. Call it from a worker thread.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from argon2 import PasswordHasher, Type
from nacl.public import PublicKey, SealedBox

from kiosk.config import PinSettings

FINGERPRINT_CHARS = 16


@dataclass(frozen=True, slots=True)
class SealedPin:
    sealed_verifier: str = field(repr=False)
    """Base64 of the NaCl sealed box over the argon2id string (``$argon2id$v=19$m=..``)."""
    sealed_to: str = ""
    """Fingerprint of the key it was sealed to, so that the centre finds the key after a rotation."""


def seal_pin(pin: str, settings: PinSettings, centre_public_key: bytes) -> SealedPin:
    """``centre_public_key``: 32 raw bytes, X25519. Raises nacl.exceptions on a key of another length."""
    hasher = PasswordHasher(
        time_cost=settings.argon2_time,
        memory_cost=settings.argon2_memory_kib,
        parallelism=settings.argon2_lanes,
        type=Type.ID,
    )
    box = SealedBox(PublicKey(centre_public_key))
    sealed = box.encrypt(hasher.hash(pin).encode())
    return SealedPin(base64.b64encode(sealed).decode(), key_fingerprint(centre_public_key))


def key_fingerprint(public_key: bytes) -> str:
    """First 16 hex digits of the key's SHA-256: tells keys apart, proves nothing."""
    return hashlib.sha256(public_key).hexdigest()[:FINGERPRINT_CHARS]
