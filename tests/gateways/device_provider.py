"""A device authorization grant (RFC 8628) on authlib's server classes, for tests: the protocol's rules are
authlib's, ours are storage, a page where the person agrees, and the id_token."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict

from kiosk.identity.ikd.making import SigningKey, jws_token, new_key
from tests.gateways.phone import FORM
from tests.gateways.site import Request, Response, Site, as_json, as_page

CLIENT_ID, CLIENT_SECRET = "bpjs-connector", "s3cret/with+odd:signs%"


class Client(ClientMixin):
    def get_client_id(self) -> str:
        return CLIENT_ID

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == DeviceCodeGrant.GRANT_TYPE


@dataclass
class Person:
    claims: dict[str, Any]


class DeviceProvider(AuthorizationServer):
    def __init__(
        self, site: Site, people: dict[str, dict[str, Any]], interval: int = 5, expires_in: int = 1800
    ) -> None:
        super().__init__(scopes_supported=["openid", "profile"])
        self.site = site
        self.people = people
        self.key: SigningKey = new_key()
        self.credentials: dict[str, dict[str, Any]] = {}
        self.grants: dict[str, tuple[Person, bool]] = {}  # by user code
        self.too_fast = False
        provider = self

        class Endpoint(DeviceAuthorizationEndpoint):
            EXPIRES_IN, INTERVAL = expires_in, interval

            def get_verification_uri(self) -> str:
                return f"{site.url}/device"

            def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
                provider.credentials[data["device_code"]] = {
                    **data, "client_id": client_id, "scope": scope, "expires_at": time.time() + data["expires_in"],
                }  # fmt: skip

        class Grant(DeviceCodeGrant):
            def query_device_credential(self, device_code: str) -> DeviceCredentialDict | None:
                found = provider.credentials.get(device_code)
                return DeviceCredentialDict(found) if found else None

            def query_user_grant(self, user_code: str) -> tuple[Person, bool] | None:
                return provider.grants.get(user_code)

            def should_slow_down(self, _credential: DeviceCredentialDict) -> bool:
                return provider.too_fast

            def save_token(self, token: dict[str, Any]) -> None:
                del provider.credentials[self.request.payload.data["device_code"]]

        self.register_grant(Grant)
        self.register_endpoint(Endpoint)
        self.register_token_generator("default", self._token)
        site.pages |= {
            ("GET", "/.well-known/openid-configuration"): lambda _: as_json(self.discovery()),
            ("GET", "/jwks"): lambda _: as_json({"keys": [{**self.key.public_jwk, "kid": self.key.kid, "use": "sig"}]}),
            ("POST", "/device_authorization"): lambda r: self.create_endpoint_response("device_authorization", r),
            ("POST", "/token"): self.create_token_response,
            ("GET", "/device"): self._page,
            ("POST", "/device"): self._agree,
        }

    def discovery(self) -> dict[str, Any]:
        url = self.site.url
        return {
            "issuer": url,
            "jwks_uri": f"{url}/jwks",
            "token_endpoint": f"{url}/token",
            "device_authorization_endpoint": f"{url}/device_authorization",
        }

    def id_token_claims(self, person: Person) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.site.url, "aud": CLIENT_ID, "sub": "1", "iat": now, "exp": now + 60, **person.claims}

    # ---- what authlib asks of an integration

    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Nothing is kept."""

    def send_signal(self, *_: Any, **__: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Request | OAuth2Request) -> OAuth2Request:
        if isinstance(request, OAuth2Request):
            return request
        # TLS ends in front of it, so to say
        made = OAuth2Request(request.method, "https://issuer.invalid" + request.path, headers=dict(request.headers))
        made.payload = BasicOAuth2Payload(dict(parse_qsl(request.body)))
        made._body = made.payload.data
        return made

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        return Response(status, body.encode() if isinstance(body, str) else json.dumps(body).encode(), dict(headers))

    def _token(self, grant_type: str, client: Client, user: Person, **_: Any) -> dict[str, Any]:
        token = {"token_type": "Bearer", "access_token": secrets.token_urlsafe(8), "expires_in": 60}
        return {**token, "id_token": jws_token(self.key, self.id_token_claims(user))}

    # ---- the person's page

    def _page(self, request: Request) -> Response:
        code = request.form.get("user_code", "")
        return as_page(FORM.format(action="/device", hidden=f'<input type="hidden" name="user_code" value="{code}">'))

    def _agree(self, request: Request) -> Response:
        told = request.form
        self.grants[told["user_code"]] = (Person(self.people[told["user"]]), told["agree"] == "yes")
        return as_page("done")
