"""The colours the kiosk's own screen shows during the movements: random in order, slow, and equally bright.

Pure and repeatable: the order follows from nonce and seed, so that the centre derives it again. The four colours have
one relative luminance and change less than once a second, so they stay below both flash thresholds of WCAG 2.3.1 and
below 2 Hz; crossfades run in linear light, or they would pass through other luminances.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

HOLD_SECONDS, FADE_SECONDS = 0.8, 0.2  # a step a second: at most one transition, half a flash
STEP_SECONDS = HOLD_SECONDS + FADE_SECONDS
STEPS = 48  # longer than any attempt's movements; the last colour stays

Colour = tuple[float, float, float]
"""Linear red, green, blue of the panel, 0..1."""


class PanelColour(Enum):
    """sRGB. Relative luminance 0.55 each, differences up to 0.001; largest linear red share 0.61. By formula: a real
    panel is to be checked with a meter."""

    WARM = (255, 179, 120)
    COOL = (120, 205, 255)
    ROSE = (255, 168, 230)
    GREEN = (140, 212, 150)

    @property
    def linear(self) -> Colour:
        red, green, blue = (to_linear(code) for code in self.value)
        return red, green, blue


@dataclass(frozen=True, slots=True)
class LightPlan:
    """What was drawn for one attempt; ``order`` holds no colour twice in a row."""

    order: tuple[PanelColour, ...]

    def colour_at(self, seconds: float) -> Colour:
        """``seconds`` since the first colour came; each is held, then fades into the next."""
        if seconds <= 0:
            return self.order[0].linear
        step, inside = divmod(seconds, STEP_SECONDS)
        now = self.order[min(int(step), len(self.order) - 1)].linear
        after = self.order[min(int(step) + 1, len(self.order) - 1)].linear
        share = max(0.0, inside - HOLD_SECONDS) / FADE_SECONDS
        red, green, blue = ((1 - share) * a + share * b for a, b in zip(now, after, strict=True))
        return red, green, blue


def plan_of(nonce: bytes, seed: bytes, steps: int = STEPS) -> LightPlan:
    """Every order without a repeat is equally likely; six steps have 972."""
    colours = tuple(PanelColour)
    drawn = _bytes(nonce, seed)
    order = [colours[next(drawn) % 4]]
    while len(order) < steps:
        others = [colour for colour in colours if colour is not order[-1]]
        order.append(others[next(byte for byte in drawn if byte < 255) % 3])
    return LightPlan(tuple(order))


def to_linear(code: float) -> float:
    """Of an sRGB code value, 0..255."""
    share = code / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def to_hex(colour: Colour) -> str:
    """``#rrggbb`` in sRGB; the nearest code values."""
    codes = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in colour)
    return "#" + "".join(f"{round(255 * min(max(code, 0.0), 1.0)):02x}" for code in codes)


def from_hex(text: str) -> Colour:
    """Of ``#rrggbb``."""
    red, green, blue = (to_linear(int(text[at : at + 2], 16)) for at in (1, 3, 5))
    return red, green, blue


def _bytes(nonce: bytes, seed: bytes) -> Iterator[int]:
    for counter in range(1 << 16):
        yield from hmac.new(seed, b"face-light-1" + counter.to_bytes(2) + nonce, hashlib.sha256).digest()
