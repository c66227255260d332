"""Which PINs are refused. The risks: a PIN anyone would try first, and refusing so many that nobody finds one."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials.pin_policy import COMMON_LIST, PinFacts, PinPolicy, PinRule, check_pin

NOBODY = PinFacts()
SITI = PinFacts(date(1995, 8, 15), "3174075508950001", "0001234567890", "0812-xxxx-890")


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("", PinRule.LENGTH),
        ("48026", PinRule.LENGTH),
        ("4802637", PinRule.LENGTH),
        ("48026a", PinRule.LENGTH),
        ("４８０２６３", PinRule.LENGTH),
        ("٤٨٠٢٦٣", PinRule.LENGTH),
        ("150895", PinRule.BIRTH_DATE),
        ("081595", PinRule.BIRTH_DATE),
        ("950815", PinRule.BIRTH_DATE),
        ("951508", PinRule.BIRTH_DATE),
        ("550895", PinRule.BIRTH_DATE),  # as the NIK writes a woman's
        ("955508", PinRule.BIRTH_DATE),
        ("081995", PinRule.BIRTH_DATE),  # MMYYYY
        ("199508", PinRule.BIRTH_DATE),
        ("151995", PinRule.BIRTH_DATE),  # DDYYYY
        ("508199", PinRule.BIRTH_DATE),  # out of the middle of DDMMYYYY
        ("317407", PinRule.IDENTITY_DIGITS),
        ("740755", PinRule.IDENTITY_DIGITS),
        ("950001", PinRule.IDENTITY_DIGITS),
        ("000123", PinRule.IDENTITY_DIGITS),
        ("567890", PinRule.IDENTITY_DIGITS),
        ("081277", PinRule.IDENTITY_DIGITS),  # 0812 and two digits nobody sees
        ("628125", PinRule.IDENTITY_DIGITS),  # the same as +62 812
        ("812890", PinRule.IDENTITY_DIGITS),  # what is visible
        ("123456", PinRule.IDENTITY_DIGITS),  # in this card number too
        ("987654", PinRule.SEQUENCE),
        ("890123", PinRule.SEQUENCE),
        ("135791", PinRule.SEQUENCE),
        ("111111", PinRule.REPEAT),
        ("121212", PinRule.REPEAT),
        ("427427", PinRule.REPEAT),
        ("112233", PinRule.REPEAT),
        ("444777", PinRule.REPEAT),
        ("888188", PinRule.REPEAT),
        ("147258", PinRule.KEYPAD),
        ("159753", PinRule.KEYPAD),
        ("258000", PinRule.KEYPAD),
        ("258025", PinRule.KEYPAD),
        ("123654", PinRule.KEYPAD),
        ("236987", PinRule.KEYPAD),  # a snake
        ("137931", PinRule.KEYPAD),  # round the corners
        ("170845", PinRule.ANY_DATE),  # the nation's birthday
        ("311299", PinRule.ANY_DATE),
        ("123199", PinRule.ANY_DATE),
        ("991231", PinRule.ANY_DATE),
        ("300206", PinRule.ANY_DATE),  # 30 February is a date to whoever chose it
        ("062031", PinRule.ANY_DATE),
        ("314159", PinRule.COMMON),
        ("165165", PinRule.REPEAT),
        ("480263", None),
        ("907142", None),
    ],
)
def test_the_first_broken_rule_is_named(pin: str, expected: PinRule | None) -> None:
    assert check_pin(pin, SITI) is expected


def test_a_pin_that_only_contains_personal_digits_passes_for_the_whole_secret_is_compared() -> None:
    facts = PinFacts(nik="3174075508950001")
    assert check_pin("93174075", facts, digits=8) is None
    assert check_pin("31740755", facts, digits=8) is PinRule.IDENTITY_DIGITS


def test_a_register_date_that_differs_from_the_nik_refuses_both() -> None:
    facts = PinFacts(birth_date=date(1994, 7, 31), nik="3174075508950001")
    assert check_pin("310794", facts) is PinRule.BIRTH_DATE
    assert check_pin("150895", facts) is PinRule.BIRTH_DATE


def test_without_facts_the_general_rules_still_hold() -> None:
    assert check_pin("150895", NOBODY) is PinRule.ANY_DATE
    assert check_pin("123456", NOBODY) is PinRule.SEQUENCE
    assert check_pin("317407", NOBODY) is None


@pytest.mark.parametrize("mask", ["", "xxxx", "0812", "+62 812-****-890", "tidak ada", "x" * 40])
def test_any_mask_is_understood_or_skipped(mask: str) -> None:
    expected = PinRule.IDENTITY_DIGITS if "812-" in mask else None
    assert check_pin("628127", PinFacts(masked_phone=mask)) is expected
    assert check_pin("480263", PinFacts(masked_phone=mask)) is None


@pytest.mark.parametrize(
    ("pin", "digits", "expected"),
    [
        ("15081995", 8, PinRule.BIRTH_DATE),
        ("19950815", 8, PinRule.BIRTH_DATE),
        ("55081995", 8, PinRule.BIRTH_DATE),
        ("5081995", 7, PinRule.BIRTH_DATE),
        ("17081945", 8, PinRule.ANY_DATE),
        ("12345678", 8, PinRule.IDENTITY_DIGITS),  # it is in the card's number
        ("23456789", 8, PinRule.IDENTITY_DIGITS),
        ("87654321", 8, PinRule.SEQUENCE),
        ("12341234", 8, PinRule.REPEAT),
        ("1212121", 7, PinRule.REPEAT),
        ("14725836", 8, PinRule.KEYPAD),
        ("2580258", 7, PinRule.KEYPAD),
        ("2580147", 7, PinRule.KEYPAD),
        ("31415926", 8, PinRule.COMMON),
        ("48026371", 8, None),
        ("4802637", 7, None),
    ],
)
def test_longer_pins_of_a_site_meet_the_same_rules(pin: str, digits: int, expected: PinRule | None) -> None:
    assert check_pin(pin, SITI, digits) is expected


@given(st.dates(date(1925, 1, 1), date(2009, 12, 31)), st.booleans())
def test_nobody_can_take_their_own_birth_date_in_any_order(born: date, female: bool) -> None:
    day, month, year = f"{born.day:02}", f"{born.month:02}", f"{born.year % 100:02}"
    coded = f"{born.day + 40 * female:02}"
    nik = f"317407{coded}{month}{year}0001"
    for facts in (PinFacts(birth_date=born), PinFacts(nik=nik)):
        for days in (day, f"{born.day + 40:02}"):
            for pin in (
                days + month + year,
                days + year + month,
                month + days + year,
                month + year + days,
                year + days + month,
                year + month + days,
            ):
                assert check_pin(pin, facts) is PinRule.BIRTH_DATE


@given(st.text(max_size=12), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_pin_and_any_facts_get_an_answer(pin: str, nik: str, card: str, phone: str) -> None:
    rule = check_pin(pin, PinFacts(None, nik, card, phone))
    assert rule is None or rule in PinRule


def test_known_cost_about_nine_percent_of_all_pins_are_refused_nearly_all_as_dates() -> None:
    policy = PinPolicy(SITI)
    rules = Counter(policy.check(f"{number:06}") for number in range(1_000_000))
    assert rules[None] == 907_811
    assert rules[PinRule.ANY_DATE] == 87_301


def test_the_common_list_holds_only_what_no_rule_of_shape_refuses_already() -> None:
    listed = [line for line in COMMON_LIST.read_text().splitlines() if line and not line.startswith("#")]
    assert listed
    assert len(listed) == len(set(listed))
    assert {line: check_pin(line, NOBODY, len(line)) for line in listed} == dict.fromkeys(listed, PinRule.COMMON)


def test_facts_never_print_the_person() -> None:
    assert repr(SITI) == "PinFacts()"
