"""Base45. The risk: two texts for the same bytes, or a text no encoder makes that is taken all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.ikd import base45

VECTORS = {b"AB": "BB8", b"Hello!!": "%69 VD92EX0", b"base-45": "UJCLQE7W581", b"ietf!": "QED8WEX0", b"": ""}
"""RFC 9285, section 4.3."""


def test_the_examples_of_the_standard() -> None:
    for data, text in VECTORS.items():
        assert base45.encode(data) == text
        assert base45.decode(text) == data


@given(st.binary(max_size=200))
def test_whatever_goes_in_comes_out(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(st.text(base45._ALPHABET, max_size=30))
def test_one_text_for_one_value(text: str) -> None:
    try:
        data = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(data) == text


@pytest.mark.parametrize("text", ["A", "AAAA", "bb8", "A\nB", "É00", ":::", "::", "GGW0"])
def test_what_no_encoder_makes_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        base45.decode(text)
