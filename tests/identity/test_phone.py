from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.phone import PhoneProblem, check_phone


@pytest.mark.parametrize(
    "text", ["08121234890", "+62 812-1234-890", "628121234890", "8121234890", "0062 812 1234 890", " 0812 1234 890 "]
)
def test_every_way_to_write_one_number_is_the_same_number(text: str) -> None:
    verdict = check_phone(text)
    assert (verdict.problem, verdict.e164, verdict.national) == (None, "+628121234890", "08121234890")
    assert "8121" not in repr(verdict)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", PhoneProblem.NOT_A_NUMBER),
        ("nol delapan", PhoneProblem.NOT_A_NUMBER),
        ("+65 9123 4567", PhoneProblem.NOT_A_NUMBER),
        ("٠٨١٢١٢٣٤٨٩٠", PhoneProblem.NOT_A_NUMBER),
        ("0812" * 20, PhoneProblem.NOT_A_NUMBER),
        ("081212348", PhoneProblem.LENGTH),
        ("08121234567890", PhoneProblem.LENGTH),
        ("(021) 555-1234", PhoneProblem.LANDLINE),  # an SMS would never arrive
    ],
)
def test_what_cannot_get_an_sms_is_named(text: str, expected: PhoneProblem) -> None:
    assert check_phone(text).problem is expected


def test_a_new_operator_prefix_is_no_refusal() -> None:
    assert check_phone("08001234567").problem is None


@given(st.text(max_size=40))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = check_phone(text)
    if verdict.problem is None:
        assert verdict.e164.startswith("+628")
        assert 10 <= len(verdict.national) <= 13
