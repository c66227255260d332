"""Where the card lies. The risk: a strip cut beside the number, or a card seen where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiosk.identity.ktp.labels import Label
from kiosk.identity.ktp.layout import LABEL_AT, NIK_Y, NUMBER_END, ROW_PITCH, VALUE_X
from kiosk.identity.ktp.lines import TextLine
from kiosk.identity.ktp.place import find_card, number_strips
from tests.identity.ktp.support import FLAT, card_lines, line, tilted

CORNERS = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1.0]])


def off(matrix: NDArray[np.float64], lines: list[TextLine], shares: list[tuple[float, float]]) -> float:
    """Largest distance in px between where the points are and where they were found."""
    place = find_card(lines)
    assert place is not None
    true = np.array([[x, y, 1] for x, y in shares]) @ matrix.T
    return float(np.abs(place.to_picture(shares) - true[:, :2] / true[:, 2:]).max())


@pytest.mark.parametrize("matrix", [FLAT, tilted(), tilted(-9, -0.08), tilted(20, 0.0)], ids=str)
def test_a_card_is_found_to_a_few_pixels_as_it_is_held(matrix: NDArray[np.float64]) -> None:
    lines = card_lines(matrix)
    number = [(VALUE_X, NIK_Y), (NUMBER_END, NIK_Y)]
    assert off(matrix, lines, number) < 0.012 * 504
    assert off(matrix, lines, [(0, 0), (1, 0), (1, 1), (0, 1)]) < 0.05 * 504


def test_labels_that_a_thumb_covers_are_not_missed() -> None:
    covered = dict.fromkeys([Label.ALAMAT, Label.RT_RW, Label.KEL_DESA, Label.KECAMATAN, Label.AGAMA], "")
    matrix = tilted()
    assert off(matrix, card_lines(matrix, labels=covered), [(VALUE_X, NIK_Y), (NUMBER_END, NIK_Y)]) < 0.015 * 504


def test_a_value_that_reads_like_a_label_moves_nothing() -> None:
    printed = {Label.NIK: ": 3174075508950001", Label.NAMA: "ALAMAT AGAMA", Label.PEKERJAAN: "NIK"}
    assert off(FLAT, card_lines(printed=printed), [(VALUE_X, NIK_Y), (NUMBER_END, NIK_Y)]) < 0.015 * 504


def test_number_and_header_stand_in_for_labels_that_were_not_read() -> None:
    gone = dict.fromkeys([label for label in LABEL_AT if label is not Label.NIK], "")
    assert off(FLAT, card_lines(labels=gone), [(VALUE_X, NIK_Y), (NUMBER_END, NIK_Y)]) < 0.02 * 504


def test_three_words_of_a_card_are_no_card() -> None:
    lines = [line(label.value, *LABEL_AT[label]) for label in (Label.NAMA, Label.ALAMAT, Label.AGAMA)]
    assert find_card(lines) is None
    assert find_card([]) is None


def test_labels_that_stand_anywhere_are_no_card() -> None:
    rng = np.random.default_rng(3)
    lines = [line(label.value, float(rng.uniform(0, 1)), float(rng.uniform(0, 1))) for label in LABEL_AT]
    place = find_card(lines)
    assert place is None or len(place.rows) < 6


def test_a_card_too_small_to_read_or_on_its_side_is_none() -> None:
    small = np.diag([0.15, 0.15, 1.0]) @ FLAT
    assert find_card(card_lines(small)) is None
    assert find_card(card_lines(tilted(90, 0.0))) is None


def test_pixels_and_shares_go_both_ways() -> None:
    place = find_card(card_lines(tilted()))
    assert place is not None
    shares = np.array([[0.1, 0.2], [0.9, 0.8]])
    assert np.allclose(place.to_card(place.to_picture(shares)), shares, atol=1e-4)
    assert place.width == pytest.approx(800, rel=0.08)


def test_the_number_strips_hold_the_number_and_not_the_rows_around_it() -> None:
    place = find_card(card_lines())
    assert place is not None
    for strip in number_strips(place):
        shares = place.to_card(strip)
        assert shares[:, 1].min() > NIK_Y - 0.8 * ROW_PITCH and shares[:, 1].max() < NIK_Y + 0.8 * ROW_PITCH
        assert shares[0, 0] == pytest.approx(VALUE_X, abs=1e-3) and shares[1, 0] == pytest.approx(NUMBER_END, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*Label]), st.floats(-5, 5), st.floats(-5, 5)), max_size=12))
def test_no_heap_of_words_raises(words: list[tuple[Label, float, float]]) -> None:
    place = find_card([line(label.value, x, y) for label, x, y in words])
    assert place is None or np.isfinite(place.to_picture([(0.5, 0.5)])).all()


def test_a_place_tells_nothing_of_what_stands_on_the_card() -> None:
    place = find_card(card_lines())
    assert "SITI" not in repr(place) and "3174" not in repr(place)
