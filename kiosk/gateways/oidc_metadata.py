"""An issuer's discovery document and key set, remembered for a while and fetched anew when they must be."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from kiosk.gateways.oidc_http import IssuerHttp
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused

log = logging.getLogger(__name__)

MAX_AGE_SECONDS = 3600.0
"""A key that the issuer withdrew is trusted for no longer."""

REFETCH_SECONDS = 60.0
"""An unknown key id fetches the set anew, but tokens with made-up ids must not make us hammer the issuer."""

MAX_KEYS = 50
MIN_RSA_BITS = 2048

_NAMES = {"EdDSA": ("EdDSA", "Ed25519"), "Ed25519": ("EdDSA", "Ed25519")}
_KINDS = {"ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519"), "Ed25519": ("OKP", "Ed25519"), "RS256": ("RSA", None)}


@dataclass(frozen=True, slots=True)
class Metadata:
    """Endpoints; empty where the issuer has none."""

    authorization: str
    token: str
    jwks: str
    device: str
    userinfo: str


class IssuerDocuments:
    def __init__(self, issuer: str, http: IssuerHttp, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._http = http
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None  # fetched at, document
        self._keys: tuple[float, list[Mapping[str, Any]]] | None = None

    def metadata(self) -> Metadata:
        """Raises DigitalIdRefused."""
        with self._lock:
            return self._known_metadata()

    def fresh_keys(self) -> None:
        """See that the key set is there and not old, while nothing is lost yet if it is not to be had."""
        with self._lock:
            self._known_keys(older_than=MAX_AGE_SECONDS)

    def key(self, kid: str | None, alg: str) -> Key | None:
        """The signing key of this id and kind; without an id, the only one of its kind. Raises DigitalIdRefused."""
        with self._lock:
            found = _choose(self._known_keys(older_than=MAX_AGE_SECONDS), kid, alg)
            if found is None:
                found = _choose(self._known_keys(older_than=REFETCH_SECONDS), kid, alg)
        return found

    def _known_metadata(self) -> Metadata:
        now = self._monotonic()
        if self._metadata is None or now - self._metadata[0] > MAX_AGE_SECONDS:
            self._metadata = now, self._discover()
        return self._metadata[1]

    def _known_keys(self, older_than: float) -> list[Mapping[str, Any]]:
        now = self._monotonic()
        if self._keys is None or now - self._keys[0] >= older_than:
            keys = self._http.get(self._known_metadata().jwks).body.get("keys")
            if not isinstance(keys, list):
                raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
            self._keys = now, [key for key in keys[:MAX_KEYS] if isinstance(key, dict)]
        return self._keys[1]

    def _discover(self) -> Metadata:
        answer = self._http.get(self._issuer.rstrip("/") + "/.well-known/openid-configuration")
        told = answer.body
        if told.get("issuer") != self._issuer:
            log.error("the issuer's discovery document names another issuer")
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        return Metadata(
            authorization=self._endpoint(told, "authorization_endpoint", needed=False),
            token=self._endpoint(told, "token_endpoint"),
            jwks=self._endpoint(told, "jwks_uri"),
            device=self._endpoint(told, "device_authorization_endpoint", needed=False),
            userinfo=self._endpoint(told, "userinfo_endpoint", needed=False),
        )

    def _endpoint(self, told: Mapping[str, Any], name: str, needed: bool = True) -> str:
        url = told.get(name)
        if isinstance(url, str) and self._http.may_call(url):
            return url
        if needed or url is not None:
            log.error("the issuer's discovery document is unusable", extra={"endpoint": name})
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        return ""


def _choose(keys: list[Mapping[str, Any]], kid: str | None, alg: str) -> Key | None:
    fitting = [key for key in keys if _fits(key, alg) and (kid is None or key.get("kid") == kid)]
    if len(fitting) != 1:  # none, or it is open which
        return None
    kinds: dict[str, type[ECKey | OKPKey | RSAKey]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
    jwk = {name: value for name, value in fitting[0].items() if name in ("kty", "crv", "x", "y", "n", "e")}
    try:
        made = kinds[jwk["kty"]].import_key(jwk)
        made.get_op_key("verify")
    except (JoseError, ValueError, TypeError):
        return None
    return None if isinstance(made, RSAKey) and made.raw_value.key_size < MIN_RSA_BITS else made


def _fits(key: Mapping[str, Any], alg: str) -> bool:
    return (
        (key.get("kty"), key.get("crv")) == _KINDS[alg]
        and key.get("use", "sig") == "sig"
        and key.get("alg", alg) in _NAMES.get(alg, (alg,))
    )
