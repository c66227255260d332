"""Texts as short messages and back. The risk: a code that arrives garbled or in halves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.gateways.sms_text import (
    GSM_CODING,
    UCS2_CODING,
    UDH_INDICATOR,
    ShortMessage,
    split_header,
    to_messages,
    to_text,
)

GSM_CHARS = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà^{}\\[~]|€"


def joined(messages: list[ShortMessage]) -> str:
    parts = [split_header(message.octets, message.esm_class) for message in messages]
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert {part.total for part in parts} == {len(parts)}
    return to_text(b"".join(part.text_octets for part in parts), messages[0].data_coding)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400), st.integers(0, 255))
def test_any_text_arrives_as_it_was_sent(text: str, reference: int) -> None:
    assert joined(to_messages(text, reference)) == text


@given(st.text(GSM_CHARS, min_size=1, max_size=700))
def test_the_gsm_alphabet_needs_no_ucs2_and_every_message_fits(text: str) -> None:
    messages = to_messages(text, 7)
    assert joined(messages) == text
    for message in messages:
        assert message.data_coding == GSM_CODING
        assert len(message.octets) <= 160
        assert max(message.octets[6:] if message.esm_class else message.octets) < 0x80


@given(st.text(min_size=1, max_size=300))
def test_every_message_fits_what_the_protocol_allows(text: str) -> None:
    for message in to_messages(text, 7):
        assert len(message.octets) <= (160 if message.data_coding == GSM_CODING else 140)


@pytest.mark.parametrize(
    ("text", "coding", "parts"),
    [
        ("x" * 160, GSM_CODING, 1),
        ("x" * 161, GSM_CODING, 2),
        ("x" * 306, GSM_CODING, 2),
        ("x" * 307, GSM_CODING, 3),
        ("€" * 80, GSM_CODING, 1),  # two septets each
        ("€" * 81, GSM_CODING, 2),
        ("–" * 70, UCS2_CODING, 1),
        ("–" * 71, UCS2_CODING, 2),
        ("–" * 134, UCS2_CODING, 2),
        ("–" * 135, UCS2_CODING, 3),
        ("😀" * 35, UCS2_CODING, 1),
        ("😀" * 36, UCS2_CODING, 2),
    ],
)
def test_the_length_of_a_text_in_messages(text: str, coding: int, parts: int) -> None:
    messages = to_messages(text, 7)
    assert {message.data_coding for message in messages} == {coding}
    assert len(messages) == parts
    assert all(bool(message.esm_class & UDH_INDICATOR) == (parts > 1) for message in messages)


@pytest.mark.parametrize("text", ["", "–" * 255 * 67 + "–"])
def test_what_cannot_be_a_text_message_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="text"):
        to_messages(text, 7)


@given(st.binary(max_size=60))
def test_a_damaged_header_is_refused_or_read_never_crashes(octets: bytes) -> None:
    try:
        part = split_header(octets, UDH_INDICATOR)
    except ValueError:
        return
    assert 1 <= part.number <= part.total


def test_the_sixteen_bit_reference_is_read_too() -> None:
    part = split_header(bytes([6, 0x08, 4, 1, 2, 3, 2]) + b"dua", UDH_INDICATOR)
    assert (part.reference, part.total, part.number, part.text_octets) == (0x0102, 3, 2, b"dua")


@given(st.binary(max_size=40), st.integers(0, 255))
def test_any_octets_in_any_alphabet_are_read_or_refused(octets: bytes, coding: int) -> None:
    try:
        assert isinstance(to_text(octets, coding), str)
    except ValueError:
        return


def test_other_alphabets_of_real_centres() -> None:
    assert to_text("Kode é".encode("latin-1"), 3) == "Kode é"
    assert to_text(b"Kode 123", 1) == "Kode 123"
    assert to_text(b"", 0) == ""
    with pytest.raises(ValueError, match="alphabet"):
        to_text(b"\x00\x01", 4)
