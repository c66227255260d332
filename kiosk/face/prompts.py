"""What is asked, in which order and after which pause: all of it follows from nonce and seed.

Pure and repeatable, so that the centre derives the same from the evidence. At least one movement is a turn, because
only a turning head shows whether it is flat. The pause before each prompt differs every time: a film cannot know
when to begin.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator
from itertools import permutations

from kiosk.ports import Movement

TURNS = frozenset({Movement.TURN_LEFT, Movement.TURN_RIGHT})
SHORTEST_PAUSE, LONGEST_PAUSE = 0.6, 1.8  # s; with two movements the person waits 2.4 s in the middle of all draws


def movements_of(nonce: bytes, seed: bytes, declined: Collection[Movement] = ()) -> tuple[Movement, ...]:
    """Two different movements; each order that holds a turn is equally likely.

    ``declined`` movements are not asked. Raises ValueError when no order is left without them.
    """
    orders = [
        order
        for order in permutations(Movement, 2)
        if TURNS & set(order) and not set(order) & set(declined)
    ]  # fmt: skip
    if not orders:
        raise ValueError("no turn is left to ask for")
    fair = 256 - 256 % len(orders)
    without = ",".join(sorted(declined)).encode()
    drawn = next(byte for byte in _bytes(nonce, seed, b"face-challenge-2:" + without) if byte < fair)
    return orders[drawn % len(orders)]


def pauses_of(nonce: bytes, seed: bytes, movements: int = 2) -> tuple[float, ...]:
    """Seconds of looking straight before each prompt."""
    drawn = _bytes(nonce, seed, b"face-pauses-2")
    wide = LONGEST_PAUSE - SHORTEST_PAUSE
    return tuple(round(SHORTEST_PAUSE + wide * next(drawn) / 255, 3) for _ in range(movements))


def _bytes(nonce: bytes, seed: bytes, purpose: bytes) -> Iterator[int]:
    for counter in range(1 << 16):
        yield from hmac.new(seed, purpose + counter.to_bytes(2) + nonce, hashlib.sha256).digest()
