"""How the connector proves to the issuer who it is: nothing, a shared secret, or a signature."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from urllib.parse import quote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from kiosk.config import IssuerSettings
from kiosk.ports import LastingFault

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60
MAX_SECRET_BYTES = 8192


def read_secret(settings: IssuerSettings) -> str:
    """Out of ``secret_file``; empty where none is needed. Raises LastingFault."""
    if settings.client_auth == "none":
        return ""
    if settings.secret_file is None:
        raise LastingFault("issuer_secret_not_set")
    try:
        with settings.secret_file.open(encoding="utf-8") as file:
            return file.read(MAX_SECRET_BYTES).strip()
    except (OSError, ValueError):
        raise LastingFault("issuer_secret_unreadable") from None


class ClientAuth:
    """Raises LastingFault for a ``secret`` that cannot be used."""

    def __init__(self, settings: IssuerSettings, secret: str) -> None:
        self._id = settings.client_id
        self._method = settings.client_auth
        self._secret = secret
        self._key: ECKey | OKPKey | None = None
        if not self._id or (not secret and self._method != "none"):
            raise LastingFault("issuer_client_not_set")
        if self._method == "private_key_jwt":
            self._key = _private_key(secret)

    def signed(self, form: Mapping[str, str], endpoint: str) -> tuple[dict[str, str], dict[str, str]]:
        """(form, headers) with the proof in one of them."""
        match self._method:
            case "client_secret_basic":
                pair = f"{quote_plus(self._id)}:{quote_plus(self._secret)}".encode()
                return dict(form), {"Authorization": "Basic " + base64.b64encode(pair).decode()}
            case "client_secret_post":
                return {**form, "client_id": self._id, "client_secret": self._secret}, {}
            case "private_key_jwt":
                proof = {"client_assertion_type": ASSERTION, "client_assertion": self._assertion(endpoint)}
                return {**form, "client_id": self._id, **proof}, {}
            case _:
                return {**form, "client_id": self._id}, {}

    def _assertion(self, endpoint: str) -> str:
        assert self._key is not None  # noqa: S101
        now = int(time.time())
        claims = {
            "iss": self._id, "sub": self._id, "aud": endpoint, "jti": uuid.uuid4().hex,
            "iat": now, "exp": now + ASSERTION_SECONDS,
        }  # fmt: skip
        alg = "ES256" if isinstance(self._key, ECKey) else "EdDSA"
        header = {"alg": alg} | ({"kid": self._key.kid} if self._key.kid else {})
        return jwt.encode(header, claims, self._key, algorithms=[alg])


def _private_key(secret: str) -> ECKey | OKPKey:
    try:
        jwk = json.loads(secret)
        key = (ECKey if jwk["kty"] == "EC" else OKPKey).import_key(jwk)
    except (JoseError, ValueError, KeyError, TypeError):
        raise LastingFault("issuer_key_unusable") from None
    if not key.is_private or jwk.get("crv") not in ("P-256", "Ed25519"):
        raise LastingFault("issuer_key_unusable")
    return key
