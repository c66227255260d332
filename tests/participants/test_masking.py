from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.participants.masking import HIDDEN, initials, mask_email, mask_phone, short_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SITI RAHMAWATI", "S. R."),
        ("siti", "S."),
        ("H. M. YUSUF", "H. M. Y."),
        ("NUR'AINI", "N."),
        ("AHMAD-ZAKI", "A. Z."),
        ("  ", ""),
        ("", ""),
        ("12 34", ""),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


@given(st.text(max_size=60))
def test_initials_show_at_most_one_letter_of_a_word(name: str) -> None:
    assert all(len(word) <= 4 for word in initials(name).split())  # ß and its like become two or three


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+628121234890", "0812-xxxx-890"),
        ("08121234890", "0812-xxxx-890"),
        ("0812 1234 5678 90", "0812-xxxx-890"),  # the mask does not tell the length
        ("081234", HIDDEN),
        ("", HIDDEN),
    ],
)
def test_phone(number: str, expected: str) -> None:
    assert mask_phone(number) == expected


@given(st.from_regex(r"08[0-9]{8,11}", fullmatch=True))
def test_a_masked_phone_never_holds_the_whole_number(number: str) -> None:
    visible = [c for c in mask_phone(number) if c.isdigit()]
    assert len(visible) == 7 < len(number)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("siti.rahma@gmail.com", "s***@gmail.com"),
        ("a@b.id", "a***@b.id"),
        ("siti", HIDDEN),
        ("@gmail.com", HIDDEN),
        ("siti@localhost", HIDDEN),
        ("", HIDDEN),
    ],
)
def test_email(address: str, expected: str) -> None:
    assert mask_email(address) == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [("SITI NUR RAHMAWATI", "Siti R."), ("SITI", "Siti"), ("", ""), ("I GUSTI 7", "I"), ("NI'MAH O'NEIL", "Ni'Mah O.")],
)
def test_the_greeting_shows_the_first_name_and_one_letter_only(name: str, shown: str) -> None:
    assert short_name(name) == shown
