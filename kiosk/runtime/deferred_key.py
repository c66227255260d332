"""The centre's box key, remembered over restarts for the time when the centre is away.

Signed with the kiosk's own key: whoever can write to the disk but not sign cannot have captures sealed to a key of
theirs. Only captures are sealed to a remembered key; everything else asks the centre.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.face.seal import Sealer

log = logging.getLogger(__name__)

FILE = "centre-box.key"
CONTEXT = b"bpjs-centre-box-key-1\n"  # the same key signs events, requests and evidence
KEY_BYTES, SIGNATURE_BYTES = 32, 64


class RememberedKey:
    def __init__(self, folder: Path, signer: Sealer) -> None:
        self._path = folder / FILE
        self._signer = signer

    def load(self) -> bytes | None:
        """32 bytes, or None: never heard, unreadable, not signed by this kiosk."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        key, signature = content[:KEY_BYTES], content[KEY_BYTES:]
        if len(signature) != SIGNATURE_BYTES:
            return None
        try:
            Ed25519PublicKey.from_public_bytes(self._signer.public_key).verify(signature, self._message(key))
        except InvalidSignature:
            log.error("the remembered key of the centre is not ours")
            return None
        return key

    def save(self, key: bytes) -> None:
        """A help, never a condition: without it the next start has to hear the centre first."""
        if key == self.load():
            return
        waiting = self._path.with_suffix(".new")
        try:
            waiting.write_bytes(key + self._signer.sign(self._message(key)))
            waiting.replace(self._path)
        except OSError:
            log.warning("the centre's key was not remembered")
            with contextlib.suppress(OSError):
                waiting.unlink()

    def _message(self, key: bytes) -> bytes:
        return CONTEXT + self._signer.device.encode() + b"\n" + key
