"""What a picture owes, measured on the live item tree: nothing cut, nothing overlapping, targets big enough,
no word missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtQuick import QQuickItem

from kiosk.journey.state import Language
from ui import catalogue

SLACK = 1.5
"""Pixels of rounding that nobody sees."""
GAP_SHARE = 0.12
"""Gap between targets as a share of their smallest side. 4 mm of 20 mm would be 0.2; the drawn edges of
our buttons stand inside that, and the keypad of the smallest panel has no more room."""


class Shown(NamedTuple):
    item: QQuickItem
    rect: QRectF


def walk(item: QQuickItem) -> Iterator[QQuickItem]:
    """Every item that is really visible, parents first."""
    if not item.isVisible() or item.opacity() <= 0.0:
        return
    yield item
    for child in item.childItems():
        yield from walk(child)


def scene_rect(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def is_text(item: QQuickItem) -> bool:
    return bool(item.inherits("QQuickText")) and bool(item.property("text"))


def texts(root: QQuickItem) -> list[Shown]:
    """Texts with the rectangle that their ink takes."""
    found = []
    for item in walk(root):
        if is_text(item):
            width, height = float(item.property("paintedWidth")), float(item.property("paintedHeight"))
            align = int(item.property("inkAlign"))
            spare = item.width() - width
            left = 0.0 if align == 1 else spare if align == 2 else spare / 2
            low = int(item.property("inkDrop"))
            top = (item.height() - height) / 2 if low == 128 else item.height() - height if low == 64 else 0.0
            found.append(Shown(item, item.mapRectToScene(QRectF(left, top, width, height))))
    return found


def targets(root: QQuickItem) -> list[Shown]:
    return [Shown(item, scene_rect(item)) for item in walk(root) if item.property("touchTarget")]


def problems(root: QQuickItem, touch: float, area: QRectF, panel: QQuickItem | None = None) -> list[str]:
    """Sentences about what is wrong. ``touch``: smallest side of a target, px. With an open ``panel``
    only what is in it is judged: the screen below is dimmed and out of reach."""
    judged = panel or root
    return [
        *_cut(texts(judged), area),
        *_crossing_texts(texts(judged)),
        *_bad_targets(targets(judged), touch, area),
        *_text_on_target(texts(judged), targets(judged)),
        *_covered(texts(judged), judged),
        *_untranslated(texts(judged)),
    ]


def _words(shown: Shown) -> str:
    return repr(str(shown.item.property("text"))[:40])


def _name(shown: Shown) -> str:
    return str(shown.item.objectName() or shown.item.property("text") or "?")


def _cut(found: list[Shown], area: QRectF) -> Iterator[str]:
    for shown in found:
        item = shown.item
        if item.property("truncated"):
            yield f"cut short: {_words(shown)}"
        if float(item.property("paintedWidth")) > item.width() + SLACK:
            yield f"wider than its place: {_words(shown)}"
        if float(item.property("paintedHeight")) > item.height() + SLACK:
            yield f"higher than its place: {_words(shown)}"
        if not area.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(shown.rect):
            yield f"off the screen: {_words(shown)}"


def _crossing_texts(found: list[Shown]) -> Iterator[str]:
    for first, second in combinations(found, 2):
        common = first.rect.intersected(second.rect)
        if common.width() > SLACK and common.height() > 0.2 * min(first.rect.height(), second.rect.height()):
            yield f"text over text: {_words(first)} and {_words(second)}"


def _bad_targets(found: list[Shown], touch: float, area: QRectF) -> Iterator[str]:
    gap = touch * GAP_SHARE
    for shown in found:
        if min(shown.rect.width(), shown.rect.height()) < touch - SLACK:
            yield f"too small to touch: {_name(shown)} {shown.rect.width():.0f}x{shown.rect.height():.0f}"
        if not shown.item.objectName():
            yield f"a touch target without a name: {_name(shown)}"
        if not area.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(shown.rect):
            yield f"off the screen: {_name(shown)}"
    for first, second in combinations(found, 2):
        near = first.rect.adjusted(-gap / 2, -gap / 2, gap / 2, gap / 2)
        if near.intersects(second.rect.adjusted(-gap / 2, -gap / 2, gap / 2, gap / 2)):
            yield f"too close to each other: {_name(first)} and {_name(second)}"


def _text_on_target(found: list[Shown], touchable: list[Shown]) -> Iterator[str]:
    for text in found:
        for target in touchable:
            if target.item.isAncestorOf(text.item):
                if not target.rect.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(text.rect):
                    yield f"text runs out of its button: {_words(text)}"
            elif target.rect.intersects(text.rect):
                yield f"text over a button: {_words(text)} and {_name(target)}"


_UNFILLED = re.compile(r"\{[a-z_]*\}|\bundefined\b|\bNaN\b")


def _untranslated(found: list[Shown]) -> Iterator[str]:
    """A key instead of its words, a place that nobody filled, or what QML writes when there is nothing."""
    keys = catalogue.load(Language.INDONESIAN)
    for shown in found:
        text = str(shown.item.property("text"))
        if text in keys:
            yield f"a key instead of words: {_words(shown)}"
        if _UNFILLED.search(text):
            yield f"not filled in: {_words(shown)}"


_OPAQUE = ("QQuickRectangle", "QQuickImage", "QQuickPaintedItem")


def _covered(found: list[Shown], root: QQuickItem) -> Iterator[str]:
    """Text under something that is painted later and is no part of the text's own surroundings."""
    order = list(walk(root))
    place = {id(item): at for at, item in enumerate(order)}
    covers = [(at, item) for at, item in enumerate(order) if _paints(item)]
    for text in found:
        for at, item in covers:
            if at > place.get(id(text.item), at) and not item.isAncestorOf(text.item):
                common = scene_rect(item).intersected(text.rect)
                if common.width() > SLACK and common.height() > SLACK:
                    yield f"covered: {_words(text)} by {item.metaObject().className()}"


def _paints(item: QQuickItem) -> bool:
    if not any(item.inherits(kind) for kind in _OPAQUE):
        return False
    colour = item.property("color")
    return colour is None or colour.alpha() > 0
