"""The connector: nothing personal without the visit's signed events, nothing sent twice."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from db.central import demo
from db.central.keys import seal_to
from db.central.reads import mask_phone
from kiosk import events as ev
from kiosk.ports import CentreRefused, SendStatus
from tests.db.support import PHOTO, CentralForTest, Chain, KioskForTest


@dataclass
class Visit:
    """A visit at its first lookup; steps are appended by the test."""

    central: CentralForTest
    kiosk: KioskForTest
    visit_id: str
    ticket: str

    def consent(self) -> None:
        self.kiosk.record(self.visit_id, *self.kiosk.visit_events(self.ticket)[:5])

    def match(self, ticket: str = "") -> None:
        self.kiosk.record(self.visit_id, ev.FaceMatched(attempt=1, ticket=ticket or self.ticket, evidence={}))

    def ask(self, kind: str, payload: dict[str, Any] | None = None, kiosk: KioskForTest | None = None) -> Any:
        with (kiosk or self.kiosk).connect(autocommit=True) as conn:
            row = conn.execute(
                "SELECT api.request_queue(%s, %s, %s)", (self.ticket, kind, Jsonb(payload or {}))
            ).fetchone()
        assert row is not None
        return row[0]

    def ask_code(self, send_no: int = 1, code: str = "482916") -> Any:
        sealed = base64.b64encode(seal_to(self.central.centre.keys.box_public_key, code.encode())).decode()
        return self.ask("send_code", {"send_no": send_no, "sealed_code": sealed})

    def fetch(self, asked: Any, kiosk: KioskForTest | None = None) -> Any:
        with (kiosk or self.kiosk).connect(autocommit=True) as conn:
            row = conn.execute("SELECT api.request_fetch(%s)", (asked["request_id"],)).fetchone()
        assert row is not None
        return row[0]

    def answer(self, asked: Any, **options: Any) -> Any:
        """One pass of the connector, without patience, then the answer."""
        self.central.connect_once(patience_seconds=0.0, **options)
        told = self.fetch(asked)
        return told["state"], told["reason"] or told["send_status"]


@pytest.fixture
def visit(central: CentralForTest) -> Visit:
    kiosk = central.kiosk()
    visit_id = str(uuid.uuid4())
    return Visit(central, kiosk, visit_id, kiosk.lookup(visit_id).ticket)


def test_no_photo_before_consent(visit: Visit) -> None:
    assert visit.answer(visit.ask("reference")) == ("refused", "consent_not_seen")


def test_no_profile_and_no_code_before_the_match(visit: Visit) -> None:
    visit.consent()
    assert visit.answer(visit.ask("profile")) == ("refused", "match_not_seen")
    assert visit.answer(visit.ask_code()) == ("refused", "match_not_seen")
    assert visit.central.sent == []


def test_a_match_under_another_ticket_opens_nothing(visit: Visit) -> None:
    visit.consent()
    visit.match(ticket=str(uuid.uuid4()))
    assert visit.answer(visit.ask("profile")) == ("refused", "match_not_seen")


def test_a_request_waits_for_events_that_are_still_on_their_way(visit: Visit) -> None:
    asked = visit.ask("reference")
    visit.central.connect_once(patience_seconds=60.0)
    assert visit.fetch(asked)["state"] == "waiting"
    visit.consent()
    assert visit.answer(asked) == ("done", "")


def test_what_was_refused_for_missing_events_may_be_asked_again(visit: Visit) -> None:
    asked = visit.ask("reference")
    assert visit.answer(asked) == ("refused", "consent_not_seen")
    visit.consent()
    again = visit.ask("reference")
    assert again == asked
    assert visit.answer(again) == ("done", "")


def test_answers_are_sealed_to_the_visit_and_open_for_nobody_else(visit: Visit) -> None:
    visit.consent()
    asked = visit.ask("reference")
    assert visit.answer(asked) == ("done", "")
    assert visit.kiosk.client.reference_face(visit.ticket) == PHOTO
    stored = bytes(visit.central.one("SELECT result FROM store.request"))
    assert PHOTO not in stored
    visit.kiosk.client.forget_visit()
    with pytest.raises(CentreRefused, match="ticket_not_usable"):
        visit.kiosk.client.reference_face(visit.ticket)


def test_another_kiosk_can_neither_ask_nor_fetch_with_this_ticket(visit: Visit) -> None:
    other = visit.central.kiosk("kiosk-other")
    visit.consent()
    assert visit.ask("reference", kiosk=other) == {"refused": "ticket_not_usable"}
    asked = visit.ask("reference")
    assert visit.fetch(asked, kiosk=other)["reason"] == "ticket_not_usable"
    assert "request_without_ticket" in visit.central.alarms()


def test_sealed_answers_are_erased_and_then_not_served_again(visit: Visit) -> None:
    visit.consent()
    asked = visit.ask("reference")
    visit.answer(asked)
    visit.central.run("UPDATE store.request SET decided_at = decided_at - interval '11 minutes'")
    assert visit.answer(asked) == ("refused", "already_served")


def test_a_participant_without_a_photo_is_told_as_a_reason(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v", demo.IN_ARREARS.nik).ticket)
    visit.consent()
    assert visit.answer(visit.ask("reference")) == ("refused", "no_reference")


@pytest.mark.parametrize("step", ["reference", "profile", "send_code"])
def test_a_thief_without_the_signing_key_gets_no_photo_no_profile_no_message(visit: Visit, step: str) -> None:
    """Done-when 4: a stolen login appends 'all steps passed', well-formed in every way but the signature."""
    thief = Chain(visit.kiosk.kiosk_id, signer=None)
    links = [thief.add(visit.visit_id, event) for event in visit.kiosk.visit_events(visit.ticket)]
    assert visit.kiosk.client.append(links).status == "accepted"
    asked = visit.ask_code() if step == "send_code" else visit.ask(step)
    assert visit.answer(asked) == ("refused", "chain_not_trusted")
    assert visit.central.sent == []
    assert "bad_signature" in visit.central.alarms()


# ---- codes


@pytest.fixture
def matched(visit: Visit) -> Visit:
    visit.consent()
    visit.match()
    return visit


def test_a_code_goes_to_the_number_on_record_once_however_often_it_is_asked_for(matched: Visit) -> None:
    first = matched.ask_code()
    assert matched.answer(first) == ("done", "sent")
    assert matched.ask_code() == first
    assert matched.answer(first) == ("done", "sent")
    assert matched.central.sent == [("+6281200000890", "Kode: 482916")]
    assert matched.central.one("SELECT payload FROM store.request WHERE kind = 'send_code'") is None


def test_a_kiosk_cannot_write_its_own_text_into_a_message(matched: Visit) -> None:
    for number, code in enumerate(("", "12 34 56", "Klik http://contoh", "４８２９１６", "123456789"), start=1):
        assert matched.answer(matched.ask_code(number, code)) == ("refused", "malformed"), code
    assert matched.central.sent == []


def test_a_code_sealed_to_somebody_else_is_malformed(matched: Visit) -> None:
    sealed = base64.b64encode(b"x" * 60).decode()
    asked = matched.ask("send_code", {"send_no": 1, "sealed_code": sealed})
    assert matched.answer(asked) == ("refused", "malformed")


ODD_PAYLOADS: list[dict[str, Any]] = [
    {}, {"send_no": 0}, {"send_no": 1}, {"send_no": 1, "sealed_code": "x"}, {"send_no": "a"}, {"to": "x"},
]  # fmt: skip


def test_a_request_of_another_shape_is_refused(matched: Visit) -> None:
    for payload in ODD_PAYLOADS:
        assert matched.ask("send_code", payload) == {"refused": "malformed"}, payload
    assert matched.ask("notice") == {"refused": "malformed"}
    assert matched.ask("profile", {"nik": "x"}) == {"refused": "malformed"}


def test_three_codes_a_visit(matched: Visit) -> None:
    answers = [matched.answer(matched.ask_code(n)) for n in (1, 2, 3, 4)]
    assert answers == [("done", "sent")] * 3 + [("done", "allowance_spent")]


def test_five_codes_a_phone_a_day_over_all_visits(matched: Visit) -> None:
    for n in (1, 2, 3):
        matched.answer(matched.ask_code(n))
    second = Visit(matched.central, matched.kiosk, "second", matched.kiosk.lookup("second").ticket)
    second.consent()
    second.match()
    answers = [second.answer(second.ask_code(n)) for n in (1, 2, 3)]
    assert answers == [("done", "sent")] * 2 + [("done", "allowance_spent")]


def test_no_contact_on_record_is_an_answer(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v", demo.NO_PHONE.nik).ticket)
    visit.consent()
    visit.match()
    assert visit.answer(visit.ask_code()) == ("done", "no_contact")


def broken_gateway(_to: str, _text: str) -> None:
    raise ConnectionError


def test_a_gateway_that_fails_is_a_failed_send_not_a_dead_job(matched: Visit) -> None:
    assert matched.answer(matched.ask_code(), send_sms=broken_gateway) == ("done", "failed")
    assert matched.answer(matched.ask_code(2)) == ("done", "sent")


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


def test_a_connector_that_dies_after_handing_over_never_sends_again(matched: Visit) -> None:
    handed: list[str] = []

    def die_after(to: str, text: str) -> None:
        handed.append(text)
        raise Killed

    asked = matched.ask_code()
    with pytest.raises(Killed):
        matched.central.connect_once(send_sms=die_after)
    assert matched.central.one("SELECT state FROM store.request WHERE kind = 'send_code'") == "sending"
    assert matched.answer(asked) == ("done", "interrupted")
    assert handed == ["Kode: 482916"]
    assert matched.central.sent == []


def test_a_connector_that_dies_before_handing_over_sends_later(matched: Visit) -> None:
    """Killed while it renders the text: the claim is rolled back with its connection."""
    asked = matched.ask_code()
    dying = matched.central.connector()
    object.__setattr__(dying, "_messages", type("M", (), {"code": staticmethod(_die)})())
    with pytest.raises(Killed), psycopg.connect(matched.central.centre.connector_dsn, autocommit=True) as conn:
        dying.work(conn)
    assert matched.answer(asked) == ("done", "sent")


def _die(_code: str) -> str:
    raise Killed


def test_two_connectors_at_once_send_one_message(matched: Visit) -> None:
    asked = matched.ask_code()

    def meanwhile(to: str, text: str) -> None:
        matched.central.sent.append((to, text))
        matched.central.connect_once()  # a second connector passes while the first is sending

    assert matched.answer(asked, send_sms=meanwhile) == ("done", "sent")
    assert len(matched.central.sent) == 1


def test_the_client_reports_a_typed_refusal(visit: Visit) -> None:
    client = visit.kiosk.client
    visit.consent()
    with visit.central.jobs(patience_seconds=0.0):
        with pytest.raises(CentreRefused, match="match_not_seen"):
            client.profile(visit.ticket)
        with pytest.raises(CentreRefused, match="match_not_seen"):
            client.send_code(visit.ticket, 1, "482916")
        visit.match()
        assert client.profile(visit.ticket).name == "SITI RAHMAWATI"
        assert client.send_code(visit.ticket, 1, "482916") is SendStatus.SENT


def test_masked_numbers_show_operator_and_end_only() -> None:
    assert mask_phone("+6281234567890") == "0812-xxxx-890"
    assert mask_phone(None) == ""
