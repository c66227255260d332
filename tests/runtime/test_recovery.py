"""A program that died leaves its visit open. The risk: it stays open, is closed twice, or with the wrong status."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.local.store import LocalStore
from kiosk.events import Event, VisitEnded, VisitStatus
from kiosk.journey.ending import case_number
from kiosk.ports import StoreUnavailable
from kiosk.runtime.recovery import recover
from tests.db.local.support import ENDED, HELP, PIN, STARTED, open_store

FIRST = "5f0c6c9e-6f0e-4a43-9a39-8f1d2c3b4a59"
SECOND = "00000000-0000-4000-8000-000000000002"
THIRD = "00000000-0000-4000-8000-000000000003"


def ends(store: LocalStore) -> dict[str, list[VisitEnded]]:
    """Every ``visit_ended`` by its visit."""
    found: dict[str, list[VisitEnded]] = {}
    for link in store.pending(1000):
        event: Event = link.event
        if isinstance(event, VisitEnded):
            found.setdefault(str(link.body["visit_id"]), []).append(event)
    return found


def die_with(folder: Path, visits: dict[str, list[Event]]) -> None:
    """A run that records these events and ends without ``end_run``."""
    store = open_store(folder)
    store.begin_run("0.1")
    for visit_id, events in visits.items():
        store.record(visit_id, events)
    store.close()


def test_a_visit_that_was_under_way_is_closed_as_left(tmp_path: Path) -> None:
    die_with(tmp_path, {FIRST: [STARTED, HELP]})
    store = open_store(tmp_path)
    assert recover(store, "0.1")
    (ended,) = ends(store)[FIRST]
    assert (ended.status, ended.reason, ended.case_number) == (VisitStatus.DITINGGALKAN, "program_died", "")
    assert store.open_visit() is None
    assert store.verify_chain().intact
    store.close()


def test_a_visit_whose_every_step_was_done_waits_for_the_centre(tmp_path: Path) -> None:
    die_with(tmp_path, {FIRST: [STARTED, PIN]})
    store = open_store(tmp_path)
    assert recover(store, "0.1")
    (ended,) = ends(store)[FIRST]
    assert (ended.status, ended.reason) == (VisitStatus.MENUNGGU_SINKRONISASI, "waiting_for_centre")
    assert ended.case_number == case_number(FIRST)
    store.close()


def test_every_visit_left_open_is_closed_and_each_once(tmp_path: Path) -> None:
    die_with(tmp_path, {FIRST: [STARTED], SECOND: [STARTED, PIN], THIRD: [STARTED, ENDED]})
    for _ in range(3):  # and a start that dies right after recovering changes nothing
        store = open_store(tmp_path)
        recover(store, "0.1")
        assert store.open_visit() is None
        told = ends(store)
        store.close()
    assert {visit: len(found) for visit, found in told.items()} == {FIRST: 1, SECOND: 1, THIRD: 1}
    assert told[FIRST][0].status is VisitStatus.DITINGGALKAN
    assert told[SECOND][0].status is VisitStatus.MENUNGGU_SINKRONISASI
    assert told[THIRD][0] == ENDED


@pytest.mark.parametrize("died", [True, False])
def test_a_run_without_an_open_visit_has_nothing_to_tell_the_person(tmp_path: Path, died: bool) -> None:
    store = open_store(tmp_path)
    assert not recover(store, "0.1"), "the first start of all"
    store.record(FIRST, [STARTED, ENDED])
    if not died:
        store.end_run()
    store.close()
    again = open_store(tmp_path)
    assert not recover(again, "0.2")
    started = [link.event for link in again.pending(100) if link.event.type == "kiosk_started"]
    assert [event.previous_run for event in started] == ["first", "died" if died else "clean"]
    again.close()


def test_a_store_that_takes_nothing_is_told_and_not_looped_over(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    with pytest.raises(StoreUnavailable):
        recover(store, "0.1")
