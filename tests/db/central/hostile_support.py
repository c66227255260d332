"""The kiosk's real clients before a centre that lies: each method, and what the centre honestly says to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.central.answers import NOT_READABLE, REFUSALS
from db.central.staff_client import StaffClient
from kiosk import events as ev
from kiosk.config import CentreSettings
from kiosk.ports import (
    CentreRefused,
    CentreUnreachable,
    ComparisonAsked,
    ComparisonReason,
    DigitalIdRefused,
    StaffCredentials,
    StaffDenied,
)
from tests.db.central.liar import ID, NAME, NIK, Liar, liar_of, sealed
from tests.db.support import CentralForTest, KioskForTest

SOON = datetime.now(UTC) + timedelta(minutes=1)
PROFILE = {
    "name": NAME, "birth_date": "1995-08-15", "nik": NIK, "card_number": "", "masked_phone": "08**", "address": "",
    "membership": "AKTIF", "verified_since": None, "marital_status": "",
}  # fmt: skip
HISTORY = {"status": "TERVERIFIKASI", "since": None, "logins": [], "verifications": [], "contact_changes": []}
OFFER = {"uri": "https://ikd.contoh.go.id/x", "user_code": "ABCD", "valid_seconds": 60}
FACTS = {"source": "ikd", "nik": NIK, "name": NAME, "birth_date": None, "address": "", "marital_status": ""}
TYPED = StaffCredentials("123456", "654321", "rina")
RINA = {"username": "rina", "name": NAME, "role": "supervisor"}
BUDI = {"username": "budi", "name": NAME, "role": "branch_head"}
SESSION = {"session": ID, "member": RINA}
GRANT = {"decision": ID, "first": BUDI, "second": RINA}
ASKED = ComparisonAsked("v", ID, ComparisonReason.OLD_PHOTO, ID, TYPED)
LINK = ev.ChainedEvent(seq=1, payload="{}", hash="0" * 64, signature="0" * 128)
DONE = {"state": "done", "reason": "", "send_status": "sent", "result": None}
HEAD = {"seq": 3, "hash": "a" * 64, "epoch": 1}
KEPT = {"status": "accepted", "accepted_seq": 1, "reason": ""}


@dataclass
class Table:
    """A kiosk's clients before a centre whose functions lie."""

    liar: Liar
    kiosk: KioskForTest
    desk: StaffClient
    ticket: str = ""

    def say(self, name: str, told: Any) -> None:
        self.liar.answers(name, told)

    def sealed(self, told: Any) -> str:
        """For the visit."""
        return sealed(self.kiosk.client._visit_key("v"), told if isinstance(told, bytes) else json.dumps(told))

    def found(self) -> None:
        self.say("lookup_request", {"ticket": ID})
        self.say("lookup_fetch", {"ticket": ID, "status": "found", "initials": "S. R."})
        self.kiosk.lookup("v")

    def serve(self, told: Any, **changes: Any) -> None:
        """A request of the found ticket."""
        self.found()
        self.say("request_queue", {"request_id": ID})
        self.say("request_fetch", DONE | {"result": self.sealed(told)} | changes)

    def config(self) -> dict[str, Any]:
        """The honest one."""
        with self.kiosk.connect(autocommit=True) as conn:
            row = conn.execute("SELECT api.my_config()").fetchone()
        assert row is not None
        config: dict[str, Any] = row[0]
        return config

    def log_in(self, state: str, told: Any) -> None:
        self.say("login_begin", {"login_id": ID})
        self.say("login_fetch", {"state": state, "reason": "", "sealed": self.sealed(told)})


@pytest.fixture
def table(central: CentralForTest) -> Iterator[Table]:
    kiosk = central.kiosk()
    kiosk.client.my_config()
    kiosk.client._call_seconds = kiosk.client._ikd._call_seconds = 0.1
    desk = StaffClient(
        kiosk.dsn, CentreSettings(call_seconds=2.0), kiosk.kiosk_id, kiosk.signer.sign, kiosk.client.box_public_key,
        answer_seconds=0.1,
    )  # fmt: skip
    yield Table(liar_of(central), kiosk, desk)
    desk.close()


Call = Callable[[Table], object]


@dataclass(frozen=True)
class Method:
    """``sets``: the centre that answers honestly. ``asks``: {function: its honest answer}."""

    call: Call
    sets: Callable[[Table], object]
    asks: dict[str, Any]
    silent: CentreRefused | None = None  # what nothing at all means


def profile_like(kind: str, told: Any) -> Method:
    return Method(
        lambda t: getattr(t.kiosk.client, kind)(ID),
        lambda t: t.serve(told),
        {"request_queue": {"request_id": ID}, "request_fetch": DONE},
    )


METHODS: dict[str, Method] = {
    "lookup": Method(
        lambda t: t.kiosk.lookup("v"), Table.found,
        {"lookup_request": {"ticket": ID}, "lookup_fetch": {"ticket": ID, "status": "found", "initials": "S."}},
    ),
    "case": Method(
        lambda t: t.kiosk.lookup("v", "12345678", "case"), lambda t: (t.found(), t.say("case_request", {"ticket": ID})),
        {"case_request": {"ticket": ID}, "lookup_fetch": {"ticket": ID, "status": "found", "initials": "S."}},
    ),
    "reference_face": profile_like("reference_face", b"photo"),
    "profile": profile_like("profile", PROFILE),
    "family": profile_like("family", []),
    "history": profile_like("history", HISTORY),
    "send_code": Method(
        lambda t: t.kiosk.client.send_code(ID, 1, "123456"), lambda t: t.serve(b""),
        {"request_queue": {"request_id": ID}, "request_fetch": DONE},
    ),
    "visit_status": Method(
        lambda t: t.kiosk.client.visit_status("v"), lambda t: t.say("visit_status", "open"), {"visit_status": "open"}
    ),
    "use_token": Method(
        lambda t: t.kiosk.client.use_token("v", "https://ikd.contoh.go.id", "token-0001", SOON),
        lambda t: (t.liar.runs("token_use", "jsonb", "jsonb_build_object('use_id', $1)"),
                   t.say("token_fetch", {"first": True})),
        {"token_fetch": {"first": True}, "token_use": {"use_id": ID}},
    ),
    "begin_login": Method(
        lambda t: t.kiosk.client.begin_login("v"), lambda t: t.log_in("offered", OFFER),
        {"login_begin": {"login_id": ID}, "login_fetch": {"state": "offered", "reason": "", "sealed": ""}},
    ),
    "login_result": Method(
        lambda t: t.kiosk.client.login_result("v", ID), lambda t: t.log_in("done", FACTS),
        {"login_fetch": {"state": "done", "reason": "", "sealed": ""}},
    ),
    "append": Method(
        lambda t: t.kiosk.client.append([LINK]), lambda t: t.say("append_events", KEPT), {"append_events": KEPT}
    ),
    "put_capture": Method(
        lambda t: t.kiosk.client.put_capture("v", b"x"), lambda t: t.say("capture_put", {"status": "kept"}),
        {"capture_put": {"status": "kept"}},
    ),
    "my_head": Method(
        lambda t: t.kiosk.client.my_head(), lambda t: t.say("my_head", HEAD), {"my_head": HEAD},
        silent=CentreRefused("not_enrolled"),
    ),
    "my_config": Method(
        lambda t: t.kiosk.client.my_config(), lambda _: None, {"my_config": {}}, silent=CentreRefused("not_enrolled")
    ),
    "heartbeat": Method(
        lambda t: t.kiosk.client.heartbeat({}), lambda t: t.say("heartbeat", True), {"heartbeat": True}
    ),
    "sign_in": Method(
        lambda t: t.desk.sign_in(TYPED), lambda t: t.say("staff_ask", {"request_id": ID}),
        {"staff_ask": {"request_id": ID}, "staff_fetch": {"state": "done", "result": ""}},
    ),
}  # fmt: skip

TYPED_REFUSALS = REFUSALS | {NOT_READABLE, "no answer in time"}


def outcome(call: Call, table: Table) -> object:
    """The value or the typed refusal; whatever else it raises comes through. No message tells of a person."""
    try:
        return call(table)
    except (CentreRefused, CentreUnreachable, DigitalIdRefused, StaffDenied) as end:
        assert end.__suppress_context__ or end.__context__ is None
        assert isinstance(end, DigitalIdRefused | StaffDenied) or str(end) in TYPED_REFUSALS | {"DataError"}
        assert NAME not in repr(end) and NIK not in repr(end)
        return end


def is_refused(end: object, reason: str = NOT_READABLE) -> bool:
    return isinstance(end, CentreRefused | CentreUnreachable) and str(end) == reason
