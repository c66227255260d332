"""What kiosk and centre hand each other at an enrolment, and how a one-time code vouches for it both ways.

The proof is SCRAM's (RFC 5802): the centre keeps neither the code nor anything a request could be made with, and the
answer proves the centre to the kiosk, so that a swapped answer cannot lead it to another centre. No slow hash: a code
holds 80 random bits and lives a day.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.events import canonical_json

CODE_BYTES = 10
"""80 bits, 16 letters to type."""
MAX_FILE_BYTES = 16 * 1024
"""A request is 1 kB, an answer 2 kB."""
VERSION = 1
_REQUEST, _ANSWER = b"bpjs-enrolment-request-1\n", b"bpjs-enrolment-answer-1\n"
_MISREAD = str.maketrans("018", "OIB")  # digits that base32 has not, for the letters they look like


class FileMalformed(ValueError):
    """Not a request or answer of this version; names no content."""


@dataclass(frozen=True, slots=True)
class CodeKeys:
    client: bytes = field(repr=False)
    server: bytes = field(repr=False)

    @property
    def stored(self) -> bytes:
        return hashlib.sha256(self.client).digest()


@dataclass(frozen=True, slots=True)
class Request:
    """``signing_key``: 32 bytes, Ed25519. ``signature``: made with it. ``code_proof``: empty at a renewal."""

    kiosk_id: str
    csr: str
    signing_key: bytes
    signature: bytes = b""
    code_proof: bytes = b""

    @property
    def body(self) -> bytes:
        told = {"v": VERSION, "kiosk_id": self.kiosk_id, "csr": self.csr, "signing_key": self.signing_key.hex()}
        return _REQUEST + canonical_json(told).encode()

    @property
    def is_signed(self) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.signing_key).verify(self.signature, self.body)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Answer:
    """``dsn`` names servers, database and role, no secret. ``proof``: by the code; empty at a renewal, where the
    kiosk knows the centre's authority already."""

    kiosk_id: str
    certificate: str
    ca_certificate: str
    dsn: str
    proof: bytes = b""

    @property
    def body(self) -> bytes:
        told = {"v": VERSION, "kiosk_id": self.kiosk_id, "certificate": self.certificate,
                "ca_certificate": self.ca_certificate, "dsn": self.dsn}  # fmt: skip
        return _ANSWER + canonical_json(told).encode()


# ---- codes


def new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def code_keys(code: str, kiosk_id: str) -> CodeKeys:
    """Case, spaces, dashes and look-alike digits do not matter."""
    letters = "".join(code.split()).replace("-", "").upper().translate(_MISREAD)
    root = _mac(letters.encode(), b"bpjs-enrolment-code-1\n" + kiosk_id.encode())
    return CodeKeys(_mac(root, b"Client Key"), _mac(root, b"Server Key"))


def prove_code(keys: CodeKeys, body: bytes) -> bytes:
    return _xor(keys.client, _mac(keys.stored, body))


def proves_code(stored: bytes, proof: bytes, body: bytes) -> bool:
    if len(proof) != len(stored):
        return False
    client = _xor(proof, _mac(stored, body))
    return hmac.compare_digest(hashlib.sha256(client).digest(), stored)


def prove_centre(server: bytes, body: bytes) -> bytes:
    return _mac(server, body)


def proves_centre(server: bytes, proof: bytes, body: bytes) -> bool:
    return hmac.compare_digest(_mac(server, body), proof)


# ---- files


def request_text(request: Request) -> str:
    return _text({
        "v": VERSION, "kiosk_id": request.kiosk_id, "csr": request.csr, "signing_key": request.signing_key.hex(),
        "signature": request.signature.hex(), "code_proof": request.code_proof.hex(),
    })  # fmt: skip


def read_request_text(text: str) -> Request:
    """Raises FileMalformed."""
    told = _fields(text, {"kiosk_id", "csr", "signing_key", "signature", "code_proof"})
    return Request(
        told["kiosk_id"], told["csr"], *(_raw(told[name]) for name in ("signing_key", "signature", "code_proof"))
    )


def answer_text(answer: Answer) -> str:
    return _text({
        "v": VERSION, "kiosk_id": answer.kiosk_id, "certificate": answer.certificate,
        "ca_certificate": answer.ca_certificate, "dsn": answer.dsn, "proof": answer.proof.hex(),
    })  # fmt: skip


def read_answer_text(text: str) -> Answer:
    """Raises FileMalformed."""
    told = _fields(text, {"kiosk_id", "certificate", "ca_certificate", "dsn", "proof"})
    return Answer(told["kiosk_id"], told["certificate"], told["ca_certificate"], told["dsn"], _raw(told["proof"]))


def _text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=2) + "\n"


def _fields(text: str, names: set[str]) -> dict[str, str]:
    try:
        told = json.loads(text) if len(text) <= MAX_FILE_BYTES else None
    except (ValueError, RecursionError):
        raise FileMalformed("not JSON") from None
    if not isinstance(told, dict) or told.pop("v", None) != VERSION or set(told) != names:
        raise FileMalformed("other fields")
    if not all(isinstance(value, str) for value in told.values()):
        raise FileMalformed("other kinds")
    try:
        "".join(told.values()).encode()
    except UnicodeEncodeError:  # half a surrogate: JSON has it, no text does
        raise FileMalformed("not text") from None
    return told


def _raw(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise FileMalformed("not hexadecimal") from None


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
