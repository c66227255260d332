"""Deferring and finishing a visit. The risk: a way round the face, an identifier in an event, a dead end."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.events import DeferredMatchUsed, VisitDeferred, VisitStatus
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as i
from kiosk.journey.case_numbers import CaseProblem, check_case, deferred_number, grouped
from kiosk.journey.effects import KeepSealed, LoadProfile, Lookup, PrintReceipt, SealCapture, StartCapture
from kiosk.journey.reasons import EndReason, Notice
from kiosk.journey.state import IdentityMethod, Stage, Waiting
from kiosk.ports import CAPTURE, IdentifierKind, LookupAnswer, LookupStatus, SendStatus
from tests.journey.support import LIMITS, MATCHED, NIK, PIN, PROFILE, VISIT_ID, Walk
from tests.journey.test_properties import INPUTS

CAPTURED = FaceResult(FaceOutcome.CAPTURED, {"capture": "ab"}, b"jpeg")
SEALED = i.CaptureSealed(b"sealed", "ab" * 32, "key")
T = TypeVar("T")

PHONE = "081300000777"
NUMBER = deferred_number(VISIT_ID)
AWAY = i.CentreFailed(may_defer=True)


def at_choice(walk: Walk) -> None:
    walk.to_lookup()
    walk.send(AWAY)


def at_phone(walk: Walk) -> None:
    at_choice(walk)
    walk.send(i.Defer())


def at_face(walk: Walk) -> None:
    at_phone(walk)
    walk.send(i.SubmitPhone(PHONE))


def at_sealing(walk: Walk) -> None:
    at_face(walk)
    walk.send(i.BeginFace(), i.FaceReady(), i.FaceFinished(CAPTURED))


def at_case(walk: Walk) -> None:
    walk.to_identity()
    walk.send(i.ChooseMethod(IdentityMethod.CASE_NUMBER))


def at_case_confirm(walk: Walk) -> None:
    at_case(walk)
    walk.send(i.SubmitNumber(NUMBER), i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C.")))


def of_kind(walk: Walk, kind: type[T]) -> list[T]:
    return [effect for effect in walk.effects if isinstance(effect, kind)]


def test_a_deferred_visit_ends_with_its_number_a_date_and_one_transaction() -> None:
    walk = Walk()
    at_sealing(walk)
    assert walk.state.waiting is Waiting.SEALING_CAPTURE
    (seal,) = of_kind(walk, SealCapture)
    assert (seal.visit_id, seal.case_number, seal.phone) == (VISIT_ID, NUMBER, "+6281300000777")
    assert (seal.identifier.digits, seal.probe) == (NIK, b"jpeg")
    recorded = len(walk.events)
    walk.send(SEALED)
    state = walk.state
    assert (state.stage, state.status, state.reason) == (Stage.ENDED, VisitStatus.DITUNDA, EndReason.DEFERRED)
    assert state.case_number == grouped(NUMBER)
    assert str(state.due) == "2026-11-23", "the next working day"
    assert walk.event_types[recorded:] == ["visit_deferred", "visit_ended"]
    assert walk.events[recorded] == VisitDeferred(case_number=NUMBER, sealed_sha256="ab" * 32, sealed_to="key")
    assert of_kind(walk, KeepSealed) == [KeepSealed(CAPTURE, b"sealed")]
    (receipt,) = of_kind(walk, PrintReceipt)
    assert (receipt.case_number, receipt.status, receipt.due) == (grouped(NUMBER), VisitStatus.DITUNDA, state.due)
    assert (state.phone, state.identifier) == ("", None)


def test_no_event_holds_identifier_or_phone() -> None:
    walk = Walk()
    at_sealing(walk)
    walk.send(SEALED)
    told = "".join(event.model_dump_json() for event in walk.events)
    assert NIK not in told and PHONE[1:] not in told
    assert NIK not in repr(walk.effects) and PHONE[1:] not in repr(walk.effects)


def test_the_phone_may_be_left_out() -> None:
    walk = Walk()
    at_phone(walk)
    walk.send(i.SkipPhone())
    assert (walk.state.stage, walk.state.phone) == (Stage.DEFER_FACE, "")


@pytest.mark.parametrize(
    ("typed", "notice"),
    [("123", Notice.PHONE_NOT_A_NUMBER), ("0812345", Notice.PHONE_LENGTH), ("02112345678", Notice.PHONE_LANDLINE)],
)
def test_a_number_that_gets_no_sms_is_refused_with_its_rule(typed: str, notice: Notice) -> None:
    walk = Walk()
    at_phone(walk)
    walk.send(i.SubmitPhone(typed))
    assert walk.state.stage is Stage.DEFER_PHONE
    assert walk.state.notice in {notice, Notice.PHONE_NOT_A_NUMBER, Notice.PHONE_LENGTH}
    assert walk.state.phone == ""


def test_without_the_centres_key_nothing_is_offered() -> None:
    walk = Walk()
    walk.to_lookup()
    walk.send(i.CentreFailed(), i.Defer())
    assert walk.state.stage is Stage.LOOKUP


def test_what_can_be_deferred_is_not_handed_over_after_the_last_try_but_asks_no_more() -> None:
    walk = Walk()
    walk.to_lookup()
    for _ in range(LIMITS.visit.lookup_retries - 1):
        walk.send(AWAY, i.Retry())
    walk.send(AWAY)
    asked = len(of_kind(walk, Lookup))
    walk.send(i.Retry())
    assert len(of_kind(walk, Lookup)) == asked == LIMITS.visit.lookup_retries
    assert walk.state.stage is Stage.LOOKUP
    walk.send(i.Defer())
    assert walk.state.stage is Stage.DEFER_PHONE


def test_staff_are_one_tap_away_when_the_centre_is() -> None:
    walk = Walk()
    at_choice(walk)
    walk.send(i.GoToCounter())
    assert (walk.state.status, walk.state.reason) == (VisitStatus.PERLU_PETUGAS, EndReason.CENTRE_UNREACHABLE)


def test_a_case_that_cannot_be_looked_up_is_not_deferred_again() -> None:
    walk = Walk()
    at_case(walk)
    walk.send(i.SubmitNumber(NUMBER), AWAY, i.Defer())
    assert walk.state.stage is Stage.LOOKUP


@pytest.mark.parametrize(
    "result", [MATCHED, FaceResult(FaceOutcome.CAPTURED), FaceResult(FaceOutcome.CAPTURED, {"capture": "ab"})]
)
def test_nothing_but_a_whole_capture_is_sealed(result: FaceResult) -> None:
    walk = Walk()
    at_face(walk)
    walk.send(i.BeginFace(), i.FaceReady(), i.FaceFinished(result), SEALED)
    assert of_kind(walk, SealCapture) == []
    assert "visit_deferred" not in walk.event_types


def test_a_capture_is_no_match_for_a_visit_that_needs_one() -> None:
    walk = Walk()
    walk.to_face()
    walk.face_ends(CAPTURED)
    assert walk.state.stage is Stage.FACE
    assert of_kind(walk, LoadProfile) == []


def test_the_limits_of_a_face_hold_here_too() -> None:
    walk = Walk()
    at_face(walk)
    while walk.state.stage is Stage.DEFER_FACE:
        walk.send(i.BeginFace(), i.FaceReady(), i.FaceFinished(FaceResult(FaceOutcome.LIVENESS_FAILED, {"a": 1})))
    assert walk.state.reason is EndReason.FACE_LIMIT
    assert len(of_kind(walk, StartCapture)) == LIMITS.face_attempts
    walk = Walk()
    at_face(walk)
    while walk.state.stage is Stage.DEFER_FACE:
        walk.send(i.BeginFace(), i.FaceReady(), i.FaceFinished(FaceResult(FaceOutcome.ATTACK_SUSPECTED, {"a": 1})))
    assert walk.state.reason is EndReason.FACE_SUSPECTED
    assert len(of_kind(walk, StartCapture)) == LIMITS.visit.face_suspicions


def test_a_capture_that_cannot_be_sealed_ends_with_a_number_and_nothing_kept() -> None:
    walk = Walk()
    at_sealing(walk)
    walk.send(i.CentreFailed("kiosk_fault"))
    assert walk.state.reason is EndReason.CENTRE_UNREACHABLE
    assert of_kind(walk, KeepSealed) == []


# ---- finishing


def test_a_case_is_finished_by_initials_code_and_pin() -> None:
    walk = Walk()
    at_case_confirm(walk)
    (lookup,) = of_kind(walk, Lookup)
    assert (lookup.identifier.kind, lookup.identifier.digits) == (IdentifierKind.CASE, NUMBER)
    assert walk.state.stage is Stage.CONFIRM
    walk.send(i.ConfirmIdentity(True))
    assert walk.events[-1] == DeferredMatchUsed(ticket="ticket-1", case_number=NUMBER)
    walk.send(i.ProfileLoaded(PROFILE), i.CodeSendDone(1, SendStatus.SENT))
    assert walk.state.stage is Stage.OTP
    walk.send(i.SubmitCode("123456"), i.CodeChecked(1, True))
    walk.send(i.SubmitPin(PIN), i.SubmitPin(PIN), i.PinSealed("c2VhbGVk", "key"))
    assert walk.state.stage is Stage.SETTLING
    assert "face_matched" not in walk.event_types


def test_who_is_not_the_person_of_the_initials_uses_no_case() -> None:
    walk = Walk()
    at_case_confirm(walk)
    walk.send(i.ConfirmIdentity(False))
    assert walk.state.stage is Stage.IDENTITY
    assert "deferred_match_used" not in walk.event_types


def test_a_nik_after_a_denied_case_needs_a_face_of_its_own() -> None:
    walk = Walk()
    at_case_confirm(walk)
    walk.send(i.ConfirmIdentity(False), i.ChooseMethod(IdentityMethod.NIK_TYPED), i.SubmitNumber(NIK))
    walk.send(i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-2", "S. C.")), i.ConfirmIdentity(True))
    assert walk.state.stage is Stage.FACE
    assert not walk.state.face_matched
    assert "deferred_match_used" not in walk.event_types


def test_a_case_that_cannot_be_used_is_one_neutral_sentence_and_another_try() -> None:
    walk = Walk()
    at_case(walk)
    walk.send(i.SubmitNumber(NUMBER), i.LookupDone(LookupAnswer(LookupStatus.NOT_FOUND)))
    assert (walk.state.stage, walk.state.notice) == (Stage.CASE, Notice.CASE_NOT_USABLE)


@pytest.mark.parametrize(
    ("typed", "notice"),
    [
        (NUMBER[:-1], Notice.CASE_LENGTH),
        (NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10), Notice.CASE_DIGITS),
    ],
)
def test_a_slip_of_the_finger_is_told_here_and_costs_no_try(typed: str, notice: Notice) -> None:
    walk = Walk()
    at_case(walk)
    walk.send(i.SubmitNumber(typed))
    assert walk.state.notice is notice
    assert of_kind(walk, Lookup) == []


# ---- numbers


@given(st.uuids(version=4))
def test_every_visit_has_a_number_that_checks_and_one_wrong_digit_does_not(visit_id: object) -> None:
    number = deferred_number(str(visit_id))
    assert check_case(number) is None
    assert number[0] != "0", "a card number begins with 000"
    for place in range(len(number)):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert check_case(wrong) is CaseProblem.CHECK_DIGIT


def test_numbers_are_drawn_from_the_whole_range() -> None:
    """39.7 bits: a number tells nothing of its neighbour's."""
    numbers = {deferred_number(str(uuid.uuid4())) for _ in range(5000)}
    assert len(numbers) == 5000
    assert all({n[place] for n in numbers} >= set("123456789") for place in range(13))


# ---- walked at random

MORE = st.one_of(
    INPUTS,
    st.sampled_from(
        [
            i.Defer(),
            i.SubmitPhone(PHONE),
            i.SubmitPhone("1"),
            i.SkipPhone(),
            AWAY,
            SEALED,
            i.FaceFinished(CAPTURED),
            i.SubmitNumber(NUMBER),
            i.SubmitNumber("4821093755628"),
        ]
    ),
)
STARTS = st.sampled_from(
    [Walk.to_consent, Walk.to_identity, Walk.to_lookup, at_choice, at_face, at_sealing, at_case, at_case_confirm]
)
TO_DEFER = ["consent_given", "identity_read", "lookup_answered", "visit_deferred", "visit_ended"]
TO_FINISH = ["consent_given", "lookup_answered", "identity_confirmed", "face", "code_verified", "pin_accepted"]
_FACE = {"face_matched", "staff_compared", "deferred_match_used"}


@settings(max_examples=300, deadline=None)
@given(start=STARTS, random_inputs=st.lists(st.tuples(MORE, st.floats(0, 20)), max_size=40))
def test_no_order_of_inputs_defers_or_finishes_without_every_step(start, random_inputs) -> None:  # type: ignore[no-untyped-def]
    walk = Walk()
    start(walk)
    for visit_input, pause in random_inputs:
        walk.now += pause
        before, effects = walk.state, len(walk.effects)
        walk.send(visit_input)
        types = _this_visit(walk)
        if "visit_deferred" in types:
            _in_order(types, TO_DEFER)
            assert "pin_accepted" not in types
        if any(isinstance(effect, KeepSealed) for effect in walk.effects[effects:]):
            assert before.stage is Stage.DEFER_FACE
            assert walk.state.status is VisitStatus.DITUNDA
        if "deferred_match_used" in types:
            at = types.index("deferred_match_used")
            assert types[at - 1] == "identity_confirmed"
            assert any(isinstance(e, Lookup) and e.identifier.kind is IdentifierKind.CASE for e in walk.effects)
        if walk.state.stage in (Stage.OTP, Stage.PIN, Stage.SETTLING):
            assert _FACE & set(types)
        if walk.state.stage is Stage.SETTLING:
            _in_order(["face" if name in _FACE else name for name in types], TO_FINISH)


def _this_visit(walk: Walk) -> list[str]:
    types = walk.event_types
    return types[len(types) - 1 - types[::-1].index("visit_started") :]


def _in_order(types: list[str], wanted: list[str]) -> None:
    for earlier, later in pairwise(wanted):
        assert earlier in types and later in types
        assert types.index(earlier) < types.index(later)
