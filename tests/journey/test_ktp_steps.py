"""The e-KTP before the camera, as the journey sees it."""

import pytest

from kiosk.journey import inputs as i
from kiosk.journey.effects import Lookup, StartKtp, StopKtp
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, Stage
from kiosk.ports import FactSource, KtpOutcome, KtpResult, LookupAnswer, LookupStatus, PersonFacts
from tests.journey.support import LIMITS, NIK, PROFILE, Walk

FOUND = i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C."))
UNREADABLE = i.KtpRead(KtpResult(KtpOutcome.UNREADABLE))


@pytest.fixture
def walk() -> Walk:
    begun = Walk()
    begun.to_identity()
    begun.send(i.ChooseMethod(IdentityMethod.KTP_CAMERA))
    return begun


def test_choosing_the_card_starts_the_capture_once(walk: Walk) -> None:
    assert walk.state.stage is Stage.KTP
    assert walk.effects[-1:] == [StartKtp()]


def test_an_accepted_nik_is_looked_up_and_the_capture_stops(walk: Walk) -> None:
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ACCEPTED, NIK)))
    assert walk.state.stage is Stage.LOOKUP
    assert walk.events[-1].type == "identity_read" and walk.events[-1].method == "ktp_camera"  # type: ignore[union-attr]
    assert StopKtp() in walk.effects and any(isinstance(effect, Lookup) for effect in walk.effects)


def test_an_uncertain_nik_is_looked_up_only_after_the_person_compared_it(walk: Walk) -> None:
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ASK, NIK)))
    assert walk.state.stage is Stage.KTP_CHECK
    assert not any(isinstance(effect, Lookup) for effect in walk.effects)
    walk.send(i.ConfirmReading(True))
    assert walk.state.stage is Stage.LOOKUP
    assert "confirmed" in walk.events[-1].notes  # type: ignore[union-attr]


def test_a_nik_the_person_calls_wrong_is_never_looked_up(walk: Walk) -> None:
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ASK, NIK)), i.ConfirmReading(False))
    assert walk.state.stage is Stage.KTP and walk.state.identifier is None
    assert walk.state.notice is Notice.KTP_UNREADABLE
    assert not any(isinstance(effect, Lookup) for effect in walk.effects)


def test_two_unreadable_cards_lead_to_typing_and_not_to_a_dead_end(walk: Walk) -> None:
    walk.send(*[UNREADABLE] * LIMITS.ktp_tries)
    assert walk.state.stage is Stage.NIK and walk.state.notice is Notice.KTP_TYPE_INSTEAD
    walk.send(i.SubmitNumber(NIK))
    assert walk.events[-1].method == "nik_typed"  # type: ignore[union-attr]


def test_an_accepted_reading_without_the_structure_of_a_nik_counts_as_unreadable(walk: Walk) -> None:
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ACCEPTED, "3174075508950000")))
    assert walk.state.stage is Stage.KTP and walk.state.notice is Notice.KTP_UNREADABLE


def test_without_a_working_reader_the_person_types_at_once(walk: Walk) -> None:
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ENGINE_UNAVAILABLE)))
    assert walk.state.stage is Stage.NIK


def test_a_lost_camera_is_said_and_the_capture_goes_on_when_it_is_back(walk: Walk) -> None:
    before = walk.effects.count(StartKtp())
    walk.send(i.KtpRead(KtpResult(KtpOutcome.CAMERA_LOST)))
    assert walk.state.notice is Notice.CAMERA_LOST and walk.effects.count(StartKtp()) == before + 1
    walk.send(i.CameraChanged(True))
    assert walk.state.notice is None


def test_a_camera_that_was_there_all_the_time_takes_no_words_off_the_screen(walk: Walk) -> None:
    walk.send(UNREADABLE, i.CameraChanged(True))
    assert walk.state.notice is Notice.KTP_UNREADABLE


def facts(nik: str = NIK, address: str = "JL. CONTOH NO 2") -> i.FactsRead:
    return i.FactsRead(PersonFacts(FactSource.KTP, nik, "SITI CONTOH", PROFILE.birth_date, address))


def test_fields_of_another_card_than_the_one_looked_up_are_dropped(walk: Walk) -> None:
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ACCEPTED, NIK)), facts("3174075508950002"))
    assert walk.state.facts is None
    walk.send(facts())
    assert walk.state.facts is not None


def test_fields_are_dropped_when_the_person_says_it_is_somebody_else(walk: Walk) -> None:
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ACCEPTED, NIK)), facts(), FOUND, i.ConfirmIdentity(False))
    assert walk.state.facts is None
    walk.send(facts())
    assert walk.state.facts is None


def test_a_card_read_before_a_nik_was_typed_says_nothing_of_the_typed_one(walk: Walk) -> None:
    walk.send(i.ChooseMethod(IdentityMethod.NIK_TYPED), i.SubmitNumber(NIK), facts())
    assert walk.state.facts is None
