"""Deciding a deferred visit: nothing without signed events and an honest capture, never twice, nothing kept."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
import pytest

from db.central import demo
from db.central.deferred_wire import CaptureStatus
from kiosk import events as ev
from kiosk.journey.case_numbers import deferred_number
from kiosk.ports import CaptureMatch, LastingFault
from tests.db.central.deferred_support import PROBE, TYPED, Deferral
from tests.db.support import PHOTO, CentralForTest, Chain


@pytest.fixture
def deferral(central: CentralForTest) -> Deferral:
    return Deferral(central, central.kiosk(), phone=TYPED)


def test_a_matched_case_is_erased_and_both_are_told_without_the_case_number(deferral: Deferral) -> None:
    deferral.send()
    assert deferral.held
    deferral.decide()
    assert deferral.outcome == ("matched", "")
    assert not deferral.held
    assert deferral.compared == [(PROBE, PHOTO)]
    ((_, probe, visit_id, kiosk_id, key),) = deferral.checked
    assert (probe, visit_id, kiosk_id) == (PROBE, deferral.visit_id, "kiosk-demo-01")
    assert key == deferral.kiosk.signer.public_key().public_bytes_raw()
    deferral.tell()
    assert sorted(deferral.sent) == [(demo.MAIN.phone, "record True"), (TYPED, "typed True")]
    assert deferral.central.one("SELECT count(*) FROM store.deferred_notice WHERE phone_sealed IS NOT NULL") == 0
    assert deferral.central.account_status() == "BELUM_TERVERIFIKASI", "code and PIN are still to come"
    assert deferral.central.alarms() == set()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (CaptureMatch.NO_MATCH, ("not_matched", "")),
        (CaptureMatch.STAFF, ("needs_staff", "staff_zone")),
        (CaptureMatch.UNUSABLE, ("needs_staff", "not_comparable")),
    ],
)
def test_whatever_is_no_match_sends_to_a_branch(
    deferral: Deferral, answer: CaptureMatch, outcome: tuple[str, str]
) -> None:
    deferral.answer = answer
    deferral.send()
    deferral.decide()
    assert deferral.outcome == outcome
    assert not deferral.held
    deferral.tell()
    assert sorted(deferral.sent) == [(demo.MAIN.phone, "record False"), (TYPED, "typed False")]
    failed = deferral.central.one("SELECT count(*) FROM store.failed_visit")
    assert failed == (1 if answer is CaptureMatch.NO_MATCH else 0)


def test_a_case_is_decided_once_and_told_once(deferral: Deferral) -> None:
    deferral.send()
    for _ in range(3):
        deferral.decide()
        deferral.tell()
    assert len(deferral.compared) == 1
    assert len(deferral.sent) == 2


def test_an_unknown_person_is_told_only_where_they_asked_to_be(central: CentralForTest) -> None:
    deferral = Deferral(central, central.kiosk(), nik="3174071302950002", phone=TYPED)
    deferral.send()
    deferral.decide()
    assert deferral.outcome == ("not_found", "")
    assert deferral.compared == []
    deferral.tell()
    assert deferral.sent == [(TYPED, "typed False")]


def test_whom_a_lookup_would_not_have_served_is_compared_with_nobody(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for person, outcome in (
        (demo.NOT_A_MEMBER, ("not_found", "")),
        (demo.DECEASED, ("needs_staff", "record")),
        (demo.DUPLICATE, ("needs_staff", "record")),
        (demo.MINOR, ("needs_staff", "minor")),
        (demo.VERIFIED, ("needs_staff", "already_verified")),
    ):
        deferral = Deferral(central, kiosk, nik=person.nik)
        deferral.send()
        deferral.decide()
        assert deferral.outcome == outcome, person
        assert deferral.compared == []
        assert not deferral.held


def test_deferring_is_no_way_round_three_failed_visits_a_day(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    tries = [Deferral(central, kiosk, answer=CaptureMatch.NO_MATCH) for _ in range(3)]
    for one in tries:
        one.send()
        one.decide()
    assert [one.outcome[0] for one in tries] == ["not_matched"] * 3
    last = Deferral(central, kiosk)
    last.send()
    last.decide()
    assert last.outcome == ("needs_staff", "too_many_failures")
    assert last.compared == []


def test_refused_evidence_is_compared_with_nobody(deferral: Deferral) -> None:
    deferral.evidence_refusal = "seal"
    deferral.send()
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "evidence_refused:seal")
    assert deferral.compared == []


def test_a_deferral_without_its_steps_is_compared_with_nobody(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for missing in ("consent_given", "identity_read", "lookup_answered"):
        deferral = Deferral(central, kiosk)
        deferral.send(*(event for event in deferral.events() if event.type != missing))
        deferral.decide()
        assert deferral.outcome == ("needs_staff", "out_of_order:missing"), missing
        assert deferral.compared == []


def test_a_deferral_although_the_centre_had_answered_is_refused(deferral: Deferral) -> None:
    events = deferral.events()
    events[3] = ev.LookupAnswered(outcome="not_found")
    deferral.send(*events)
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "out_of_order:order")


def test_a_visit_that_had_ended_defers_nothing(deferral: Deferral) -> None:
    events = deferral.events()
    events[4], events[5] = events[5], events[4]
    deferral.send(*events)
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "out_of_order:ended")


def test_a_second_deferral_in_one_visit_decides_neither(deferral: Deferral) -> None:
    events = deferral.events()
    deferral.send(*events[:5], events[4], events[5])
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "out_of_order:deferred")


def test_a_stolen_login_cannot_have_a_face_compared(deferral: Deferral) -> None:
    deferral.kiosk.chain = Chain(deferral.kiosk.kiosk_id, None)
    deferral.send()
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "chain_not_trusted")
    assert deferral.compared == []
    assert not deferral.held
    deferral.tell()
    assert deferral.sent == [], "nobody is told what an unsigned event says"
    assert "bad_signature" in deferral.central.alarms()


def test_a_capture_of_another_visit_is_not_read(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    other, mine = Deferral(central, kiosk), Deferral(central, kiosk)
    mine.capture = other.capture
    mine.send()
    mine.decide()
    assert mine.outcome == ("needs_staff", "not_readable:other_visit")
    assert mine.compared == []


def test_a_capture_sealed_to_another_key_is_not_read(deferral: Deferral) -> None:
    garbage = b"\x07" * 400
    deferral.capture = type(deferral.capture)(garbage, hashlib.sha256(garbage).hexdigest(), "other")
    deferral.send()
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "not_readable:sealed")


def test_a_number_that_is_another_visits_is_refused(deferral: Deferral) -> None:
    wrong = deferred_number("00000000-0000-4000-8000-000000000000")
    deferral.send(*deferral.events(case_number=wrong))
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "not_readable:other_visit")


@pytest.mark.parametrize("at", ["deferred_case", "capture", "deferred_notice"])
def test_killed_anywhere_it_is_as_if_it_had_not_begun(deferral: Deferral, at: str) -> None:
    deferral.send()
    central = deferral.central
    central.run(
        "CREATE FUNCTION store.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NEW; END $$"
    )
    central.run("ALTER FUNCTION store.die() SECURITY DEFINER")
    event = "INSERT" if at == "deferred_notice" else "UPDATE"
    central.run(f"CREATE TRIGGER die AFTER {event} ON store.{at} FOR EACH ROW EXECUTE FUNCTION store.die()")
    with pytest.raises(psycopg.OperationalError):
        deferral.decide()
    assert deferral.outcome == ("waiting", "")
    assert deferral.held
    assert central.one("SELECT count(*) FROM store.deferred_notice") == 0
    central.run(f"DROP TRIGGER die ON store.{at}")
    deferral.decide()
    assert deferral.outcome == ("matched", "")
    assert central.one("SELECT count(*) FROM store.deferred_notice") == 2


def test_two_jobs_at_once_decide_once(deferral: Deferral) -> None:
    deferral.send()

    def another_has_it(_: psycopg.Connection[Any]) -> None:
        deferral.central.run("SELECT 1")

    with psycopg.connect(deferral.central.centre.settle_dsn) as other:
        other.execute("SELECT FROM store.deferred_case FOR UPDATE")
        deferral.decide(another_has_it)
        assert deferral.compared == []
        other.rollback()
    deferral.decide()
    assert len(deferral.compared) == 1


def test_a_comparison_that_cannot_be_made_now_is_made_later(deferral: Deferral) -> None:
    deferral.answer = LastingFault("weights_missing")
    deferral.send()
    deferral.decide()
    assert deferral.outcome == ("waiting", "")
    assert deferral.held
    assert "deferred_fault" in deferral.central.alarms()
    deferral.answer = CaptureMatch.MATCH
    deferral.decide()
    assert len(deferral.compared) == 1, "put off"
    deferral.central.run("UPDATE store.deferred_case SET try_at = now()")
    deferral.decide()
    assert deferral.outcome == ("matched", "")


def test_no_capture_is_held_longer_than_seven_days(deferral: Deferral) -> None:
    deferral.send()
    deferral.central.run("UPDATE store.deferred_case SET try_at = now() + interval '1 day'")
    deferral.central.run("UPDATE store.capture SET received_at = now() - interval '6 days 23 hours'")
    deferral.decide()
    assert deferral.held
    deferral.central.run("UPDATE store.capture SET received_at = now() - interval '7 days 1 minute'")
    deferral.decide()
    assert deferral.outcome == ("expired", "too_old")
    assert not deferral.held
    assert deferral.compared == []


def test_a_message_whose_sender_died_is_not_sent_again(deferral: Deferral) -> None:
    deferral.send()
    deferral.decide()

    class Died(BaseException):
        pass

    def die(_to: str, _text: str) -> None:
        raise Died

    with pytest.raises(Died):
        deferral.tell(die)
    deferral.tell()
    assert len(deferral.sent) == 1
    assert deferral.central.one("SELECT count(*) FROM store.deferred_notice WHERE state <> 'done'") == 0


def test_nobody_can_be_flooded_by_typing_their_number(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for _ in range(5):
        one = Deferral(central, kiosk, nik="3174071302950002", phone=TYPED)
        one.send()
        one.decide()
        one.tell()
    assert central.one("SELECT codes FROM store.contact_allowance WHERE phone = %s", TYPED) == 3
    assert central.one("SELECT count(*) FROM store.deferred_notice WHERE send_status = 'allowance_spent'") == 2


def test_no_log_line_tells_of_the_person(deferral: Deferral, caplog: pytest.LogCaptureFixture) -> None:
    deferral.answer = RuntimeError(f"{demo.MAIN.nik} {TYPED}")
    deferral.send()
    deferral.decide()
    assert caplog.records
    for record in caplog.records:
        told = str(record.__dict__)
        assert demo.MAIN.nik not in told and TYPED not in told
    stored = deferral.central.one("SELECT string_agg(a::text, ' ') FROM store.alarm a")
    assert demo.MAIN.nik not in stored


# ---- bringing a capture


def test_a_capture_is_kept_once_and_taken_again_after_a_lost_answer(deferral: Deferral) -> None:
    deferral.send()
    assert deferral.put() is CaptureStatus.KEPT
    deferral.decide()
    assert deferral.put() is CaptureStatus.KEPT
    assert not deferral.held, "what was erased stays erased"
    assert deferral.central.one("SELECT captures FROM store.deferred_allowance") == 1


def test_a_capture_without_its_event_waits(deferral: Deferral) -> None:
    assert deferral.put() is CaptureStatus.EVENT_NOT_SEEN
    assert deferral.central.one("SELECT count(*) FROM store.capture") == 0
    deferral.send()


def test_another_capture_than_the_signed_one_is_not_taken(deferral: Deferral) -> None:
    deferral.record()
    assert deferral.put(b"\x07" * 400) is CaptureStatus.EVENT_NOT_SEEN
    assert deferral.central.one("SELECT count(*) FROM store.capture") == 0


def test_the_job_looks_again_at_the_capture_itself(deferral: Deferral) -> None:
    deferral.send()
    other = Deferral(deferral.central, deferral.kiosk, visit_id=deferral.visit_id, nik=demo.IN_ARREARS.nik)
    deferral.central.run("UPDATE store.capture SET sealed = %s", other.capture.sealed)
    deferral.decide()
    assert deferral.outcome == ("needs_staff", "capture_exchanged")
    assert deferral.compared == []


def test_no_capture_of_another_size_is_taken(deferral: Deferral) -> None:
    deferral.record()
    for size in (0, 48, 98305):
        assert deferral.put(b"\x07" * size) is CaptureStatus.MALFORMED
    assert "capture_malformed" in deferral.central.alarms()


def test_a_capture_is_not_exchanged(deferral: Deferral) -> None:
    deferral.send()
    assert deferral.put(b"\x07" * 400) is CaptureStatus.MALFORMED
    assert "capture_exchanged" in deferral.central.alarms()


def test_captures_have_an_allowance_a_day(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    central.run("UPDATE store.kiosk SET captures_a_day = 2")
    deferrals = [Deferral(central, kiosk) for _ in range(3)]
    for one in deferrals:
        one.record()
    assert [one.put().value for one in deferrals] == ["kept", "kept", "allowance_spent"]
    assert "capture_allowance_spent" in central.alarms()
    assert central.one("SELECT captures FROM store.deferred_allowance") == 2


def test_another_kiosks_event_names_no_capture_of_mine(central: CentralForTest) -> None:
    owner = Deferral(central, central.kiosk())
    owner.record()
    thief = central.kiosk("kiosk-other")
    assert thief.client.put_capture(owner.visit_id, owner.capture.sealed) is CaptureStatus.EVENT_NOT_SEEN
