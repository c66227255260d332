"""Texts as short messages: alphabet, length and parts (3GPP TS 23.038 and 23.040), both ways.

A text in the GSM alphabet goes out unpacked with data_coding 0, anything else as UCS-2 (UTF-16BE) with
data_coding 8. What does not fit one message is cut into parts that the phone joins again. Left out:
the national shift tables, which Indonesian does not need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

GSM_CODING = 0
ASCII_CODING = 1
LATIN1_CODING = 3
UCS2_CODING = 8

UDH_INDICATOR = 0x40
"""Bit of esm_class: the message begins with a user data header."""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
_EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

_ENCODE = {char: bytes([code]) for code, char in enumerate(_BASIC) if code != _ESCAPE}
_ENCODE |= {char: bytes([_ESCAPE, code]) for code, char in _EXTENDED.items()}

_ONE = {GSM_CODING: 160, UCS2_CODING: 140}
"""Octets as submitted: 160 unpacked septets, or 140 octets of UCS-2."""
_PART = {GSM_CODING: 153, UCS2_CODING: 134}
"""The same beside a header of six octets that joins the parts."""
_MAX_PARTS = 255


@dataclass(frozen=True, slots=True)
class ShortMessage:
    data_coding: int
    esm_class: int
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """What one received message holds: a whole text (total 1) or part ``number`` of ``total``."""

    text_octets: bytes = field(repr=False)
    reference: int = 0
    total: int = 1
    number: int = 1


def to_messages(text: str, reference: int) -> list[ShortMessage]:
    """Cut ``text`` into messages; ``reference`` (0-255) joins the parts of one text. ValueError when the text
    is empty or needs more than 255 parts."""
    units = [_ENCODE.get(char) for char in text]
    coding = UCS2_CODING if None in units else GSM_CODING
    if coding == UCS2_CODING:
        # A unit is a whole character: a surrogate pair is never cut in two.
        units = [char.encode("utf-16-be", "replace") for char in text]
    whole = [unit for unit in units if unit is not None]
    if not whole:
        raise ValueError("an empty text")
    if sum(map(len, whole)) <= _ONE[coding]:
        return [ShortMessage(coding, 0, b"".join(whole))]
    parts = _pack(whole, _PART[coding])
    if len(parts) > _MAX_PARTS:
        raise ValueError("too long a text")
    return [
        ShortMessage(coding, UDH_INDICATOR, bytes([5, 0, 3, reference & 0xFF, len(parts), number]) + octets)
        for number, octets in enumerate(parts, 1)
    ]


def _pack(units: list[bytes], room: int) -> list[bytes]:
    parts = [b""]
    for unit in units:
        if len(parts[-1]) + len(unit) > room:
            parts.append(b"")
        parts[-1] += unit
    return parts


def split_header(octets: bytes, esm_class: int) -> Part:
    """Take the user data header off, reading its 8- or 16-bit concatenation. ValueError when it is damaged."""
    if not esm_class & UDH_INDICATOR:
        return Part(octets)
    if not octets or len(octets) < 1 + octets[0]:
        raise ValueError("a header longer than the message")
    header, text_octets = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
    position = 0
    while position + 2 <= len(header):
        kind, size = header[position], header[position + 1]
        value = header[position + 2 : position + 2 + size]
        if len(value) < size:
            raise ValueError("a damaged header")
        if (kind, size) in ((0x00, 3), (0x08, 4)):
            total, number = value[-2], value[-1]
            if not 1 <= number <= total:
                raise ValueError("a part number out of range")
            return Part(text_octets, int.from_bytes(value[:-2], "big"), total, number)
        position += 2 + size
    return Part(text_octets)


def to_text(octets: bytes, data_coding: int) -> str:
    """The text of whole octets. ValueError for alphabets that carry no text, or broken ones."""
    if data_coding == GSM_CODING:
        return _from_gsm(octets)
    codec = {ASCII_CODING: "ascii", LATIN1_CODING: "latin-1", UCS2_CODING: "utf-16-be"}.get(data_coding)
    if codec is None:
        raise ValueError("an alphabet that is not read here")
    return octets.decode(codec)


def _from_gsm(octets: bytes) -> str:
    if any(code > 0x7F for code in octets):
        raise ValueError("not the GSM alphabet")
    text = []
    for before, code in pairwise(b"\x00" + octets):
        if before == _ESCAPE and code != _ESCAPE:
            text.append(_EXTENDED.get(code, _BASIC[code]))
        elif code != _ESCAPE:
            text.append(_BASIC[code])
    return "".join(text)
