"""The journey walked at random: no path around a step, whatever comes in whatever order."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.events import VisitStatus
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as i
from kiosk.journey.effects import WipeVisit
from kiosk.journey.ending import FINAL_STAGES
from kiosk.journey.state import IdentityMethod, Language, Stage
from kiosk.ports import (
    CentreVisitStatus,
    ComparisonReason,
    DigitalIdRefusal,
    FactSource,
    Identifier,
    IdentifierKind,
    KtpOutcome,
    KtpResult,
    LoginOffer,
    LookupAnswer,
    LookupStatus,
    PersonFacts,
    SendStatus,
)
from tests.journey.support import LIMITS, MATCHED, NIK, PIN, PROFILE, VISIT_ID, Walk
from tests.staff.support import GRANT, RINA_SESSION

FACE_DONE = "face_done"
"""By the machine (face_matched) or, after a failed attempt, by two of the staff (staff_compared)."""

FACTS = PersonFacts(FactSource.KTP, NIK, "SITI CONTOH", address="JL. CONTOH 2")

ORDER = [
    "consent_given",
    "identity_read",
    "lookup_answered",
    "identity_confirmed",
    FACE_DONE,
    "code_sent",
    "code_verified",
    "pin_accepted",
]

INPUTS = st.one_of(
    st.sampled_from(
        [
            i.Start(VISIT_ID),
            i.AnswerConsent(True, "1", "ab" * 32),
            i.AnswerConsent(False),
            i.SubmitNumber(NIK),
            i.SubmitNumber("3174071302950002"),
            i.SubmitNumber("3174079913950002"),
            i.ForceNik(),
            i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C.")),
            i.LookupDone(LookupAnswer(LookupStatus.NOT_FOUND)),
            i.ConfirmIdentity(True),
            i.ConfirmIdentity(False),
            i.BeginFace(),
            i.DeclineMovement(),
            i.FaceReady(),
            i.FaceFinished(MATCHED),
            i.FaceFinished(FaceResult(FaceOutcome.MATCHED)),
            i.ProfileLoaded(PROFILE),
            i.SubmitCode("123456"),
            i.CodeChecked(0, False),
            i.SubmitPin(PIN),
            i.SubmitPin("123456"),
            i.PinSealed("c2VhbGVk", "key"),
            i.ResendCode(),
            i.Retry(),
            i.Back(),
            i.Touched(),
            i.OpenHelp(),
            i.CloseHelp(),
            i.AskCancel(),
            i.AnswerCancel(False),
            i.CentreFailed(),
            i.CameraChanged(False),
            i.CodeSeen(None),
            i.CodeSeen(Identifier(IdentifierKind.JKN_CARD, "0001234567890")),
            i.TokenSeen("a.b.c"),
            i.LoginOffered(LoginOffer("login-1", "https://ikd.example/d", "ABCD", 120.0)),
            i.DigitalIdAnswered(FACTS),
            i.DigitalIdAnswered(refusal=DigitalIdRefusal.EXPIRED),
            i.KtpRead(KtpResult(KtpOutcome.ACCEPTED, NIK)),
            i.KtpRead(KtpResult(KtpOutcome.ASK, NIK)),
            i.ConfirmReading(True),
            i.ConfirmReading(False),
            i.FactsRead(FACTS),
            i.FactsSealed("c2VhbGVk", "key"),
            i.Tick(),
            i.Finish(),
            i.StoreBack(),
            i.SetLanguage(Language.ENGLISH),
            i.CallStaff(),
            i.GoToCounter(),
            i.Park(),
            i.Unpark(),
            i.StaffVouched("ticket-1", GRANT, ComparisonReason.OLD_PHOTO),
            i.StaffVouched("ticket-2", GRANT, ComparisonReason.OLD_PHOTO),
            i.StaffRejected("ticket-2", RINA_SESSION),
        ]
    ),
    st.builds(i.ChooseMethod, st.sampled_from(IdentityMethod)),
    st.builds(lambda o: i.KtpRead(KtpResult(o)), st.sampled_from(KtpOutcome)),
    st.builds(i.CodeSendDone, st.integers(1, 3), st.sampled_from(SendStatus)),
    st.builds(i.CodeChecked, st.integers(1, 3), st.just(True)),
    st.builds(i.SettlementSeen, st.sampled_from(CentreVisitStatus)),
    st.builds(lambda o: i.FaceFinished(FaceResult(o)), st.sampled_from(FaceOutcome)),
)
STARTS = st.sampled_from(
    [Walk.to_consent, Walk.to_identity, Walk.to_lookup, Walk.to_face, Walk.to_otp, Walk.to_pin, Walk.to_settling]
)


@settings(max_examples=400, deadline=None)
@given(start=STARTS, random_inputs=st.lists(st.tuples(INPUTS, st.floats(0, 20)), max_size=40))
def test_no_order_of_inputs_skips_a_step(start, random_inputs) -> None:  # type: ignore[no-untyped-def]
    walk = Walk()
    start(walk)
    for visit_input, pause in random_inputs:
        walk.now += pause
        walk.send(visit_input)
        state = walk.state
        visit = _events_of_running_visit(walk)
        _assert_in_order(visit)
        if state.stage is Stage.SETTLING:
            assert {*ORDER} <= {*visit}
        if state.stage is Stage.PIN:
            assert "code_verified" in visit
        if state.stage is Stage.OTP:
            assert FACE_DONE in visit
        if "staff_compared" in walk.event_types:
            types = walk.event_types
            assert "face_attempted" in types[: types.index("staff_compared")]
        assert state.code_failures < LIMITS.otp.wrong_entries
        assert state.sends <= LIMITS.otp.codes_per_visit
        assert state.face_attempt <= LIMITS.face_attempts
        assert len(state.tried) <= LIMITS.visit.identifiers


@settings(max_examples=300, deadline=None)
@given(start=STARTS, random_inputs=st.lists(INPUTS, max_size=40))
def test_verified_is_shown_only_after_pin_and_settlement(start, random_inputs) -> None:  # type: ignore[no-untyped-def]
    walk = Walk()
    start(walk)
    settled = False
    for visit_input in random_inputs:
        before = walk.state
        walk.send(visit_input)
        settled |= visit_input == i.SettlementSeen(CentreVisitStatus.SETTLED) and before.stage in (
            Stage.SETTLING,
            Stage.DONE,
        )
        if walk.state.status is VisitStatus.TERVERIFIKASI:
            assert settled
            assert "pin_accepted" in walk.event_types


@settings(max_examples=300, deadline=None)
@given(start=STARTS, random_inputs=st.lists(INPUTS, max_size=40))
def test_every_started_visit_ends_once_and_is_wiped(start, random_inputs) -> None:  # type: ignore[no-untyped-def]
    walk = Walk()
    start(walk)
    walk.send(*random_inputs)
    for _ in range(3):
        walk.wait(1900)  # longer than staff may keep it parked
    assert walk.state.stage in FINAL_STAGES
    assert walk.event_types.count("visit_started") == walk.event_types.count("visit_ended")
    assert sum(isinstance(effect, WipeVisit) for effect in walk.effects) >= walk.event_types.count("visit_ended")


@settings(max_examples=200, deadline=None)
@given(start=STARTS, visit_input=INPUTS)
def test_a_double_tap_does_one_thing(start, visit_input) -> None:  # type: ignore[no-untyped-def]
    once, twice = Walk(), Walk()
    start(once)
    start(twice)
    counting = (i.SubmitNumber, i.SubmitPin, i.BeginFace, i.ChooseMethod)  # a second entry is a second entry
    if isinstance(visit_input, counting) or once.state.stage is Stage.ATTRACT:
        return
    once.send(visit_input)
    recorded = len(once.events)
    twice.send(visit_input, visit_input)
    if once.state.stage is not Stage.ATTRACT and once.state.status is None:
        assert len(twice.events) == recorded or once.state.stage is Stage.OTP


def _events_of_running_visit(walk: Walk) -> list[str]:
    types = walk.event_types
    last = len(types) - 1 - types[::-1].index("visit_started")
    done = ("face_matched", "staff_compared")
    return [FACE_DONE if name in done else name for name in types[last:]]


def _assert_in_order(visit: list[str]) -> None:
    """Each step's first event comes after the first event of every step before it."""
    firsts = [visit.index(name) if name in visit else None for name in ORDER]
    for earlier, later in pairwise(firsts):
        if later is not None:
            assert earlier is not None
            assert earlier < later
