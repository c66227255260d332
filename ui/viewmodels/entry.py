"""Digits being typed, and the order of the keys they are typed on. Free of Qt."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

PLAIN_ORDER = tuple(str(digit) for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0))
"""As on a telephone; the last one stands alone in the bottom row."""


@dataclass
class DigitEntry:
    """A secret of ``length`` digits. Once full it is handed out and forgotten in the same breath."""

    length: int
    typed: str = field(default="", repr=False)
    order: tuple[str, ...] = PLAIN_ORDER

    def press(self, digit: str) -> str:
        """The whole secret when this digit completes it, otherwise nothing."""
        if len(self.typed) >= self.length or not (digit.isascii() and digit.isdigit()):
            return ""
        self.typed += digit
        if len(self.typed) < self.length:
            return ""
        secret, self.typed = self.typed, ""
        return secret

    def erase(self) -> None:
        self.typed = self.typed[:-1]

    def shuffle(self) -> None:
        """Another order of the keys, drawn from the system's generator, so that a watcher learns nothing."""
        before, keys = self.order, list(self.order)
        while tuple(keys) == before:
            random.SystemRandom().shuffle(keys)
        self.order = tuple(keys)
