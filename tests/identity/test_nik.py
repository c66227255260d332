"""What sixteen digits can be. The risk: turning a real person away, or bending digits to fit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lokal.nik import parse_nik

from kiosk.identity.nik import (
    NikNote,
    NikProblem,
    NikVerdict,
    Sex,
    check_nik,
    group_digits,
    mask,
    region_so_far,
    warm_up,
)

TODAY = date(2026, 11, 23)
PAST = st.dates(date(1927, 1, 1), TODAY)


def nik_of(born: date, female: bool = False, region: str = "317407", serial: int = 1) -> str:
    return f"{region}{born.day + 40 * female:02}{born.month:02}{born.year % 100:02}{serial:04}"


def problem(text: str, today: date = TODAY) -> NikProblem | None:
    return check_nik(text, today).problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", NikProblem.LENGTH),
        ("317407550895000", NikProblem.LENGTH),
        ("31740755089500011", NikProblem.LENGTH),
        ("3174O75508950001", NikProblem.NOT_DIGITS),
        ("-174075508950001", NikProblem.NOT_DIGITS),
        ("3174075508950001\n", NikProblem.NOT_DIGITS),
        ("8888801234567890", NikProblem.LOOKS_LIKE_VA),
        ("3174070008950001", NikProblem.DATE),  # day 0
        ("3174073202950001", NikProblem.DATE),  # day 32
        ("3174074008950001", NikProblem.DATE),  # day 40: neither a man's nor a woman's
        ("3174077208950001", NikProblem.DATE),  # day 72
        ("3174071513950001", NikProblem.DATE),  # month 13
        ("3174072902950001", NikProblem.DATE),  # 29 February of no leap year in either century
        ("3174075508950000", NikProblem.SERIAL),
        ("3174072411260001", NikProblem.FUTURE),  # tomorrow
        ("3174072311260001", None),  # born today
        ("3174071508270001", None),  # 27 is above this year: 1927
        ("3174072902000001", None),  # 1900 was no leap year, 2000 was
        ("3174 0755 0895 0001", None),  # as the screen groups it
    ],
)
def test_only_what_cannot_be_a_nik_is_refused(text: str, expected: NikProblem | None) -> None:
    assert problem(text) is expected


@pytest.mark.parametrize("digits", ["３１７４０７５５０８９５０００１", "٣١٧٤٠٧٥٥٠٨٩٥٠٠٠١", "317407550895000²"])
def test_digits_of_other_scripts_are_accepted_nowhere(digits: str) -> None:
    assert problem(digits) is NikProblem.NOT_DIGITS


@given(st.text(max_size=40))
def test_any_text_gets_a_verdict_and_is_accepted_only_as_sixteen_ascii_digits(text: str) -> None:
    verdict = check_nik(text, TODAY)
    if verdict.acceptable:
        assert len(verdict.digits) == 16
        assert set(verdict.digits) <= set("0123456789")


@given(PAST, st.booleans(), st.integers(1, 9999), st.from_regex(r"[1-9][0-9]{5}", fullmatch=True))
def test_nobody_born_in_the_last_99_years_is_turned_away(born: date, female: bool, serial: int, region: str) -> None:
    if region.startswith("88888"):
        return
    verdict = check_nik(nik_of(born, female, region, serial), TODAY)
    assert verdict.acceptable
    assert verdict.sex is (Sex.FEMALE if female else Sex.MALE)
    assert verdict.birth is not None
    assert verdict.birth.agrees_with(born)


@given(st.integers(0, 10**16 - 1))
def test_structure_agrees_with_the_library_except_for_the_open_century(number: int) -> None:
    digits = f"{number:016}"
    ours, theirs = check_nik(digits, TODAY), parse_nik(digits, reference_date=TODAY)
    if ours.problem is NikProblem.LOOKS_LIKE_VA:
        return
    codes = {issue.code for issue in theirs.errors}
    if ours.problem is NikProblem.SERIAL:
        assert "serial" in codes
    if ours.problem is NikProblem.DATE:
        assert "birth_date" in codes
    if "birth_date" in codes and ours.problem is not NikProblem.DATE:
        assert digits[6:10] in ("2902", "6902")  # a leap day of the other century
    if ours.acceptable:
        assert "serial" not in codes


@given(st.dates(TODAY + timedelta(days=1), date(2026, 12, 31)), st.booleans())
def test_a_day_still_to_come_this_year_is_the_future(born: date, female: bool) -> None:
    assert problem(nik_of(born, female)) is NikProblem.FUTURE


def test_known_cost_who_turns_a_hundred_later_this_year_needs_the_second_button() -> None:
    assert problem(nik_of(date(1926, 12, 24))) is NikProblem.FUTURE
    assert problem(nik_of(date(1926, 11, 23))) is None
    assert problem(nik_of(date(1925, 12, 24))) is None


def test_the_century_stays_open_until_the_register_answers() -> None:
    verdict = check_nik(nik_of(date(1922, 8, 15)), TODAY)
    assert NikNote.CENTURY_OPEN in verdict.notes
    assert verdict.birth is not None
    assert verdict.birth.years == (1922, 2022)


def test_a_birth_date_that_differs_from_the_register_is_no_refusal() -> None:
    verdict = check_nik(nik_of(date(1995, 8, 15)), TODAY)
    assert verdict.acceptable
    assert verdict.birth is not None
    assert not verdict.birth.agrees_with(date(1995, 8, 16))


def test_an_unknown_region_is_a_note_never_a_refusal() -> None:
    for region in ("990101", "317400", "310000", "000000"):
        verdict = check_nik(nik_of(date(1995, 8, 15), region=region), TODAY)
        assert verdict.acceptable
        assert NikNote.REGION_UNKNOWN in verdict.notes


def test_the_region_is_named_as_deep_as_it_is_known() -> None:
    warm_up()
    assert "Jakarta Selatan" in check_nik(nik_of(date(1995, 8, 15)), TODAY).region_name
    outdated = check_nik(nik_of(date(1995, 8, 15), region="317499"), TODAY)
    assert "Jakarta Selatan" in outdated.region_name
    assert NikNote.REGION_UNKNOWN in outdated.notes


def test_a_nik_from_before_its_region_was_split_stays_a_nik() -> None:
    """Tarakan was 64.73 of Kalimantan Timur until Kalimantan Utara was made of its north; NIKs stay for life."""
    verdict = check_nik(nik_of(date(1995, 8, 15), region="647301"), TODAY)
    assert verdict.acceptable
    assert verdict.region_name == "Kalimantan Timur"
    assert NikNote.REGION_UNKNOWN in verdict.notes
    assert NikNote.REGION_UNKNOWN not in check_nik(nik_of(date(1995, 8, 15), region="657101"), TODAY).notes


@given(st.dates(date(1916, 12, 31), TODAY.replace(year=TODAY.year - 99)), st.booleans())
def test_the_very_old_are_not_taken_for_children(born: date, female: bool) -> None:
    verdict = check_nik(nik_of(born, female), TODAY)
    if born.year == TODAY.year - 100 and (born.month, born.day) > (TODAY.month, TODAY.day):
        return  # a known cost, with a test of its own
    assert verdict.acceptable
    assert verdict.birth is not None
    assert verdict.birth.agrees_with(born)
    assert NikNote.CENTURY_OPEN in verdict.notes or born.year % 100 > TODAY.year % 100


def test_the_region_is_named_as_one_types() -> None:
    nik = nik_of(date(1995, 8, 15))
    said = [region_so_far(nik[:typed]) for typed in range(17)]
    assert said[0] == said[1] == ""
    assert said[2] == said[3] == "Daerah Khusus Ibukota Jakarta"
    assert said[4] == said[5] == f"Kota Administrasi Jakarta Selatan, {said[2]}"
    assert set(said[6:]) == {f"Kebayoran Baru, {said[4]}"}
    assert region_so_far("3174 07") == said[6], "as the screen groups it"


@pytest.mark.parametrize("typed", ["", "9", "99", "88888", "６４", "٦٤", "6a", "-1"])
def test_no_region_is_named_for_what_is_none(typed: str) -> None:
    assert region_so_far(typed) == ""


@given(st.text(max_size=20) | st.text("0123456789 ", max_size=20))
def test_any_text_gets_a_region_or_none_and_more_digits_never_name_another_province(typed: str) -> None:
    named = region_so_far(typed)
    assert named.endswith(region_so_far(typed.replace(" ", "")[:2])) or not named


def test_a_kk_number_passes_with_a_hint_because_its_structure_is_a_niks() -> None:
    registered = date(2014, 3, 9)
    verdict = check_nik(nik_of(registered), TODAY)
    assert verdict.acceptable
    assert NikNote.MAY_BE_KK in verdict.notes
    assert NikNote.MAY_BE_KK not in check_nik(nik_of(registered, female=True), TODAY).notes
    assert NikNote.MAY_BE_KK not in check_nik(nik_of(date(1995, 8, 15)), TODAY).notes


def test_the_next_century_works_too() -> None:
    assert problem(nik_of(date(2099, 5, 5)), date(2101, 1, 2)) is None
    assert problem(nik_of(date(2101, 1, 3)), date(2101, 1, 2)) is NikProblem.FUTURE


def test_a_verdict_never_prints_the_person() -> None:
    verdict = check_nik("3174075508950001", TODAY)
    assert isinstance(verdict, NikVerdict)
    for secret in ("3174", "1995", "Jakarta", "day=15"):
        assert secret not in repr(verdict)


@given(st.text("0123456789", max_size=40))
def test_grouping_is_undone_by_taking_the_blanks_out(digits: str) -> None:
    assert group_digits(digits).replace(" ", "") == digits


def test_grouping_and_mask() -> None:
    assert group_digits("3174075508950001") == "3174 0755 0895 0001"
    assert mask("3174075508950001") == "xxxx xxxx xxxx 0001"
    assert mask("12345678") == "xxxx xxxx"
