"""Two of the staff vouch for a participant: only the right two, only where the machine failed, only once."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from db.central import demo
from db.central.demo_staff import BUDI, LEFT, RELATIVE, RINA, TONO
from db.central.staff_admin import NewStaff, StaffSecrets, add_staff, disable_staff
from kiosk import events as ev
from kiosk.ports import (
    DemoStaff,
    StaffDenied,
    StaffRefusal,
    StaffRole,
)
from tests.db.central.staff_support import Door, FailedVisit
from tests.db.support import CHEAP, CentralForTest, Chain

EKA = DemoStaff(
    "eka.contoh", "EKA", StaffRole.SUPERVISOR, pin="661204", badge="BPJS-STAFF:" + "e" * 32, totp_secret="EKA2" * 8
)


@pytest.fixture
def visit(central: CentralForTest) -> FailedVisit:
    return FailedVisit.at(central, central.kiosk())


def hire(central: CentralForTest, **fields: Any) -> None:
    """Somebody who may decide."""
    with central.admin() as conn:
        known = {"nik": "3174012203889077", "kk_number": "3174010101019077"} | fields
        person = NewStaff(EKA.username, EKA.name, EKA.role, **known)
        add_staff(conn, central.centre.keys, person, EKA.pin, StaffSecrets(EKA.totp_secret, EKA.badge), CHEAP)


def assert_refused(visit: FailedVisit, told: object, refusal: StaffRefusal, second: str | None = None) -> None:
    assert told is refusal
    assert visit.history()[-1] == (RINA.username, second, "compare", refusal.value)
    assert visit.central.one("SELECT count(*) FROM store.staff_decision") == 0


def test_a_supervisor_and_a_second_person_vouch_and_it_is_on_record(visit: FailedVisit) -> None:
    told = visit.compare()
    assert isinstance(told, dict)
    assert told["first"] == {"username": "rina.contoh", "name": "RINA CONTOHWATI", "role": "supervisor"}
    assert told["second"] == {"username": "budi.contoh", "name": "BUDI CONTOHARJO", "role": "branch_head"}
    with visit.central.admin() as conn:
        kept = conn.execute(
            "SELECT decision::text, kiosk_id, visit_id, ticket::text, kind, reason_code, first_username,"
            " second_username FROM store.staff_decision JOIN store.participant USING (participant_id) WHERE nik = %s",
            (demo.MAIN.nik,),
        ).fetchall()
    assert kept == [
        (told["decision"], "kiosk-demo-01", visit.visit_id, visit.ticket, "in_person_comparison", "old_photo",
         "rina.contoh", "budi.contoh")
    ]  # fmt: skip
    assert visit.history()[-1] == ("rina.contoh", "budi.contoh", "compare", "ok")
    assert visit.central.alarms() == set()


# ---- the wrong second person


def test_nobody_is_their_own_second_person(visit: FailedVisit) -> None:
    assert_refused(visit, visit.compare(visit.given(RINA)), StaffRefusal.SAME_PERSON, RINA.username)
    assert "staff_same_person" in visit.central.alarms()


def test_not_even_by_their_badge(visit: FailedVisit) -> None:
    told = visit.compare(visit.given(RINA, by_badge=True))
    assert_refused(visit, told, StaffRefusal.SAME_PERSON, RINA.username)


def test_a_technician_is_no_second_person(visit: FailedVisit) -> None:
    assert_refused(visit, visit.compare(visit.given(TONO)), StaffRefusal.ROLE, TONO.username)


def test_a_disabled_colleague_is_no_second_person(visit: FailedVisit) -> None:
    assert_refused(visit, visit.compare(visit.given(LEFT)), StaffRefusal.DISABLED, LEFT.username)
    assert "staff_disabled" in visit.central.alarms()


def test_the_second_persons_secrets_are_judged_and_counted_like_a_sign_in(visit: FailedVisit) -> None:
    for _ in range(5):
        told = visit.compare(visit.given(BUDI, pin="000000"))
        assert_refused(visit, told, StaffRefusal.WRONG, BUDI.username)
    assert_refused(visit, visit.compare(), StaffRefusal.LOCKED, BUDI.username)
    told = visit.compare(visit.given(BUDI, username="nobody.here"))
    assert_refused(visit, told, StaffRefusal.WRONG, None)


def test_a_code_that_signed_the_second_person_in_does_not_vouch_as_well(central: CentralForTest) -> None:
    other = Door(central, central.kiosk("kiosk-other"))
    visit = FailedVisit.at(central, central.kiosk())
    used = other.given(BUDI)
    assert isinstance(other.ask("sign_in", used), dict)
    assert_refused(visit, visit.compare(used), StaffRefusal.REPLAYED, BUDI.username)
    assert "staff_replayed" in central.alarms()


def test_nobody_vouches_on_their_own_record(central: CentralForTest) -> None:
    hire(central, nik=demo.MAIN.nik)
    visit = FailedVisit.at(central, central.kiosk())
    assert_refused(visit, visit.compare(visit.given(EKA)), StaffRefusal.OWN_RECORD, EKA.username)
    assert "staff_own_record" in central.alarms()


def test_nobody_vouches_for_their_own_family(visit: FailedVisit) -> None:
    assert_refused(visit, visit.compare(visit.given(RELATIVE)), StaffRefusal.FAMILY_RECORD, RELATIVE.username)
    assert "staff_family_record" in visit.central.alarms()


@pytest.mark.parametrize(
    ("relation", "refusal"),
    [({"nik": demo.MAIN.nik}, StaffRefusal.OWN_RECORD), ({"kk": demo.MAIN.kk_number}, StaffRefusal.FAMILY_RECORD)],
)
def test_the_first_person_is_asked_the_same(
    visit: FailedVisit, relation: dict[str, str], refusal: StaffRefusal
) -> None:
    column = "nik" if "nik" in relation else "kk_number"
    visit.central.run(f"UPDATE store.staff SET {column} = %s WHERE username = %s", *relation.values(), RINA.username)
    assert_refused(visit, visit.compare(), refusal, BUDI.username)


def test_a_participant_without_a_family_card_is_nobodys_family(central: CentralForTest) -> None:
    hire(central)
    central.run("UPDATE store.participant SET kk_number = NULL")
    visit = FailedVisit.at(central, central.kiosk())
    assert isinstance(visit.compare(visit.given(EKA)), dict)


# ---- the first person


def test_a_technicians_session_decides_nothing(visit: FailedVisit) -> None:
    visit.session = visit.sign_in(TONO)
    assert visit.compare() is StaffRefusal.ROLE
    assert visit.history()[-1] == (TONO.username, None, "compare", "role")
    assert visit.central.one("SELECT totp_last_step FROM store.staff WHERE username = 'budi.contoh'") == 0


def test_a_session_that_is_over_decides_nothing(visit: FailedVisit) -> None:
    visit.central.run("UPDATE store.staff_session SET last_used_at = last_used_at - interval '5 minutes'")
    assert_refused(visit, visit.compare(), StaffRefusal.SESSION_OVER)


def test_a_session_of_another_kiosk_decides_nothing_here(visit: FailedVisit) -> None:
    other = Door(visit.central, visit.central.kiosk("kiosk-other"))
    assert_refused(visit, visit.compare(session=other.sign_in(RINA)), StaffRefusal.SESSION_OVER)


def test_a_session_that_never_was_is_refused_and_recorded(visit: FailedVisit) -> None:
    assert visit.compare(session=str(uuid.uuid4())) is StaffRefusal.SESSION_OVER
    assert visit.history()[-1] == (None, None, "compare", "session_over")


def test_whoever_was_disabled_meanwhile_decides_nothing(visit: FailedVisit) -> None:
    with visit.central.admin() as conn:
        disable_staff(conn, RINA.username)
    assert_refused(visit, visit.compare(), StaffRefusal.SESSION_OVER)


# ---- the visit


def test_without_a_failed_face_step_there_is_nothing_to_decide(central: CentralForTest) -> None:
    visit = FailedVisit.at(central, central.kiosk(), failed=False)
    assert_refused(visit, visit.compare(), StaffRefusal.NOTHING_TO_DECIDE)


MATCHED = ev.FaceMatched(attempt=2, ticket="t", evidence={})
ENDED = ev.VisitEnded(status=ev.VisitStatus.PERLU_PETUGAS, reason="face_limit")


@pytest.mark.parametrize("event", [MATCHED, ENDED])
def test_a_visit_that_matched_or_is_over_is_not_decided_any_more(visit: FailedVisit, event: ev.Event) -> None:
    visit.kiosk.record(visit.visit_id, event)
    assert_refused(visit, visit.compare(), StaffRefusal.NOTHING_TO_DECIDE)


def test_a_ticket_of_another_visit_or_person_is_nothing_to_decide(visit: FailedVisit) -> None:
    elsewhere = visit.kiosk.lookup("another-visit", demo.VERIFIED.nik).ticket
    for ticket in (elsewhere, str(uuid.uuid4())):
        assert_refused(visit, visit.compare(ticket=ticket), StaffRefusal.NOTHING_TO_DECIDE)


def test_a_ticket_that_found_nobody_is_nothing_to_decide(central: CentralForTest) -> None:
    visit = FailedVisit.at(central, central.kiosk())
    central.run("UPDATE store.ticket SET status = 'needs_staff'")
    assert_refused(visit, visit.compare(), StaffRefusal.NOTHING_TO_DECIDE)


def test_another_kiosks_visit_is_nothing_to_decide(visit: FailedVisit) -> None:
    """Signed by its own kiosk, with a session of its own: the visit is still not its own."""
    thief = Door(visit.central, visit.central.kiosk("kiosk-other"))
    asked = visit.asked(session=thief.sign_in(RINA))
    assert thief.ask("compare", asked) is StaffRefusal.NOTHING_TO_DECIDE


def test_an_unsigned_failure_is_not_believed(central: CentralForTest) -> None:
    """A stolen login that writes the failed face step itself gets no decision, also not with good credentials."""
    visit = FailedVisit.at(central, central.kiosk(), failed=False)
    forger = Chain(visit.kiosk.kiosk_id, signer=None)
    forger.seq, forger.head = visit.kiosk.chain.seq, visit.kiosk.chain.head
    link = forger.add(visit.visit_id, ev.FaceAttempted(attempt=1, outcome="no_match"))
    assert visit.kiosk.client.append([link]).status == "accepted"
    assert_refused(visit, visit.compare(), StaffRefusal.NOT_TRUSTED)
    assert {"bad_signature", "staff_not_trusted"} <= central.alarms()


def test_the_failed_step_may_arrive_a_moment_after_the_question(central: CentralForTest) -> None:
    visit = FailedVisit.at(central, central.kiosk(), failed=False)
    sent = visit.send("compare", visit.asked())
    central.staff_once(patience_seconds=60.0)
    assert visit.hear(sent) is None
    assert len(visit.history()) == 1  # the sign-in
    visit.kiosk.record(visit.visit_id, ev.FaceAttempted(attempt=1, outcome="no_match"))
    central.staff_once(patience_seconds=60.0)
    assert isinstance(visit.hear(sent), dict)


def test_waiting_costs_no_code_and_no_failure(central: CentralForTest) -> None:
    visit = FailedVisit.at(central, central.kiosk(), failed=False)
    good = visit.given(BUDI)
    assert visit.compare(good) is StaffRefusal.NOTHING_TO_DECIDE
    visit.kiosk.record(visit.visit_id, ev.FaceAttempted(attempt=1, outcome="no_match"))
    assert isinstance(visit.compare(good), dict)


# ---- once


def test_after_a_lost_answer_the_same_two_get_the_same_decision(visit: FailedVisit) -> None:
    decision = visit.granted()
    assert visit.granted() == decision
    assert visit.central.one("SELECT count(*) FROM store.staff_decision") == 1


def test_but_not_for_the_code_that_was_used_for_it(visit: FailedVisit) -> None:
    given = visit.given(BUDI)
    assert isinstance(visit.compare(given), dict)
    assert visit.compare(given) is StaffRefusal.REPLAYED


def test_the_first_person_may_have_signed_in_anew_meanwhile(visit: FailedVisit) -> None:
    """The link may be away for longer than a session lives; it is the same visit and the same two people."""
    decision = visit.granted()
    visit.session = visit.sign_in(RINA)
    assert visit.granted() == decision


def test_nobody_else_gets_or_changes_a_decision(central: CentralForTest) -> None:
    hire(central)
    visit = FailedVisit.at(central, central.kiosk())
    decision = visit.granted()
    assert visit.compare(visit.given(EKA)) is StaffRefusal.NOTHING_TO_DECIDE  # another second person
    visit.session = visit.sign_in(EKA)
    assert visit.compare() is StaffRefusal.NOTHING_TO_DECIDE  # another first person
    visit.session = visit.sign_in(BUDI)
    assert visit.compare(visit.given(RINA)) is StaffRefusal.NOTHING_TO_DECIDE  # the other way round
    assert str(central.one("SELECT decision FROM store.staff_decision")) == decision


def test_a_decision_that_was_recorded_is_not_given_out_again(visit: FailedVisit) -> None:
    visit.kiosk.record(visit.visit_id, visit.compared(visit.granted()))
    assert visit.compare() is StaffRefusal.NOTHING_TO_DECIDE


def test_an_unknown_reason_is_malformed(visit: FailedVisit) -> None:
    asked = visit.asked()
    object.__setattr__(asked, "reason_code", type("Odd", (), {"value": "because"})())
    assert visit.ask("compare", asked) is StaffRefusal.MALFORMED


# ---- the client


def test_the_client_waits_with_the_job_for_late_events(central: CentralForTest) -> None:
    visit = FailedVisit.at(central, central.kiosk(), failed=False)
    late = threading.Timer(0.5, visit.kiosk.record, (visit.visit_id, ev.FaceAttempted(attempt=1, outcome="no_match")))
    with central.jobs():
        asked = visit.asked()
        late.start()
        granted = visit.kiosk.desk.compare(asked)
        late.join()
        assert (granted.first.username, granted.second.username) == (RINA.username, BUDI.username)
        with pytest.raises(StaffDenied) as denied:
            visit.kiosk.desk.compare(visit.asked(visit.given(RINA)))
    assert denied.value.refusal is StaffRefusal.SAME_PERSON
