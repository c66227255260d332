"""Finishing a deferred visit by its case number: only the centre's own match, once, in time, with consent and code."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from db.central import demo
from kiosk import events as ev
from kiosk.ports import CaptureMatch, CentreRefused, CentreVisitStatus, Identifier, IdentifierKind, LookupStatus
from tests.db.central.deferred_support import Deferral
from tests.db.support import CentralForTest, KioskForTest


class Finish:
    """A second visit, at whatever kiosk, by a case number."""

    def __init__(self, central: CentralForTest, kiosk: KioskForTest, number: str) -> None:
        self.central, self.kiosk, self.number = central, kiosk, number
        self.visit_id = str(uuid.uuid4())

    def look_up(self) -> LookupStatus:
        answer = self.kiosk.client.lookup(self.visit_id, Identifier(IdentifierKind.CASE, self.number))
        self.ticket, self.initials = answer.ticket, answer.initials
        return answer.status

    def events(self) -> list[Any]:
        before = self.kiosk.visit_events(self.ticket)
        used = ev.DeferredMatchUsed(ticket=self.ticket, case_number=self.number)
        return [used if event.type == "face_matched" else event for event in before]

    def coded(self) -> None:
        """The gateway took the code: the centre's own row."""
        self.central.run(
            "INSERT INTO store.request (ticket, kiosk_id, visit_id, kind, send_no, state, send_status)"
            " VALUES (%s, %s, %s, 'send_code', 1, 'done', 'sent')",
            self.ticket, self.kiosk.kiosk_id, self.visit_id,
        )  # fmt: skip

    def settle(self, *events: Any) -> tuple[str, str] | None:
        self.kiosk.record(self.visit_id, *(events or self.events()))
        self.central.settle_once()
        with psycopg.connect(self.central.admin_dsn) as conn:
            row = conn.execute(
                "SELECT outcome, reason FROM store.verification WHERE visit_id = %s", (self.visit_id,)
            ).fetchone()
        return (row[0], row[1]) if row else None


@pytest.fixture
def deferral(central: CentralForTest) -> Deferral:
    one = Deferral(central, central.kiosk())
    one.send()
    return one


@pytest.fixture
def matched(deferral: Deferral) -> Deferral:
    deferral.decide()
    assert deferral.outcome == ("matched", "")
    return deferral


@pytest.fixture
def other(central: CentralForTest) -> KioskForTest:
    return central.kiosk("kiosk-other")


def test_a_matched_case_is_finished_at_another_kiosk(matched: Deferral, other: KioskForTest) -> None:
    finish = Finish(matched.central, other, matched.number)
    assert finish.look_up() is LookupStatus.FOUND
    assert finish.initials == "S. R."
    finish.coded()
    assert finish.settle() == ("TERVERIFIKASI", "")
    assert matched.central.account_status() == "TERVERIFIKASI"
    assert other.client.visit_status(finish.visit_id) is CentreVisitStatus.SETTLED
    assert (matched.case("used_kiosk"), matched.case("used_visit")) == ("kiosk-other", finish.visit_id)


def test_profile_and_code_come_after_the_signed_use_of_the_case_with_consent(
    matched: Deferral, other: KioskForTest
) -> None:
    finish = Finish(matched.central, other, matched.number)
    finish.look_up()
    with matched.central.jobs(patience_seconds=0.0):
        events = finish.events()
        for too_early in ((), (events[5],), tuple(events[0:1])):
            other.record(finish.visit_id, *too_early)
            with pytest.raises(CentreRefused, match="match_not_seen"):
                other.client.profile(finish.ticket)
        other.record(finish.visit_id, *events[1:6])
        assert other.client.profile(finish.ticket).name == "SITI RAHMAWATI"
        assert other.client.send_code(finish.ticket, 1, "482916").value == "sent"
    assert matched.central.sent == [(demo.MAIN.phone, "Kode: 482916")]


def test_what_was_not_matched_or_not_decided_cannot_be_finished(deferral: Deferral, other: KioskForTest) -> None:
    assert Finish(deferral.central, other, deferral.number).look_up() is LookupStatus.NOT_FOUND
    deferral.decide()
    for answer in (CaptureMatch.NO_MATCH, CaptureMatch.STAFF, CaptureMatch.UNUSABLE):
        one = Deferral(deferral.central, deferral.kiosk, answer=answer)
        one.send()
        one.decide()
        assert one.outcome[0] in {"not_matched", "needs_staff"}
        assert Finish(deferral.central, other, one.number).look_up() is LookupStatus.NOT_FOUND


def test_unknown_late_and_used_cases_are_one_neutral_answer(matched: Deferral, other: KioskForTest) -> None:
    central = matched.central
    assert Finish(central, other, "4821093755628").look_up() is LookupStatus.NOT_FOUND
    central.run("UPDATE store.deferred_case SET decided_at = now() - interval '30 days 1 minute'")
    assert Finish(central, other, matched.number).look_up() is LookupStatus.NOT_FOUND
    central.run("UPDATE store.deferred_case SET decided_at = now(), used_at = now(), used_kiosk = 'kiosk-other',"
                " used_visit = 'v'")  # fmt: skip
    answer = Finish(central, other, matched.number)
    assert answer.look_up() is LookupStatus.NOT_FOUND
    assert answer.initials == ""


def another(matched: Deferral) -> Deferral:
    """One more matched case of the same person."""
    one = Deferral(matched.central, matched.kiosk)
    one.send()
    one.decide()
    assert one.outcome == ("matched", "")
    return one


def test_settle_looks_again_at_the_case_itself(matched: Deferral, other: KioskForTest) -> None:
    for change in (
        "state = 'not_matched'",
        "decided_at = now() - interval '31 days'",
        "used_at = now(), used_kiosk = 'kiosk-other', used_visit = 'v'",
        "participant_id = (SELECT max(participant_id) FROM store.participant)",
    ):
        case = another(matched)
        finish = Finish(matched.central, other, case.number)
        assert finish.look_up() is LookupStatus.FOUND
        finish.coded()
        matched.central.run(f"UPDATE store.deferred_case SET {change} WHERE visit_id = %s", case.visit_id)
        assert finish.settle() == ("DITOLAK", "case_not_open"), change
    assert matched.central.account_status() == "BELUM_TERVERIFIKASI"


def test_every_other_step_of_a_visit_is_still_needed(matched: Deferral, other: KioskForTest) -> None:
    for missing, reason in (
        ("consent_given", "no_consent"),
        ("lookup_answered", "not_looked_up"),
        ("identity_confirmed", "not_confirmed"),
        ("deferred_match_used", "no_face_match"),
        ("code_verified", "code_not_verified"),
    ):
        finish = Finish(matched.central, other, matched.number)
        assert finish.look_up() is LookupStatus.FOUND
        finish.coded()
        assert finish.settle(*(event for event in finish.events() if event.type != missing)) == ("DITOLAK", reason)
    assert matched.case("used_at") is None


def test_a_code_that_was_not_sent_to_the_contact_on_record_does_not_count(
    matched: Deferral, other: KioskForTest
) -> None:
    finish = Finish(matched.central, other, matched.number)
    finish.look_up()
    assert finish.settle() == ("DITOLAK", "code_not_sent")


def test_a_nik_lookup_cannot_use_somebodys_case(matched: Deferral, other: KioskForTest) -> None:
    """A kiosk that says it used a case, for a ticket that was not given for one."""
    finish = Finish(matched.central, other, matched.number)
    finish.ticket = other.lookup(finish.visit_id).ticket
    finish.coded()
    assert finish.settle() == ("DITOLAK", "case_not_open")


def test_a_case_named_wrongly_is_not_used(matched: Deferral, other: KioskForTest) -> None:
    finish = Finish(matched.central, other, matched.number)
    finish.look_up()
    finish.coded()
    finish.number = "4821093755628"
    assert finish.settle() == ("DITOLAK", "case_not_open")


def test_the_deferred_visit_alone_verifies_nobody(matched: Deferral) -> None:
    """Its own kiosk goes on after the deferral as if the case were a match of that visit."""
    kiosk = matched.kiosk
    ticket = kiosk.lookup(matched.visit_id).ticket
    used = ev.DeferredMatchUsed(ticket=ticket, case_number=matched.number)
    kiosk.record(matched.visit_id, *kiosk.visit_events(ticket)[3:5], used, *kiosk.visit_events(ticket)[6:])
    matched.central.settle_once()
    assert matched.central.account_status() == "BELUM_TERVERIFIKASI"


def test_two_visits_at_once_use_a_case_once(matched: Deferral, other: KioskForTest) -> None:
    central = matched.central
    first, second = (Finish(central, other, matched.number) for _ in range(2))
    for one in (first, second):
        assert one.look_up() is LookupStatus.FOUND
        one.coded()
    assert first.settle() == ("TERVERIFIKASI", "")
    demo.reset_participant(central.admin(), demo.MAIN.nik)  # even if the account were open again
    assert second.settle() == ("DITOLAK", "case_not_open")


def test_wrong_numbers_are_counted_a_kiosk_and_day(matched: Deferral, other: KioskForTest) -> None:
    central = matched.central
    for _ in range(10):
        assert Finish(central, other, "4821093755628").look_up() is LookupStatus.NOT_FOUND
    assert Finish(central, other, matched.number).look_up() is LookupStatus.ALLOWANCE_SPENT
    assert "case_tries_spent" in central.alarms()
    assert Finish(central, matched.kiosk, matched.number).look_up() is LookupStatus.FOUND
    assert central.one("SELECT count(*) FROM store.ticket WHERE kind = 'case'") == 12


def test_a_wrong_number_counts_also_when_its_answer_is_rolled_back(matched: Deferral, other: KioskForTest) -> None:
    for _ in range(10):
        with other.connect(autocommit=True) as conn:
            row = conn.execute("SELECT api.case_request('v', '4821093755628', %s)", (bytes(32),)).fetchone()
        assert row is not None
        with other.connect() as conn:
            told = conn.execute("SELECT api.lookup_fetch(%s)", (row[0]["ticket"],)).fetchone()
            assert told is not None and told[0]["status"] == "not_found"
            conn.rollback()
    assert Finish(matched.central, other, matched.number).look_up() is LookupStatus.ALLOWANCE_SPENT


def test_a_right_number_costs_no_try(matched: Deferral, other: KioskForTest) -> None:
    for _ in range(12):
        assert Finish(matched.central, other, matched.number).look_up() is LookupStatus.FOUND


def test_a_case_is_not_found_out_within_the_transaction_that_asks(matched: Deferral, other: KioskForTest) -> None:
    for ending in ("ROLLBACK", "COMMIT"):
        _ask_within_one_transaction(matched, other, ending)


def _ask_within_one_transaction(matched: Deferral, other: KioskForTest, ending: str) -> None:
    with other.connect() as conn:
        row = conn.execute("SELECT api.case_request('v', %s, %s)", (matched.number, bytes(32))).fetchone()
        assert row is not None and set(row[0]) == {"ticket"}
        told = conn.execute("SELECT api.lookup_fetch(%s)", (row[0]["ticket"],)).fetchone()
        assert told is not None and told[0] == {"refused": "ticket_not_usable"}
        conn.execute(ending)
        told = conn.execute("SELECT api.lookup_fetch(%s)", (row[0]["ticket"],)).fetchone()
        assert told is not None
        assert ("initials" in told[0]) is (ending == "COMMIT")


def test_odd_numbers_are_malformed(matched: Deferral, other: KioskForTest) -> None:
    for number in ("", "482109375562", "48210937556280", "482109375562x", "1' OR '1'='1"):
        with pytest.raises(CentreRefused, match="malformed"):
            Finish(matched.central, other, number).look_up()


def test_a_wrong_function_shows_a_kiosk_no_capture_and_no_notice_of_others(
    matched: Deferral, other: KioskForTest
) -> None:
    central = matched.central
    for table in ("capture", "deferred_notice", "case_ticket", "deferred_allowance"):
        central.run(
            f"CREATE FUNCTION api.leak_{table}() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            f" SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM store.{table}'"
        )
        central.run(f"ALTER FUNCTION api.leak_{table}() OWNER TO bpjs_owner")
        central.run(f"GRANT EXECUTE ON FUNCTION api.leak_{table}() TO bpjs_kiosk")
        with other.connect() as conn:
            assert conn.execute(f"SELECT api.leak_{table}()").fetchone() == (0,)
