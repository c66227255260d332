"""Waiting for the centre's word. The risk: giving up on an absent centre, or asking for ever after the answer."""

from __future__ import annotations

import threading

import pytest

from kiosk.journey.inputs import SettlementSeen
from kiosk.ports import CentreRefused, CentreUnreachable, CentreVisitStatus
from kiosk.runtime import settlement_watch
from kiosk.runtime.settlement_watch import SettlementWatch
from tests.runtime.support import WAIT_SECONDS, FakeCentre, Inbox


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlement_watch, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(settlement_watch, "LONGEST_PAUSE_SECONDS", 0.002)


def end_of(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(WAIT_SECONDS)
            assert not thread.is_alive()


@pytest.mark.parametrize("final", [CentreVisitStatus.SETTLED, CentreVisitStatus.REFUSED])
def test_it_asks_through_absence_and_refusal_until_the_word_is_final_and_then_no_more(final: CentreVisitStatus) -> None:
    centre = FakeCentre(
        statuses=[
            CentreUnreachable(),
            CentreVisitStatus.UNKNOWN,
            CentreRefused("busy"),
            CentreVisitStatus.OPEN,
            final,
            CentreVisitStatus.SETTLED,
        ]
    )
    heard = Inbox()
    SettlementWatch(centre).start("visit", heard)
    assert heard.next() == SettlementSeen(final)
    end_of("settlement-watch")
    assert heard.empty
    assert len(centre.statuses) == 1, "nothing was asked after the final word"


def test_stop_ends_it_without_a_word() -> None:
    asked = threading.Event()
    heard = Inbox()
    watch = SettlementWatch(FakeCentre(before=lambda _: asked.set()))
    watch.start("visit", heard)
    assert asked.wait(WAIT_SECONDS)
    watch.stop()
    end_of("settlement-watch")
    assert heard.empty


def test_the_next_visit_ends_the_watch_of_the_one_before() -> None:
    seen: list[str] = []
    first = threading.Event()

    class Centre(FakeCentre):
        def visit_status(self, visit_id: str) -> CentreVisitStatus:
            seen.append(visit_id)
            if visit_id == "one":
                first.set()
                return CentreVisitStatus.OPEN
            return CentreVisitStatus.SETTLED

    watch, heard, other = SettlementWatch(Centre()), Inbox(), Inbox()
    watch.start("one", heard)
    assert first.wait(WAIT_SECONDS)
    watch.start("two", other)
    assert other.next() == SettlementSeen(CentreVisitStatus.SETTLED)
    end_of("settlement-watch")
    assert heard.empty
