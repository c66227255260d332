"""Codes by their rhythm. The risk: somebody's typing taken for a scan, or the end of a number for a whole one.

The rhythms are drawn, not recorded: scanners as their manuals describe them (a character every 1 to 20 ms, late by as
much as a busy bus makes them), people as published keystroke statistics do (a median of 200 ms between keys,
log-normal, the fastest typists at 60 ms).
"""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.lines import MAX_BYTES
from hardware.scanner.us_layout import ENTER, PLAIN, SHIFTED, TAB, letter_of
from hardware.scanner.wedge import ENDS, GAP_SECONDS, LEAST_CHARACTERS, SILENCE_SECONDS, KeyRhythm

CARD = "0001234567890"
ROUNDS = 2000
LETTERS = string.ascii_letters + string.digits + "-_.:/+ $%*"
FASTEST_HAND = 0.060
FASTEST_PAUSE, SLOWEST_PAUSE = 0.001, 0.020  # of a scanner, s


def typed(rhythm: KeyRhythm, text: str, gap: float, begin: float = 0.0) -> list[str]:
    found = [rhythm.key(letter, begin + n * gap) for n, letter in enumerate(text)]
    return [code for code in found if code is not None]


def scan_of(text: str, rng: random.Random, begin: float) -> list[tuple[str, float]]:
    pause = rng.uniform(FASTEST_PAUSE, SLOWEST_PAUSE)
    at, keys = begin, []
    for letter in text + rng.choice("\n\t"):
        keys.append((letter, at))
        at += min(GAP_SECONDS, pause + rng.expovariate(1 / 0.002))
    return keys


def hand_of(text: str, rng: random.Random, begin: float) -> list[tuple[str, float]]:
    at, keys, median = begin, [], rng.uniform(0.08, 0.35)
    for letter in text + "\n":
        keys.append((letter, at))
        at += max(FASTEST_HAND, median * rng.lognormvariate(0, 0.45))
    return keys


def some_text(rng: random.Random) -> str:
    length = rng.choice((LEAST_CHARACTERS, 13, 16, 40, 120))
    return rng.choice((CARD, "".join(rng.choice(LETTERS) for _ in range(length - 2)).join("AZ")))


def test_of_two_thousand_scans_every_one_is_known_whole() -> None:
    rng, rhythm, at = random.Random(1), KeyRhythm(), 0.0
    for _ in range(ROUNDS):
        text = some_text(rng)
        keys = scan_of(text, rng, at)
        assert [code for letter, when in keys if (code := rhythm.key(letter, when))] == [text]
        at = keys[-1][1] + rng.uniform(0.3, 3.0)


def test_of_two_thousand_typings_none_is_taken_for_a_scan() -> None:
    rng, rhythm, at = random.Random(2), KeyRhythm(), 0.0
    for _ in range(ROUNDS):
        keys = hand_of(some_text(rng), rng, at)
        assert [rhythm.key(letter, when) for letter, when in keys] == [None] * len(keys)
        at = keys[-1][1] + rng.uniform(0.1, 3.0)


def test_typing_before_and_after_a_scan_does_not_mix_with_it() -> None:
    rng, found = random.Random(3), []
    for _ in range(200):
        rhythm = KeyRhythm()
        before = hand_of("12345", rng, 0.0)[:-1]
        scan = scan_of(CARD, rng, before[-1][1] + SILENCE_SECONDS + 0.01)
        after = hand_of("678", rng, scan[-1][1] + 0.05)
        found += [code for letter, when in [*before, *scan, *after] if (code := rhythm.key(letter, when))]
    assert found == [CARD] * 200


@pytest.mark.parametrize("end", sorted(ENDS))
def test_enter_and_tab_end_a_code(end: str) -> None:
    assert typed(KeyRhythm(), CARD + end, GAP_SECONDS - 0.0005) == [CARD]


def test_the_limits_are_the_limits() -> None:
    assert typed(KeyRhythm(), "1234567\n", GAP_SECONDS + 0.001) == []
    assert typed(KeyRhythm(), "1" * LEAST_CHARACTERS + "\n", 0.01) == ["1" * LEAST_CHARACTERS]
    assert typed(KeyRhythm(), "1" * (LEAST_CHARACTERS - 1) + "\n", 0.01) == []


@pytest.mark.parametrize("pause", [0.05, 0.1, SILENCE_SECONDS - 0.01])
@pytest.mark.parametrize("cut", range(1, len(CARD) + 1))
def test_a_code_with_a_hole_in_it_is_dropped_whole_and_its_end_is_no_code(cut: int, pause: float) -> None:
    """Fourteen of the sixteen digits of a NIK hold a card number."""
    rhythm = KeyRhythm()
    long = "31740755" + CARD
    first, rest = long[:cut], long[cut:] + "\n"
    assert typed(rhythm, first, 0.01) == []
    assert typed(rhythm, rest, 0.01, begin=(cut - 1) * 0.01 + pause) == []
    assert typed(rhythm, CARD + "\n", 0.01, begin=9.0) == [CARD]


def test_half_a_code_of_an_earlier_scan_is_never_joined_to_the_next() -> None:
    rhythm = KeyRhythm()
    typed(rhythm, "99999", 0.01)
    assert typed(rhythm, CARD + "\n", 0.01, begin=0.04 + SILENCE_SECONDS) == [CARD]


def test_two_codes_in_one_burst_come_in_order_and_a_broken_one_costs_only_itself() -> None:
    assert typed(KeyRhythm(), "AAAAAA\nBBBBBB\n", 0.01) == ["AAAAAA", "BBBBBB"]
    rhythm = KeyRhythm()
    keys = [*"AAA", None, *"AAA\nBBBBBB\n"]
    assert [code for n, key in enumerate(keys) if (code := rhythm.key(key, n * 0.01))] == ["BBBBBB"]


def test_noise_without_an_end_does_not_fill_the_memory() -> None:
    rhythm = KeyRhythm()
    typed(rhythm, "x" * (2 * MAX_BYTES), 0.001)
    assert len(rhythm._begun) <= MAX_BYTES
    assert typed(rhythm, "tail of it\n" + CARD + "\n", 0.001, begin=2 * MAX_BYTES * 0.001) == [CARD]


def test_a_clock_that_runs_backwards_makes_no_code() -> None:
    rhythm = KeyRhythm()
    assert [rhythm.key(letter, -n * 0.01) for n, letter in enumerate(CARD + "\n")] == [None] * (len(CARD) + 1)


@given(st.lists(st.tuples(st.sampled_from([*LETTERS, *ENDS, None]), st.floats(-1, 1)), max_size=60))
def test_whatever_keys_come_when_only_an_end_completes_a_code(keys: list[tuple[str | None, float]]) -> None:
    rhythm, at = KeyRhythm(), 0.0
    for letter, pause in keys:
        at += pause
        code = rhythm.key(letter, at)
        if code is not None:
            assert letter in ENDS
            assert len(code) >= LEAST_CHARACTERS
            assert not set(code) & ENDS


def test_every_character_of_our_codes_is_on_the_keyboard() -> None:
    letters = {*PLAIN.values(), *SHIFTED.values()}
    assert set(string.ascii_letters + string.digits + string.punctuation + " ") == letters
    assert len(PLAIN) == len(SHIFTED) == 48
    assert (letter_of(30, False), letter_of(30, True), letter_of(12, True), letter_of(52, False)) == (
        "a",
        "A",
        "_",
        ".",
    )
    assert (letter_of(ENTER, True), letter_of(TAB, False), letter_of(59, False)) == ("\n", "\t", None)
