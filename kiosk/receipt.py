"""What a receipt's code proves: this kiosk recorded the end of the visit with this number, then, at this place of its
chain. Anyone with the kiosk's public key can check it without the centre.

``BPJSK1:KIOSK:NUMBER:TIME:SEQ:HASH:SIGNATURE``, all in the 45 letters that a QR code packs tightly: the time in UTC, 16
hex digits of the hash of the visit's last link, an Ed25519 signature in base 32. There is nothing of the person in it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONTEXT = b"bpjs-receipt-1\n"  # the same key signs events and requests: one may never be taken for the other
HASH_DIGITS = 16
MAX_LETTERS = 311
"""Of a QR code of version 10 at level M in alphanumeric mode (ISO/IEC 18004)."""
_PREFIX = "BPJSK1"
_TIME = "%Y%m%dT%H%M%SZ"
_SIGNATURE_BYTES = 64
_BODY = re.compile(
    rf"{_PREFIX}:(?P<kiosk>[A-Z0-9-]{{3,40}}):(?P<number>[A-Z0-9-]{{1,40}}):(?P<at>[0-9]{{8}}T[0-9]{{6}}Z)"
    rf":(?P<seq>[1-9][0-9]{{0,17}}):(?P<hash>[0-9A-F]{{{HASH_DIGITS}}})",
    re.ASCII,
)


class ReceiptRefusal(StrEnum):
    GARBAGE = "not_a_receipt"
    UNKNOWN_KIOSK = "unknown_kiosk"
    BAD_SIGNATURE = "bad_signature"


class ReceiptRefused(Exception):
    def __init__(self, reason: ReceiptRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class VisitProof:
    """``number``: case number or reference as printed; ``at``: of the visit's last link, UTC, whole seconds;
    ``chain_hash``: its first 16 hex digits, lower case."""

    kiosk_id: str
    number: str
    at: datetime
    seq: int
    chain_hash: str


def receipt_code(proof: VisitProof, sign: Callable[[bytes], bytes]) -> str:
    """The text of the QR code. ``sign``: Ed25519 with the kiosk's signing key. Raises ValueError for a proof that the
    code cannot carry."""
    at = proof.at.astimezone(UTC).strftime(_TIME)
    parts = (_PREFIX, proof.kiosk_id, proof.number, at, str(proof.seq), proof.chain_hash[:HASH_DIGITS])
    body = ":".join(parts).upper()
    if not _BODY.fullmatch(body):
        raise ValueError("receipt")
    return f"{body}:{_letters(sign(CONTEXT + body.encode()))}"


def check_receipt(text: str, keys: Mapping[str, Sequence[bytes]]) -> VisitProof:
    """``keys``: the public keys (32 bytes) that each kiosk has had, so that old receipts still verify. Exactly the
    printed letters are taken: no other spelling of a genuine code. Raises ReceiptRefused."""
    body, _, letters = text.rpartition(":")
    found = _BODY.fullmatch(body) if len(text) <= MAX_LETTERS else None
    signature = _bytes(letters)
    if found is None or signature is None:
        raise ReceiptRefused(ReceiptRefusal.GARBAGE)
    try:
        at = datetime.strptime(found["at"], _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise ReceiptRefused(ReceiptRefusal.GARBAGE) from None
    kiosk_id = found["kiosk"].lower()
    if kiosk_id not in keys:
        raise ReceiptRefused(ReceiptRefusal.UNKNOWN_KIOSK)
    if not any(_holds(key, signature, body) for key in keys[kiosk_id]):
        raise ReceiptRefused(ReceiptRefusal.BAD_SIGNATURE)
    return VisitProof(kiosk_id, found["number"], at, int(found["seq"]), found["hash"].lower())


def _holds(key: bytes, signature: bytes, body: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, CONTEXT + body.encode())
    except InvalidSignature:
        return False
    return True


def _letters(signature: bytes) -> str:
    return base64.b32encode(signature).decode().rstrip("=")


def _bytes(letters: str) -> bytes | None:
    """None unless these are exactly the letters that encoding would have made: the last has bits to spare."""
    try:
        signature = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError):
        return None
    return signature if len(signature) == _SIGNATURE_BYTES and _letters(signature) == letters else None
