"""CBOR before it is read. The risk: a kilobyte that becomes gigabytes, days, or two tokens in one."""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.ikd.cbor_shape import MAX_DEPTH, check_shape

HOSTILE = {
    "nothing": "",
    "two items": "0101",
    "nested beyond use": "81" * (MAX_DEPTH + 1) + "00",
    "a thousand levels": "81" * 1000 + "00",
    "array longer than its bytes": "9a7fffffff00",
    "map longer than its bytes": "bb00ffffffffffffff00",
    "text longer than its bytes": "7b7fffffffffffffff41",
    "cut off in a head": "19ff",
    "of open length": "9f01ff",
    "text of open length": "7f6141ff",
    "bignum": "c24101",
    "decimal with a huge exponent": "c4821a7fffffff03",
    "power of two with a huge exponent": "c5821a7fffffff03",
    "regular expression": "d823" + "6141",
    "shared reference": "d81d00",
    "self-containing array": "d81c81d81d00",
    "the same key twice": "a201000102",
    "a key in two lengths": "a20100180102",
    "a number longer than need be": "1801",
    "a length longer than need be": "580141",
    "an array as key": "a1800000",
    "a truth as key": "a1f500",
    "an unknown simple value": "f820",
    "a reserved simple value": "e0",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_no_honest_token_holds_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        check_shape(bytes.fromhex(data))


LEAF = st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.text(max_size=5) | st.binary(max_size=5)
KEYS = st.integers(-(2**63), 2**63) | st.text(max_size=5)


@given(st.dictionaries(KEYS, LEAF | st.lists(LEAF, max_size=4) | st.dictionaries(KEYS, LEAF, max_size=4), max_size=6))
def test_what_an_encoder_makes_of_plain_data_is_taken(value: object) -> None:
    check_shape(cbor2.dumps(value))


@given(st.binary(max_size=64))
def test_what_is_taken_can_be_read_to_its_last_byte_and_only_that_way(data: bytes) -> None:
    try:
        check_shape(data)
    except ValueError:
        return
    try:
        value = cbor2.loads(data)
    except cbor2.CBORDecodeError:  # a text that is not UTF-8: the reader's to refuse
        return
    if "f" not in data.hex()[::2]:  # floats have several lengths
        assert cbor2.dumps(value) == data
