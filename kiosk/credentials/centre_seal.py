"""What only the centre may read leaves the kiosk in a NaCl sealed box."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from nacl.public import PublicKey, SealedBox

FINGERPRINT_CHARS = 16


@dataclass(frozen=True, slots=True)
class Sealed:
    text: str = field(repr=False)
    """Base64 of the sealed box."""
    sealed_to: str
    """Fingerprint of the key, so that the centre finds it after a rotation."""


def seal_to_centre(plain: bytes, centre_public_key: bytes) -> Sealed:
    """``centre_public_key``: 32 raw bytes, X25519. Raises nacl.exceptions on a key of another length."""
    box = SealedBox(PublicKey(centre_public_key))
    return Sealed(base64.b64encode(box.encrypt(plain)).decode(), key_fingerprint(centre_public_key))


def key_fingerprint(public_key: bytes) -> str:
    """First 16 hex digits of the key's SHA-256: tells keys apart, proves nothing."""
    return hashlib.sha256(public_key).hexdigest()[:FINGERPRINT_CHARS]
