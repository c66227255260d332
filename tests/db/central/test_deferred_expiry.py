"""A deferred visit that nobody could decide in seven days: the person is told once to come again, if they are known."""

from __future__ import annotations

import hashlib

import psycopg
import pytest

from db.central import demo
from kiosk import events as ev
from kiosk.ports import LastingFault
from kiosk.ports.messages import MessageNotTaken
from tests.db.central.deferred_support import TYPED, Deferral
from tests.db.support import CentralForTest, Chain

OLD = "UPDATE store.capture SET received_at = now() - interval '7 days 1 minute'"


def waiting(central: CentralForTest, nik: str = demo.MAIN.nik, phone: str = "") -> Deferral:
    """A week in which the centre could not compare is over."""
    deferral = Deferral(central, central.kiosk(), nik=nik, phone=phone, answer=LastingFault("weights_missing"))
    deferral.send()
    central.run(OLD)
    return deferral


def expire(deferral: Deferral) -> None:
    for _ in range(3):
        deferral.decide()
        deferral.tell()
    assert deferral.outcome == ("expired", "too_old")
    assert not deferral.held
    assert "deferred_expired" in deferral.central.alarms()


def test_the_contact_on_record_is_told_once_to_come_again_and_a_typed_number_only_to_go_to_a_branch(
    central: CentralForTest,
) -> None:
    deferral = waiting(central, phone=TYPED)
    expire(deferral)
    assert sorted(deferral.sent) == [(demo.MAIN.phone, "come again"), (TYPED, "typed False")]
    assert central.one("SELECT count(*) FROM store.failed_visit") == 0


def test_a_gateway_that_is_away_then_is_tried_again_with_the_same_words(central: CentralForTest) -> None:
    deferral = waiting(central)
    deferral.decide()

    def away(_to: str, _text: str) -> None:
        raise MessageNotTaken

    deferral.tell(away)
    central.run("UPDATE store.deferred_notice SET try_at = now()")
    deferral.tell()
    assert deferral.sent == [(demo.MAIN.phone, "come again")]


@pytest.mark.parametrize("nik", ["3174071302950002", demo.NOT_A_MEMBER.nik])
def test_where_nobody_is_on_record_only_the_typed_number_hears_of_it(central: CentralForTest, nik: str) -> None:
    deferral = waiting(central, nik, TYPED)
    expire(deferral)
    assert deferral.sent == [(TYPED, "typed False")]


def test_a_capture_that_the_kiosk_did_not_sign_for_writes_to_nobody(central: CentralForTest) -> None:
    """A stolen login could make the centre write to whomever it names."""
    kiosk = central.kiosk()
    deferral = Deferral(central, kiosk, phone=TYPED)
    thief = Chain(kiosk.kiosk_id, signer=None)
    links = [thief.add(deferral.visit_id, event) for event in deferral.events()]
    assert kiosk.client.append(links).status == "accepted"
    assert deferral.put() == "kept"
    central.run(OLD)
    expire(deferral)
    assert deferral.sent == []


def test_a_capture_that_nobody_can_read_ends_all_the_same(central: CentralForTest) -> None:
    deferral = Deferral(central, central.kiosk(), phone=TYPED)
    sealed = b"x" * 80
    deferral.record(*deferral.events(sealed_sha256=hashlib.sha256(sealed).hexdigest()))
    deferral.put(sealed)
    central.run(OLD)
    expire(deferral)
    assert deferral.sent == []


def test_a_case_that_is_being_decided_is_not_ended_under_it(central: CentralForTest) -> None:
    deferral = waiting(central)
    with psycopg.connect(central.admin_dsn) as other:
        other.execute("SELECT FROM store.deferred_case FOR UPDATE")
        deferral.decide()
        assert deferral.outcome == ("waiting", "")
    expire(deferral)
    assert len(deferral.sent) == 1


def test_a_strange_fault_while_asking_whom_to_tell_keeps_no_capture(
    central: CentralForTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    deferral = waiting(central)
    monkeypatch.setattr("db.central.deferred_job.trusted_visit", lambda *_: ev.no_such_thing)  # type: ignore[attr-defined]
    expire(deferral)
    assert deferral.sent == []
