"""The kiosk's calls of the digital identity, on the connection and the visit keys of ``CentreClient``."""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Callable
from datetime import datetime

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from db.central.ikd_wire import read_facts, read_offer
from kiosk.ports import (
    CentreRefused,
    CentreUnreachable,
    DigitalIdRefusal,
    DigitalIdRefused,
    Json,
    LoginOffer,
    PersonFacts,
)

OFFER_POLL_SECONDS = 0.1
"""An issuer on the internet needs 100 ms and more for an offer."""


class IkdCalls:
    """``call`` raises CentreUnreachable and CentreRefused; so do the methods, and DigitalIdRefused."""

    def __init__(self, call: Callable[..., Json], visit_key: Callable[[str], PrivateKey], call_seconds: float) -> None:
        self._call = call
        self._visit_key = visit_key
        self._call_seconds = call_seconds

    def use_token(self, visit_id: str, issuer: str, token_id: str, expires_at: datetime) -> bool:
        used = self._call(
            "SELECT api.token_use(%s, %s, %s, %s, %s)", str(uuid.uuid4()), visit_id, issuer, token_id, expires_at
        )
        return self._call("SELECT api.token_fetch(%s)", used["use_id"])["first"] is True

    def begin_login(self, visit_id: str) -> LoginOffer:
        until = time.monotonic() + self._call_seconds
        key = self._visit_key(visit_id)
        login_id: str = self._call("SELECT api.login_begin(%s, %s)", visit_id, bytes(key.public_key))["login_id"]
        while (told := self._fetch(login_id))["state"] == "waiting":
            if time.monotonic() + OFFER_POLL_SECONDS > until:
                raise CentreUnreachable("no answer in time")
            time.sleep(OFFER_POLL_SECONDS)
        if told["state"] != "offered":
            raise CentreRefused("answer_not_readable")  # nobody can have logged in before the code was shown
        return read_offer(login_id, _opened(key, told))

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        told = self._fetch(login_id)
        return read_facts(_opened(self._visit_key(visit_id), told)) if told["state"] == "done" else None

    def _fetch(self, login_id: str) -> Json:
        told = self._call("SELECT api.login_fetch(%s)", login_id)
        if told["state"] != "refused":
            return told
        raise DigitalIdRefused(DigitalIdRefusal(told["reason"]))


def _opened(key: PrivateKey, told: Json) -> bytes:
    try:
        return SealedBox(key).decrypt(base64.b64decode(told["sealed"]))
    except CryptoError:
        raise CentreRefused("answer_not_readable") from None
