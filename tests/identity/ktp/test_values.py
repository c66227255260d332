"""Text to values. The risk: a digit that nobody printed, a date that was guessed."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.ktp.values import (
    AS_DIGIT,
    RELIGIONS,
    STATUSES,
    bare,
    birth_of,
    blood_of,
    letters_of,
    name_of,
    nearest,
    number_of,
    rt_rw_of,
    sex_of,
    street_of,
    with_blanks,
)
from kiosk.identity.nik import Sex

NIK = "3174075508950001"
ANY = st.text(max_size=40)
CARDLIKE = st.text(alphabet="0123456789ODQIlZSBgq|ABCxyz :-/.,", max_size=40)


@pytest.mark.parametrize(
    "text", [NIK, f": {NIK}", f" :{NIK}.", "3174 0755 0895 0001", ":3l74O755O895OOO1", "3174075508950001-"]
)
def test_sixteen_digits_are_a_number_also_where_a_letter_was_seen_for_one(text: str) -> None:
    assert number_of(text) == NIK


@pytest.mark.parametrize(
    "text", ["", NIK[:-1], NIK + "1", "31740X5508950001", "３１７４０７５５０８９５０００１", "NIK"]
)
def test_what_does_not_hold_exactly_sixteen_is_none(text: str) -> None:
    assert number_of(text) == ""


@given(st.one_of(ANY, CARDLIKE))
def test_no_digit_is_invented_exchanged_or_moved(text: str) -> None:
    number = number_of(text)
    assert number == "" or number == "".join(c for c in text.translate(AS_DIGIT) if c in "0123456789")


def test_digits_are_never_put_for_other_digits() -> None:
    assert {AS_DIGIT[ord(letter)] for letter in "0123456789" if ord(letter) in AS_DIGIT} == set()


@pytest.mark.parametrize(
    ("text", "place", "day"),
    [
        (": BANDUNG, 15-08-1995", "BANDUNG", date(1995, 8, 15)),
        (":BANDUNG,15-08-1995", "BANDUNG", date(1995, 8, 15)),
        ("KOTA BARU. 01.02.1990", "KOTA BARU", date(1990, 2, 1)),
        ("BANDUNG 15 08 1995", "BANDUNG", date(1995, 8, 15)),
        ("GORONTAL0, 15-08-1995", "GORONTALO", date(1995, 8, 15)),
        (": BANDUNG, 15-O8-1995", "BANDUNG", None),  # a letter among the digits: not read
        (": BANDUNG, 31-02-1995", "BANDUNG", None),
        (": BANDUNG, 15-08-19957", "BANDUNG", None),
        ("", "", None),
    ],
)
def test_place_and_day_of_birth(text: str, place: str, day: date | None) -> None:
    assert birth_of(text) == (place, day)


@given(st.one_of(ANY, CARDLIKE))
def test_a_date_is_made_of_digits_that_stand_there(text: str) -> None:
    _, day = birth_of(text)
    assert day is None or f"{day:%d%m%Y}" in "".join(re.findall("[0-9]", text))


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        (": LAKI-LAKI", Sex.MALE),
        ("LAKILAKI", Sex.MALE),
        ("AKI-LAKI", Sex.MALE),
        (":PEREMPUAN", Sex.FEMALE),
        ("PEREMPLAN", Sex.FEMALE),
        ("GURU", None),
        ("", None),
        (":", None),
    ],
)
def test_sex_is_one_of_two_words_or_unread(text: str, sex: Sex | None) -> None:
    assert sex_of(text) is sex


@pytest.mark.parametrize(
    ("text", "blood"),
    [(": O", "O"), (":0", "O"), (": AB", "AB"), (" : A+", "A+"), (": -", "-"), (":", ""), ("", ""), ("X", "")],
)
def test_blood_group(text: str, blood: str) -> None:
    assert blood_of(text) == blood


@pytest.mark.parametrize(
    ("text", "pair"),
    [(": 003/007", "003/007"), ("003007", "003/007"), ("OO3/007", "003/007"), ("003 / 007", "003/007"), ("03/07", "")],
)
def test_rt_and_rw_are_three_digits_each(text: str, pair: str) -> None:
    assert rt_rw_of(text) == pair


def test_closed_lists_take_the_nearest_and_nothing_far() -> None:
    assert nearest(": ISLAH", RELIGIONS) == "ISLAM"
    assert nearest("KATOLIK", RELIGIONS) == "KATHOLIK"
    assert nearest("BELUMKAWIN", STATUSES) == "BELUM KAWIN"
    assert nearest("KAWIN", STATUSES) == "KAWIN"
    assert nearest("CERAIMATI", STATUSES) == "CERAI MATI"
    assert nearest("PEREMPUAN", RELIGIONS) == ""
    assert nearest("", STATUSES) == ""


@pytest.mark.parametrize("value", [*RELIGIONS, *STATUSES])
def test_every_value_of_a_list_is_nearest_to_itself(value: str) -> None:
    assert nearest(f": {value}", RELIGIONS if value in RELIGIONS else STATUSES) == value


def test_a_street_is_spelt_with_a_blank_after_its_points() -> None:
    assert street_of(":JL.MELATI NO.12") == "JL. MELATI NO. 12"


def test_a_name_holds_no_digits_and_a_village_may() -> None:
    assert name_of(": 5ITI C0NTOH") == "SITI CONTOH"
    assert letters_of(": 13 ULU") == "13 ULU"


@given(ANY)
def test_every_parser_takes_any_text(text: str) -> None:
    blood_of(text), sex_of(text), nearest(text, RELIGIONS)
    assert not re.search("[01258]", name_of(text)), "each is taken for a letter"
    assert letters_of(text) == letters_of(letters_of(text))
    assert re.fullmatch("([0-9]{3}/[0-9]{3})?", rt_rw_of(text))
    assert isinstance(street_of(text), str)


@pytest.mark.parametrize(
    ("text", "other", "together"),
    [
        (": RUDICUPLIKANA", "RUDI CUPLIKANA", "RUDI CUPLIKANA"),
        ("HADI GALIHANGANINGSIH", "HADIGALIH ANGANINGSIH", "HADI GALIH ANGANINGSIH"),
        ("RUDICUPLIKANA", "RUDI CUPLIKANE", "RUDICUPLIKANA"),  # not the same reading: nothing is taken of it
        (": A", "", ": A"),
        ("", "", ""),
    ],
)
def test_blanks_that_one_reader_lost_are_taken_from_the_other_and_nothing_else(
    text: str, other: str, together: str
) -> None:
    assert with_blanks(text, other) == together


@given(ANY, ANY)
def test_no_letter_comes_of_the_other_reading(text: str, other: str) -> None:
    assert "".join(with_blanks(text, other).split()) in {"".join(text.split()), "".join(bare(text).upper().split())}
