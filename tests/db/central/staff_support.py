"""Staff at a test's kiosk: asked by hand, step by step, so that every wrong way can be tried."""

from __future__ import annotations

import base64
import secrets
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pyotp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.public import PrivateKey, SealedBox

from db.central.demo_staff import BUDI, RINA
from db.central.keys import seal_to
from db.central.staff_wire import Asked, StaffRequestKind, ask_text, parse_answer, signed_message
from kiosk import events as ev
from kiosk.ports import (
    BADGE_PREFIX,
    ComparisonAsked,
    ComparisonReason,
    DemoStaff,
    Json,
    StaffCredentials,
    StaffDenied,
    StaffRefusal,
)
from tests.db.support import CentralForTest, KioskForTest

Told = Json | StaffRefusal


@dataclass
class Sent:
    """A request on its way, with the key that opens its answer."""

    request_id: str
    key: PrivateKey


@dataclass
class Door:
    """The staff door of one kiosk."""

    central: CentralForTest
    kiosk: KioskForTest

    def given(self, who: DemoStaff = RINA, *, by_badge: bool = False, **changes: str) -> StaffCredentials:
        """Good credentials with a code that was not used yet."""
        self.central.run("UPDATE store.staff SET totp_last_step = 0 WHERE username = %s", who.username)
        return replace(credentials(who, by_badge=by_badge), **changes)

    def send(
        self,
        kind: str,
        asked: Asked | bytes,
        *,
        signer: Ed25519PrivateKey | None = None,
        signed_as: str = "",
        signed_kind: str = "",
        nonce: str = "",
    ) -> Sent:
        key, nonce = PrivateKey.generate(), nonce or secrets.token_hex(16)
        text = asked if isinstance(asked, bytes) else ask_text(asked)
        sealed = seal_to(self.central.centre.keys.box_public_key, text)
        answer_key = bytes(key.public_key)
        message = signed_message(
            signed_as or self.kiosk.kiosk_id, StaffRequestKind(signed_kind or kind), nonce, sealed, answer_key
        )
        told = self.call(
            "SELECT api.staff_ask(%s, %s, %s, %s, %s)",
            kind, nonce, sealed, answer_key, (signer or self.kiosk.signer).sign(message),
        )  # fmt: skip
        assert "request_id" in told, told
        return Sent(told["request_id"], key)

    def hear(self, sent: Sent) -> Told | None:
        """None while it waits."""
        told = self.call("SELECT api.staff_fetch(%s)", sent.request_id)
        if told["state"] == "waiting":
            return None
        try:
            return parse_answer(SealedBox(sent.key).decrypt(base64.b64decode(told["result"])))
        except StaffDenied as denied:
            return denied.refusal

    def ask(self, kind: str, asked: Asked | bytes, **options: Any) -> Told | None:
        sent = self.send(kind, asked, **options)
        self.central.staff_once()
        return self.hear(sent)

    def sign_in(self, who: DemoStaff = RINA) -> str:
        told = self.ask("sign_in", self.given(who))
        assert isinstance(told, dict), told
        session: str = told["session"]
        return session

    def call(self, statement: str, *parameters: object) -> Any:
        with self.kiosk.connect(autocommit=True) as conn:
            row = conn.execute(statement, parameters).fetchone()
        assert row is not None
        return row[0]

    def history(self) -> list[tuple[str | None, str | None, str, str]]:
        """(username, second's username, step, outcome) in order."""
        with psycopg.connect(self.central.admin_dsn) as conn:
            rows = conn.execute(
                "SELECT s.username, t.username, h.step, h.outcome FROM store.staff_history h"
                " LEFT JOIN store.staff s USING (staff_id) LEFT JOIN store.staff t ON t.staff_id = h.second_id"
                " WHERE h.kiosk_id IS NOT NULL ORDER BY history_id"
            ).fetchall()
        return [(row[0], row[1], row[2], row[3]) for row in rows]


@dataclass
class FailedVisit(Door):
    """A visit whose face step failed, with a supervisor signed in."""

    visit_id: str = ""
    ticket: str = ""
    session: str = ""

    @classmethod
    def at(cls, central: CentralForTest, kiosk: KioskForTest, *, failed: bool = True, **lookup: str) -> FailedVisit:
        visit_id = str(uuid.uuid4())
        ticket = kiosk.lookup(visit_id, **lookup).ticket
        visit = cls(central, kiosk, visit_id, ticket)
        kiosk.record(visit_id, *kiosk.visit_events(ticket)[:5])
        if failed:
            kiosk.record(visit_id, ev.FaceAttempted(attempt=1, outcome="no_match"))
        visit.session = visit.sign_in()
        return visit

    def asked(self, second: StaffCredentials | None = None, **changes: Any) -> ComparisonAsked:
        asked = ComparisonAsked(
            self.visit_id, self.ticket, ComparisonReason.OLD_PHOTO, self.session, second or self.given(BUDI)
        )
        return replace(asked, **changes)

    def compare(self, second: StaffCredentials | None = None, **changes: Any) -> Told | None:
        return self.ask("compare", self.asked(second, **changes))

    def compared(self, decision: str, **changes: str) -> ev.StaffCompared:
        """The event that the kiosk records."""
        event = ev.StaffCompared(
            ticket=self.ticket,
            decision=decision,
            reason_code="old_photo",
            first=RINA.username,
            first_name=RINA.name,
            second=BUDI.username,
            second_name=BUDI.name,
        )
        return event.model_copy(update=changes)

    def granted(self) -> str:
        told = self.compare()
        assert isinstance(told, dict), told
        decision: str = told["decision"]
        return decision


def credentials(who: DemoStaff, *, by_badge: bool = False) -> StaffCredentials:
    code = pyotp.TOTP(who.totp_secret).at(int(time.time()))
    if by_badge:
        return StaffCredentials(who.pin, code, badge=who.badge.removeprefix(BADGE_PREFIX))
    return StaffCredentials(who.pin, code, username=who.username)
