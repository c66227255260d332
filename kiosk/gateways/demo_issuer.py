"""The demo's digital identity: an OpenID Connect issuer on the loopback, and the phones of invented people.

Its protocol is real (discovery, key set, device authorization grant, id_tokens signed with a key made at the
start); only the phone is missing, whose answers are levers here, or a POST to the address in the code. It also
makes the codes that such a phone shows. Left out: authorization code flow, refresh, userinfo. Never part of a
real kiosk or centre.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import uuid
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from kiosk.config import IkdSettings, IssuerSettings
from kiosk.gateways.demo_logins import INTERVAL_SECONDS, VALID_SECONDS, DemoLogins
from kiosk.identity.ikd.keys import PinnedKeys
from kiosk.identity.ikd.making import claims_for, jws_token, new_key
from kiosk.ports import DemoPerson, FactSource, PersonFacts

CLIENT_ID = "bpjs-demo"
ISSUER_NAME = "https://ikd.contoh.invalid"
"""Of the codes; nobody is ever to be asked there."""

ID_TOKEN_SECONDS = 60
EXPIRED_SECONDS = 300.0
"""How old an expired code is: older than any life and skew that a site can set by default."""

MAX_FORM_BYTES = 8192
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class DemoIssuer:
    def __init__(self, people: Sequence[DemoPerson], now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``people``: whom it knows, as it knows them. ``now``: of the codes, the time that kiosks go by."""
        self._people = {person.nik: person for person in people}
        self._now = now
        self._key = new_key()
        self._client_secret = secrets.token_urlsafe(24)
        self._logins = DemoLogins()
        self._server: _Server | None = None

    # ---- for the composition root

    def start(self) -> IssuerSettings:
        """Listen; what a connector needs to log in here, but for ``client_secret``. Raises OSError."""
        self._server = _Server(self)
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="demo-issuer", daemon=True
        ).start()  # fmt: skip
        return IssuerSettings(url=self.url, flow="device", client_id=CLIENT_ID)

    def stop(self) -> None:
        """Harmless when not running."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not running")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def client_secret(self) -> str:
        return self._client_secret

    def pinned_keys(self) -> PinnedKeys:
        """For the demo's kiosk: the key of ``token``."""
        now = datetime.now(UTC)
        return PinnedKeys([self._key.pinned(ISSUER_NAME, now - timedelta(days=1), now + timedelta(days=3650))])

    # ---- the phone

    def approve(self, user_code: str, nik: str) -> bool:
        """Whoever has this NIK agrees; False when no such login waits."""
        return self._logins.answer(user_code, nik)

    def deny(self, user_code: str) -> bool:
        return self._logins.answer(user_code, "")

    def approve_newest(self, nik: str, approve: bool = True) -> bool:
        """As the phone that has just scanned the screen; False when no login waits."""
        return self._logins.answer(self._logins.newest(), nik if approve else "")

    def token(self, nik: str, expired: bool = False) -> str:
        """The text of the code on this person's phone now, or some minutes ago."""
        ikd = IkdSettings()
        issued = self._now() - timedelta(seconds=EXPIRED_SECONDS if expired else 0.0)
        return jws_token(
            self._key, claims_for(self._facts(nik), ISSUER_NAME, ikd.audience, issued, ikd.token_seconds)
        )  # fmt: skip

    # ---- called by requests

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint": f"{self.url}/token",
            "device_authorization_endpoint": f"{self.url}/device_authorization",
            "grant_types_supported": [_DEVICE_GRANT],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def jwks(self) -> dict[str, Any]:
        return {"keys": [{**self._key.public_jwk, "kid": self._key.kid, "use": "sig", "alg": "ES256"}]}

    def is_client(self, authorization: str) -> bool:
        kind, _, value = authorization.partition(" ")
        try:
            name, _, secret = b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return False
        right = hmac.compare_digest(unquote_plus(secret).encode(), self._client_secret.encode())
        return kind == "Basic" and unquote_plus(name) == CLIENT_ID and right

    def open_login(self) -> dict[str, Any]:
        login = self._logins.open()
        return {
            "device_code": login.device_code,
            "user_code": login.user_code,
            "verification_uri": f"{self.url}/device",
            "verification_uri_complete": f"{self.url}/device?user_code={login.user_code}",
            "expires_in": VALID_SECONDS,
            "interval": INTERVAL_SECONDS,
        }

    def redeem(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """(status, body) of the token endpoint."""
        if form.get("grant_type") != _DEVICE_GRANT:
            return HTTPStatus.BAD_REQUEST, {"error": "unsupported_grant_type"}
        nik, error = self._logins.redeem(form.get("device_code", ""))
        if error:
            return HTTPStatus.BAD_REQUEST, {"error": error}
        token = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": ID_TOKEN_SECONDS}
        return HTTPStatus.OK, {**token, "id_token": self._id_token(nik)}

    def _id_token(self, nik: str) -> str:
        claims = claims_for(self._facts(nik), self.url, CLIENT_ID, datetime.now(UTC), ID_TOKEN_SECONDS)
        subject = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.url}/{nik}").hex
        return jws_token(self._key, {**claims, "sub": subject})

    def _facts(self, nik: str) -> PersonFacts:
        person = self._people.get(nik)
        if person is None:
            return PersonFacts(FactSource.IKD, nik)
        return PersonFacts(
            FactSource.IKD, nik, person.name, person.birth_date, person.address, person.marital_status
        )  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, issuer: DemoIssuer) -> None:
        self.issuer = issuer
        super().__init__(("127.0.0.1", 0), _Request)


class _Request(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5.0

    def do_GET(self) -> None:
        match urlsplit(self.path).path:
            case "/.well-known/openid-configuration":
                self._say(200, self.server.issuer.discovery())
            case "/jwks":
                self._say(200, self.server.issuer.jwks())
            case _:
                self._say(HTTPStatus.NOT_FOUND, {"error": "not_found"})

    def do_POST(self) -> None:
        form, issuer, path = self._form(), self.server.issuer, urlsplit(self.path).path
        if path == "/device":  # the phone, which is no client
            decided = (
                issuer.approve(form.get("user_code", ""), form["nik"])
                if form.get("nik")
                else issuer.deny(form.get("user_code", ""))
            )
            self._say(200 if decided else 400, {"done": decided})
        elif not issuer.is_client(self.headers.get("Authorization", "")):
            self._say(HTTPStatus.UNAUTHORIZED, {"error": "invalid_client"})
        elif path == "/device_authorization":
            self._say(200, issuer.open_login())
        elif path == "/token":
            self._say(*issuer.redeem(form))
        else:
            self._say(HTTPStatus.NOT_FOUND, {"error": "not_found"})

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _form(self) -> dict[str, str]:
        length = self.headers.get("Content-Length", "0")
        size = min(int(length), MAX_FORM_BYTES) if length.isdecimal() else 0
        try:
            told = parse_qs(self.rfile.read(size).decode("ascii"))
        except ValueError:
            return {}
        return {name: values[0] for name, values in told.items()}

    def _say(self, status: int, told: Mapping[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
