"""What staff know and carry, as the centre keeps it: nothing here opens anything without the key files.

PIN: argon2id, then HMAC with the pepper. TOTP: its secret sealed to the box key. Badge: the hash of a random token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import pyotp
from argon2.low_level import Type, hash_secret_raw

from db.central.keys import CentreKeys
from db.central.verifier import PinVerifier

STEP_SECONDS = 30
WINDOW_STEPS = 1
"""A phone's clock may be half a minute off, and a code takes a while to type."""

SALT_BYTES = 16
HASH_BYTES = 32
BADGE_BYTES = 24
"""192 random bits: the badge is one of three factors and is never typed."""


@dataclass(frozen=True, slots=True)
class PinCost:
    """argon2id's price: 64 MiB and 3 passes took 0.13 s on a quiet core of the machine this was written on."""

    memory_kib: int = 65536
    time: int = 3
    lanes: int = 1


DEFAULT_COST = PinCost()


def make_verifier(pin: str, keys: CentreKeys, cost: PinCost = DEFAULT_COST) -> PinVerifier:
    salt = secrets.token_bytes(SALT_BYTES)
    return PinVerifier(_parameters(cost), salt, _mac(pin, salt, cost, keys))


def pin_fits(pin: str, verifier: PinVerifier, keys: CentreKeys) -> bool:
    return hmac.compare_digest(_mac(pin, verifier.salt, _cost(verifier.parameters), keys), verifier.mac)


def nobodys_verifier(cost: PinCost = DEFAULT_COST) -> PinVerifier:
    """No PIN fits it: for the same work when somebody unknown is asked for."""
    return PinVerifier(_parameters(cost), bytes(SALT_BYTES), bytes(HASH_BYTES))


def new_totp_secret() -> str:
    return pyotp.random_base32()


def totp_step(secret: str, code: str, now: float) -> int | None:
    """The newest 30 s step in the window whose code this is. ``now``: UNIX time."""
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(now // STEP_SECONDS)
    steps = range(present + WINDOW_STEPS, present - WINDOW_STEPS - 1, -1)
    fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
    return fitting[0] if fitting else None


def provisioning_uri(secret: str, username: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=username, issuer_name="BPJS Kios Petugas")


def new_badge_token() -> str:
    return secrets.token_urlsafe(BADGE_BYTES)


def badge_hash(token: str) -> bytes:
    """A plain hash is enough for a random token."""
    return hashlib.sha256(b"bpjs staff badge\0" + token.encode()).digest()


def _mac(pin: str, salt: bytes, cost: PinCost, keys: CentreKeys) -> bytes:
    raw = hash_secret_raw(pin.encode(), salt, cost.time, cost.memory_kib, cost.lanes, HASH_BYTES, Type.ID)
    return hmac.digest(keys.pepper, raw, hashlib.sha256)


def _parameters(cost: PinCost) -> str:
    """As ``verifier.PinVerifier`` writes them."""
    return f"argon2id$v=19$m={cost.memory_kib},t={cost.time},p={cost.lanes}"


def _cost(parameters: str) -> PinCost:
    memory, time, lanes = (int(part.partition("=")[2]) for part in parameters.rpartition("$")[2].split(","))
    return PinCost(memory, time, lanes)
