from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.prompts import LONGEST_PAUSE, SHORTEST_PAUSE, TURNS, movements_of, pauses_of
from kiosk.ports import Movement

NONCE = b"visit:1" + bytes(16)


@settings(deadline=None)  # other work shares the machine
@given(
    st.binary(min_size=8, max_size=64),
    st.binary(min_size=8, max_size=32),
    st.lists(st.sampled_from(Movement), max_size=1),
)
def test_the_order_is_reproducible_always_holds_a_turn_and_never_what_was_declined(
    nonce: bytes, seed: bytes, declined: list[Movement]
) -> None:
    movements = movements_of(nonce, seed, declined)
    assert movements == movements_of(nonce, seed, declined)
    assert len(set(movements)) == 2
    assert set(movements) & TURNS
    assert not set(movements) & set(declined)


def test_all_ten_orders_come_about_equally_often() -> None:
    counts = Counter(movements_of(NONCE, n.to_bytes(8, "big")) for n in range(6000))
    assert len(counts) == 10
    assert min(counts.values()) > 500  # 600 expected, deviation 23


def test_another_nonce_gives_another_challenge_so_a_recording_does_not_fit() -> None:
    seed = bytes(16)
    assert len({movements_of(n.to_bytes(8, "big"), seed) for n in range(200)}) == 10


def test_without_any_turn_left_there_is_no_challenge() -> None:
    with pytest.raises(ValueError, match="no turn"):
        movements_of(NONCE, bytes(16), TURNS)


@settings(deadline=None)
@given(st.binary(min_size=8, max_size=64), st.binary(min_size=8, max_size=32))
def test_pauses_are_reproducible_and_within_their_limits(nonce: bytes, seed: bytes) -> None:
    pauses = pauses_of(nonce, seed)
    assert pauses == pauses_of(nonce, seed)
    assert all(SHORTEST_PAUSE <= pause <= LONGEST_PAUSE for pause in pauses)


def test_pauses_differ_from_attempt_to_attempt() -> None:
    assert len({pauses_of(NONCE, n.to_bytes(8, "big")) for n in range(200)}) > 190
