"""Digital identity's logins at the centre. The risk: one answered to another, an issuer that blocks."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from db.central.ikd_job import IkdJob
from kiosk.ports import CentreRefused, DigitalIdRefusal, DigitalIdRefused, LoginOffer
from kiosk.ports.issuer import StillWaiting
from tests.db.central.ikd_support import FACTS, FakeIssuer, Killed, Login, asked, begun, offered, refusal
from tests.db.support import CentralForTest

R = DigitalIdRefusal


@pytest.fixture
def login(central: CentralForTest) -> Login:
    return offered(central)


def test_a_login_runs_from_the_kiosk_to_the_issuer_and_back(central: CentralForTest) -> None:
    kiosk, issuer = central.kiosk(), FakeIssuer([begun(poll=60.0)], [StillWaiting(0.05), FACTS])
    job = IkdJob(central.centre.connector_dsn, central.centre.keys, issuer)
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=job.run, args=(stop, ready.set), daemon=True)
    thread.start()
    try:
        assert ready.wait(20)
        offer = kiosk.client.begin_login("v")
        assert offer == LoginOffer(offer.login_id, "https://ikd.contoh.go.id/x", "ABCD-EFGH", 120.0)
        central.run("UPDATE store.ikd_login SET next_poll_at = now()")  # a minute has passed on the phone
        until = datetime.now(UTC) + timedelta(seconds=20)
        while (facts := kiosk.client.login_result("v", offer.login_id)) is None and datetime.now(UTC) < until:
            pass
        assert facts == FACTS
        assert issuer.asked == [("secret-handle", "")] * 2
    finally:
        stop.set()
        thread.join(20)


def test_what_is_kept_of_a_login_opens_for_the_visit_or_the_centre_only(login: Login) -> None:
    login.issuer.polls = [FACTS]
    held = login.row("concat(encode(offer, 'escape'), encode(handle, 'escape'), reason)")
    login.work()
    assert login.result() == FACTS
    held += login.row("encode(result, 'escape')")
    for secret in ("ikd.contoh", "ABCD-EFGH", "secret-handle", FACTS.nik, FACTS.name):
        assert secret not in held
    assert login.row("offer IS NULL AND handle IS NULL AND call_back IS NULL")
    login.kiosk.client.forget_visit()
    with pytest.raises(CentreRefused, match="answer_not_readable"):
        login.result()


def test_another_kiosk_sees_no_login_of_this_one(login: Login) -> None:
    other = login.central.kiosk("kiosk-other")
    assert login.fetched(other) == {"refused": "ticket_not_usable"}
    assert login.fetched()["state"] == "offered"
    with pytest.raises(CentreRefused, match="ticket_not_usable"):
        other.client.login_result("v", login.login_id)


@pytest.mark.parametrize("reason", [R.LOGIN_DENIED, R.LOGIN_EXPIRED, R.ISSUER_FAULT, R.NOT_ACTIVE, R.NO_NIK])
def test_a_refusal_of_the_issuer_reaches_the_visit(login: Login, reason: DigitalIdRefusal) -> None:
    login.issuer.polls = [DigitalIdRefused(reason)]
    login.work()
    assert refusal(login.result) is reason
    assert login.row("offer IS NULL AND handle IS NULL")


def test_an_issuer_that_opens_no_login_is_a_reason(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer([DigitalIdRefused(R.ISSUER_UNREACHABLE)]))
    found.ask()
    found.work()
    assert refusal(found.result) is R.ISSUER_UNREACHABLE


def test_an_issuer_that_is_away_for_a_moment_ends_no_login(login: Login) -> None:
    login.issuer.polls = [DigitalIdRefused(R.ISSUER_UNREACHABLE), FACTS]
    login.work()
    assert login.result() is None
    login.work()
    assert len(login.issuer.asked) == 1  # it is not asked again at once
    login.central.run("UPDATE store.ikd_login SET next_poll_at = now()")
    login.work()
    assert login.result() == FACTS


def test_a_strange_issuer_is_a_fault_and_the_next_login_is_served(login: Login) -> None:
    login.issuer.polls = [RuntimeError("3174075508950001")]
    login.work()
    assert refusal(login.result) is R.ISSUER_FAULT
    login.issuer.begins = [begun()]
    login.ask()
    login.work()
    assert login.fetched()["state"] == "offered"


def test_the_issuers_pace_is_kept_also_by_two_workers(login: Login) -> None:
    login.issuer.polls = [StillWaiting(30.0)]
    assert login.work() <= 1.0
    for _ in range(3):
        assert login.work() == 1.0
    assert len(login.issuer.asked) == 1
    assert 28 < login.row("extract(epoch FROM next_poll_at - now())") <= 30


def test_a_login_ends_with_its_time_whatever_the_issuer_says(login: Login) -> None:
    login.central.run("UPDATE store.ikd_login SET expires_at = now(), next_poll_at = now() + interval '1 hour'")
    login.work()
    assert refusal(login.result) is R.LOGIN_EXPIRED
    assert login.issuer.asked == []


def test_logins_nobody_waits_for_any_longer_are_not_opened(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer([begun()]))
    found.ask()
    central.run("UPDATE store.ikd_login SET asked_at = now() - interval '11 seconds'")
    found.work()
    assert refusal(found.result) is R.LOGIN_EXPIRED
    assert len(found.issuer.begins) == 1


def test_a_worker_that_dies_leaves_the_login_to_the_next(login: Login) -> None:
    login.issuer.polls = [Killed(), FACTS]
    with pytest.raises(Killed):
        login.work()
    login.work()
    assert login.result() == FACTS


def test_asking_again_while_it_waits_is_the_same_login_and_later_a_new_one(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer([begun(), begun()]))
    first = found.ask()
    assert found.ask() == first
    found.work()
    second = found.ask()
    assert second != first
    assert central.one("SELECT reason FROM store.ikd_login WHERE login_id = %s", first["login_id"]) == "login_expired"
    found.work()
    assert found.fetched()["state"] == "offered"
    assert found.issuer.asked == []  # the one before is not followed any longer


def test_a_flood_of_logins_and_malformed_ones_are_refused_with_an_alarm(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer())
    for number in range(3):
        assert "login_id" in found.ask(f"v{number}")
    assert found.ask("one too many") == {"refused": "busy"}
    with found.kiosk.connect(autocommit=True) as conn:
        for visit, box in (("", b"k" * 32), ("v" * 65, b"k" * 32), (None, b"k" * 32), ("v", b"k"), ("v", None)):
            assert asked(conn, "SELECT api.login_begin(%s, %s)", visit, box) == {"refused": "malformed"}
        for login_id in ("", "x", None, str(uuid.uuid4())):
            assert asked(conn, "SELECT api.login_fetch(%s)", login_id) == {"refused": "ticket_not_usable"}
    assert central.alarms() == {"login_flood", "login_malformed"}


def test_a_login_without_a_job_is_an_unanswered_call(central: CentralForTest) -> None:
    from db.central.client import CentreClient
    from kiosk.config import CentreSettings
    from kiosk.ports import CentreUnreachable

    client = CentreClient(central.kiosk().dsn, CentreSettings(call_seconds=0.3))
    try:
        with pytest.raises(CentreUnreachable):
            client.begin_login("v")
    finally:
        client.close()
