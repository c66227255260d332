"""The kiosk's calls of the digital identity, on the connection and the visit keys of ``CentreClient``."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from nacl.public import PrivateKey

from db.central.answers import not_readable, read_id, read_word, unseal
from db.central.ikd_wire import read_facts, read_offer
from kiosk.ports import (
    CentreUnreachable,
    DigitalIdRefusal,
    DigitalIdRefused,
    Json,
    LoginOffer,
    PersonFacts,
)

OFFER_POLL_SECONDS = 0.1
"""An issuer on the internet needs 100 ms and more for an offer."""


class _State(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    DONE = "done"
    REFUSED = "refused"


class IkdCalls:
    """``call`` raises CentreUnreachable and CentreRefused; so do the methods, and DigitalIdRefused."""

    def __init__(self, call: Callable[..., Json], visit_key: Callable[[str], PrivateKey], call_seconds: float) -> None:
        self._call = call
        self._visit_key = visit_key
        self._call_seconds = call_seconds

    def use_token(self, visit_id: str, issuer: str, token_id: str, expires_at: datetime) -> bool:
        use_id = str(uuid.uuid4())
        used = self._call("SELECT api.token_use(%s, %s, %s, %s, %s)", use_id, visit_id, issuer, token_id, expires_at)
        if used.get("use_id") != use_id:
            raise not_readable()
        first = self._call("SELECT api.token_fetch(%s)", use_id).get("first")
        if not isinstance(first, bool):
            raise not_readable()
        return first

    def begin_login(self, visit_id: str) -> LoginOffer:
        until = time.monotonic() + self._call_seconds
        key = self._visit_key(visit_id)
        begun = self._call("SELECT api.login_begin(%s, %s)", visit_id, bytes(key.public_key))
        login_id = read_id(begun, "login_id")
        while (answer := self._fetch(login_id))[0] is _State.WAITING:
            if time.monotonic() + OFFER_POLL_SECONDS > until:
                raise CentreUnreachable("no answer in time")
            time.sleep(OFFER_POLL_SECONDS)
        state, sealed = answer
        if state is not _State.OFFERED:
            raise not_readable()  # nobody can have logged in before the code was shown
        return read_offer(login_id, unseal(key, sealed))

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        state, sealed = self._fetch(login_id)
        return read_facts(unseal(self._visit_key(visit_id), sealed)) if state is _State.DONE else None

    def _fetch(self, login_id: str) -> tuple[_State, object]:
        told = self._call("SELECT api.login_fetch(%s)", login_id)
        state = read_word(_State, told.get("state"))
        if state is _State.REFUSED:
            raise DigitalIdRefused(read_word(DigitalIdRefusal, told.get("reason")))
        return state, told.get("sealed")
