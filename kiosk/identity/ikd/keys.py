"""The issuers' public keys that this kiosk trusts, pinned by file: nothing in a token can bring a key along.

The file (TOML), one table a key::

    [[key]]
    issuer = "https://ikd.contoh.go.id"
    kid = "2026-1"
    alg = "ES256"                       # or EdDSA
    not_before = 2026-01-01T00:00:00Z   # tokens are taken from then ..
    not_after = 2027-01-01T00:00:00Z    # .. to then
    jwk = { kty = "EC", crv = "P-256", x = "...", y = "..." }
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

MAX_FILE_BYTES = 256 * 1024
"""A key takes 400 bytes; an issuer rotates a handful."""

MAX_KID_CHARS = 128


class Alg(StrEnum):
    """What a signature may be made with. A key has one, and a token's header cannot choose another."""

    ES256 = "ES256"
    EDDSA = "EdDSA"  # Ed25519


class KeysUnusable(Exception):
    """The file of pinned keys cannot be used; ``reason`` is a short typed word and the key's place."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """``jwk``: the public JWK. Aware times."""

    issuer: str
    kid: str
    alg: Alg
    jwk: Mapping[str, str] = field(repr=False)
    not_before: datetime
    not_after: datetime


class PinnedKeys:
    """Each key id once, so that a token's key is known before anything else of it is believed."""

    def __init__(self, keys: Iterable[PinnedKey] = ()) -> None:
        self._by_kid: dict[str, PinnedKey] = {}
        for place, key in enumerate(keys):
            _check(key, place)
            if key.kid in self._by_kid:
                raise KeysUnusable(f"same_kid:{place}")
            self._by_kid[key.kid] = key

    def __len__(self) -> int:
        return len(self._by_kid)

    def find(self, kid: str, now: datetime) -> PinnedKey | None:
        """The key of this id, if tokens may be signed with it now."""
        key = self._by_kid.get(kid)
        return key if key is not None and key.not_before <= now < key.not_after else None


def load_keys(path: Path) -> PinnedKeys:
    """Raises KeysUnusable."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise KeysUnusable("file_too_large")
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("key")
    except OSError:
        raise KeysUnusable("file_missing") from None
    except ValueError:
        raise KeysUnusable("file_malformed") from None
    if not isinstance(tables, list) or not tables:
        raise KeysUnusable("no_key")
    return PinnedKeys(_from_table(table, place) for place, table in enumerate(tables))


def _from_table(table: Any, place: int) -> PinnedKey:
    try:
        key = PinnedKey(
            issuer=table["issuer"],
            kid=table["kid"],
            alg=Alg(table["alg"]),
            jwk=dict(table["jwk"]),
            not_before=table["not_before"],
            not_after=table["not_after"],
        )
    except (KeyError, TypeError, ValueError):
        raise KeysUnusable(f"key_malformed:{place}") from None
    texts = (key.issuer, key.kid, *key.jwk.values())
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(when, datetime) and when.tzinfo is not None for when in (key.not_before, key.not_after)
    ):
        raise KeysUnusable(f"key_malformed:{place}")
    return key


def _check(key: PinnedKey, place: int) -> None:
    from joserfc.errors import JoseError  # noqa: PLC0415 - 0.06 s of import that most starts do not need
    from joserfc.jwk import ECKey, OKPKey  # noqa: PLC0415

    if "d" in key.jwk:
        raise KeysUnusable(f"private_key:{place}")  # whoever can make tokens must not stand in a lobby
    wanted = ("EC", "P-256") if key.alg is Alg.ES256 else ("OKP", "Ed25519")
    if (key.jwk.get("kty"), key.jwk.get("crv")) != wanted or not key.issuer or not 0 < len(key.kid) <= MAX_KID_CHARS:
        raise KeysUnusable(f"key_malformed:{place}")
    try:
        made = (ECKey if key.alg is Alg.ES256 else OKPKey).import_key(dict(key.jwk))
        made.get_op_key("verify")
    except (JoseError, ValueError, TypeError):  # e.g. a point that is not on the curve
        raise KeysUnusable(f"key_malformed:{place}") from None
