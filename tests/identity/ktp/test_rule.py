"""Believing a number. The risk: a plausible number that is somebody else's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import KtpSettings
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.reading import KtpFrame, NikReading
from kiosk.identity.ktp.rule import CardVote, KtpVerdict, believed
from kiosk.identity.nik import Sex, check_nik

TODAY = date(2026, 7, 1)
NIK, OTHER = "3174075508950001", "3174075508950007"
BORN = date(1995, 8, 15)
RIGHT = NikReading(NIK, NIK, BORN, Sex.FEMALE)


def vote(*readings: NikReading, frames: int = 5) -> list[KtpVerdict]:
    voting = CardVote(KtpSettings(frames=frames), TODAY)
    return [voting.add(KtpFrame(reading)).verdict for reading in readings]


def test_one_picture_in_which_everything_agrees_is_enough() -> None:
    decision = CardVote(KtpSettings(), TODAY).add(KtpFrame(RIGHT, CardFields(nama="SITI")))
    assert (decision.verdict, decision.nik, decision.fields.nama) == (KtpVerdict.ACCEPTED, NIK, "SITI")


DOUBTFUL = {
    "only one reading": NikReading(NIK, "", BORN, Sex.FEMALE),
    "only the strip": NikReading("", NIK, BORN, Sex.FEMALE),
    "readings differ": NikReading(NIK, OTHER, BORN, Sex.FEMALE),
    "no printed date": NikReading(NIK, NIK, None, Sex.FEMALE),
    "another printed day": NikReading(NIK, NIK, date(1995, 8, 16), Sex.FEMALE),
    "another printed century": NikReading(NIK, NIK, date(1895, 8, 15), Sex.FEMALE),
    "no printed sex": NikReading(NIK, NIK, BORN, None),
    "the other sex": NikReading(NIK, NIK, BORN, Sex.MALE),
    "no such day": NikReading("3174073102950001", "3174073102950001", date(1995, 2, 28), Sex.MALE),
    "serial 0000": NikReading("3174075508950000", "3174075508950000", BORN, Sex.FEMALE),
    "nothing": NikReading(),
}


@pytest.mark.parametrize("reading", DOUBTFUL.values(), ids=DOUBTFUL)
def test_whatever_is_missing_or_differs_asks_for_another_picture(reading: NikReading) -> None:
    assert vote(reading) == [KtpVerdict.ANOTHER]
    assert vote(*[reading] * 5)[-1] in {KtpVerdict.ASK, KtpVerdict.UNREADABLE}


digits = st.sampled_from([NIK, OTHER, "3174071508950001", "3174075508950000", "9999999999999999", ""])
readings = st.builds(
    NikReading,
    full=digits,
    strip=digits,
    birth_date=st.sampled_from([None, BORN, date(1995, 8, 5), date(1905, 8, 15)]),
    sex=st.sampled_from([None, *Sex]),
)


@given(readings)
def test_a_number_is_believed_only_when_four_things_agree(reading: NikReading) -> None:
    number = believed(reading, TODAY)
    if number:
        verdict = check_nik(number, TODAY)
        assert number == reading.full == reading.strip
        assert verdict.acceptable and verdict.sex is reading.sex
        assert reading.birth_date is not None and verdict.birth is not None
        assert verdict.birth.agrees_with(reading.birth_date)


@given(st.lists(readings, min_size=1, max_size=8))
def test_what_is_accepted_one_picture_vouched_for_and_no_picture_agreed_on_another(taken: list[NikReading]) -> None:
    voting = CardVote(KtpSettings(frames=5), TODAY)
    for number, reading in enumerate(taken, 1):
        decision = voting.add(KtpFrame(reading))
        seen = taken[:number]
        if decision.verdict is KtpVerdict.ACCEPTED:
            assert decision.nik in {believed(r, TODAY) for r in seen}
            assert {r.full for r in seen if r.full and r.full == r.strip} == {decision.nik}
        if decision.verdict is KtpVerdict.ASK:
            assert check_nik(decision.nik, TODAY).acceptable
            assert number >= 5 and any(decision.nik in (r.full, r.strip) for r in seen)
        if decision.verdict in {KtpVerdict.ANOTHER, KtpVerdict.UNREADABLE}:
            assert decision.nik == ""


def test_two_cards_or_two_readings_that_both_hold_are_never_accepted() -> None:
    second = NikReading(OTHER, OTHER, BORN, Sex.FEMALE)
    assert vote(RIGHT, second)[-1] is KtpVerdict.ANOTHER
    assert (
        vote(RIGHT, second, DOUBTFUL["nothing"], DOUBTFUL["nothing"], DOUBTFUL["nothing"])[-1] is KtpVerdict.UNREADABLE
    )
    assert vote(RIGHT, second, RIGHT, RIGHT, RIGHT)[-1] is KtpVerdict.ASK


def test_after_five_pictures_the_person_is_asked_about_the_number_seen_most() -> None:
    voting = CardVote(KtpSettings(), TODAY)
    for reading in (NikReading(OTHER, "", None, None), *[DOUBTFUL["only one reading"]] * 4):
        decision = voting.add(KtpFrame(reading, CardFields(nama=f"READ WITH {reading.full}")))
    assert (decision.verdict, decision.nik) == (KtpVerdict.ASK, NIK)
    assert decision.fields.nama == f"READ WITH {NIK}", "not the fields of the picture that showed another number"


def test_nothing_plausible_is_unreadable_and_a_tie_is_no_question() -> None:
    assert vote(*[DOUBTFUL["no such day"]] * 5)[-1] is KtpVerdict.UNREADABLE
    assert vote(*[DOUBTFUL["readings differ"]] * 5)[-1] is KtpVerdict.UNREADABLE


def test_the_number_of_pictures_is_the_sites() -> None:
    assert vote(*[DOUBTFUL["only one reading"]] * 2, frames=2) == [KtpVerdict.ANOTHER, KtpVerdict.ASK]


def test_neither_reading_nor_decision_tells_the_number() -> None:
    decision = CardVote(KtpSettings(), TODAY).add(KtpFrame(RIGHT))
    for said in (repr(decision), repr(RIGHT), repr(KtpFrame(RIGHT)), str(decision)):
        assert NIK not in said and "1995" not in said
