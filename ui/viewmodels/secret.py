"""Typing a secret: hidden dots, submitted by itself when full, keys in a new order when asked."""

from __future__ import annotations

import random

from PySide6.QtCore import Property, Signal, Slot

from ui.viewmodels.base import Desk, ScreenVm

PLAIN_ORDER = [str(digit) for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)]
"""As on a telephone; the last one stands alone in the bottom row."""


class SecretVm(ScreenVm):
    """Base of the code and PIN screens. The digits leave by ``submit`` only and are wiped at once."""

    secret_shown = Signal()
    orderChanged = Signal()  # noqa: N815 - QML's own naming
    lengthChanged = Signal()  # noqa: N815

    def __init__(self, desk: Desk, length: int) -> None:
        super().__init__(desk)
        self._length = length
        self._typed = ""
        self._order = list(PLAIN_ORDER)

    def submit(self, secret: str) -> None:
        raise NotImplementedError

    def accepts(self) -> bool:
        return self.state is not None and self.state.waiting is None

    def forgotten(self) -> None:
        self._typed = ""
        if self._order != PLAIN_ORDER:
            self._order = list(PLAIN_ORDER)
            self.orderChanged.emit()

    @Property(int, constant=True)
    def length(self) -> int:
        return self._length

    @Property(int, notify=secret_shown)
    def count(self) -> int:
        return len(self._typed)

    @Property(list, notify=orderChanged)
    def order(self) -> list[str]:
        return self._order

    @Property(str, notify=secret_shown)
    def spoken(self) -> str:
        """What a screen reader says of the boxes: how many, never which."""
        return self.fill("common.hidden_entry", count=len(self._typed), all=self._length)

    @Slot(str)
    def press(self, digit: str) -> None:
        if not self.accepts() or len(self._typed) >= self._length or not (digit.isascii() and digit.isdigit()):
            return
        self._typed += digit
        self.changed.emit()
        if len(self._typed) == self._length:
            secret, self._typed = self._typed, ""
            self.submit(secret)
            self.changed.emit()

    @Slot()
    def erase(self) -> None:
        self._typed = self._typed[:-1]
        self.changed.emit()

    @Slot()
    def shuffle(self) -> None:
        """Another order of the keys, drawn from the system's generator, so that a watcher learns nothing."""
        before = list(self._order)
        while self._order == before:
            random.SystemRandom().shuffle(self._order)
        self.orderChanged.emit()
