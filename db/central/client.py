"""The kiosk's side of the centre: ``kiosk.ports.Centre``, and what the sync worker needs.

A visit's X25519 key lives in this object's memory only; forget_visit drops it, and with it the means to
read any answer the centre sealed to the visit. Several threads may call at once.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nacl.public import PrivateKey
from psycopg.types.json import Jsonb

from db.central import answers
from db.central.connections import Connections
from db.central.deferred_wire import CaptureStatus
from db.central.ikd_client import IkdCalls
from db.central.keys import seal_to
from db.central.reads_wire import read_family, read_history, read_profile
from db.central.wire import AppendAnswer, CentreConfig, Head, RequestKind
from kiosk.config import CentreSettings
from kiosk.events import ChainedEvent
from kiosk.ports import (
    AccountHistory,
    CentreRefused,
    CentreUnreachable,
    CentreVisitStatus,
    FamilyMember,
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
        ticket = answers.read_id(asked, "ticket")
        found = answers.read_lookup(self._call("SELECT api.lookup_fetch(%s)", ticket), ticket)
        if found.status is LookupStatus.FOUND:
            with self._lock:
                self._memory.ticket_keys[ticket] = key
        return found

    def reference_face(self, ticket: str) -> bytes:
        return self._unseal(ticket, self._request(ticket, RequestKind.REFERENCE, {}))

    def profile(self, ticket: str) -> Profile:
        return read_profile(self._unseal(ticket, self._request(ticket, RequestKind.PROFILE, {})))

    def family(self, ticket: str) -> tuple[FamilyMember, ...]:
        return read_family(self._unseal(ticket, self._request(ticket, RequestKind.FAMILY, {})))

    def history(self, ticket: str) -> AccountHistory:
        return read_history(self._unseal(ticket, self._request(ticket, RequestKind.HISTORY, {})))

    def send_code(self, ticket: str, send_no: int, code: str) -> SendStatus:
        sealed = seal_to(self._known_config().box_public_key, code.encode())
        payload = {"send_no": send_no, "sealed_code": base64.b64encode(sealed).decode()}
        return answers.read_send_status(self._request(ticket, RequestKind.SEND_CODE, payload))

    def visit_status(self, visit_id: str) -> CentreVisitStatus:
        return answers.read_visit_status(self._answer("SELECT api.visit_status(%s)", visit_id))

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
        return answers.read_append(told, events[-1].seq if events else 0)

    def put_capture(self, visit_id: str, sealed: bytes) -> CaptureStatus:
        """Of a deferred visit, after its events; idempotent."""
        return answers.read_capture(self._call("SELECT api.capture_put(%s, %s)", visit_id, sealed))

    def my_head(self) -> Head:
        return answers.read_head(self._answer("SELECT api.my_head()"))

    def my_config(self) -> CentreConfig:
        """Also remembers the centre's public key for send_code."""
        self._config = config = answers.read_config(self._answer("SELECT api.my_config()"))
        return config

    def box_public_key(self) -> bytes:
        """32 bytes, X25519; asked of the centre until it was heard once."""
        return self._known_config().box_public_key

    def heartbeat(self, health: Json) -> None:
        answers.read_beat(self._answer("SELECT api.heartbeat(%s)", Jsonb(health)))

    def close(self) -> None:
        self.forget_visit()
        self._connections.close()

    # ---- helpers

    def _answer(self, statement: str, *parameters: object) -> Any:
        return self._connections.call(statement, parameters)

    def _call(self, statement: str, *parameters: object) -> Json:
        return answers.read_object(self._answer(statement, *parameters))

    def _request(self, ticket: str, kind: RequestKind, payload: Json) -> Json:
        """Queue the work and wait for the connector's answer."""
        until = time.monotonic() + self._call_seconds
        queued = self._call("SELECT api.request_queue(%s, %s, %s)", ticket, kind.value, Jsonb(payload))
        request_id = answers.read_id(queued, "request_id")
        pause = FIRST_POLL_SECONDS
        while True:
            served = answers.read_served(self._answer("SELECT api.request_fetch(%s)", request_id))
            if served is not None:
                return served
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
        return answers.unseal(key, told.get("result"))

    def _known_config(self) -> CentreConfig:
        return self._config or self.my_config()
