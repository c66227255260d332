"""Where a card lies in the picture, found from what is printed on every card.

First a layout, turned and scaled, that most labels agree on, together with number and header; every outlier is left
out. Then a plane in perspective through all that is known: labels and the colons' column in both directions, the right
end of every row only in height, the header's two lines, which are centred. The card's border is not looked for: it is
what pictures show worst. On 100 drawn cards the number's strip is 0.005 of the card's height off, 0.02 at worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rapidfuzz.fuzz import ratio

from kiosk.identity.ktp.guide import CARD_RATIO
from kiosk.identity.ktp.labels import LIKENESS, Label, labelled
from kiosk.identity.ktp.layout import (
    BLOOD_X,
    HEADER_X,
    HEADER_Y,
    LABEL_AT,
    NIK_Y,
    NUMBER_END,
    ROW_PITCH,
    VALUE_X,
)
from kiosk.identity.ktp.lines import Points, TextLine
from kiosk.identity.ktp.values import number_of

FEWEST = 4
"""Of sixteen. Three lines of any print may look like labels that stand in a column."""
HEADER_WORDS = (("PROVINSI",), ("KOTA", "KABUPATEN"))
"""What the two lines of the header begin with, save in Jakarta."""
NEAR = 0.7 * ROW_PITCH
"""Of the card's height: how far from its place a label may be seen while two of them stand for the whole card."""
SAME_ROW = 0.45 * ROW_PITCH
"""Nearer than half a row, or what bears no label of its own might be the neighbour's."""
LOWEST = 100.0
"""Height of a card in px: nobody could read a smaller one."""
MOST_TURNED = np.radians(45)
FLATNESS = 0.15
"""Weight against perspective, in card heights: keeps a card of which only some labels are seen from bending."""
ROUNDS = 2
NUMBER_HALVES = (0.75, 0.6)
"""Half heights of the number strip, in rows."""

_UNIT = np.array([CARD_RATIO, 1.0], np.float64)  # shares to card heights, so that a turn stays a turn


@dataclass(frozen=True, slots=True)
class CardPlace:
    """``matrix`` float64 (3, 3): shares of the card to px. ``rows``: which labels were found, and their lines."""

    matrix: NDArray[np.float64] = field(repr=False)
    rows: Mapping[Label, TextLine] = field(repr=False)

    def to_picture(self, shares: ArrayLike) -> Points:
        """(n, 2) in 0..1 of width and height to float32 (n, 2) px."""
        return _through(self.matrix, shares)

    def to_card(self, pixels: ArrayLike) -> Points:
        """(n, 2) px to float32 (n, 2) shares; what lies outside the card is below 0 or above 1."""
        return _through(np.asarray(np.linalg.inv(self.matrix), np.float64), pixels)

    @property
    def width(self) -> float:
        """Of the card's middle in px."""
        left, right = self.to_picture([(0.0, 0.5), (1.0, 0.5)])
        return float(np.hypot(*(right - left)))


def find_card(lines: Sequence[TextLine]) -> CardPlace | None:
    """The card that the print among ``lines`` belongs to; None when fewer than ``FEWEST`` of it agree on one."""
    candidates = [anchor for line in lines for anchor in _anchors(line)]
    best: list[_Anchor] = []
    least = np.inf
    for one, two in combinations(candidates, 2):
        turn = _similar([one, two]) if one.home != two.home else None
        if turn is None:
            continue
        agreeing, error = _agreeing(candidates, turn, NEAR)
        if (len(agreeing), -error) > (len(best), -least):
            best, least = agreeing, error
    turn = _similar(best) if len(best) >= FEWEST else None
    if turn is None or len(_agreeing(best, turn, SAME_ROW)[0]) < FEWEST:
        return None
    place = CardPlace(_turned(*turn), {anchor.label: anchor.line for anchor in best if anchor.label})
    for _ in range(ROUNDS):
        place = _fitted(place, lines)
    return place


def number_strips(place: CardPlace) -> list[Points]:
    """Where the number must be, (4, 2) px each: from the colon to the end of the column, in two heights.

    Laid out from all that is known of the card, at the height of its label where that was found, and not from the box
    that the detector drew around the number: the second reading must not inherit a mistake of the first.
    """
    middle = NIK_Y
    if label := place.rows.get(Label.NIK):
        seen = float(place.to_card(label.middle)[0, 1])
        middle = seen if abs(seen - NIK_Y) < SAME_ROW else NIK_Y
    strips = []
    for part in NUMBER_HALVES:
        top, bottom = middle - part * ROW_PITCH, middle + part * ROW_PITCH
        strips.append(place.to_picture([(VALUE_X, top), (NUMBER_END, top), (NUMBER_END, bottom), (VALUE_X, bottom)]))
    return strips


def _through(matrix: NDArray[np.float64], points: ArrayLike) -> Points:
    given = np.asarray(points, np.float64).reshape(-1, 2)
    seen = given @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(seen[:, :2] / seen[:, 2:], np.float32)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Print that stands at a known place of every card."""

    home: complex  # card heights
    seen: complex  # px
    line: TextLine
    label: Label | None = None


def _anchors(line: TextLine) -> Iterator[_Anchor]:
    found = labelled(line.text)
    if found and found.label in LABEL_AT:
        yield _Anchor(_home(LABEL_AT[found.label]), _pixel(line.left), line, found.label)
    elif number_of(line.text):
        yield _Anchor(_home((VALUE_X, NIK_Y)), _pixel(line.left), line)
    else:
        for words, y in zip(HEADER_WORDS, HEADER_Y, strict=True):
            if any(ratio(word, line.text[: len(word)].upper()) >= LIKENESS for word in words):
                yield _Anchor(_home((HEADER_X, y)), _pixel(line.middle), line)


def _home(share: tuple[float, float]) -> complex:
    return complex(share[0] * CARD_RATIO, share[1])


def _pixel(point: Points) -> complex:
    return complex(float(point[0]), float(point[1]))


def _similar(anchors: Sequence[_Anchor]) -> tuple[complex, complex] | None:
    """(turn and scale, shift) of least squares from card heights to px; None for a card that nobody could read."""
    home = np.array([anchor.home for anchor in anchors])
    seen = np.array([anchor.seen for anchor in anchors])
    away = home - home.mean()
    turn = complex(np.vdot(away, seen - seen.mean()) / np.vdot(away, away).real)
    if abs(turn) < LOWEST or abs(np.angle(turn)) > MOST_TURNED:
        return None
    return turn, complex(seen.mean() - turn * home.mean())


def _agreeing(
    candidates: Sequence[_Anchor], similar: tuple[complex, complex], near: float
) -> tuple[list[_Anchor], float]:
    """The nearest to each place, and their errors' sum in px."""
    turn, shift = similar
    nearest: dict[complex, tuple[float, _Anchor]] = {}
    for anchor in candidates:
        error = abs(turn * anchor.home + shift - anchor.seen)
        if error <= near * abs(turn) and error < nearest.get(anchor.home, (np.inf, anchor))[0]:
            nearest[anchor.home] = (error, anchor)
    return [anchor for _, anchor in nearest.values()], sum(error for error, _ in nearest.values())


def _turned(turn: complex, shift: complex) -> NDArray[np.float64]:
    a, b = turn.real, turn.imag
    return np.array(
        [[a * _UNIT[0], -b * _UNIT[1], shift.real], [b * _UNIT[0], a * _UNIT[1], shift.imag], [0.0, 0.0, 1.0]]
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """A point of the picture whose share of the card's width or height is known, or both."""

    pixel: Points
    x: float | None
    y: float | None


def _known(place: CardPlace, lines: Sequence[TextLine]) -> Iterator[_Known]:
    rows = {id(line): label for label, line in place.rows.items()}
    for line in lines:
        if label := rows.get(id(line)):
            x, y = LABEL_AT[label]
            yield _Known(line.left, x, y)
            yield _Known(line.right, None, y)
            continue
        (left, at), (right, _) = place.to_card([line.left, line.right])
        header = min(HEADER_Y, key=lambda y: abs(y - at))
        if abs(at - header) < SAME_ROW and abs((left + right) / 2 - HEADER_X) < ROW_PITCH:
            yield _Known(line.middle, HEADER_X, header)
            yield _Known(line.left, None, header)
            yield _Known(line.right, None, header)
            continue
        row = min((y for _, y in LABEL_AT.values()), key=lambda y: abs(y - at))
        starts = min((VALUE_X, BLOOD_X), key=lambda x: abs(x - left))
        if abs(at - row) < SAME_ROW and abs(left - starts) < ROW_PITCH / 2:
            yield _Known(line.left, starts if starts == VALUE_X else None, row)
            yield _Known(line.right, None, row)


def _fitted(place: CardPlace, lines: Sequence[TextLine]) -> CardPlace:
    """The plane in perspective that leaves least to be wanted in what is known, in card heights."""
    known = list(_known(place, lines))
    middle = np.mean([k.pixel for k in known], axis=0)
    size = float(np.abs([k.pixel - middle for k in known]).max()) or 1.0
    rows: list[NDArray[np.float64]] = []
    wanted: list[float] = []
    for k in known:
        u, v = (np.asarray(k.pixel, np.float64) - middle) / size
        for axis, value in ((0, k.x), (3, k.y)):
            if value is not None:
                row = np.zeros(8)
                row[axis : axis + 3] = u, v, 1.0
                row[6:] = -value * u, -value * v
                rows.append(row * (_UNIT[0] if axis == 0 else _UNIT[1]))
                wanted.append(value * (_UNIT[0] if axis == 0 else _UNIT[1]))
    for bend in (6, 7):
        row = np.zeros(8)
        row[bend] = FLATNESS
        rows.append(row)
        wanted.append(0.0)
    solved, _, rank, _ = np.linalg.lstsq(np.array(rows), np.array(wanted), rcond=None)
    normal = np.array([[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size], [0, 0, 1]])
    to_card = np.append(solved, 1.0).reshape(3, 3) @ normal
    if rank < 8 or not np.isfinite(to_card).all() or abs(np.linalg.det(to_card)) < 1e-18:
        return place
    return CardPlace(np.asarray(np.linalg.inv(to_card), np.float64), place.rows)
