"""The staff door. The risk: a way in without the centre, a session nobody ends, a person kept from their screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.ports import ComparisonGranted, ComparisonReason, StaffRefusal, StaffSession
from kiosk.staff import inputs as i
from kiosk.staff.badge import badge_token
from kiosk.staff.effects import (
    Compare,
    EndSession,
    KeepAlive,
    ParkVisit,
    ResumeVisit,
    RunTest,
    SignIn,
    StopParts,
    TellVisit,
    WatchForBadge,
)
from kiosk.staff.state import Entry, Field, GuidedPart, HelpEntry, PartTest, Shortcoming, StaffNotice, StaffScreen
from tests.staff.support import BUDI, GRANT, LIMITS, PIN, RINA, RINA_SESSION, TOTP, VISIT, Door

TOKEN = "q8Zt3-demo-token-0001"


def test_the_visit_is_parked_when_staff_enter_and_resumed_when_they_leave() -> None:
    door = Door()
    door.send(i.Open())
    assert door.did(ParkVisit) == 1
    assert door.state.screen is StaffScreen.SIGN_IN
    door.send(i.SignOut())
    assert door.did(ResumeVisit) == 1
    assert not door.state.open
    assert door.events == [], "nobody had signed in"


def test_a_badge_opens_the_door_from_any_screen_and_answers_the_first_question() -> None:
    door = Door()
    door.send(i.BadgeSeen(TOKEN))
    assert (door.state.screen, door.state.asked, door.state.entry) == (StaffScreen.SIGN_IN, Field.PIN, Entry.BADGE)
    door.send(i.SubmitPin(PIN), i.SubmitTotp(TOTP))
    (asked,) = [effect for effect in door.effects if isinstance(effect, SignIn)]
    assert (asked.credentials.badge, asked.credentials.username) == (TOKEN, "")


def test_a_badge_for_the_first_and_for_the_second_person_replaces_what_was_typed() -> None:
    door = Door()
    door.to_second()
    door.send(i.SubmitUsername("rina.contoh"), i.SubmitPin(PIN), i.BadgeSeen(TOKEN))
    assert (door.state.badge, door.state.username, door.state.pin) == (TOKEN, "", "")


@pytest.mark.parametrize("name", ["", "ab", "Rina", "rina contoh", "rina;--", "ｒｉｎａ", "r" * 41, "-rina"])
def test_what_is_no_username_asks_the_centre_nothing(name: str) -> None:
    door = Door()
    door.send(i.Open(), i.SubmitUsername(name))
    assert door.state.asked is Field.WHO


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"])
def test_what_is_no_pin_and_no_code_goes_nowhere(digits: str) -> None:
    door = Door()
    door.send(i.Open(), i.SubmitUsername("rina.contoh"), i.SubmitPin(digits))
    assert door.state.asked is Field.PIN
    door.send(i.SubmitPin(PIN), i.SubmitTotp(digits))
    assert door.state.asked is Field.TOTP
    assert door.did(SignIn) == 0


def test_a_refused_sign_in_is_on_record_and_everything_is_asked_again() -> None:
    door = Door()
    door.send(i.Open())
    door.type_credentials("rina.contoh")
    door.send(i.Denied(StaffRefusal.REPLAYED))
    assert [event.model_dump() for event in door.events] == [
        {"type": "staff_refused", "version": 1, "step": "sign_in", "reason": "replayed"}
    ]
    assert (door.state.asked, door.state.notice, door.state.pin) == (Field.WHO, StaffNotice.REPLAYED, "")
    assert door.state.session is None


def test_a_late_answer_to_a_closed_door_lets_nobody_in() -> None:
    door = Door()
    door.send(i.Open())
    door.type_credentials("rina.contoh")
    door.send(i.SignOut(), i.SignedIn(RINA_SESSION))
    assert not door.state.open
    assert door.state.session is None


def test_an_answer_nobody_asked_for_lets_nobody_in() -> None:
    door = Door()
    door.send(i.Open(), i.SignedIn(RINA_SESSION))
    assert door.state.session is None


def test_without_the_centre_nobody_signs_in_and_the_screen_says_so() -> None:
    door = Door()
    door.send(i.Open())
    door.type_credentials("rina.contoh")
    door.send(i.CentreAway())
    assert door.state.notice is StaffNotice.CENTRE_AWAY
    door.type_credentials("rina.contoh")
    door.wait(20)
    assert door.state.notice is StaffNotice.CENTRE_AWAY, "an answer that never comes counts as none"
    assert door.state.session is None


def test_a_session_ends_after_five_idle_minutes_and_warns_before() -> None:
    door = Door()
    door.to_queue()
    assert door.wait(LIMITS.idle_warning_seconds - 1).idle_seconds_left is None
    assert door.wait(2).idle_seconds_left == 29
    door.send(i.Touched())
    assert door.wait(1).idle_seconds_left is None
    door.wait(LIMITS.idle_seconds)
    assert not door.state.open
    assert door.events[-1].model_dump()["reason"] == "idle"
    assert door.did(EndSession) == door.did(ResumeVisit) == 1
    assert LIMITS.idle_seconds == 300


def test_an_unfinished_sign_in_gives_the_screen_back_after_a_minute() -> None:
    door = Door()
    door.send(i.Open(), i.SubmitUsername("rina.contoh"))
    door.wait(61)
    assert not door.state.open
    assert door.state.username == ""


def test_the_centre_hears_of_a_session_in_use_now_and_then_not_at_every_touch() -> None:
    door = Door()
    door.to_queue()
    for _ in range(100):
        door.now += 1
        door.send(i.Touched())
    assert door.did(KeepAlive) == 100 // LIMITS.keep_alive_seconds


def test_a_session_that_the_centre_has_ended_decides_nothing_and_leaves_the_visit_parked() -> None:
    door = Door()
    door.to_second()
    door.type_credentials(BUDI.username)
    door.send(i.Denied(StaffRefusal.SESSION_OVER))
    assert (door.state.screen, door.state.session) == (StaffScreen.SIGN_IN, None)
    assert door.event_types == ["staff_signed_in", "staff_refused", "staff_signed_out"]
    assert door.did(ResumeVisit) == 0
    door.send(i.Granted(GRANT))
    assert door.did(TellVisit) == 0


def test_staff_who_cannot_be_recorded_are_shown_out() -> None:
    door = Door()
    door.to_compare()
    door.send(i.StoreFailed())
    assert not door.state.open
    assert door.did(ResumeVisit) == 1


def test_two_people_decide_and_both_are_in_what_the_visit_is_told() -> None:
    door = Door()
    door.to_decided()
    assert door.state.screen is StaffScreen.DECIDED
    (told,) = [effect.decision for effect in door.effects if isinstance(effect, TellVisit)]
    assert told.ticket == VISIT.ticket
    assert {told.granted.first.name, told.granted.second.name} == {RINA.name, BUDI.name}
    door.send(i.Back())
    assert door.event_types == ["staff_signed_in", "staff_signed_out"]
    assert not door.state.open, "the screen is the participant's again"


def test_without_a_reason_no_second_person_is_asked() -> None:
    door = Door()
    door.to_compare()
    door.send(i.AskSecond())
    assert door.state.screen is StaffScreen.COMPARE


def test_a_grant_for_the_same_person_twice_is_not_believed() -> None:
    door = Door()
    door.to_second()
    door.type_credentials(BUDI.username)
    door.send(i.Granted(ComparisonGranted("decision-1", RINA, RINA)))
    assert door.did(TellVisit) == 0
    assert door.events[-1].model_dump()["reason"] == "same_person"
    door.type_credentials(BUDI.username)
    door.send(i.Granted(ComparisonGranted("decision-1", BUDI, RINA)))
    assert door.did(TellVisit) == 0, "the first of the two must be the one who is signed in"


def test_another_person_is_said_only_after_it_was_asked_twice() -> None:
    door = Door()
    door.to_compare()
    door.send(i.AnswerReject(True))
    assert door.did(TellVisit) == 0
    door.send(i.AskReject(), i.AnswerReject(False), i.AnswerReject(True))
    assert door.did(TellVisit) == 0
    door.send(i.AskReject(), i.AnswerReject(True))
    assert door.did(TellVisit) == 1
    assert door.state.rejected


@pytest.mark.parametrize("to", [Door.to_compare, Door.to_second])
def test_a_visit_that_ends_under_staff_s_hands_leaves_nothing_to_decide(to) -> None:  # type: ignore[no-untyped-def]
    door = Door()
    to(door)
    door.send(i.VisitSeen(None))
    assert (door.state.screen, door.state.notice) == (StaffScreen.QUEUE, StaffNotice.NOTHING_TO_DECIDE)
    door.send(i.Granted(GRANT), i.AskSecond(), i.OpenVisit())
    assert door.did(TellVisit) == 0
    assert door.state.screen is StaffScreen.QUEUE


def test_a_visit_without_a_failed_face_cannot_be_opened_for_comparison() -> None:
    door = Door()
    door.to_queue(replace(VISIT, decidable=False))
    door.send(i.OpenVisit())
    assert door.state.screen is StaffScreen.QUEUE


def test_a_case_is_marked_as_handled_once_and_by_name() -> None:
    door = Door()
    door.to_queue()
    entry = HelpEntry("7K2Q-9XMD", datetime(2026, 11, 25, tzinfo=UTC), "face", "face_no_match")
    door.send(i.QueueLoaded((entry,)), i.MarkHandled("7K2Q-9XMD"), i.MarkHandled("XXXX-XXXX"))
    door.send(i.QueueLoaded((replace(entry, handled_by="rina.contoh"),)), i.MarkHandled("7K2Q-9XMD"))
    assert [event.model_dump()["by"] for event in door.events if event.type == "help_handled"] == ["rina.contoh"]


def test_a_technician_sees_the_diagnostics_and_decides_nothing() -> None:
    door = Door()
    door.to_diagnostics()
    assert door.state.screen is StaffScreen.DIAGNOSTICS
    door.send(i.VisitSeen(VISIT), i.OpenVisit(), i.AskSecond(), i.ChooseReason(ComparisonReason.OLD_PHOTO))
    assert door.state.screen is StaffScreen.DIAGNOSTICS


def test_a_supervisor_tests_no_device() -> None:
    door = Door()
    door.to_queue()
    door.send(i.StartTest(GuidedPart.CAMERA))
    assert door.did(RunTest) == 0


def test_the_last_result_of_a_guided_test_is_recorded_with_who_did_it() -> None:
    door = Door()
    door.to_diagnostics()
    door.send(i.StartTest(GuidedPart.CAMERA))
    assert door.state.test == PartTest(GuidedPart.CAMERA)
    failed = PartTest(GuidedPart.CAMERA, running=False, reason=Shortcoming.TOO_DARK, measured=(("brightness", "12"),))
    door.send(i.TestDone(failed), i.TestDone(failed))
    tested = [event.model_dump() for event in door.events if event.type == "part_tested"]
    assert len(tested) == 1, "one run, one result"
    assert (tested[0]["by"], tested[0]["reason"], tested[0]["measured"]) == (
        "tono.contoh",
        "too_dark",
        {"brightness": "12"},
    )
    door.send(i.StartTest(GuidedPart.CAMERA))
    assert door.did(RunTest) == 2
    door.send(i.Back(), i.Back())
    assert not door.state.open
    assert door.did(StopParts) == 1


def test_secrets_are_in_no_text_of_the_state() -> None:
    door = Door()
    door.send(i.Open(), i.SubmitUsername("rina.contoh"), i.SubmitPin(PIN))
    assert PIN not in repr(door.state)
    door.send(i.BadgeSeen(TOKEN), i.SubmitPin(PIN), i.SubmitTotp(TOTP))
    for text in (repr(door.state), repr(door.effects), repr(door.events)):
        assert PIN not in text
        assert TOTP not in text
        assert TOKEN not in text
    assert door.state.pin == "", "once asked, it is forgotten"


@pytest.mark.parametrize(
    ("code", "token"),
    [
        ("BPJS-STAFF:" + TOKEN, TOKEN),
        (TOKEN, None),
        ("BPJS-STAFF:short", None),
        ("BPJS-STAFF:" + "x" * 200, None),
        ("BPJS-STAFF:with blank in it 000", None),
        ("bpjs-staff:" + TOKEN, None),
        ("0001234567890", None),
    ],
)
def test_only_a_whole_badge_is_a_badge(code: str, token: str | None) -> None:
    assert badge_token(code) == token


MEMBERS = st.sampled_from([RINA, BUDI])
INPUTS = st.one_of(
    st.sampled_from(
        [
            i.Open(),
            i.BadgeSeen(TOKEN),
            i.SubmitUsername("rina.contoh"),
            i.SubmitUsername("budi.contoh"),
            i.SubmitPin(PIN),
            i.SubmitTotp(TOTP),
            i.Touched(),
            i.Back(),
            i.SignOut(),
            i.OpenVisit(),
            i.ChooseReason(ComparisonReason.OLD_PHOTO),
            i.AskSecond(),
            i.AskReject(),
            i.AnswerReject(True),
            i.StartTest(GuidedPart.CAMERA),
            i.Tick(),
            i.CentreAway(),
            i.VisitSeen(VISIT),
            i.VisitSeen(None),
            i.StoreFailed(),
            i.TestDone(PartTest(GuidedPart.CAMERA, running=False, passed=True)),
        ]
    ),
    st.builds(i.Denied, st.sampled_from(StaffRefusal)),
    st.builds(lambda member: i.SignedIn(StaffSession("session-1", member)), MEMBERS),
    st.builds(lambda a, b: i.Granted(ComparisonGranted("decision-1", a, b)), MEMBERS, MEMBERS),
)


@settings(max_examples=400, deadline=None)
@given(random_inputs=st.lists(st.tuples(INPUTS, st.floats(0, 100)), max_size=50))
def test_in_no_order_of_inputs_is_anything_decided_by_one_person(random_inputs) -> None:  # type: ignore[no-untyped-def]
    door = Door()
    door.to_second()
    asked = door.did(Compare)
    for staff_input, pause in random_inputs:
        door.now += pause
        told = door.did(TellVisit)
        before = door.state
        door.send(staff_input)
        asked = max(asked, door.did(Compare))
        if door.did(TellVisit) > told and isinstance(staff_input, i.Granted):
            assert before.waiting, "the centre was asked just now"
            assert asked
            assert before.session is not None
            assert staff_input.granted.first == before.session.member
            assert staff_input.granted.second.username != staff_input.granted.first.username
            assert before.visit is not None and before.visit.decidable


@settings(max_examples=400, deadline=None)
@given(random_inputs=st.lists(st.tuples(INPUTS, st.floats(0, 100)), max_size=50))
def test_whatever_happens_the_screen_comes_back_and_every_session_is_ended(random_inputs) -> None:  # type: ignore[no-untyped-def]
    door = Door()
    for staff_input, pause in random_inputs:
        door.now += pause
        door.send(staff_input)
        assert door.did(ParkVisit) - door.did(ResumeVisit) == int(door.state.open)
        for secret in (PIN, TOTP, TOKEN):
            assert secret not in repr(door.state)
    door.wait(400)
    door.wait(400)
    door.wait(400)
    assert not door.state.open
    assert door.did(ParkVisit) == door.did(ResumeVisit)
    assert door.did(EndSession) == door.event_types.count("staff_signed_in")
    assert WatchForBadge() not in door.effects or not door.state.open
