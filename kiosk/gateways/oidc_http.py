"""HTTP to an OpenID Connect issuer: small JSON answers over TLS from where we asked, or a typed refusal.

No redirect is followed: a document that moves is a setting to change. Nothing of a request or an answer is ever
logged; both carry secrets.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from kiosk.ports import DigitalIdRefusal, DigitalIdRefused

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024
"""Discovery documents have 2 kB, key sets 10 kB."""

MAX_URL_CHARS = 2048
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, Any] = field(repr=False)


class IssuerHttp:
    """Several threads may call at once."""

    def __init__(self, issuer: str, seconds: float, ca_file: Path | None = None) -> None:
        """Raises OSError and ssl.SSLError for a ``ca_file`` that cannot be used."""
        self._seconds = seconds
        self._plain_allowed = _is_plain_loopback(issuer)
        self._client = httpx.Client(
            timeout=seconds,
            follow_redirects=False,
            trust_env=False,  # a proxy or a netrc of the account's is nobody's setting
            verify=ssl.create_default_context(cafile=str(ca_file) if ca_file else None),
            headers={"Accept": "application/json", "User-Agent": "bpjs-connector"},
        )

    def may_call(self, url: str) -> bool:
        """TLS, or the loopback if the issuer itself is there (DEMO and tests)."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        tls = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
        return len(url) <= MAX_URL_CHARS and not parts.fragment and (
            tls or (self._plain_allowed and _is_plain_loopback(url))
        )  # fmt: skip

    def get(self, url: str, bearer: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self._call("GET", url, headers, None)

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        return self._call("POST", url, headers, dict(form))

    def close(self) -> None:
        self._client.close()

    def _call(self, method: str, url: str, headers: Mapping[str, str], form: dict[str, str] | None) -> Answer:
        """Raises DigitalIdRefused: ISSUER_UNREACHABLE for what may pass, ISSUER_FAULT for what the protocol forbids."""
        if not self.may_call(url):
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        until = time.monotonic() + self._seconds
        try:
            with self._client.stream(method, url, headers=dict(headers), data=form) as response:
                status = response.status_code
                text = _body(response, until)
        except httpx.HTTPError as fault:
            log.warning("the issuer was not reached", extra={"fault": type(fault).__name__})
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_UNREACHABLE) from None
        except (httpx.InvalidURL, ValueError):  # e.g. a port beyond 65535
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT) from None
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_UNREACHABLE)
        if httpx.codes.is_redirect(status):
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        return Answer(status, _json(text))


def _body(response: httpx.Response, until: float) -> bytes:
    text = bytearray()
    for chunk in response.iter_bytes():
        text += chunk
        if len(text) > MAX_BODY_BYTES:
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        if time.monotonic() > until:  # httpx counts each piece by itself
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_UNREACHABLE)
    return bytes(text)


def _json(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    return value


def _is_plain_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in _LOOPBACK
