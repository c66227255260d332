"""The PIN's way out of the kiosk: a slow verifier, sealed so that only the centre can open it.

argon2id makes guessing a stolen verifier dear (64 MiB, 3 passes: 315 ms on a busy core), the sealed box
keeps the kiosk's own disk from ever holding something to guess at. The centre's settle job HMACs the
opened verifier with a pepper that is outside the database. Nothing is kept here. Call it from a worker thread.
"""

from __future__ import annotations

from argon2 import PasswordHasher, Type

from kiosk.config import PinSettings
from kiosk.credentials.centre_seal import Sealed, seal_to_centre


def seal_pin(pin: str, settings: PinSettings, centre_public_key: bytes) -> Sealed:
    """The argon2id string (``$argon2id$v=19$m=..``), sealed. ``centre_public_key``: 32 raw bytes, X25519. Raises
    nacl.exceptions on a key of another length."""
    hasher = PasswordHasher(
        time_cost=settings.argon2_time,
        memory_cost=settings.argon2_memory_kib,
        parallelism=settings.argon2_lanes,
        type=Type.ID,
    )
    return seal_to_centre(hasher.hash(pin).encode(), centre_public_key)
