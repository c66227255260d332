"""JKN card numbers, typed or out of a code. The risk: looking somebody else up from a stray number."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.card import CARD_DIGITS, MAX_CODE_CHARS, CardProblem, check_card, identifier_from_code
from kiosk.identity.nik import VA_PREFIX, NikProblem, check_nik, group_digits
from kiosk.ports import Identifier, IdentifierKind

CARD = "0001234567890"
NIK = "3174075508950001"
CARDS = st.from_regex(r"[0-9]{13}", fullmatch=True).filter(lambda digits: not digits.startswith(VA_PREFIX))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CARD, None),
        ("0001 2345 6789 0", None),
        ("9991234567890", None),  # a leading 000 is no rule
        ("", CardProblem.LENGTH),
        ("000123456789", CardProblem.LENGTH),
        (NIK, CardProblem.LENGTH),
        ("000123456789x", CardProblem.NOT_DIGITS),
        ("０００１２３４５６７８９０", CardProblem.NOT_DIGITS),
        ("8888801234567890", CardProblem.LOOKS_LIKE_VA),
        ("8888801234567", CardProblem.LOOKS_LIKE_VA),  # the number pad stops at 13
    ],
)
def test_a_typed_card_number(text: str, expected: CardProblem | None) -> None:
    assert check_card(text).problem is expected


@given(CARDS, st.lists(st.integers(0, 13), max_size=6))
def test_every_thirteen_digits_are_a_card_however_they_are_grouped(digits: str, blanks: list[int]) -> None:
    grouped = digits
    for place in sorted(blanks, reverse=True):
        grouped = f"{grouped[:place]} {grouped[place:]}"
    for text in (digits, grouped, group_digits(digits)):
        verdict = check_card(text)
        assert verdict.acceptable
        assert verdict.digits == digits, "leading zeros are part of the number"


@given(st.text(max_size=30) | st.text("0123456789 ", max_size=18))
def test_any_text_gets_a_verdict_and_only_thirteen_ascii_digits_pass(text: str) -> None:
    verdict = check_card(text)
    if verdict.acceptable:
        assert len(verdict.digits) == CARD_DIGITS
        assert set(verdict.digits) <= set("0123456789")
        assert verdict.digits == text.replace(" ", "")


@given(CARDS)
def test_the_virtual_account_of_a_card_is_told_for_what_it_is_wherever_it_is_given(digits: str) -> None:
    account = VA_PREFIX + digits[2:]
    assert check_card(account).problem is CardProblem.LOOKS_LIKE_VA
    assert check_nik(account, date(2026, 11, 23)).problem is NikProblem.LOOKS_LIKE_VA
    assert identifier_from_code(account) is None


def test_a_verdict_never_prints_the_number() -> None:
    assert CARD not in repr(check_card(CARD))
    assert NIK not in repr(identifier_from_code(NIK))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CARD, Identifier(IdentifierKind.JKN_CARD, CARD)),
        (NIK, Identifier(IdentifierKind.NIK, NIK)),
        (f"JKN|{CARD}|KELAS 3", Identifier(IdentifierKind.JKN_CARD, CARD)),
        (f"https://contoh.test/k?no={CARD}&v=2", Identifier(IdentifierKind.JKN_CARD, CARD)),
        (f"{CARD};{CARD}", Identifier(IdentifierKind.JKN_CARD, CARD)),
        (f"{CARD};{NIK}", None),  # which one is meant?
        (f"{NIK};3174075508950002", None),
        (f"{NIK}1", None),  # part of a longer number
        ("1" * 26, None),
        (f"eyJ{NIK}abc", None),  # the middle of a token
        (f"１{NIK}", None),  # a digit of another script in front
        ("8888801234567890", None),
        ("https://contoh.test", None),
        ("", None),
    ],
)
def test_exactly_one_number_is_taken_out_of_a_code(text: str, expected: Identifier | None) -> None:
    assert identifier_from_code(text) == expected


def test_a_huge_code_is_not_looked_into() -> None:
    assert identifier_from_code(CARD + " " * (MAX_CODE_CHARS - len(CARD))) is not None
    assert identifier_from_code(CARD + " " * MAX_CODE_CHARS) is None


@given(st.text(max_size=1200) | st.text("0123456789 ;abc-", max_size=60))
def test_any_text_is_answered_and_only_13_or_16_ascii_digits_come_out(text: str) -> None:
    found = identifier_from_code(text)
    if found is not None:
        assert found.digits in text
        assert len(found.digits) == (16 if found.kind is IdentifierKind.NIK else 13)
        assert found.digits.isascii()


@given(st.from_regex(r"[0-9]{13}", fullmatch=True), st.text("abcXYZ", max_size=10))
def test_a_card_number_alone_in_its_field_is_always_found(digits: str, label: str) -> None:
    found = identifier_from_code(f"{label}|{digits}|")
    assert (found is None) == digits.startswith("88888")
