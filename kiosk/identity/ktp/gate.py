"""When a picture of the card is worth reading: a look at every frame, 3 ms, without any network.

A card is known by what sets print apart from faces, hair and rooms: thin dark strokes on paper that is light and even
around them, in many rows. Limits were set on drawn cards (300 ordinary pictures, 200 spoilt on purpose) against the
reader's own verdict, and on 65 pictures without a card. They guide; they lock nobody out: who holds a card for
``PATIENCE`` seconds and does not satisfy them, because of a camera a little out of focus or a lamp that cannot be
moved, is photographed all the same. A bad picture costs half a second, the rule on numbers stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.config import KtpSettings
from kiosk.identity.ktp.guide import guide_for
from kiosk.ports import KtpHint
from kiosk.vision import cv2

Grey = NDArray[np.uint8]

WIDTH, HEIGHT = 512, 323
"""The guide is looked at in this size: small print's strokes are still over a pixel wide."""
TILES = (32, 20)
TEXT_COLUMNS = 22
"""Of the tiles' columns: right of them is the portrait."""
STROKE_WIDTH = 9
"""px; whatever is dark and narrower is a stroke."""
STROKE_DEPTH = 0.15
"""Of the paper around it."""
STROKE_SHARE = 0.10
"""Of a tile of print."""
PAPER_EVEN, PAPER_BRIGHT = 0.12, 0.6
"""A tile of paper differs from its neighbours by less, and is at least so bright; shares of the guide's bright part."""

CARD_ROWS = 5
"""Rows with three tiles of print. Pictures without a card had 4 at most (a bar code) and people 3; of 279 readable ones
one in fifty had under 7, none under 5."""
ROW_TILES = 3
FAR_HEIGHT = 0.42
"""Of the guide, from the first to the last row of print: cards under 450 px at 1280x720. Of the readable pictures one
in fifty was lower."""
DARK_PAPER = 40.0
"""Grey levels: in half of that light numbers were still read, without a real sensor's noise."""
BURNT, BURNT_SHARE = 250, 0.04
"""Of the print's side in a burnt-out spot that no stroke interrupts. Readable pictures: 0.008 at the 98th percentile;
spots of a tenth of the card's width and more 0.03-0.17."""
SPOT = 7
SHARP = 0.15
"""Edges against depth of the strokes, times their depth. Refuses 2-4 % of the readable pictures and a third of the
others, which motion and glare spoil more than focus does."""
STILL, STILL_A_SECOND = 0.012, 0.3
"""Mean change between two looks, of the paper's brightness. 1 px of 1280 makes 0.007, 4 px 0.027, noise 0.001; a card
held by somebody who tries 0.001 from frame to frame."""
HOLD_SECONDS = 0.3
PATIENCE = 3.0
GAP_SECONDS = 0.7
"""Without a card for longer it is another card, or the same anew."""


@dataclass(frozen=True, slots=True)
class GateView:
    """``hint`` for the screen; ``ready``: take this picture. ``sharpness`` is what ``SHARP`` is the limit of."""

    hint: KtpHint
    ready: bool
    sharpness: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look measured."""

    rows: int
    height: float  # of the print, share of the guide
    paper: float  # grey levels
    burnt: float  # share of the print's side
    sharpness: float
    thumbnail: NDArray[np.float32]  # (40, 64) grey levels


def look_at(picture: NDArray[np.uint8]) -> Sight:
    """``picture`` uint8 (h, w, 3) BGR, of any size."""
    height, width = picture.shape[:2]
    left, top, right, bottom = guide_for(width, height).pixels(width, height)
    grey = cv2.cvtColor(np.ascontiguousarray(picture[top:bottom, left:right]), cv2.COLOR_BGR2GRAY)
    small = np.asarray(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    ground = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((STROKE_WIDTH,) * 2, np.uint8)), np.uint8)
    paper = float(np.percentile(ground[::4, ::4], 70))
    depth = np.asarray(cv2.subtract(ground, small), np.uint8)
    print_ = _print_tiles(ground, depth, paper)
    rows = np.flatnonzero(print_[:, :TEXT_COLUMNS].sum(1) >= ROW_TILES)
    return Sight(
        rows=len(rows),
        height=float(rows[-1] - rows[0] + 1) / TILES[1] if len(rows) else 0.0,
        paper=paper,
        burnt=_burnt(small),
        sharpness=_sharpness(small, ground, depth, print_),
        thumbnail=np.asarray(cv2.resize(small, (64, 40), interpolation=cv2.INTER_AREA), np.float32),
    )


def complaint(sight: Sight) -> KtpHint | None:
    """What should be better first, or None."""
    if sight.paper < DARK_PAPER:
        return KtpHint.TOO_DARK
    if sight.rows < CARD_ROWS:
        return KtpHint.NO_CARD
    if sight.height < FAR_HEIGHT:
        return KtpHint.TOO_FAR
    if sight.burnt > BURNT_SHARE:
        return KtpHint.GLARE
    if sight.sharpness < SHARP:
        return KtpHint.BLURRED
    return None


class CardGate:
    """Follows one camera's frames. Keeps a thumbnail of the last, on which nothing can be read."""

    def __init__(self, settings: KtpSettings) -> None:
        self._settings = settings
        self._last: tuple[float, NDArray[np.float32]] | None = None
        self._still_since: float | None = None
        self._card_since: float | None = None
        self._card_seen = 0.0

    def look(self, picture: NDArray[np.uint8], at: float) -> GateView:
        """``picture`` uint8 (h, w, 3) BGR, taken at ``at`` monotonic seconds."""
        sight = look_at(picture)
        self._follow(sight, at)
        hint = complaint(sight)
        still = self._still_since is not None and at - self._still_since >= HOLD_SECONDS
        waited = self._card_since is not None and at - self._card_since >= PATIENCE
        if hint is None and self._still_since is None:
            hint = KtpHint.BLURRED  # moving
        good = hint is None and still
        ready = good or (waited and sight.rows >= CARD_ROWS)
        return GateView(hint or KtpHint.HOLD_STILL, ready, sight.sharpness)

    def _follow(self, sight: Sight, at: float) -> None:
        if self._last is not None:
            seconds = at - self._last[0]
            change = float(np.abs(sight.thumbnail - self._last[1]).mean()) / max(sight.paper, 1.0)
            if change > STILL + STILL_A_SECOND * seconds:
                self._still_since = None
            elif self._still_since is None:
                self._still_since = at
        self._last = (at, sight.thumbnail)
        if sight.rows >= CARD_ROWS:
            if self._card_since is None or at - self._card_seen > GAP_SECONDS:
                self._card_since = at
            self._card_seen = at


def _print_tiles(ground: Grey, depth: Grey, paper: float) -> NDArray[np.bool_]:
    """(20, 32): strokes on light and even paper."""
    strokes = cv2.compare(depth, cv2.convertScaleAbs(ground, alpha=STROKE_DEPTH), cv2.CMP_GT)
    share = np.asarray(cv2.resize(strokes, TILES, interpolation=cv2.INTER_AREA), np.float32) / 255
    level = np.asarray(cv2.resize(ground, TILES, interpolation=cv2.INTER_AREA), np.float32)
    around = np.ones((3, 3), np.uint8)
    uneven = np.asarray(cv2.subtract(cv2.dilate(level, around), cv2.erode(level, around)), np.float32)
    return (share > STROKE_SHARE) & (level > PAPER_BRIGHT * paper) & (uneven < PAPER_EVEN * paper)


def _sharpness(small: Grey, ground: Grey, depth: Grey, print_: NDArray[np.bool_]) -> float:
    mask = np.asarray(cv2.resize(print_.astype(np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST), np.bool_)
    if not mask.any():
        return 0.0
    strokes = depth[mask].astype(np.float32)
    edges = float(np.abs(cv2.Laplacian(small, cv2.CV_16S)[mask]).mean())
    deep = float(np.percentile(strokes / np.maximum(ground[mask], 1), 90))
    return edges / max(float(strokes.mean()), 1.0) * deep


def _burnt(small: Grey) -> float:
    spots = cv2.erode((small >= BURNT).astype(np.uint8), np.ones((SPOT, SPOT), np.uint8))
    side = np.asarray(spots)[:, : WIDTH * TEXT_COLUMNS // TILES[0]]
    return float(np.count_nonzero(side)) / side.size
