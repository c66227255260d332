"""Only a whole, signed, honest visit makes an account TERVERIFIKASI."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type, hash_secret_raw

from db.central import demo
from db.central.settle import Settle
from kiosk import events as ev
from kiosk.ports import CentreVisitStatus
from tests.db.support import CentralForTest, Chain, KioskForTest

STEPS = ("visit_started", "consent_given", "identity_read", "lookup_answered", "identity_confirmed", "face_matched",
         "code_sent", "code_verified", "pin_accepted")  # fmt: skip


class VisitForTest:
    """Found, photo served, code sent: the centre's own part is done; the kiosk's events are the test's."""

    def __init__(self, central: CentralForTest, kiosk: KioskForTest, nik: str = demo.MAIN.nik) -> None:
        self.central, self.kiosk = central, kiosk
        self.visit_id = str(uuid.uuid4())
        self.ticket: str = kiosk.lookup(self.visit_id, nik).ticket
        self.events = kiosk.visit_events(self.ticket)

    def centre_did(self, *, reference: bool = True, code: bool = True) -> None:
        for kind, send_no, wanted in (("reference", 0, reference), ("send_code", 1, code)):
            if wanted:
                self.central.run(
                    "INSERT INTO store.request (ticket, kiosk_id, visit_id, kind, send_no, state, send_status)"
                    " VALUES (%s, %s, %s, %s, %s, 'done', %s)",
                    self.ticket, self.kiosk.kiosk_id, self.visit_id, kind, send_no, "sent" if send_no else "",
                )  # fmt: skip

    def send(self) -> None:
        self.kiosk.record(self.visit_id, *self.events)

    def decided(self) -> tuple[str, str] | None:
        with psycopg.connect(self.central.admin_dsn) as conn:
            row = conn.execute(
                "SELECT outcome, reason FROM store.verification WHERE visit_id = %s", (self.visit_id,)
            ).fetchone()
        return (row[0], row[1]) if row else None

    def without(self, kind: str) -> None:
        self.events = [event for event in self.events if event.type != kind]

    def change(self, kind: str, **fields: Any) -> None:
        self.events = [e.model_copy(update=fields) if e.type == kind else e for e in self.events]


@pytest.fixture
def visit(central: CentralForTest) -> VisitForTest:
    return VisitForTest(central, central.kiosk())


def assert_not_verified(visit: VisitForTest, reason: str | None) -> None:
    assert visit.central.account_status() == "BELUM_TERVERIFIKASI"
    assert visit.central.one("SELECT count(*) FROM store.pin_verifier") == 0
    assert visit.central.one("SELECT count(*) FROM store.request WHERE kind = 'notice'") == 0
    assert visit.decided() == (("DITOLAK", reason) if reason else None)
    status = visit.kiosk.client.visit_status(visit.visit_id)
    assert status is (CentreVisitStatus.REFUSED if reason else CentreVisitStatus.OPEN)


def test_an_honest_visit_is_settled_with_a_peppered_verifier_and_a_notice(visit: VisitForTest) -> None:
    visit.centre_did()
    visit.send()
    visit.central.settle_once()
    assert visit.decided() == ("TERVERIFIKASI", "")
    assert visit.central.account_status() == "TERVERIFIKASI"
    assert visit.kiosk.client.visit_status(visit.visit_id) is CentreVisitStatus.SETTLED
    salt = bytes(visit.central.one("SELECT salt FROM store.pin_verifier"))
    mac = bytes(visit.central.one("SELECT mac FROM store.pin_verifier"))
    raw = hash_secret_raw(b"837261", salt, 1, 8, 1, 32, Type.ID)
    assert hmac.compare_digest(mac, hmac.digest(visit.central.centre.keys.pepper, raw, hashlib.sha256))
    visit.central.connect_once()
    assert visit.central.sent == [(demo.MAIN.phone, "Terverifikasi")]


REASONS: dict[str, str | None] = {
    "visit_started": "",
    "identity_read": "",
    "code_sent": "",  # the kiosk's word; the connector's own row counts
    "consent_given": "no_consent",
    "lookup_answered": "not_looked_up",
    "identity_confirmed": "not_confirmed",
    "face_matched": "no_face_match",
    "code_verified": "code_not_verified",
    "pin_accepted": None,  # nothing to settle
}


@pytest.mark.parametrize("missing", STEPS)
def test_a_missing_step_is_refused(visit: VisitForTest, missing: str) -> None:
    visit.centre_did()
    visit.without(missing)
    visit.send()
    visit.central.settle_once()
    if REASONS[missing] == "":
        assert visit.decided() == ("TERVERIFIKASI", "")
    else:
        assert_not_verified(visit, REASONS[missing])


@pytest.mark.parametrize(
    ("reference", "code", "reason"), [(False, True, "reference_not_served"), (True, False, "code_not_sent")]
)
def test_what_the_centre_did_not_do_itself_did_not_happen(
    visit: VisitForTest, reference: bool, code: bool, reason: str
) -> None:
    visit.centre_did(reference=reference, code=code)
    visit.send()
    visit.central.settle_once()
    assert_not_verified(visit, reason)


def swap(first: str, second: str) -> Callable[[VisitForTest], None]:
    def change(visit: VisitForTest) -> None:
        kinds = [event.type for event in visit.events]
        a, b = kinds.index(first), kinds.index(second)
        visit.events[a], visit.events[b] = visit.events[b], visit.events[a]

    return change


def fields(kind: str, **values: Any) -> Callable[[VisitForTest], None]:
    return lambda visit: visit.change(kind, **values)


def ended_before_the_pin(visit: VisitForTest) -> None:
    visit.events.insert(-1, ev.VisitEnded(status=ev.VisitStatus.PERLU_PETUGAS, reason="face_limit"))


def all_under_another_ticket(visit: VisitForTest) -> None:
    for event in list(visit.events):
        if hasattr(event, "ticket"):
            visit.change(event.type, ticket="11111111-1111-4111-8111-111111111111")


def pin_in_clear(visit: VisitForTest) -> None:
    visit.change("pin_accepted", sealed_verifier="ODM3MjYx")


CHANGES: dict[str, tuple[Callable[[VisitForTest], None], str]] = {
    "face before consent": (swap("consent_given", "face_matched"), "out_of_order"),
    "code before face": (swap("face_matched", "code_verified"), "out_of_order"),
    "pin before code": (swap("code_verified", "pin_accepted"), "out_of_order"),
    "face of another ticket": (fields("face_matched", ticket=str(uuid.uuid4())), "several_tickets"),
    "pin of another ticket": (fields("pin_accepted", ticket=str(uuid.uuid4())), "several_tickets"),
    "lookup of another ticket": (fields("lookup_answered", ticket=str(uuid.uuid4())), "not_looked_up"),
    "lookup not found": (fields("lookup_answered", outcome="not_found"), "not_looked_up"),
    "a ticket the centre never gave": (all_under_another_ticket, "ticket_not_found"),
    "another code than the one sent": (fields("code_verified", send_no=2), "code_not_sent"),
    "the visit had ended": (ended_before_the_pin, "visit_ended_before"),
    "verifier not sealed": (pin_in_clear, "verifier_unreadable"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_visit_that_breaks_the_journeys_rules_is_refused(visit: VisitForTest, case: str) -> None:
    change, reason = CHANGES[case]
    visit.centre_did()
    change(visit)
    visit.send()
    visit.central.settle_once()
    assert_not_verified(visit, reason)


def test_evidence_that_does_not_hold_is_refused_with_its_reason(visit: VisitForTest) -> None:
    visit.central.evidence_refusal = "cosine_below_threshold"
    visit.centre_did()
    visit.send()
    visit.central.settle_once()
    assert_not_verified(visit, "evidence_refused:cosine_below_threshold")


def test_the_evidence_is_held_against_what_the_centre_knows_of_the_kiosk_not_what_the_kiosk_says(
    visit: VisitForTest,
) -> None:
    visit.centre_did()
    visit.send()
    visit.central.settle_once()
    key = bytes(visit.central.one("SELECT signing_key FROM store.kiosk WHERE kiosk_id = %s", visit.kiosk.kiosk_id))
    assert visit.central.evidence_context == (visit.visit_id, visit.kiosk.kiosk_id, key)


def test_a_stolen_login_without_the_signing_key_verifies_nobody(visit: VisitForTest) -> None:
    """Done-when 4, with everything else as good as it gets: found, photo served, code sent."""
    visit.centre_did()
    thief = Chain(visit.kiosk.kiosk_id, signer=None)
    links = [thief.add(visit.visit_id, event) for event in visit.events]
    assert visit.kiosk.client.append(links).status == "accepted"
    visit.central.settle_once()
    assert_not_verified(visit, "chain_not_trusted:bad_signature")
    assert "bad_signature" in visit.central.alarms()


@pytest.mark.parametrize("forged", [0, 4, 8])
def test_one_forged_event_among_honest_ones_is_enough_to_refuse(visit: VisitForTest, forged: int) -> None:
    visit.centre_did()
    links = [visit.kiosk.chain.add(visit.visit_id, event) for event in visit.events]
    links[forged] = links[forged].model_copy(update={"signature": links[forged - 1].signature})
    assert visit.kiosk.client.append(links).status == "accepted"
    visit.central.settle_once()
    assert_not_verified(visit, "chain_not_trusted:bad_signature")


def test_a_signed_payload_that_reads_in_two_ways_is_refused(visit: VisitForTest) -> None:
    visit.centre_did()
    link = visit.kiosk.chain.add(visit.visit_id, visit.events[0])
    payload = link.payload.replace('"visit_id"', '"visit_id":"other","visit_id"')
    digest = ev.payload_hash(payload)
    signature = visit.kiosk.signer.sign(bytes.fromhex(digest)).hex()
    visit.kiosk.chain.head = digest
    link = ev.ChainedEvent(seq=1, payload=payload, hash=digest, signature=signature)
    assert visit.kiosk.client.append([link]).status == "accepted"
    visit.send()
    visit.central.settle_once()
    assert_not_verified(visit, "chain_not_trusted:not_canonical")


def test_other_events_between_the_steps_do_not_disturb(visit: VisitForTest) -> None:
    visit.centre_did()
    for event in visit.events:
        visit.kiosk.record(visit.visit_id, event)
        visit.kiosk.record("", ev.PartChanged(part="camera", state="ready"))
    visit.central.settle_once()
    assert visit.decided() == ("TERVERIFIKASI", "")


def test_not_me_first_then_the_right_identifier_is_an_honest_visit(visit: VisitForTest) -> None:
    denied = visit.kiosk.lookup(visit.visit_id, demo.VERIFIED.nik).ticket
    found = visit.kiosk.lookup(visit.visit_id, demo.MAIN.nik).ticket
    started, consent, *rest = visit.kiosk.visit_events(found)
    visit.ticket = found
    visit.events = [started, consent, ev.LookupAnswered(outcome="found", ticket=denied),
                    ev.IdentityDenied(ticket=denied), *rest]  # fmt: skip
    visit.centre_did()
    visit.send()
    visit.central.settle_once()
    assert visit.decided() == ("TERVERIFIKASI", "")


def test_a_record_that_went_bad_meanwhile_needs_staff(visit: VisitForTest) -> None:
    visit.centre_did()
    visit.send()
    visit.central.run("UPDATE store.participant SET civil_status = 'MENINGGAL' WHERE nik = %s", demo.MAIN.nik)
    visit.central.settle_once()
    assert_not_verified(visit, "record_needs_staff")


def test_an_account_is_verified_once_and_its_pin_is_not_overwritten(visit: VisitForTest) -> None:
    second = VisitForTest(visit.central, visit.kiosk)
    for one in (visit, second):
        one.centre_did()
        one.send()
    visit.central.settle_once()
    mac = visit.central.one("SELECT mac FROM store.pin_verifier")
    assert (visit.decided(), second.decided()) == (("TERVERIFIKASI", ""), ("DITOLAK", "already_verified"))
    assert visit.central.one("SELECT mac FROM store.pin_verifier") == mac


def test_settling_again_changes_nothing(visit: VisitForTest) -> None:
    visit.centre_did()
    visit.send()
    visit.central.settle_once()
    before = visit.central.one("SELECT verified_at FROM store.account a JOIN store.pin_verifier USING (participant_id)")
    visit.kiosk.record(visit.visit_id, visit.events[-1])  # the kiosk repeats its last event
    visit.central.settle_once()
    assert visit.central.one("SELECT count(*) FROM store.verification") == 1
    assert visit.central.one("SELECT count(*) FROM store.request WHERE kind = 'notice'") == 1
    after = visit.central.one("SELECT verified_at FROM store.account a JOIN store.pin_verifier USING (participant_id)")
    assert after == before
    assert visit.central.one("SELECT count(*) FROM store.settle_queue") == 0


class Killed(BaseException):
    """The process ends here."""


LAST_WORDS = ("pin_verifier", "UPDATE store.account", "store.verification (", "store.request (", "NOTIFY", "DELETE")


@pytest.mark.parametrize("statement", LAST_WORDS)
def test_killed_at_any_statement_it_is_as_if_settling_had_not_begun(visit: VisitForTest, statement: str) -> None:
    visit.centre_did()
    visit.send()

    class Mortal(psycopg.Connection[Any]):
        def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
            if statement in str(query):
                self.pgconn.finish()  # the socket is gone, nothing was said
                raise Killed
            return super().execute(query, *arguments, **options)

    with Mortal.connect(visit.central.centre.settle_dsn, autocommit=True) as conn, pytest.raises(Killed):
        Settle.work(visit.central.settle_job(), conn)
    assert_not_verified(visit, None)
    visit.central.settle_once()
    assert visit.decided() == ("TERVERIFIKASI", "")
    assert visit.central.one("SELECT count(*) FROM store.request WHERE kind = 'notice'") == 1


def test_a_visit_that_breaks_the_job_stays_queued_and_holds_up_nobody(visit: VisitForTest) -> None:
    visit.centre_did()
    visit.send()
    other = VisitForTest(visit.central, visit.kiosk, demo.IN_ARREARS.nik)
    other.centre_did()
    other.send()

    def broken(*_: Any) -> str | None:
        if not broken_once:
            broken_once.append(True)
            raise RuntimeError
        return None

    broken_once: list[bool] = []
    job = Settle(visit.central.centre.settle_dsn, visit.central.centre.keys, broken)
    with psycopg.connect(visit.central.centre.settle_dsn, autocommit=True) as conn:
        job.work(conn)
        assert (visit.decided(), other.decided()) == (None, ("TERVERIFIKASI", ""))
        job.work(conn)
    assert visit.decided() == ("TERVERIFIKASI", "")
    assert visit.central.alarms() == {"settle_fault"}


def test_a_disabled_kiosk_settles_nothing(visit: VisitForTest) -> None:
    visit.centre_did()
    visit.send()
    visit.central.run("UPDATE store.kiosk SET enabled = false")
    visit.central.settle_once()
    assert visit.central.account_status() == "BELUM_TERVERIFIKASI"


def test_the_kiosks_argon2_string_is_what_the_centre_expects() -> None:
    """The default hasher's text form, as the kiosk seals it."""
    assert PasswordHasher().hash("1").startswith("$argon2id$v=19$m=65536,t=3,p=")
