"""A real OpenID Connect provider for tests: idpyoidc, with its own JOSE library, behind plain HTTP on the loopback.

Ours is only the glue: which path is which endpoint, and a page where the person logs in and agrees.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptojwt.key_jar import build_keyjar
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.exception import ClientAuthenticationError
from idpyoidc.server.oidc.authorization import Authorization
from idpyoidc.server.oidc.provider_config import ProviderConfiguration
from idpyoidc.server.oidc.token import Token
from idpyoidc.server.oidc.userinfo import UserInfo

from tests.gateways.phone import FORM
from tests.gateways.site import Request, Response, Site, as_json, as_page

KEY_DEFS = [{"type": "EC", "crv": "P-256", "use": ["sig"]}, {"type": "OKP", "crv": "Ed25519", "use": ["sig"]}]
CLIENT_ID, CLIENT_SECRET = "bpjs-connector", "s" * 32
_PASSWORDS = {"keys": {"key_defs": [{"type": "oct", "use": ["enc"], "kid": kid} for kid in ("password", "salt")]}}


def configuration(issuer: str, people: Mapping[str, Mapping[str, Any]]) -> OPConfiguration:
    auth = {"client_authn_method": ["client_secret_basic", "client_secret_post", "private_key_jwt"]}
    crypt = {"crypt_conf": {"kwargs": {**_PASSWORDS, "iterations": 1}}}
    conf = {
        "issuer": issuer,
        "preference": {
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "EdDSA"],
        },
        "key_conf": {"key_defs": KEY_DEFS, "uri_path": "jwks.json"},
        "token_handler_args": {
            "jwks_def": {  # an empty path: nothing is written to disk
                "private_path": "",
                "key_defs": [{"type": "oct", "bytes": "24", "use": ["enc"], "kid": "code"}],
            },
            "code": {"lifetime": 60, "kwargs": crypt},
            "token": {"class": "idpyoidc.server.token.jwt_token.JWTToken", "kwargs": {"lifetime": 60}},
            "id_token": {
                "class": "idpyoidc.server.token.id_token.IDToken",
                "kwargs": {"lifetime": 60, "enable_claims_per_client": True},
            },
        },
        "endpoint": {
            "provider_config": {
                "path": ".well-known/openid-configuration",
                "class": ProviderConfiguration,
                "kwargs": {},
            },
            "authorization": {"path": "authorization", "class": Authorization, "kwargs": {}},
            "token": {"path": "token", "class": Token, "kwargs": auth},
            "userinfo": {"path": "userinfo", "class": UserInfo, "kwargs": {"enable_claims_per_client": True}},
        },
        "authentication": {
            "any": {"acr": "urn:x", "class": "idpyoidc.server.user_authn.user.NoAuthn", "kwargs": {"user": ""}}
        },
        "userinfo": {"class": "idpyoidc.server.user_info.UserInfo", "kwargs": {"db": dict(people)}},
        "add_ons": {
            "pkce": {
                "function": "idpyoidc.server.oauth2.add_on.pkce.add_support",
                "kwargs": {"essential": True, "code_challenge_methods": {"S256": "S256"}},
            }
        },
        "session_params": {"encrypter": {"kwargs": {**_PASSWORDS, "iterations": 1}}},
    }
    return OPConfiguration(conf=conf, base_path=".")


class RealProvider:
    def __init__(self, site: Site, people: Mapping[str, Mapping[str, Any]]) -> None:
        """``people``: login name -> claims."""
        self.site = site
        self.server = Server(configuration(site.url, people))
        self._one_at_a_time = threading.Lock()
        site.pages |= {
            ("GET", "/.well-known/openid-configuration"): self._discovery,
            ("GET", "/jwks.json"): lambda _: as_json(self.server.keyjar.export_jwks()),
            ("GET", "/authorization"): self._login_page,
            ("POST", "/login"): self._login,
            ("POST", "/token"): self._token,
            ("GET", "/userinfo"): self._userinfo,
        }

    def register(self, redirect_uri: str, alg: str = "ES256", in_id_token: bool = True, **more: Any) -> None:
        """The connector as a client. ``in_id_token``: the facts are there, else at the userinfo endpoint only."""
        facts = ["nik", "name", "birthdate", "address", "marital_status"]
        place = "id_token" if in_id_token else "userinfo"
        self.server.context.cdb[CLIENT_ID] = {
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [(redirect_uri, "")],
            "response_types_supported": ["code"],
            "allowed_scopes": ["openid", "profile"],
            "id_token_signed_response_alg": alg,
            "client_salt": "salt",
            "add_claims": {"always": {place: facts}},
            **more,
        }
        self.server.keyjar.add_symmetric(CLIENT_ID, CLIENT_SECRET, ["sig"])

    def rotate_keys(self) -> None:
        """New keys, and the old ones are gone."""
        fresh = build_keyjar(KEY_DEFS)
        for owner in ("", self.site.url):
            issuer = self.server.keyjar._get_issuer(owner)
            if issuer is not None:
                issuer.set([*fresh._get_issuer("")])

    # ---- pages

    def _discovery(self, _request: Request) -> Response:
        endpoint = self.server.get_endpoint("provider_config")
        return self._answered("provider_config", endpoint.process_request({}))

    def _login_page(self, request: Request) -> Response:
        hidden = f'<input type="hidden" name="request" value="{html.escape(request.query)}">'
        return as_page(FORM.format(action="/login", hidden=hidden))

    def _login(self, request: Request) -> Response:
        asked = dict(parse_qsl(request.form["request"]))
        if request.form["agree"] != "yes":
            told = {"error": "access_denied", "state": asked["state"], "iss": self.site.url}
            return Response(303, headers={"Location": f"{asked['redirect_uri']}?{urlencode(told)}"})
        with self._one_at_a_time:
            self.server.context.authn_broker.db["any"]["method"].user = request.form["user"]
            return self._endpoint("authorization", asked, {})

    def _token(self, request: Request) -> Response:
        return self._endpoint("token", request.body, dict(request.headers))

    def _userinfo(self, request: Request) -> Response:
        return self._endpoint("userinfo", {}, dict(request.headers))

    def _endpoint(self, name: str, told: Any, headers: Mapping[str, str]) -> Response:
        endpoint = self.server.get_endpoint(name)
        http = {"headers": {key.lower(): value for key, value in headers.items()}, "method": "POST",
                "url": f"{self.site.url}/{name}"}  # fmt: skip
        try:
            parsed = endpoint.parse_request(told, http_info=http)
        except ClientAuthenticationError:
            return as_json({"error": "invalid_client"}, 401)
        if "error" in parsed:
            return as_json(parsed.to_dict(), 400)
        return self._answered(name, endpoint.process_request(parsed, http_info=http), parsed)

    def _answered(self, name: str, args: Any, request: Any = None) -> Response:
        if "error" in args:
            return as_json({key: args[key] for key in ("error", "error_description") if key in args}, 400)
        info = self.server.get_endpoint(name).do_response(request=request, **args)
        text = info["response"]
        if "response_placement" not in info and name == "authorization":
            return Response(303, headers={"Location": text})
        return Response(
            200, text.encode() if isinstance(text, str) else json.dumps(text).encode(), dict(info["http_headers"])
        )
