"""Where on the picture the person is asked to hold the card."""

from __future__ import annotations

from dataclasses import dataclass

CARD_RATIO = 85.60 / 53.98
"""Width over height of an ID-1 card."""

WIDTH = 0.62
"""Of the picture's width: 794 px of 1280, and room around it for a card that is not held exactly."""

MOST_HEIGHT = 0.9
"""Of the picture's height, for pictures wider than usual."""


@dataclass(frozen=True, slots=True)
class Guide:
    """A rectangle in shares of the picture's width and height, 0..1, from the upper left corner."""

    x: float
    y: float
    w: float
    h: float

    def pixels(self, width: int, height: int, margin: float = 0.0) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in a picture of that size, larger by ``margin`` (a share of its width) on every
        side and cut at the picture's edges."""
        more = margin * self.w * width
        left, top = self.x * width - more, self.y * height - more
        right, bottom = (self.x + self.w) * width + more, (self.y + self.h) * height + more
        return max(round(left), 0), max(round(top), 0), min(round(right), width), min(round(bottom), height)


def guide_for(width: int, height: int) -> Guide:
    """The centred card-shaped rectangle for pictures of ``width`` x ``height`` px."""
    card_width = min(WIDTH * width, MOST_HEIGHT * height * CARD_RATIO)
    w, h = card_width / width, card_width / CARD_RATIO / height
    return Guide((1 - w) / 2, (1 - h) / 2, w, h)


GUIDE = guide_for(1280, 720)
WHOLE = Guide(0.0, 0.0, 1.0, 1.0)
