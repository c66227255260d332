"""A withdrawn consent ends what still needs it; a consent given after it stands."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from db.central import demo
from db.central.consents import Purpose
from db.central.roles import FEED
from kiosk.journey.identity_steps import CONSENT_PURPOSES
from kiosk.runtime.face_runner import _NO_PHOTO
from tests.db.central.deferred_support import TYPED, Deferral
from tests.db.central.test_connector import Visit
from tests.db.central.test_settle import VisitForTest
from tests.db.support import CentralForTest

AFTER, BEFORE = "2026-11-23T03:00:01Z", "2026-11-23T02:59:59Z"
"""The test chain's clock says 03:00:00; the centre received its events later: the earlier time counts."""


def withdraw(central: CentralForTest, *purposes: str, at: str = AFTER, nik: str = demo.MAIN.nik) -> dict[str, Any]:
    with psycopg.connect(central.admin_dsn, autocommit=True) as conn:
        conn.execute(f"SET ROLE {FEED}".encode())
        row = {"nik": nik, "at": at, "purposes": list(purposes)}
        answer: dict[str, Any] = conn.execute("SELECT feed.withdrawals(%s)", (Jsonb([row]),)).fetchall()[0][0]
    return answer


@pytest.fixture
def visit(central: CentralForTest) -> Visit:
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v").ticket)
    visit.consent()
    visit.match()
    return visit


ASKED = {"reference": {"identity_check", "face_match"}, "profile": {"identity_check"},
         "family": {"identity_check"}, "history": {"identity_check"},
         "send_code": {"identity_check", "contact_code"}}  # fmt: skip


@pytest.mark.parametrize("purpose", CONSENT_PURPOSES)
@pytest.mark.parametrize("kind", ASKED)
def test_nothing_is_given_any_more_that_needs_a_withdrawn_purpose(visit: Visit, kind: str, purpose: str) -> None:
    assert withdraw(visit.central, purpose)["taken"] == 1
    state, reason = visit.answer(visit.ask_code() if kind == "send_code" else visit.ask(kind))
    assert (reason == "consent_withdrawn") == (purpose in ASKED[kind])
    assert state == ("refused" if purpose in ASKED[kind] else "done")
    assert bool(visit.central.sent) == (kind == "send_code" and purpose not in ASKED[kind])


def test_a_consent_given_after_the_withdrawal_stands_and_so_does_another_persons(visit: Visit) -> None:
    withdraw(visit.central, *CONSENT_PURPOSES, at=BEFORE)
    withdraw(visit.central, *CONSENT_PURPOSES, nik=demo.VERIFIED.nik)
    assert visit.answer(visit.ask("reference")) == ("done", "")


def test_a_visit_under_way_is_not_settled(central: CentralForTest) -> None:
    visit = VisitForTest(central, central.kiosk())
    visit.centre_did()
    visit.send()
    withdraw(central, "contact_code")
    central.settle_once()
    assert visit.decided() == ("DITOLAK", "no_consent:withdrawn")
    assert central.account_status() == "BELUM_TERVERIFIKASI"


def test_an_account_that_was_verified_stays_so_and_its_consent_is_marked_once(central: CentralForTest) -> None:
    visit = VisitForTest(central, central.kiosk())
    visit.change("consent_given", purposes=CONSENT_PURPOSES)
    visit.centre_did()
    visit.send()
    central.settle_once()
    central.run("UPDATE store.consent SET given_at = '2026-11-23T03:00:00Z'")
    assert withdraw(central, "face_match")["taken"] == 1
    assert withdraw(central, "face_match")["known"] == 1
    assert withdraw(central, "face_match", at=BEFORE)["known"] == 1
    withdraw(central, "contact_code", at="2026-11-24T00:00:00Z")
    assert central.account_status() == "TERVERIFIKASI"
    assert central.one("SELECT withdrawn_at = %s::timestamptz FROM store.consent", AFTER)


def test_a_capture_that_waits_is_erased_and_nobody_compares_it_or_writes_about_it(central: CentralForTest) -> None:
    deferral = Deferral(central, central.kiosk(), phone=TYPED)
    deferral.send()
    withdraw(central, "face_match")
    deferral.decide()
    deferral.tell()
    assert deferral.outcome == ("needs_staff", "consent_withdrawn")
    assert (deferral.compared, deferral.held, deferral.sent) == ([], False, [])


def test_a_match_that_waits_for_its_person_ends(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for purpose, state in (("contact_code", "matched"), ("face_match", "expired")):
        deferral = Deferral(central, kiosk)
        deferral.send()
        deferral.decide()
        central.run("UPDATE store.deferred_case SET opened_at = '2026-11-23T03:00:00Z'")
        withdraw(central, purpose)
        assert deferral.case() == state
        deferral.tell()
        assert deferral.sent == ([(demo.MAIN.phone, "record True")] if state == "matched" else [])
    assert deferral.case("reason") == "consent_withdrawn"


@pytest.mark.parametrize("purposes", [[], ["telling_jokes"], [7], [None], ["face_match", "other"]])
def test_a_purpose_that_nobody_consented_to_is_refused(central: CentralForTest, purposes: list[Any]) -> None:
    assert withdraw(central, *purposes)["refused"] == [[0, "malformed"]]
    assert withdraw(central, "face_match", nik="9999999999999999")["refused"] == [[0, "unknown_participant"]]
    assert central.one("SELECT count(*) FROM store.consent_withdrawal") == 0


def test_both_sides_know_the_same_purposes_and_the_kiosk_tries_no_second_time(central: CentralForTest) -> None:
    assert set(Purpose) == set(CONSENT_PURPOSES)
    assert withdraw(central, *CONSENT_PURPOSES)["taken"] == 1
    assert "consent_withdrawn" in _NO_PHOTO
