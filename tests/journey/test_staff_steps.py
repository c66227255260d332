"""Staff in a visit. The risk: a person who waits in vain, loses time or a try to staff, or is let past the face."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.events import VisitStatus
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as i
from kiosk.journey.effects import LoadProfile, RingStaff, SendCode, StartReading, StopFace, StopReading, WipeVisit
from kiosk.journey.reasons import STAFF_AT_THE_KIOSK, EndReason
from kiosk.journey.state import IdentityMethod, Language, Stage
from kiosk.ports import ComparisonGranted, ComparisonReason
from tests.journey.support import LIMITS, PIN, PROFILE, Walk
from tests.staff.support import GRANT, RINA, RINA_SESSION

VOUCHED = i.StaffVouched("ticket-1", GRANT, ComparisonReason.OLD_PHOTO)
WAIT = LIMITS.visit.staff_wait_seconds


def to_with_staff(walk: Walk) -> None:
    walk.to_face()
    walk.face_ends(FaceResult(FaceOutcome.NO_MATCH))
    walk.face_ends(FaceResult(FaceOutcome.NO_MATCH))
    assert walk.state.stage is Stage.WITH_STAFF


def test_a_face_that_fails_for_good_calls_staff_and_keeps_the_visit() -> None:
    walk = Walk()
    to_with_staff(walk)
    assert walk.state.case_number
    assert walk.event_types[-1] == "staff_needed"
    assert sum(isinstance(effect, RingStaff) for effect in walk.effects) == 1
    assert not any(isinstance(effect, WipeVisit) for effect in walk.effects)


def test_who_waits_for_staff_is_not_sent_away_as_idle_and_ends_at_the_counter_when_nobody_comes() -> None:
    walk = Walk()
    to_with_staff(walk)
    walk.wait(WAIT - 1)
    assert walk.state.stage is Stage.WITH_STAFF
    walk.wait(2)
    assert (walk.state.status, walk.state.reason) == (VisitStatus.PERLU_PETUGAS, EndReason.FACE_NO_MATCH)
    assert walk.state.case_number


def test_who_does_not_want_to_wait_goes_to_the_counter_with_the_same_number() -> None:
    walk = Walk()
    to_with_staff(walk)
    number = walk.state.case_number
    walk.send(i.GoToCounter())
    assert (walk.state.stage, walk.state.case_number) == (Stage.ENDED, number)


def test_two_people_who_vouch_lead_to_the_code_once_the_participant_has_the_screen_again() -> None:
    walk = Walk()
    to_with_staff(walk)
    walk.wait(60)
    walk.send(i.Park())
    walk.wait(60)
    walk.send(VOUCHED)
    assert walk.event_types[-1] == "staff_compared"
    event = walk.events[-1].model_dump()
    assert (event["first_name"], event["second_name"]) == ("RINA CONTOH", "BUDI CONTOH")
    assert not any(isinstance(effect, LoadProfile) for effect in walk.effects), "no code is sent to staff's screen"
    walk.send(i.Unpark())
    assert isinstance(walk.effects[-1], LoadProfile)
    walk.send(i.ProfileLoaded(PROFILE))
    assert isinstance(walk.effects[-1], SendCode)
    assert walk.state.started_at == pytest.approx(1000 + 120), "waiting for staff and theirs took none of the visit's"


def test_a_visit_vouched_for_still_needs_code_and_pin() -> None:
    walk = Walk()
    to_with_staff(walk)
    walk.send(i.Park(), VOUCHED, i.Unpark(), i.ProfileLoaded(PROFILE))
    assert walk.state.stage is Stage.OTP
    walk.send(i.SubmitPin(PIN), i.PinSealed("c2VhbGVk", "key"))
    assert walk.state.stage is Stage.OTP


@pytest.mark.parametrize(
    "vouched",
    [
        replace(VOUCHED, ticket="ticket-2"),
        replace(VOUCHED, granted=ComparisonGranted("d", RINA, RINA)),
    ],
    ids=["another visit's", "the same person twice"],
)
def test_a_decision_that_does_not_fit_moves_nothing(vouched: i.StaffVouched) -> None:
    walk = Walk()
    to_with_staff(walk)
    walk.send(i.Park(), vouched)
    assert walk.state.stage is Stage.WITH_STAFF
    assert "staff_compared" not in walk.event_types


@pytest.mark.parametrize("to", [Walk.to_confirm, Walk.to_face, Walk.to_otp, Walk.to_settling, Walk.to_done])
def test_nobody_is_vouched_for_without_a_failed_face(to) -> None:  # type: ignore[no-untyped-def]
    walk = Walk()
    to(walk)
    before = walk.state
    walk.send(VOUCHED, i.StaffRejected("ticket-1", RINA_SESSION))
    assert walk.state == before


def test_another_person_found_by_staff_ends_refused_without_blame_and_with_who_said_so() -> None:
    walk = Walk()
    to_with_staff(walk)
    walk.send(i.Park(), i.StaffRejected("ticket-1", RINA_SESSION))
    assert (walk.state.status, walk.state.reason) == (VisitStatus.DITOLAK, EndReason.STAFF_REJECTED)
    rejected = next(event for event in walk.events if event.type == "comparison_rejected")
    assert rejected.model_dump()["by"] == "rina.contoh"


def test_a_call_keeps_the_step_and_whoever_goes_on_alone_has_lost_no_time() -> None:
    walk = Walk()
    walk.to_nik()
    walk.send(i.OpenHelp(), i.CallStaff(), i.CallStaff())
    assert (walk.state.stage, walk.state.help_open) == (Stage.NIK, True)
    assert walk.event_types.count("staff_needed") == 1
    walk.wait(WAIT - 1)
    assert walk.state.stage is Stage.NIK, "nobody is idle who waits for staff"
    walk.send(i.CloseHelp())
    assert walk.state.started_at == pytest.approx(1000 + WAIT - 1)
    assert not walk.state.help_open


@pytest.mark.parametrize("leave", ["wait", "counter"])
def test_a_call_nobody_answers_ends_at_the_counter_with_a_case_number(leave: str) -> None:
    walk = Walk()
    walk.to_otp()
    walk.send(i.OpenHelp(), i.CallStaff())
    if leave == "wait":
        walk.wait(WAIT)
    else:
        walk.send(i.GoToCounter())
    assert (walk.state.status, walk.state.reason) == (VisitStatus.PERLU_PETUGAS, EndReason.WISH_FOR_STAFF)
    assert walk.state.case_number


def test_the_counter_is_no_way_out_for_who_has_not_called() -> None:
    walk = Walk()
    walk.to_otp()
    walk.send(i.GoToCounter())
    assert walk.state.stage is Stage.OTP


def test_a_parked_visit_stands_still_and_goes_on_where_it_was() -> None:
    walk = Walk()
    walk.to_nik()
    walk.wait(30)
    walk.send(i.Park())
    walk.wait(1000)
    assert walk.state.stage is Stage.NIK
    walk.send(i.SubmitNumber("3174075508950001"), i.Back(), i.AskCancel(), i.Start("other"))
    assert walk.state.stage is Stage.NIK, "staff have the screen"
    walk.send(i.Unpark())
    walk.wait(44)
    assert (walk.state.stage, walk.state.idle_seconds_left) == (Stage.NIK, None)
    assert walk.event_types[-2:] == ["visit_parked", "visit_resumed"]
    walk.wait(20)
    assert walk.state.stage is Stage.ATTRACT, "and then its clocks run again"


def test_parking_gives_a_running_face_attempt_back() -> None:
    walk = Walk()
    walk.to_face()
    walk.send(i.BeginFace(), i.FaceReady(), i.Park())
    assert isinstance(walk.effects[-1], StopFace)
    assert (walk.state.face_attempt, walk.state.face_running, walk.state.waiting) == (0, False, None)
    walk.send(i.FaceFinished(FaceResult(FaceOutcome.NO_MATCH)), i.Unpark())
    assert walk.state.face_no_matches == 0


def test_the_camera_is_not_read_for_cards_while_staff_have_the_screen() -> None:
    walk = Walk()
    walk.to_identity()
    walk.send(i.ChooseMethod(IdentityMethod.JKN_CODE), i.Park())
    assert walk.effects[-1] == StopReading()
    walk.send(i.Unpark())
    assert walk.effects[-1] == StartReading()


def test_staff_who_come_answer_the_call_and_the_wait_took_none_of_the_visit_s_time() -> None:
    walk = Walk()
    walk.to_nik()
    walk.send(i.OpenHelp(), i.CallStaff())
    walk.wait(50)
    walk.send(i.Park())
    walk.wait(30)
    walk.send(i.Unpark())
    assert (walk.state.help_open, walk.state.staff_called_at) == (False, None)
    assert walk.state.started_at == pytest.approx(1000 + 80)


def test_a_code_s_validity_does_not_stand_still() -> None:
    walk = Walk()
    walk.to_otp()
    expires = walk.state.code_expires_at
    walk.send(i.Park())
    walk.wait(100)
    walk.send(i.Unpark())
    assert walk.state.code_expires_at == expires


def test_a_visit_forgotten_by_staff_ends_at_last() -> None:
    walk = Walk()
    walk.to_pin()
    walk.send(i.Park())
    walk.wait(LIMITS.visit.parked_seconds)
    assert (walk.state.stage, walk.state.reason) == (Stage.ENDED, EndReason.VISIT_TOO_LONG)
    walk.wait(LIMITS.visit.done_seconds)
    assert (walk.state.stage, walk.state.parked_at is not None) == (Stage.ATTRACT, True)


def test_the_last_screen_goes_on_its_own_under_staff_s_hands() -> None:
    walk = Walk()
    walk.to_done()
    walk.send(i.Park())
    walk.wait(LIMITS.visit.done_seconds + 1)
    assert (walk.state.stage, walk.state.profile) == (Stage.ATTRACT, None)
    assert "visit_parked" not in walk.event_types
    walk.send(i.SetLanguage(Language.ENGLISH), i.Unpark())
    assert walk.state.parked_at is None


def test_only_face_failures_wait_for_staff_at_the_kiosk() -> None:
    assert all(reason.value.startswith("face_") for reason in STAFF_AT_THE_KIOSK)


@settings(max_examples=200, deadline=None)
@given(pauses=st.lists(st.floats(0, 300), min_size=1, max_size=6))
def test_however_often_staff_come_by_the_visit_has_its_whole_time(pauses: list[float]) -> None:
    walk = Walk()
    walk.to_nik()
    start = walk.state.started_at
    for pause in pauses:
        walk.send(i.Park())
        walk.wait(pause)
        walk.send(i.Unpark())
    assert walk.state.started_at == pytest.approx(start + sum(pauses))
    assert walk.state.stage is Stage.NIK
