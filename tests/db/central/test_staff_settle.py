"""What a comparison in person opens at the centre, and that the kiosk's word for one opens nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from db.central import demo
from db.central.granted import Grant, grants_of
from db.central.trust import TrustedEvent, TrustedVisit
from db.central.verdict import CentreFacts, Refused, judge
from kiosk import events as ev
from kiosk.ports import CentreRefused, SendStatus
from tests.db.central.staff_support import FailedVisit
from tests.db.support import CentralForTest


@pytest.fixture
def visit(central: CentralForTest) -> FailedVisit:
    return FailedVisit.at(central, central.kiosk())


def rest(visit: FailedVisit) -> list[ev.Event]:
    """What is left of an honest visit after the face step."""
    events: list[ev.Event] = visit.kiosk.visit_events(visit.ticket)[6:]
    return events


def finish(visit: FailedVisit, *events: ev.Event) -> None:
    """Code sent by the centre, then these events from the kiosk, then the settle job. No photo was served."""
    visit.central.run(
        "INSERT INTO store.request (ticket, kiosk_id, visit_id, kind, send_no, state, send_status)"
        " VALUES (%s, %s, %s, 'send_code', 1, 'done', 'sent')",
        visit.ticket, visit.kiosk.kiosk_id, visit.visit_id,
    )  # fmt: skip
    visit.kiosk.record(visit.visit_id, *events)
    visit.central.settle_once()


def decided(visit: FailedVisit) -> tuple[str, str] | None:
    with psycopg.connect(visit.central.admin_dsn) as conn:
        row = conn.execute(
            "SELECT outcome, reason FROM store.verification WHERE visit_id = %s", (visit.visit_id,)
        ).fetchone()
    return (row[0], row[1]) if row else None


def test_a_visit_that_two_people_vouched_for_is_verified_without_photo_and_match(visit: FailedVisit) -> None:
    finish(visit, visit.compared(visit.granted()), *rest(visit))
    assert decided(visit) == ("TERVERIFIKASI", "")
    assert visit.central.account_status() == "TERVERIFIKASI"


def test_they_need_not_work_here_any_more_when_it_is_settled(visit: FailedVisit) -> None:
    decision = visit.granted()
    visit.central.run("UPDATE store.staff SET enabled = false")
    finish(visit, visit.compared(decision), *rest(visit))
    assert decided(visit) == ("TERVERIFIKASI", "")


def test_a_comparison_that_nobody_granted_verifies_nobody(visit: FailedVisit) -> None:
    """The kiosk's own signed word, as good as it gets: a kiosk that was broken into vouches for nobody."""
    finish(visit, visit.compared(str(uuid.uuid4())), *rest(visit))
    assert decided(visit) == ("DITOLAK", "comparison_not_granted")
    assert visit.central.account_status() == "BELUM_TERVERIFIKASI"


def test_another_visits_decision_verifies_nobody(visit: FailedVisit) -> None:
    other = FailedVisit.at(visit.central, visit.kiosk, digits=demo.IN_ARREARS.nik)
    finish(visit, visit.compared(other.granted()), *rest(visit))
    assert decided(visit) == ("DITOLAK", "comparison_not_granted")
    assert visit.central.account_status() == "BELUM_TERVERIFIKASI"


def test_another_kiosks_decision_verifies_nobody(visit: FailedVisit) -> None:
    other = FailedVisit.at(visit.central, visit.central.kiosk("kiosk-other"), digits=demo.IN_ARREARS.nik)
    finish(visit, visit.compared(other.granted()), *rest(visit))
    assert decided(visit) == ("DITOLAK", "comparison_not_granted")


def test_the_grants_of_a_visit_are_its_own(visit: FailedVisit) -> None:
    granted = Grant(visit.granted(), visit.ticket, "rina.contoh", "budi.contoh")
    with psycopg.connect(visit.central.centre.settle_dsn) as conn:
        assert grants_of(conn, visit.kiosk.kiosk_id, visit.visit_id) == {granted}
        assert grants_of(conn, visit.kiosk.kiosk_id, "another-visit") == frozenset()
        assert grants_of(conn, "kiosk-other", visit.visit_id) == frozenset()


@pytest.mark.parametrize("lie", [{"first": "budi.contoh"}, {"second": "sari.keluarga"}, {"second": ""}])
def test_other_names_than_the_centres_verify_nobody(visit: FailedVisit, lie: dict[str, str]) -> None:
    finish(visit, visit.compared(visit.granted(), **lie), *rest(visit))
    assert decided(visit) == ("DITOLAK", "comparison_not_granted")


def test_a_decision_under_another_ticket_verifies_nobody(visit: FailedVisit) -> None:
    finish(visit, visit.compared(visit.granted(), ticket=str(uuid.uuid4())), *rest(visit))
    assert decided(visit) == ("DITOLAK", "several_tickets")


def test_a_grant_that_the_kiosk_never_recorded_verifies_nobody(visit: FailedVisit) -> None:
    visit.granted()
    finish(visit, *rest(visit))
    assert decided(visit) == ("DITOLAK", "no_face_match")


Order = Callable[[ev.Event, list[ev.Event]], list[ev.Event]]
WRONG_ORDERS: dict[str, Order] = {
    "compared after the code": lambda compared, after: [*after[:2], compared, *after[2:]],
    "compared after the PIN": lambda compared, after: [*after, compared],
}


@pytest.mark.parametrize("case", WRONG_ORDERS)
def test_the_order_of_the_journey_stays(visit: FailedVisit, case: str) -> None:
    finish(visit, *WRONG_ORDERS[case](visit.compared(visit.granted()), rest(visit)))
    assert decided(visit) == ("DITOLAK", "out_of_order")


def test_compared_before_confirmed_is_out_of_order() -> None:
    """The staff job grants no such thing; should it ever, the settle job refuses it."""
    compared = ev.StaffCompared(
        ticket="t", decision="d", reason_code="old_photo", first="a", first_name="a", second="b", second_name="b"
    )
    events = [
        ev.ConsentGiven(purposes=("verify",), text_version="1", language="id", text_sha256="0" * 64),
        ev.LookupAnswered(outcome="found", ticket="t"),
        compared,
        ev.IdentityConfirmed(ticket="t"),
        ev.CodeVerified(send_no=1, ticket="t"),
        ev.PinAccepted(ticket="t", sealed_verifier="", sealed_to=""),
    ]
    now = datetime.now(UTC)
    visit = TrustedVisit("v", tuple(TrustedEvent(seq, now, event) for seq, event in enumerate(events, 1)))
    facts = CentreFacts({"t"}, (), {("t", 1)}, {Grant("d", "t", "a", "b")})
    with pytest.raises(Refused, match="out_of_order"):
        judge(visit, facts, lambda *_: None)


def test_a_match_with_bad_evidence_is_not_mended_by_a_made_up_comparison(visit: FailedVisit) -> None:
    visit.central.evidence_refusal = "cosine_below_threshold"
    match = ev.FaceMatched(attempt=2, ticket=visit.ticket, evidence={})
    finish(visit, match, visit.compared(str(uuid.uuid4())), *rest(visit))
    assert decided(visit) == ("DITOLAK", "comparison_not_granted")


def test_a_good_match_beside_a_made_up_comparison_is_refused_too(visit: FailedVisit) -> None:
    """An honest kiosk records no comparison without a grant: this one is not honest."""
    match = ev.FaceMatched(attempt=2, ticket=visit.ticket, evidence={})
    finish(visit, match, visit.compared(str(uuid.uuid4())), *rest(visit))
    assert decided(visit) == ("DITOLAK", "comparison_not_granted")


# ---- the connector


def test_after_the_comparison_profile_and_code_are_served(visit: FailedVisit) -> None:
    visit.kiosk.record(visit.visit_id, visit.compared(visit.granted()))
    with visit.central.jobs(patience_seconds=0.0):
        assert visit.kiosk.client.profile(visit.ticket).name == "SITI RAHMAWATI"
        assert visit.kiosk.client.send_code(visit.ticket, 1, "482916") is SendStatus.SENT


@pytest.mark.parametrize("forged", ["no grant", "no event", "another visit's", "other names"])
def test_without_a_granted_and_recorded_comparison_nothing_is_served(visit: FailedVisit, forged: str) -> None:
    match forged:
        case "no grant":
            visit.kiosk.record(visit.visit_id, visit.compared(str(uuid.uuid4())))
        case "no event":
            visit.granted()
        case "another visit's":
            other = FailedVisit.at(visit.central, visit.kiosk, digits=demo.IN_ARREARS.nik)
            visit.kiosk.record(visit.visit_id, visit.compared(other.granted()))
        case _:
            visit.kiosk.record(visit.visit_id, visit.compared(visit.granted(), second="tono.contoh"))
    with visit.central.jobs(patience_seconds=0.0):
        with pytest.raises(CentreRefused, match="match_not_seen"):
            visit.kiosk.client.profile(visit.ticket)
        with pytest.raises(CentreRefused, match="match_not_seen"):
            visit.kiosk.client.send_code(visit.ticket, 1, "482916")
    assert visit.central.sent == []
