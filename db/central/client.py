"""The kiosk's side of the centre: ``kiosk.ports.Centre``, and what the sync worker needs.

A visit's X25519 key lives in this object's memory only; forget_visit drops it, and with it the means to
read any answer the centre sealed to the visit. Several threads may call at once.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from psycopg.types.json import Jsonb

from db.central.connections import Connections
from db.central.deferred_wire import CaptureStatus
from db.central.ikd_client import IkdCalls
from db.central.keys import seal_to
from db.central.wire import AppendAnswer, AppendStatus, CentreConfig, Head, RequestKind
from kiosk.config import CentreSettings
from kiosk.events import ChainedEvent
from kiosk.ports import (
    CentreRefused,
    CentreUnreachable,
    CentreVisitStatus,
    Identifier,
    IdentifierKind,
    Json,
    LoginOffer,
    LookupAnswer,
    LookupStatus,
    PersonFacts,
    Profile,
    SendStatus,
)

FIRST_POLL_SECONDS = 0.02
"""The connector answered in 5 to 15 ms; a poll costs 0.3 ms over the socket."""

LONGEST_POLL_SECONDS = 0.25


@dataclass(slots=True)
class _Memory:
    """What is remembered of the present visit."""

    visit_keys: dict[str, PrivateKey] = field(default_factory=dict, repr=False)  # by visit id
    ticket_keys: dict[str, PrivateKey] = field(default_factory=dict, repr=False)


class CentreClient:
    """Logged in as the kiosk's own role. Every call raises CentreUnreachable or CentreRefused, those of the digital
    identity DigitalIdRefused as well."""

    def __init__(self, dsn: str, settings: CentreSettings) -> None:
        self._connections = Connections(dsn, settings.call_seconds)
        self._call_seconds = settings.call_seconds
        self._lock = threading.Lock()
        self._memory = _Memory()
        self._config: CentreConfig | None = None
        self._ikd = IkdCalls(self._call, self._visit_key, settings.call_seconds)

    # ---- the visit (kiosk.ports.Centre)

    def lookup(self, visit_id: str, identifier: Identifier) -> LookupAnswer:
        key = self._visit_key(visit_id)
        box = bytes(key.public_key)
        if identifier.kind is IdentifierKind.CASE:
            asked = self._call("SELECT api.case_request(%s, %s, %s)", visit_id, identifier.digits, box)
        else:
            asked = self._call(
                "SELECT api.lookup_request(%s, %s, %s, %s)", visit_id, identifier.kind.value, identifier.digits, box
            )
        found = self._call("SELECT api.lookup_fetch(%s)", asked["ticket"])
        status = LookupStatus(found["status"])
        if status is LookupStatus.FOUND:
            with self._lock:
                self._memory.ticket_keys[found["ticket"]] = key
        return LookupAnswer(status, found["ticket"], found["initials"] or "")

    def reference_face(self, ticket: str) -> bytes:
        return self._unseal(ticket, self._request(ticket, RequestKind.REFERENCE, {}))

    def profile(self, ticket: str) -> Profile:
        told = json.loads(self._unseal(ticket, self._request(ticket, RequestKind.PROFILE, {})))
        return Profile(
            name=told["name"],
            birth_date=_date(told["birth_date"]),
            nik=told["nik"],
            card_number=told["card_number"],
            masked_phone=told["masked_phone"],
            membership=told["membership"],
            verified_since=_date(told["verified_since"]),
            address=told["address"],
            marital_status=told["marital_status"],
        )

    def send_code(self, ticket: str, send_no: int, code: str) -> SendStatus:
        sealed = seal_to(self._known_config().box_public_key, code.encode())
        payload = {"send_no": send_no, "sealed_code": base64.b64encode(sealed).decode()}
        return SendStatus(self._request(ticket, RequestKind.SEND_CODE, payload)["send_status"])

    def visit_status(self, visit_id: str) -> CentreVisitStatus:
        return CentreVisitStatus(self._answer("SELECT api.visit_status(%s)", visit_id))

    def use_token(self, visit_id: str, issuer: str, token_id: str, expires_at: datetime) -> bool:
        return self._ikd.use_token(visit_id, issuer, token_id, expires_at)

    def begin_login(self, visit_id: str) -> LoginOffer:
        return self._ikd.begin_login(visit_id)

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        return self._ikd.login_result(visit_id, login_id)

    def forget_visit(self) -> None:
        with self._lock:
            self._memory = _Memory()

    # ---- the chain (sync worker) and the kiosk itself

    def append(self, events: Sequence[ChainedEvent]) -> AppendAnswer:
        batch = {"events": [event.model_dump() for event in events]}
        told = self._answer("SELECT api.append_events(%s)", Jsonb(batch))
        return AppendAnswer(AppendStatus(told["status"]), told["accepted_seq"], told["reason"])

    def put_capture(self, visit_id: str, sealed: bytes) -> CaptureStatus:
        """Of a deferred visit, after its events; idempotent."""
        return CaptureStatus(self._call("SELECT api.capture_put(%s, %s)", visit_id, sealed)["status"])

    def my_head(self) -> Head:
        told = self._answer("SELECT api.my_head()")
        if told is None:
            raise CentreRefused("not_enrolled")
        return Head(told["seq"], told["hash"], told["epoch"])

    def my_config(self) -> CentreConfig:
        """Also remembers the centre's public key for send_code."""
        told = self._answer("SELECT api.my_config()")
        if told is None:
            raise CentreRefused("not_enrolled")
        self._config = CentreConfig(
            box_public_key=bytes.fromhex(told["box_public_key"]),
            box_key_id=told["box_key_id"],
            server_time=told["server_time"],
            lookups_per_day=told["lookups_per_day"],
            lookups_left=told["lookups_left"],
        )
        return self._config

    def box_public_key(self) -> bytes:
        """32 bytes, X25519; asked of the centre until it was heard once."""
        return self._known_config().box_public_key

    def heartbeat(self, health: Json) -> None:
        if not self._answer("SELECT api.heartbeat(%s)", Jsonb(health)):
            raise CentreRefused("not_enrolled")

    def close(self) -> None:
        self.forget_visit()
        self._connections.close()

    # ---- helpers

    def _answer(self, statement: str, *parameters: object) -> Any:
        return self._connections.call(statement, parameters)

    def _call(self, statement: str, *parameters: object) -> Json:
        told: Json = self._answer(statement, *parameters)
        if "refused" in told:
            raise CentreRefused(told["refused"])
        return told

    def _request(self, ticket: str, kind: RequestKind, payload: Json) -> Json:
        """Queue the work and wait for the connector's answer."""
        until = time.monotonic() + self._call_seconds
        queued = self._call("SELECT api.request_queue(%s, %s, %s)", ticket, kind.value, Jsonb(payload))
        pause = FIRST_POLL_SECONDS
        while True:
            told: Json = self._answer("SELECT api.request_fetch(%s)", queued["request_id"])
            if told["state"] == "refused":
                raise CentreRefused(told["reason"])
            if told["state"] == "done":
                return told
            if time.monotonic() + pause > until:
                raise CentreUnreachable("no answer in time")
            time.sleep(pause)
            pause = min(LONGEST_POLL_SECONDS, 1.5 * pause)

    def _visit_key(self, visit_id: str) -> PrivateKey:
        with self._lock:
            return self._memory.visit_keys.setdefault(visit_id, PrivateKey.generate())

    def _unseal(self, ticket: str, told: Json) -> bytes:
        with self._lock:
            key = self._memory.ticket_keys.get(ticket)
        if key is None:
            raise CentreRefused("ticket_not_usable")  # of a visit that was forgotten
        try:
            return SealedBox(key).decrypt(base64.b64decode(told["result"]))
        except CryptoError:
            raise CentreRefused("answer_not_readable") from None

    def _known_config(self) -> CentreConfig:
        return self._config or self.my_config()


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
