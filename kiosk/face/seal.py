"""One signature over everything an attempt leaves behind.

The evidence's canonical text, with the device it was made on inside, is signed by the kiosk's own key: one byte,
the order, the nonce or the device changed and the seal does not hold. Whoever checks brings the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.events import canonical_json

CONTEXT = b"bpjs-face-evidence-2\n"  # the same key signs events and requests: one may never be taken for the other
SEAL = "seal"


@dataclass(frozen=True, slots=True)
class Sealer:
    """Who signs. ``device`` is the kiosk's name at the centre; ``public_key`` 32 bytes, Ed25519."""

    device: str
    public_key: bytes
    sign: Callable[[bytes], bytes] = field(repr=False)

    def seal(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        """``evidence`` of plain JSON values, with its seal in place."""
        return {**evidence, SEAL: self.sign(_message(evidence)).hex()}


def one_off_sealer(device: str) -> Sealer:
    """With a key that lives in this process only: for evaluation, where nobody checks later."""
    key = Ed25519PrivateKey.generate()
    return Sealer(device, key.public_key().public_bytes_raw(), key.sign)


def seal_holds(evidence: Mapping[str, Any], public_key: bytes) -> bool:
    """Raises TypeError, ValueError or KeyError for what cannot be sealed evidence at all."""
    bare = {name: value for name, value in evidence.items() if name != SEAL}
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(evidence[SEAL]), _message(bare))
    except InvalidSignature:
        return False
    return True


def _message(evidence: Mapping[str, Any]) -> bytes:
    return CONTEXT + canonical_json(evidence).encode()
