"""How every visit ends. The risk: a person left without a way on, or with data of theirs on the screen."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.events import VisitEnded, VisitStatus
from kiosk.journey.case_numbers import deferred_number, grouped
from kiosk.journey.effects import PrintReceipt, Record, RingStaff, StopFace, StopReading, WipeVisit
from kiosk.journey.ending import case_number, end_visit, go_to
from kiosk.journey.reasons import ENDINGS, EndReason, Handoff, Notice
from kiosk.journey.state import Language, Moment, Stage, VisitState, Waiting
from tests.journey.support import NIK, PROFILE, TODAY, VISIT_ID, Walk

MOMENT = Moment(1000.0, TODAY)


def state_in_the_middle() -> VisitState:
    walk = Walk()
    walk.to_pin()
    return replace(walk.state, language=Language.ENGLISH, large_text=True, pin_first="592748")


@given(st.uuids(version=4))
def test_a_case_number_can_be_read_out_and_belongs_to_its_visit(visit: UUID) -> None:
    number = case_number(str(visit))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", number)
    assert number == case_number(str(visit))


def test_case_numbers_differ() -> None:
    assert len({case_number(str(uuid4())) for _ in range(2000)}) == 2000


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_is_recorded_first_wipes_and_keeps_nothing_of_the_person(reason: EndReason) -> None:
    ended, effects = end_visit(state_in_the_middle(), reason, MOMENT)
    status, handoff = ENDINGS[reason]
    record = effects[0]
    assert isinstance(record, Record)
    assert isinstance(record.event, VisitEnded)
    assert (record.event.status, record.event.reason) == (status, reason.value)
    assert {StopReading(), StopFace(), WipeVisit()} <= set(effects[1:])
    rung = [effect for effect in effects if isinstance(effect, RingStaff)]
    assert len(rung) == (handoff in (Handoff.SUPERVISOR, Handoff.TECHNICIAN))
    assert (ended.pin_first, ended.identifier, ended.ticket, ended.tried, ended.initials) == ("", None, "", (), "")
    assert ended.waiting is None
    assert ended.language is Language.ENGLISH
    if ended.stage is not Stage.DONE:
        assert ended.profile is None


@pytest.mark.parametrize("reason", EndReason)
def test_a_case_number_goes_with_every_visit_that_ends_with_staff_or_later(reason: EndReason) -> None:
    ended, effects = end_visit(state_in_the_middle(), reason, MOMENT)
    record = effects[0]
    assert isinstance(record, Record)
    assert isinstance(record.event, VisitEnded)
    needs = ENDINGS[reason].status not in (VisitStatus.TERVERIFIKASI, VisitStatus.DITINGGALKAN)
    deferred = ENDINGS[reason].status is VisitStatus.DITUNDA
    number = grouped(deferred_number(VISIT_ID)) if deferred else case_number(VISIT_ID)
    assert record.event.case_number == (number if needs else "")
    assert ended.case_number == record.event.case_number
    printed = [effect for effect in effects if isinstance(effect, PrintReceipt)]
    assert [receipt.case_number for receipt in printed] == (
        [] if ENDINGS[reason].status is VisitStatus.DITINGGALKAN else [ended.case_number]
    )


@pytest.mark.parametrize("reason", EndReason)
def test_only_a_visit_that_waits_for_the_centre_has_a_date(reason: EndReason) -> None:
    ended, _ = end_visit(state_in_the_middle(), reason, MOMENT)
    waits = ENDINGS[reason].status in (VisitStatus.MENUNGGU_SINKRONISASI, VisitStatus.DITUNDA)
    assert (ended.due is not None) == waits


@pytest.mark.parametrize("reason", [EndReason.CANCELLED, EndReason.WALKED_AWAY, EndReason.PROGRAM_DIED])
def test_leaving_goes_straight_to_an_empty_start_screen(reason: EndReason) -> None:
    ended, _ = end_visit(state_in_the_middle(), reason, MOMENT)
    assert ended == VisitState(language=Language.ENGLISH)
    assert NIK not in repr(ended)
    assert PROFILE.name not in repr(ended)


def test_a_new_stage_begins_with_a_clean_screen() -> None:
    before = replace(
        state_in_the_middle(),
        notice=Notice.CENTRE_BUSY,
        notice_values=(("left", "2"),),
        waiting=Waiting.SEALING_PIN,
        help_open=True,
        cancel_open=True,
    )
    after = go_to(before, Stage.SETTLING, MOMENT, settle_by=5.0)
    assert (after.notice, after.notice_values, after.waiting) == (None, (), None)
    assert (after.help_open, after.cancel_open, after.stage_since, after.settle_by) == (False, False, 1000.0, 5.0)
