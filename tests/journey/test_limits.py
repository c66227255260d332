"""Each limit hands over with its reason; nothing ends in a dead end."""

import pytest

from kiosk.events import VisitStatus
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as i
from kiosk.journey.effects import AskAnotherMovement, CheckCode, RingStaff, SendCode, StartFace
from kiosk.journey.reasons import STAFF_AT_THE_KIOSK, EndReason, Notice
from kiosk.journey.state import IdentityMethod, PinPhase, Stage, Waiting
from kiosk.ports import CentreVisitStatus, LookupAnswer, LookupStatus, Profile, SendStatus
from tests.journey.support import LIMITS, MATCHED, NIK, PIN, Walk


@pytest.mark.parametrize(
    ("outcome", "attempts", "reason"),
    [
        (FaceOutcome.LIVENESS_FAILED, 3, EndReason.FACE_LIMIT),
        (FaceOutcome.NO_USABLE_FACE, 3, EndReason.FACE_LIMIT),
        (FaceOutcome.FACE_CHANGED, 3, EndReason.FACE_LIMIT),
        (FaceOutcome.NO_MATCH, 2, EndReason.FACE_NO_MATCH),
        (FaceOutcome.STAFF_ZONE, 2, EndReason.FACE_STAFF_ZONE),
        (FaceOutcome.ATTACK_SUSPECTED, 2, EndReason.FACE_SUSPECTED),
        (FaceOutcome.CAMERA_LOST, 3, EndReason.CAMERA_FAULT),
        (FaceOutcome.REFERENCE_UNAVAILABLE, 3, EndReason.CENTRE_UNREACHABLE),
        (FaceOutcome.ENGINE_UNAVAILABLE, 1, EndReason.FACE_UNAVAILABLE),
        (FaceOutcome.REFERENCE_UNUSABLE, 1, EndReason.FACE_UNAVAILABLE),
    ],
)
def test_a_failing_face_ends_with_staff_after_its_limit_and_never_reaches_the_code(
    outcome: FaceOutcome, attempts: int, reason: EndReason
) -> None:
    walk = Walk()
    walk.to_face()
    for attempt in range(attempts):
        assert walk.state.stage is Stage.FACE, attempt
        walk.face_ends(FaceResult(outcome))
    if reason in STAFF_AT_THE_KIOSK:
        assert walk.state.stage is Stage.WITH_STAFF
        walk.send(i.GoToCounter())
    assert walk.state.stage is Stage.ENDED
    assert walk.state.status is VisitStatus.PERLU_PETUGAS
    assert walk.state.reason is reason
    assert walk.state.case_number
    assert not any(isinstance(effect, SendCode) for effect in walk.effects)


def test_a_match_without_evidence_is_no_match() -> None:
    walk = Walk()
    walk.to_face()
    walk.face_ends(FaceResult(FaceOutcome.MATCHED))
    assert walk.state.stage is Stage.WITH_STAFF
    assert "face_matched" not in walk.event_types


def test_a_suspected_attack_gets_the_same_words_as_an_unread_movement() -> None:
    said = []
    for outcome in (FaceOutcome.ATTACK_SUSPECTED, FaceOutcome.LIVENESS_FAILED):
        walk = Walk()
        walk.to_face()
        said.append(walk.face_ends(FaceResult(outcome)).notice)
    assert said == [Notice.FACE_TRY_AGAIN] * 2


def test_a_double_tap_on_begin_starts_one_attempt() -> None:
    walk = Walk()
    walk.to_face()
    walk.send(i.BeginFace(), i.BeginFace())
    assert sum(isinstance(effect, StartFace) for effect in walk.effects) == 1
    assert walk.state.face_attempt == 1


@pytest.mark.parametrize("light", [True, False])
def test_an_attempt_is_lit_only_as_the_person_chose(light: bool) -> None:
    walk = Walk()
    walk.to_face()
    walk.send(i.BeginFace(light=light))
    assert [effect.light for effect in walk.effects if isinstance(effect, StartFace)] == [light]


def test_another_movement_is_asked_of_a_running_attempt_only_and_costs_nothing() -> None:
    walk = Walk()
    walk.to_face()
    walk.send(i.DeclineMovement(), i.BeginFace(), i.DeclineMovement())
    assert AskAnotherMovement() not in walk.effects
    walk.send(i.FaceReady())
    events, before = len(walk.events), walk.state
    walk.send(i.DeclineMovement())
    assert walk.effects[-1] == AskAnotherMovement()
    assert (len(walk.events), walk.state.face_attempt) == (events, before.face_attempt), "nothing recorded or counted"
    walk.send(i.FaceFinished(FaceResult(FaceOutcome.LIVENESS_FAILED)))
    asked = walk.effects.count(AskAnotherMovement())
    walk.send(i.DeclineMovement())
    assert walk.effects.count(AskAnotherMovement()) == asked


def test_whoever_asks_for_another_movement_is_not_taken_for_gone() -> None:
    walk = Walk()
    walk.to_face()
    walk.send(i.BeginFace(), i.FaceReady())
    walk.now += 5
    assert walk.send(i.DeclineMovement()).last_touch == walk.now


def test_a_result_of_a_stopped_attempt_is_ignored() -> None:
    walk = Walk()
    walk.to_face()
    walk.send(i.FaceFinished(MATCHED))
    assert walk.state.stage is Stage.FACE
    assert not walk.state.face_matched


def test_three_wrong_codes_end_with_staff_even_across_a_new_code() -> None:
    walk = Walk()
    walk.to_otp()
    walk.send(i.SubmitCode("000000"), i.CodeChecked(0, False), i.SubmitCode("000001"), i.CodeChecked(0, False))
    assert walk.state.notice is Notice.CODE_WRONG
    assert dict(walk.state.notice_values) == {"left": "1"}
    walk.now += LIMITS.otp.resend_seconds
    walk.send(i.ResendCode(), i.CodeSendDone(2, SendStatus.SENT))
    assert walk.state.code_failures == 2
    walk.send(i.SubmitCode("000002"), i.CodeChecked(0, False))
    assert walk.state.reason is EndReason.CODE_LIMIT


def test_the_right_code_after_its_life_is_never_checked() -> None:
    walk = Walk()
    walk.to_otp()
    walk.now += LIMITS.otp.valid_seconds
    walk.send(i.SubmitCode("123456"))
    assert walk.state.notice is Notice.CODE_EXPIRED
    assert not any(isinstance(effect, CheckCode) for effect in walk.effects)


def test_an_older_code_no_longer_counts_after_a_new_one() -> None:
    walk = Walk()
    walk.to_otp()
    walk.now += LIMITS.otp.resend_seconds
    walk.send(i.ResendCode(), i.CodeSendDone(2, SendStatus.SENT), i.SubmitCode("123456"), i.CodeChecked(1, True))
    assert walk.state.stage is Stage.OTP


def test_resend_before_its_time_does_nothing() -> None:
    walk = Walk()
    walk.to_otp()
    walk.now += LIMITS.otp.resend_seconds - 1
    walk.send(i.ResendCode())
    assert walk.state.waiting is None
    assert walk.state.sends == 1


def test_a_send_of_unknown_fate_is_repeated_under_the_same_number() -> None:
    walk = Walk()
    walk.to_face()
    walk.face_ends(MATCHED)
    walk.send(i.ProfileLoaded(Profile(name="X", masked_phone="0812-xxxx-890")), i.CentreFailed(), i.ResendCode())
    numbers = [effect.send_no for effect in walk.effects if isinstance(effect, SendCode)]
    assert numbers == [1, 1]


def test_the_fourth_code_is_staffs_business() -> None:
    walk = Walk()
    walk.to_otp()
    for number in (2, 3):
        walk.now += LIMITS.otp.resend_seconds
        walk.send(i.ResendCode(), i.CodeSendDone(number, SendStatus.SENT))
    walk.now += LIMITS.otp.resend_seconds
    walk.send(i.ResendCode())
    assert walk.state.reason is EndReason.CODE_SEND_LIMIT


def test_no_contact_on_record_goes_to_staff() -> None:
    walk = Walk()
    walk.to_face()
    walk.face_ends(MATCHED)
    walk.send(i.ProfileLoaded(Profile(name="X")))
    assert walk.state.reason is EndReason.NO_CONTACT


def test_a_pin_that_breaks_a_rule_is_named_and_five_go_to_staff() -> None:
    walk = Walk()
    walk.to_pin()
    walk.send(i.SubmitPin("654321"))
    assert walk.state.notice is Notice.PIN_SEQUENCE
    for _ in range(LIMITS.pin.refusals - 1):
        walk.send(i.SubmitPin("654321"))
    assert walk.state.reason is EndReason.PIN_LIMIT


def test_a_pin_with_the_own_birth_date_is_refused() -> None:
    walk = Walk()
    walk.to_pin()
    assert walk.send(i.SubmitPin("150895")).notice is Notice.PIN_BIRTH_DATE


def test_two_different_pins_start_the_choice_again() -> None:
    walk = Walk()
    walk.to_pin()
    walk.send(i.SubmitPin(PIN), i.SubmitPin("592749"))
    assert walk.state.notice is Notice.PIN_DIFFERENT
    assert walk.state.pin_phase is PinPhase.CHOOSE
    assert walk.state.pin_first == ""


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (LookupStatus.NEEDS_STAFF, EndReason.RECORD_NEEDS_STAFF),
        (LookupStatus.MINOR, EndReason.MINOR),
        (LookupStatus.BUSY_ELSEWHERE, EndReason.BUSY_ELSEWHERE),
        (LookupStatus.ALLOWANCE_SPENT, EndReason.KIOSK_ALLOWANCE_SPENT),
        (LookupStatus.TOO_MANY_FAILURES, EndReason.TOO_MANY_FAILED_VISITS),
    ],
)
def test_a_lookup_that_cannot_go_on_hands_over(status: LookupStatus, reason: EndReason) -> None:
    walk = Walk()
    walk.to_lookup()
    walk.send(i.LookupDone(LookupAnswer(status)))
    assert (walk.state.stage, walk.state.reason) == (Stage.ENDED, reason)
    assert walk.state.identifier is None


def test_three_identifiers_not_found_go_to_the_counter() -> None:
    walk = Walk()
    walk.to_nik()
    for nik in (NIK, "3174074101900002", "3174074101900003"):
        assert walk.state.stage is Stage.NIK
        walk.send(i.SubmitNumber(nik), i.LookupDone(LookupAnswer(LookupStatus.NOT_FOUND)))
    assert walk.state.reason is EndReason.NOT_FOUND_LIMIT


def test_a_refused_nik_can_be_looked_up_all_the_same_but_once() -> None:
    walk = Walk()
    walk.to_nik()
    walk.send(i.SubmitNumber("3174079913950002"))
    assert walk.state.may_force_nik
    walk.send(i.ForceNik())
    assert walk.state.waiting is Waiting.LOOKING_UP
    walk.send(i.LookupDone(LookupAnswer(LookupStatus.NOT_FOUND)), i.SubmitNumber("3174079914950002"))
    assert not walk.state.may_force_nik


def test_a_silent_centre_is_asked_three_times_then_staff() -> None:
    walk = Walk()
    walk.to_lookup()
    for _ in range(LIMITS.visit.lookup_retries - 1):
        walk.send(i.CentreFailed())
        assert walk.state.notice is Notice.CENTRE_BUSY
        walk.send(i.Retry())
    walk.send(i.CentreFailed())
    assert walk.state.reason is EndReason.CENTRE_UNREACHABLE


def test_an_effect_that_never_answers_does_not_hold_the_visit() -> None:
    walk = Walk()
    walk.to_lookup()
    walk.wait(LIMITS.visit.waiting_seconds)
    assert walk.state.waiting is None
    assert walk.state.notice is Notice.CENTRE_BUSY


def test_refusing_consent_leads_to_staff_with_equal_standing() -> None:
    walk = Walk()
    walk.to_consent()
    walk.send(i.AnswerConsent(False))
    assert (walk.state.status, walk.state.reason) == (VisitStatus.PERLU_PETUGAS, EndReason.CONSENT_REFUSED)
    assert any(isinstance(effect, RingStaff) for effect in walk.effects)


def test_an_unanswered_warning_wipes_the_visit() -> None:
    walk = Walk()
    walk.to_nik()
    assert walk.wait(46).idle_seconds_left == 14
    walk.wait(14)
    assert walk.state.stage is Stage.ATTRACT
    assert walk.events[-1].model_dump()["reason"] == "walked_away"


def test_a_touch_answers_the_warning() -> None:
    walk = Walk()
    walk.to_nik()
    walk.wait(50)
    assert walk.send(i.Touched()).idle_seconds_left is None
    assert walk.wait(40).stage is Stage.NIK


def test_large_text_gives_two_minutes() -> None:
    walk = Walk()
    walk.to_nik()
    walk.send(i.SetLargeText(True))
    assert walk.wait(100).idle_seconds_left is None
    assert walk.wait(6).idle_seconds_left == 14


def test_nobody_is_sent_away_while_a_code_is_on_its_way() -> None:
    walk = Walk()
    walk.to_otp()
    assert walk.wait(LIMITS.otp.resend_seconds + 40).stage is Stage.OTP
    assert walk.wait(21).stage is Stage.ATTRACT


def test_settling_can_be_neither_cancelled_nor_timed_out() -> None:
    walk = Walk()
    walk.to_settling()
    walk.send(i.AskCancel(), i.AnswerCancel(True), i.CallStaff())
    assert walk.state.stage is Stage.SETTLING
    assert walk.wait(700).status is VisitStatus.MENUNGGU_SINKRONISASI


def test_the_whole_visit_has_an_end() -> None:
    walk = Walk()
    walk.to_identity()
    for _ in range(int(LIMITS.visit.whole_visit_seconds // 30)):
        walk.now += 30
        walk.send(i.Touched(), i.Tick())
    assert walk.state.reason is EndReason.VISIT_TOO_LONG


def test_a_broken_store_ends_the_visit_without_pretending_to_record() -> None:
    walk = Walk()
    walk.to_face()
    recorded = len(walk.events)
    walk.send(i.StoreFailed("disk_full"))
    assert (walk.state.stage, walk.state.reason) == (Stage.ENDED, EndReason.STORE_FAULT)
    assert len(walk.events) == recorded


def test_a_broken_store_closes_the_start_screen_until_it_is_back() -> None:
    walk = Walk()
    assert walk.send(i.StoreFailed("disk_full")).stage is Stage.OUT_OF_SERVICE
    assert walk.to_consent().stage is Stage.OUT_OF_SERVICE
    assert walk.send(i.StoreBack()).stage is Stage.ATTRACT


def test_help_keeps_the_step() -> None:
    walk = Walk()
    walk.to_face()
    assert walk.send(i.OpenHelp()).help_open
    assert walk.send(i.CloseHelp()).stage is Stage.FACE


def test_a_foreign_code_is_named_once_and_does_not_end_the_step() -> None:
    walk = Walk()
    walk.to_identity()
    walk.send(i.ChooseMethod(IdentityMethod.JKN_CODE), i.CodeSeen(None), i.CodeSeen(None))
    assert walk.state.notice is Notice.CODE_UNKNOWN
    assert walk.event_types.count("identity_refused") == 1


def test_the_centre_refusing_to_settle_is_said_as_refused() -> None:
    walk = Walk()
    walk.to_settling()
    walk.send(i.SettlementSeen(CentreVisitStatus.REFUSED))
    assert walk.state.status is VisitStatus.DITOLAK


def test_already_verified_says_since_when_and_stops() -> None:
    walk = Walk()
    walk.to_face()
    walk.face_ends(MATCHED)
    from tests.journey.support import TODAY

    walk.send(i.ProfileLoaded(Profile(name="X", masked_phone="0812", verified_since=TODAY)))
    assert walk.state.reason is EndReason.ALREADY_VERIFIED
    assert not any(isinstance(effect, SendCode) for effect in walk.effects)
