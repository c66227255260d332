"""A login at the digital identity's OpenID Connect issuer, with the phone in between. The centre side only.

Two flows, by setting: authorization code with PKCE, where the kiosk's code holds the authorization address and
the phone comes back to the call-back edge; or the device authorization grant (RFC 8628), where the issuer is
asked until the person has agreed. Either ends in a checked id_token and the facts in it. Each login has its own
state, nonce and verifier, lives 120 s at most and is redeemed once; what continues it is in its handle alone, so
nothing is remembered here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from kiosk.config import IssuerSettings
from kiosk.gateways.oidc_client_auth import ClientAuth
from kiosk.gateways.oidc_http import Answer, IssuerHttp
from kiosk.gateways.oidc_id_token import check_id_token
from kiosk.gateways.oidc_metadata import IssuerDocuments
from kiosk.identity.ikd.claims import facts_of
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused, PersonFacts
from kiosk.ports.issuer import LoginBegun, StillWaiting

log = logging.getLogger(__name__)

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
DEFAULT_INTERVAL, SLOW_DOWN_SECONDS = 5.0, 5.0
"""RFC 8628, 3.2 and 3.5."""

LONGEST_INTERVAL = 60.0
CALL_BACK_SECONDS = 5.0
"""A login that waits for its call-back is woken by it; this is only how often it may be looked at."""

MAX_CODE_CHARS, MAX_USER_CODE_CHARS, MAX_URI_CHARS = 4096, 32, 1800
"""1,800 characters are QR version 32 at level L: what a phone still reads off our screen."""

_TOKEN_ERRORS = {
    "access_denied": DigitalIdRefusal.LOGIN_DENIED,
    "expired_token": DigitalIdRefusal.LOGIN_EXPIRED,
    "temporarily_unavailable": DigitalIdRefusal.ISSUER_UNREACHABLE,
    "server_error": DigitalIdRefusal.ISSUER_UNREACHABLE,
}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OidcIssuer:
    """``kiosk.ports.issuer.DigitalIdIssuer``."""

    def __init__(self, settings: IssuerSettings, secret: str, now: Callable[[], datetime] = _utc_now) -> None:
        """``secret``: as ``read_secret`` gives it. Raises LastingFault; OSError for an unusable ``ca_file``."""
        self._settings = settings
        self._auth = ClientAuth(settings, secret)
        self._http = IssuerHttp(settings.url, settings.call_seconds, settings.ca_file)
        self._documents = IssuerDocuments(settings.url, self._http)
        self._now = now

    def begin(self) -> LoginBegun:
        return self._begin_device() if self._settings.flow == "device" else self._begin_code()

    def poll(self, handle: str, call_back: str) -> PersonFacts | StillWaiting:
        kept = _handle(handle)
        if kept.get("flow") == "device":
            return self._poll_device(kept)
        return self._redeem_code(kept, call_back) if call_back else StillWaiting(CALL_BACK_SECONDS)

    def close(self) -> None:
        self._http.close()

    # ---- authorization code with PKCE

    def _begin_code(self) -> LoginBegun:
        endpoint = self._documents.metadata().authorization
        if not endpoint or not self._settings.redirect_uri:
            log.error("the issuer has no authorization endpoint, or we no call-back")
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": self._settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        uri = endpoint + ("&" if "?" in endpoint else "?") + urlencode(asked)
        handle = json.dumps({"flow": "code", "state": state, "nonce": nonce, "verifier": verifier})
        return LoginBegun(_shown(uri), "", self._settings.login_seconds, CALL_BACK_SECONDS, handle, state)

    def _redeem_code(self, kept: Mapping[str, Any], call_back: str) -> PersonFacts:
        told = _query(call_back)
        if told.get("state") != kept["state"]:
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        if told.get("iss", self._settings.url) != self._settings.url:  # RFC 9207: it came from somebody else
            raise DigitalIdRefused(DigitalIdRefusal.WRONG_ISSUER)
        if "error" in told:
            raise DigitalIdRefused(_TOKEN_ERRORS.get(told["error"], DigitalIdRefusal.ISSUER_FAULT))
        if not _is_code(told.get("code"), MAX_CODE_CHARS):
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        self._documents.fresh_keys()  # a code is good once: first see that its answer can be checked
        answer = self._ask_token(
            {
                "grant_type": "authorization_code",
                "code": told["code"],
                "redirect_uri": self._settings.redirect_uri,
                "code_verifier": kept["verifier"],
            }
        )
        if answer.status != 200:
            raise DigitalIdRefused(_TOKEN_ERRORS.get(str(answer.body.get("error")), DigitalIdRefusal.ISSUER_FAULT))
        return self._facts(answer.body, kept["nonce"])

    # ---- device authorization grant

    def _begin_device(self) -> LoginBegun:
        endpoint = self._documents.metadata().device
        if not endpoint:
            log.error("the issuer has no device authorization endpoint")
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        form, headers = self._auth.signed({"scope": self._settings.scopes}, endpoint)
        answer = self._http.post(endpoint, form, headers)
        told = answer.body
        uri = told.get("verification_uri_complete") or told.get("verification_uri")
        device_code, user_code = told.get("device_code"), told.get("user_code")
        if (
            answer.status != 200
            or not (isinstance(uri, str) and self._http.may_call(uri))
            or not _is_code(device_code, MAX_CODE_CHARS)
            or not _is_code(user_code, MAX_USER_CODE_CHARS)
        ):
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        interval = _seconds(told.get("interval", DEFAULT_INTERVAL), LONGEST_INTERVAL)
        valid = _seconds(told.get("expires_in"), self._settings.login_seconds)
        handle = json.dumps({"flow": "device", "device_code": device_code, "interval": interval})
        return LoginBegun(_shown(uri), str(user_code), valid, interval, handle)

    def _poll_device(self, kept: Mapping[str, Any]) -> PersonFacts | StillWaiting:
        self._documents.fresh_keys()
        answer = self._ask_token({"grant_type": DEVICE_GRANT, "device_code": kept["device_code"]})
        if answer.status == 200:
            return self._facts(answer.body, None)
        match answer.body.get("error"):
            case "authorization_pending":
                return StillWaiting(kept["interval"])
            case "slow_down":
                slower = kept["interval"] + SLOW_DOWN_SECONDS
                return StillWaiting(slower, json.dumps({**kept, "interval": slower}))
            case error:
                raise DigitalIdRefused(_TOKEN_ERRORS.get(str(error), DigitalIdRefusal.ISSUER_FAULT))

    # ---- both

    def _ask_token(self, form: Mapping[str, str]) -> Answer:
        endpoint = self._documents.metadata().token
        signed, headers = self._auth.signed(form, endpoint)
        return self._http.post(endpoint, signed, headers)

    def _facts(self, told: Mapping[str, Any], nonce: str | None) -> PersonFacts:
        now = self._now()
        claims = check_id_token(told.get("id_token"), self._settings, self._documents, nonce, now)
        if self._settings.nik_claim not in claims:
            claims = {**self._userinfo(told.get("access_token"), claims["sub"]), **claims}
        return facts_of(claims, self._settings.nik_claim, now.date())

    def _userinfo(self, access_token: object, subject: str) -> Mapping[str, Any]:
        """Claims that the issuer gives out there only; nothing if it has none for this subject."""
        endpoint = self._documents.metadata().userinfo
        if not endpoint or not isinstance(access_token, str) or not access_token.isascii():
            return {}
        answer = self._http.get(endpoint, bearer=access_token)
        if answer.status != 200 or answer.body.get("sub") != subject:
            raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
        return answer.body


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _shown(uri: str) -> str:
    if len(uri) > MAX_URI_CHARS:
        log.error("the issuer's address is too long for a code on the screen")
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    return uri


def _is_code(value: object, at_most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= at_most and value.isascii() and value.isprintable()


def _handle(text: str) -> dict[str, Any]:
    try:
        kept = json.loads(text)
    except ValueError:
        kept = None
    if not isinstance(kept, dict):
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    return kept


def _query(text: str) -> dict[str, str]:
    """Each name once. Raises DigitalIdRefused."""
    try:
        told = parse_qs(text, strict_parsing=True, max_num_fields=16, keep_blank_values=True)
    except ValueError:
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT) from None
    if any(len(values) != 1 for values in told.values()):
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    return {name: values[0] for name, values in told.items()}


def _seconds(value: object, at_most: float) -> float:
    if type(value) not in (int, float) or not value > 0:  # type: ignore[operator]
        raise DigitalIdRefused(DigitalIdRefusal.ISSUER_FAULT)
    return min(float(value), at_most)  # type: ignore[arg-type]
