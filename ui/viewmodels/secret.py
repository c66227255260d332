"""Typing a secret: hidden dots, submitted by itself when full, keys in a new order when asked."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from ui.viewmodels.base import Desk, ScreenVm
from ui.viewmodels.entry import PLAIN_ORDER, DigitEntry


class SecretVm(ScreenVm):
    """Base of the code and PIN screens. The digits leave by ``submit`` only and are wiped at once."""

    secret_shown = Signal()
    orderChanged = Signal()  # noqa: N815 - QML's own naming
    lengthChanged = Signal()  # noqa: N815

    def __init__(self, desk: Desk, length: int) -> None:
        super().__init__(desk)
        self._entry = DigitEntry(length)

    def submit(self, secret: str) -> None:
        raise NotImplementedError

    def accepts(self) -> bool:
        return self.state is not None and self.state.waiting is None

    def forgotten(self) -> None:
        self.drop_typed()
        if self._entry.order != PLAIN_ORDER:
            self._entry.order = PLAIN_ORDER
            self.orderChanged.emit()

    def drop_typed(self) -> None:
        self._entry.typed = ""

    @Property(int, constant=True)
    def length(self) -> int:
        return self._entry.length

    @Property(int, notify=secret_shown)
    def count(self) -> int:
        return len(self._entry.typed)

    @Property(list, notify=orderChanged)
    def order(self) -> list[str]:
        return list(self._entry.order)

    @Property(str, notify=secret_shown)
    def spoken(self) -> str:
        """What a screen reader says of the boxes: how many, never which."""
        return self.fill("common.hidden_entry", count=len(self._entry.typed), all=self._entry.length)

    @Slot(str)
    def press(self, digit: str) -> None:
        if not self.accepts():
            return
        secret = self._entry.press(digit)
        self.changed.emit()
        if secret:
            self.submit(secret)

    @Slot()
    def erase(self) -> None:
        self._entry.erase()
        self.changed.emit()

    @Slot()
    def shuffle(self) -> None:
        self._entry.shuffle()
        self.orderChanged.emit()
