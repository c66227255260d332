"""Family and history: the owner's alone, after the match of this visit, whoever else asks."""

from __future__ import annotations

import pytest
from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from db.central import demo
from kiosk import events as ev
from kiosk.ports import (
    AccountStatus,
    CentreRefused,
)
from tests.db.central.deferred_support import Deferral
from tests.db.central.reads_support import (
    CHILD,
    HEAD,
    KINDS,
    SPOUSE,
    STRANGER,
    at_another_visit,
    family_of,
    link,
    opened,
    visit_with_family,
)
from tests.db.central.staff_support import FailedVisit
from tests.db.central.test_case_finish import Finish
from tests.db.central.test_connector import Visit
from tests.db.central.test_withdrawals import withdraw
from tests.db.support import CentralForTest, Chain


@pytest.fixture
def visit(central: CentralForTest) -> Visit:
    return visit_with_family(central)


@pytest.fixture
def matched(visit: Visit) -> Visit:
    visit.match()
    return visit


# ---- who is refused


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_before_the_match(visit: Visit, kind: str) -> None:
    asked = visit.ask(kind)
    assert visit.answer(asked) == ("refused", "match_not_seen")
    assert visit.fetch(asked)["result"] is None
    visit.match()
    assert visit.ask(kind) == asked
    assert visit.answer(asked) == ("done", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_match_under_another_ticket_or_in_another_visit_opens_nothing(visit: Visit, kind: str) -> None:
    other = at_another_visit(visit, STRANGER.nik, "other")
    visit.match(ticket=other.ticket)
    visit.kiosk.record(other.visit_id, ev.FaceMatched(attempt=1, ticket=visit.ticket, evidence={}))
    assert visit.answer(visit.ask(kind)) == ("refused", "match_not_seen")


@pytest.mark.parametrize("kind", KINDS)
def test_another_kiosks_ticket_is_refused(matched: Visit, kind: str) -> None:
    other = matched.central.kiosk("kiosk-other")
    assert matched.ask(kind, kiosk=other) == {"refused": "ticket_not_usable"}
    asked = matched.ask(kind)
    assert matched.answer(asked) == ("done", "")
    assert matched.fetch(asked, kiosk=other) == {"state": "refused", "reason": "ticket_not_usable"}
    assert "request_without_ticket" in matched.central.alarms()


@pytest.mark.parametrize("kind", KINDS)
def test_another_visits_key_cannot_open_the_answer(matched: Visit, kind: str) -> None:
    asked = matched.ask(kind)
    assert matched.answer(asked) == ("done", "")
    kept = bytes(matched.central.one("SELECT result FROM store.request"))
    assert b"RATNA" not in kept and b"TERVERIFIKASI" not in kept
    at_another_visit(matched, STRANGER.nik, "other")
    keys = matched.kiosk.client._memory.visit_keys
    assert set(keys) == {"v", "other"}
    with pytest.raises(CryptoError):
        SealedBox(keys["other"]).decrypt(kept)
    SealedBox(keys["v"]).decrypt(kept)
    matched.kiosk.client.forget_visit()
    with pytest.raises(CentreRefused, match="ticket_not_usable"):
        getattr(matched.kiosk.client, kind)(matched.ticket)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stolen_login_without_the_signing_key_gets_nothing(central: CentralForTest, kind: str) -> None:
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v").ticket)
    thief = Chain(kiosk.kiosk_id, signer=None)
    links = [thief.add("v", event) for event in kiosk.visit_events(visit.ticket)]
    assert kiosk.client.append(links).status == "accepted"
    asked = visit.ask(kind)
    assert visit.answer(asked) == ("refused", "chain_not_trusted")
    assert visit.fetch(asked)["result"] is None
    assert "bad_signature" in central.alarms()


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_is_rolled_back_gets_nothing_and_one_that_is_served_has_left_its_row(
    matched: Visit, kind: str
) -> None:
    central = matched.central
    ask, fetch = "SELECT api.request_queue(%s, %s)", "SELECT api.request_fetch(%s)"
    with matched.kiosk.connect() as conn:
        asked = conn.execute(ask, (matched.ticket, kind)).fetchall()[0][0]["request_id"]
        central.connect_once()  # nothing is there for it yet
        told = conn.execute(fetch, (asked,)).fetchall()[0][0]
        assert (told["state"], told["result"]) == ("waiting", None)
        conn.rollback()
        told = conn.execute(fetch, (asked,)).fetchall()[0][0]
        assert (told["state"], told["reason"]) == ("refused", "ticket_not_usable")
        conn.rollback()
    assert central.one("SELECT count(*) FROM store.request") == 0
    served = matched.ask(kind)
    central.connect_once()
    with matched.kiosk.connect() as conn:
        assert conn.execute(fetch, (served["request_id"],)).fetchall()[0][0]["result"]
        conn.rollback()
    assert central.one("SELECT state FROM store.request WHERE kind = %s", kind) == "done"


def test_a_member_sees_nothing_of_whoever_names_them(matched: Visit) -> None:
    """Neither the head nor the others of that family, only a family of their own."""
    spouse = at_another_visit(matched, SPOUSE.nik, "spouse")
    assert opened(spouse, "family") == "[]"
    link(matched.central, SPOUSE.nik, demo.NO_PHONE.nik, "TAMBAHAN")
    again = at_another_visit(matched, SPOUSE.nik, "again")
    assert [member.name for member in family_of(again)] == [demo.NO_PHONE.name]
    assert HEAD.name not in opened(again, "history")


@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawn_consent_ends_it(matched: Visit, kind: str) -> None:
    assert withdraw(matched.central, "identity_check")["taken"] == 1
    with matched.central.jobs(patience_seconds=0.0), pytest.raises(CentreRefused, match="consent_withdrawn"):
        getattr(matched.kiosk.client, kind)(matched.ticket)
    assert matched.central.one("SELECT count(result) FROM store.request") == 0


def test_a_kiosk_cannot_say_whose_family_or_how_much_of_it(matched: Visit) -> None:
    for kind in KINDS:
        for payload in ({"nik": STRANGER.nik}, {"participant_id": 1}, {"limit": 1000}, {"send_no": 1}):
            assert matched.ask(kind, payload) == {"refused": "malformed"}, payload
    for kind in ("famil", "FAMILY", "family ", "notice", "login", ""):
        assert matched.ask(kind) == {"refused": "malformed"}, kind
    assert matched.central.one("SELECT count(*) FROM store.request") == 0


# ---- what else opens it, as for the profile


def test_a_comparison_in_person_opens_it_when_two_of_the_staff_granted_it(central: CentralForTest) -> None:
    visit = FailedVisit.at(central, central.kiosk())
    link(central, HEAD.nik, CHILD.nik, "ANAK")
    with central.jobs(patience_seconds=0.0):
        for ask in (visit.kiosk.client.family, visit.kiosk.client.history):
            with pytest.raises(CentreRefused, match="match_not_seen"):
                ask(visit.ticket)
    visit.kiosk.record(visit.visit_id, visit.compared(visit.granted()))
    with central.jobs(patience_seconds=0.0):
        assert [member.name for member in visit.kiosk.client.family(visit.ticket)] == [CHILD.name]
        assert visit.kiosk.client.history(visit.ticket).status is AccountStatus.UNVERIFIED


def test_a_deferred_match_opens_it_at_the_visit_that_finishes_the_case(central: CentralForTest) -> None:
    deferral = Deferral(central, central.kiosk())
    deferral.send()
    deferral.decide()
    other = central.kiosk("kiosk-other")
    finish = Finish(central, other, deferral.number)
    finish.look_up()
    with central.jobs(patience_seconds=0.0):
        with pytest.raises(CentreRefused, match="match_not_seen"):
            other.client.family(finish.ticket)
        other.record(finish.visit_id, *finish.events()[:6])
        assert other.client.family(finish.ticket) == ()
        assert other.client.history(finish.ticket).logins == ()
