"""What a CBOR reader may be given: one small, flat, unambiguous item.

A general reader follows tags into bignums, decimals, regular expressions and shared references, keeps the
last of two equal keys and takes one number in five lengths. None of that is in an honest token.
"""

from __future__ import annotations

_UINT, _NEGINT, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)

MAX_DEPTH = 6
"""A CWT with claim 169 has 4: array or map, claims, identity, list of fingers."""


def check_shape(data: bytes) -> None:
    """One whole item in the shortest form, without tags, keys of a map once each and numbers or texts.
    Raises ValueError."""
    if _item(data, 0, 1) != len(data):
        raise ValueError("trailing bytes")


def _item(data: bytes, at: int, depth: int) -> int:
    """Where the item that begins at ``at`` ends."""
    if depth > MAX_DEPTH:
        raise ValueError("depth")
    start = at
    major, argument, at = _argument(data, at)
    if major in (_BYTES, _TEXT):
        if argument > len(data) - at:
            raise ValueError("length")
        return at + argument
    if major == _ARRAY:
        for _ in range(_no_more_than(argument, len(data) - at)):
            at = _item(data, at, depth + 1)
    elif major == _MAP:
        keys = set()
        for _ in range(_no_more_than(argument, (len(data) - at) // 2)):
            value_at = _item(data, at, depth + 1)
            if data[at] >> 5 not in (_UINT, _NEGINT, _TEXT) or data[at:value_at] in keys:
                raise ValueError("key")
            keys.add(data[at:value_at])
            at = _item(data, value_at, depth + 1)
    elif major == _TAG or (major == _SIMPLE and data[start] & 31 < 20):
        raise ValueError("kind")
    return at


def _argument(data: bytes, at: int) -> tuple[int, int, int]:
    """(major type, argument, where it ends)."""
    if at >= len(data):
        raise ValueError("end")
    major, short = data[at] >> 5, data[at] & 31
    if short < 24:
        return major, short, at + 1
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(short)  # 31: of open length
    if size is None or at + 1 + size > len(data):
        raise ValueError("argument")
    argument = int.from_bytes(data[at + 1 : at + 1 + size], "big")
    if major != _SIMPLE and argument < (24 if size == 1 else 1 << 4 * size):
        raise ValueError("not the shortest form")
    if major == _SIMPLE and size == 1:
        raise ValueError("simple value")
    return major, argument, at + 1 + size


def _no_more_than(count: int, left: int) -> int:
    if count > left:
        raise ValueError("count")
    return count
