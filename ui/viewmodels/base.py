"""What every view-model shares: the door to the visit, the words, the clock, and the once-only latch."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QObject, Signal

from kiosk.config import Settings
from kiosk.journey.inputs import VisitInput
from kiosk.journey.state import Stage, VisitState
from ui.ports import VisitDoor
from ui.words import Words

LATCH_SECONDS = 1.0
"""A second tap on the same thing within this time, with nothing changed between, is a tremble of the hand."""


class Desk:
    """Shared by all view-models; not a QObject. ``monotonic`` is the clock that the visit's times refer to."""

    def __init__(self, door: VisitDoor, words: Words, settings: Settings, monotonic: Callable[[], float]) -> None:
        self.door = door
        self.words = words
        self.settings = settings
        self.monotonic = monotonic


class ShownVm(QObject):
    """Words that follow the language, and a latch for taps.

    A Property can only notify by a signal of its own class, not by an inherited one: each subclass has a
    signal of its own whose name ends in ``_shown``, and all of them follow ``changed``.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._latched: tuple[object, float] | None = None
        desk.words.changed.connect(self.changed)
        for name in dir(type(self)):
            if name.endswith("_shown"):
                self.changed.connect(getattr(self, name))

    def unlatch(self) -> None:
        self._latched = None

    def once(self, tapped: object) -> bool:
        """False when the very same was just tapped and nothing has changed since."""
        now = self.desk.monotonic()
        if self._latched is not None:
            latched, at = self._latched
            if latched == tapped and now - at < LATCH_SECONDS:
                return False
        self._latched = (tapped, now)
        return True

    def fill(self, key: str, **values: object) -> str:
        return self.desk.words.fill(key, **values)


class ScreenVm(ShownVm):
    """One screen of the participant. ``state`` is the newest state of a stage in ``stages``, else None."""

    stages: ClassVar[frozenset[Stage]] = frozenset()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, parent)
        self.state: VisitState | None = None

    # ---- called by KioskVm

    def show(self, state: VisitState) -> None:
        before, self.state = self.state, state
        if before != state:
            self.unlatch()
        if before is None:
            self.entered(state)
        self.updated(before, state)
        self.changed.emit()

    def hide(self) -> None:
        """The stage was left: forget everything of the person."""
        if self.state is not None:
            self.state = None
            self.unlatch()
            self.forgotten()
            self.changed.emit()

    def conceal(self) -> None:
        """Staff take the screen: what was being typed is typed again afterwards."""
        self.drop_typed()
        self.changed.emit()

    def tick(self) -> None:
        """A few times a second while shown; for what changes with time alone."""

    # ---- for subclasses

    def entered(self, state: VisitState) -> None: ...

    def updated(self, before: VisitState | None, state: VisitState) -> None: ...

    def forgotten(self) -> None: ...

    def drop_typed(self) -> None: ...

    def post_once(self, visit_input: VisitInput) -> bool:
        """Post unless the very same input was just posted and nothing has changed since."""
        if not self.once(visit_input):
            return False
        self.desk.door.post(visit_input)
        return True
