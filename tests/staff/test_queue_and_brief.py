"""What staff are shown. The risk: a person's data before staff's eyes, or a person who waits and is not listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.events import HelpHandled, StaffNeeded, VisitEnded, VisitStatus
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as visit
from kiosk.ports import RecordedEvent
from kiosk.staff.brief import brief_of
from kiosk.staff.queue import help_queue
from tests.journey.support import MATCHED, NIK, PROFILE, Walk

NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)


def at(minute: int, visit_id: str, event: object) -> RecordedEvent:
    return RecordedEvent(visit_id, NOON + timedelta(minutes=minute), event)  # type: ignore[arg-type]


def ended(number: str, status: VisitStatus = VisitStatus.PERLU_PETUGAS) -> VisitEnded:
    return VisitEnded(status=status, reason="face_no_match", case_number=number)


def test_the_newest_open_case_is_first_and_handled_ones_go_below_with_a_name() -> None:
    entries = help_queue(
        [
            at(1, "a", StaffNeeded(stage="face", reason="face_no_match", case_number="A")),
            at(2, "a", ended("A")),
            at(3, "b", ended("B")),
            at(4, "c", ended("C")),
            at(5, "", HelpHandled(case_number="C", session="s", by="rina.contoh")),
        ]
    )
    assert [(entry.case_number, entry.handled_by) for entry in entries] == [
        ("B", ""),
        ("A", ""),
        ("C", "rina.contoh"),
    ]
    assert [entry.step for entry in entries] == ["", "face", ""]


@pytest.mark.parametrize("status", [VisitStatus.TERVERIFIKASI, VisitStatus.DITINGGALKAN, VisitStatus.DITOLAK])
def test_a_visit_that_needs_nobody_is_not_in_the_queue(status: VisitStatus) -> None:
    assert help_queue([at(1, "a", ended("A", status))]) == ()


def test_no_visit_no_brief() -> None:
    walk = Walk()
    assert brief_of(walk.state) is None
    walk.to_done()
    assert brief_of(walk.state) is None


@pytest.mark.parametrize("to", [Walk.to_lookup, Walk.to_confirm, Walk.to_otp, Walk.to_pin, Walk.to_settling])
def test_staff_see_neither_name_nor_number_whatever_the_step(to) -> None:  # type: ignore[no-untyped-def]
    walk = Walk()
    to(walk)
    shown = repr(brief_of(walk.state))
    for secret in (NIK, NIK[:12], PROFILE.name, "SITI", PROFILE.card_number, PROFILE.masked_phone, "ticket-1"):
        assert secret not in shown


def test_a_failed_face_can_be_decided_and_a_matched_one_cannot() -> None:
    walk = Walk()
    walk.to_face()
    assert not brief_of(walk.state).decidable  # type: ignore[union-attr]
    walk.face_ends(FaceResult(FaceOutcome.NO_MATCH))
    assert brief_of(walk.state).decidable  # type: ignore[union-attr]
    walk.face_ends(MATCHED)
    assert not brief_of(walk.state).decidable  # type: ignore[union-attr]


def test_who_calls_from_any_step_is_seen_with_the_wish_as_the_reason() -> None:
    walk = Walk()
    walk.to_pin()
    walk.send(visit.OpenHelp(), visit.CallStaff())
    brief = brief_of(walk.state)
    assert brief is not None
    assert (brief.step, brief.reason) == ("pin", "wish_for_staff")
    assert brief.case_number
    walk.send(visit.CloseHelp())
    assert brief_of(walk.state).reason == ""  # type: ignore[union-attr]
