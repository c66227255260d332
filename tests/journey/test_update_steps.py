"""What is newer on card or phone than in the register: compared after the match, sealed, told to the centre once."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kiosk.journey import inputs as i
from kiosk.journey.effects import SealFacts
from kiosk.journey.state import IdentityMethod, Stage
from kiosk.participants.updates import FactField, updates
from kiosk.ports import (
    CentreVisitStatus,
    FactSource,
    KtpOutcome,
    KtpResult,
    LookupAnswer,
    LookupStatus,
    PersonFacts,
    SendStatus,
)
from tests.journey.support import MATCHED, NIK, PIN, PROFILE, Walk

NEWER = PersonFacts(FactSource.IKD, NIK, "SITI CONTOH", date(1995, 8, 15), "JL. CONTOH NO 2", "KAWIN")


def walked(facts: PersonFacts = NEWER) -> Walk:
    walk = Walk()
    walk.to_identity()
    walk.send(i.ChooseMethod(IdentityMethod.IKD_CODE), i.TokenSeen("a.b.c"), i.DigitalIdAnswered(facts))
    walk.send(i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C.")), i.ConfirmIdentity(True))
    walk.send(i.BeginFace(), i.FaceReady())
    return walk


def seals(walk: Walk) -> list[SealFacts]:
    return [effect for effect in walk.effects if isinstance(effect, SealFacts)]


def test_nothing_is_compared_before_the_face_matched() -> None:
    walk = walked()
    assert walk.state.updates == () and seals(walk) == []


def test_what_is_newer_is_sealed_and_recorded_once_with_the_names_of_the_fields_only() -> None:
    walk = walked()
    walk.send(i.FaceFinished(MATCHED), i.ProfileLoaded(PROFILE))
    (seal,) = seals(walk)
    assert dict(seal.values) == {"address": "JL. CONTOH NO 2", "marital_status": "KAWIN"}
    walk.send(i.FactsSealed("c2VhbGVk", "key"))
    event = walk.events[-1]
    assert event.type == "data_update_offered" and event.fields == ("address", "marital_status")  # type: ignore[union-attr]
    assert "CONTOH" not in event.model_dump_json()
    walk.wait(1)
    assert len(seals(walk)) == 1


def test_a_card_whose_fields_come_after_the_match_is_compared_all_the_same() -> None:
    walk = Walk()
    walk.to_identity()
    walk.send(i.ChooseMethod(IdentityMethod.KTP_CAMERA))
    walk.send(i.KtpRead(KtpResult(KtpOutcome.ACCEPTED, NIK)))
    walk.send(i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C.")), i.ConfirmIdentity(True))
    walk.send(i.BeginFace(), i.FaceReady(), i.FaceFinished(MATCHED), i.ProfileLoaded(PROFILE))
    assert seals(walk) == []
    walk.send(i.FactsRead(replace(NEWER, source=FactSource.KTP)))
    assert len(seals(walk)) == 1


def test_the_register_that_says_the_same_is_left_alone() -> None:
    walk = walked(replace(NEWER, address="", marital_status=""))
    walk.send(i.FaceFinished(MATCHED), i.ProfileLoaded(PROFILE))
    assert walk.state.updates == () and seals(walk) == []


def test_writing_and_spacing_make_no_difference() -> None:
    profile = replace(PROFILE, address="jl contoh no.2")
    found = updates(profile, NEWER)
    assert [update.which for update in found] == [FactField.MARITAL_STATUS]


def test_how_rt_and_rw_are_written_makes_no_difference() -> None:
    facts = replace(NEWER, address="JL. CONTOH NO 2, RT/RW 003/005, CIPETE", marital_status="")
    assert updates(replace(PROFILE, address="JL CONTOH NO. 2 RT 003/RW 005 CIPETE"), facts) == ()


def test_a_misread_letter_of_a_card_is_no_news_but_another_street_is() -> None:
    read = replace(NEWER, source=FactSource.KTP, address="JL. C0NTOH MELATI NO 8, RT/RW 003/005", marital_status="")
    registered = "JL. CONTOH MELATI NO. 8 RT 003/RW 005"
    assert updates(replace(PROFILE, address=registered), read) == ()
    moved = replace(read, address="JL. PERAGAAN KENANGA NO 21, RT/RW 007/002")
    assert [u.which for u in updates(replace(PROFILE, address=registered), moved)] == [FactField.ADDRESS]


def test_a_signed_identity_is_taken_at_its_word_to_the_letter() -> None:
    facts = replace(NEWER, address="JL. CONTOH MELATI NO 9", marital_status="")
    assert len(updates(replace(PROFILE, address="JL. CONTOH MELATI NO 8"), facts)) == 1


@given(st.text(max_size=40))
def test_what_was_not_read_is_never_called_newer(registered: str) -> None:
    facts = PersonFacts(FactSource.KTP, NIK)
    assert updates(replace(PROFILE, address=registered), facts) == ()


def test_the_last_screen_knows_which_fields_and_from_where_but_no_values() -> None:
    walk = walked()
    walk.send(i.FaceFinished(MATCHED), i.ProfileLoaded(PROFILE), i.CodeSendDone(1, SendStatus.SENT))
    walk.send(i.SubmitCode("123456"), i.CodeChecked(1, True), i.SubmitPin(PIN), i.SubmitPin(PIN))
    walk.send(i.PinSealed("c2VhbGVk", "key"), i.SettlementSeen(CentreVisitStatus.SETTLED))
    assert walk.state.stage is Stage.DONE
    assert [(u.source, u.which) for u in walk.state.updates] == [
        (FactSource.IKD, FactField.ADDRESS),
        (FactSource.IKD, FactField.MARITAL_STATUS),
    ]
    assert "".join(u.brought + u.registered for u in walk.state.updates) == ""
