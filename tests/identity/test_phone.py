"""Phone numbers as people write them. The risk: a code that is sent to somebody else, or to nobody."""

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


NATIONAL = st.from_regex(r"08[1-9][0-9]{7,10}", fullmatch=True)  # 10 to 13 digits


@given(NATIONAL, st.sampled_from(["0", "62", "+62", "0062", ""]), st.lists(st.integers(1, 12), max_size=4), st.data())
def test_no_way_of_writing_a_number_leads_to_another(
    national: str, before: str, breaks: list[int], data: st.DataObject
) -> None:
    written = national[1:]
    for place in sorted(breaks, reverse=True):
        if 0 < place < len(written):
            written = written[:place] + data.draw(st.sampled_from([" ", "-"])) + written[place:]
    verdict = check_phone(before + written)
    assert (verdict.problem, verdict.e164, verdict.national) == (None, "+62" + national[1:], national)


@given(NATIONAL, st.integers(0, 13))
def test_a_digit_too_few_or_too_many_is_never_mended(national: str, place: int) -> None:
    shorter = national[:9]
    longer = national[:place] + "0" * (14 - len(national)) + national[place:]
    assert check_phone(shorter).problem is PhoneProblem.LENGTH
    assert check_phone(longer).problem is not None


@given(st.text(max_size=40))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = check_phone(text)
    if verdict.problem is None:
        assert verdict.e164.startswith("+628")
        assert 10 <= len(verdict.national) <= 13
