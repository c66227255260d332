from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.light_plan import (
    FADE_SECONDS,
    HOLD_SECONDS,
    STEP_SECONDS,
    Colour,
    PanelColour,
    from_hex,
    plan_of,
    to_hex,
)
from kiosk.face.light_show import LightShow

PLAN = plan_of(b"visit:1", b"seed" * 4)
MIX = [[a * (1 - s) + b * s for a, b in zip(x.linear, y.linear, strict=True)]
       for x, y in permutations(PanelColour, 2) for s in np.linspace(0, 1, 11)]  # fmt: skip


def luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def chromaticity(colour: Colour) -> np.ndarray:
    """CIE 1976 u'v' of linear sRGB."""
    x, y, z = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ colour
    return np.array([4 * x, 9 * y]) / (x + 15 * y + 3 * z)


def test_no_two_moments_differ_by_as_much_light_as_a_general_flash_needs() -> None:
    shown = [luminance(PLAN.colour_at(s)) for s in np.arange(0, 40, 0.01)]
    assert max(shown) - min(shown) < 0.1 / 10  # WCAG: 10 % of the maximum; a tenth of it is left for a real panel
    sent = [luminance(from_hex(to_hex(PLAN.colour_at(s)))) for s in np.arange(0, 40, 0.01)]
    assert max(sent) - min(sent) < 0.1 / 10


def test_no_colour_is_a_saturated_red_and_no_pair_is_a_red_flash() -> None:
    assert max(colour[0] / sum(colour) for colour in MIX) < 0.8
    pairs = [chromaticity(x.linear) - chromaticity(y.linear) for x, y in permutations(PanelColour, 2)]
    assert max(float(np.hypot(*pair)) for pair in pairs) <= 0.2


def test_the_screen_changes_less_than_twice_a_second_however_the_order_falls() -> None:
    assert HOLD_SECONDS >= 0.8 and FADE_SECONDS >= 0.2
    transitions_a_second = 1 / STEP_SECONDS
    assert transitions_a_second < 2 and transitions_a_second / 2 < 3  # a flash is a pair; WCAG 2.3.2 allows three


@settings(deadline=None)
@given(nonce=st.binary(max_size=40), seed=st.binary(min_size=1, max_size=32))
def test_the_centre_derives_the_same_order_and_no_colour_comes_twice_in_a_row(nonce: bytes, seed: bytes) -> None:
    order = plan_of(nonce, seed).order
    assert order == plan_of(nonce, seed).order
    assert all(a is not b for a, b in pairwise(order))


def test_another_nonce_or_seed_gives_another_order_and_no_order_is_favoured() -> None:
    assert plan_of(b"visit:2", b"seed" * 4) != PLAN != plan_of(b"visit:1", b"deed" * 4)
    starts = [plan_of(b"n", n.to_bytes(2), 2).order for n in range(2400)]
    counts = [starts.count(pair) for pair in permutations(PanelColour, 2)]
    assert min(counts) > 140 and max(counts) < 260  # 200 each, 4 deviations


def test_nothing_jumps() -> None:
    shown = np.array([PLAN.colour_at(s) for s in np.arange(0, 50, 0.01)])
    assert np.abs(np.diff(shown, axis=0)).max() <= 0.01 / FADE_SECONDS + 1e-9


@pytest.mark.parametrize("colour", PanelColour)
def test_a_colour_goes_out_as_the_code_values_it_was_chosen_by(colour: PanelColour) -> None:
    assert tuple(bytes.fromhex(to_hex(colour.linear)[1:])) == colour.value
    assert from_hex(to_hex(colour.linear)) == pytest.approx(colour.linear)


def test_nothing_is_shown_before_the_movements_and_after_them() -> None:
    show = LightShow(PLAN)
    show.end(5.0)
    assert show.hex_at(9.0) is None
    show.begin(10.0)
    assert show.hex_at(9.9) is None and show.hex_at(10.0) == to_hex(PLAN.order[0].linear)
    show.end(12.0)
    show.end(14.0)
    assert show.hex_at(11.9) is not None and show.hex_at(12.0) is None
