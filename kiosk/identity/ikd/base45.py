"""Base45 (RFC 9285): binary data in the 45 letters that a QR code packs into 5.5 bits each."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}


def encode(data: bytes) -> str:
    out = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, value = divmod(number, 45)
            out.append(_ALPHABET[value])
    return "".join(out)


def decode(text: str) -> bytes:
    """Raises ValueError for a letter outside the alphabet, a length or a group that no encoder makes."""
    if len(text) % 3 == 1:
        raise ValueError("length")
    out = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        try:
            number = sum(_VALUE[letter] * 45**place for place, letter in enumerate(group))
        except KeyError:
            raise ValueError("letter") from None
        if number >= 256 ** (len(group) - 1):
            raise ValueError("group")
        out += number.to_bytes(len(group) - 1, "big")
    return bytes(out)
