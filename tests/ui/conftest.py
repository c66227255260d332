"""A real window on a visit and a staff door that stand still, and an autopilot that presses their buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtGui import QGuiApplication

from kiosk.config import Settings
from kiosk.journey.inputs import VisitInput
from kiosk.journey.state import Stage, VisitState
from kiosk.staff.inputs import StaffInput
from kiosk.staff.state import StaffState
from ui.app import KioskWindow, assemble
from ui.autopilot import Autopilot
from ui.checks import is_text, walk
from ui.gallery_states import NOW
from ui.still_door import StillDoor

WORD_JOINER, NO_BREAK_SPACE = "\u2060", "\u00a0"


@dataclass
class HandClock:
    """Time that moves when the test says so."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    """What a screen test holds in its hands."""

    door: StillDoor
    window: KioskWindow
    pilot: Autopilot
    clock: HandClock = field(default_factory=HandClock)

    def show(self, state: VisitState) -> None:
        self.door.show(state)
        self.pilot.breathe()

    def show_staff(self, state: StaffState | None) -> None:
        assert state is not None
        self.door.staff.show(state)
        self.pilot.breathe()

    def texts(self) -> list[str]:
        """All words that can be seen, without what only keeps lines from breaking."""
        return [
            str(item.property("text")).replace(WORD_JOINER, "").replace(NO_BREAK_SPACE, " ")
            for item in walk(self.window.view.contentItem())
            if is_text(item)
        ]

    def says(self, part: str) -> bool:
        return any(part in text for text in self.texts())

    def posted(self, kind: type) -> list[VisitInput]:
        return [one for one in self.door.posted if isinstance(one, kind)]

    def staff_posted(self, kind: type) -> list[StaffInput]:
        return [one for one in self.door.staff.posted if isinstance(one, kind)]

    def type_letters(self, text: str) -> None:
        """Press the keys of the small keyboard one by one."""
        for letter in text:
            self.pilot.click(f"char{letter}")


@pytest.fixture(scope="session")
def settings() -> Settings:
    settings = Settings()
    if not list(settings.fonts_dir.glob("*.ttf")):
        pytest.fail("the fonts are not in place, run `make setup`")
    return settings


@pytest.fixture
def bench(qapp: QGuiApplication, settings: Settings) -> Iterator[Bench]:
    door, clock = StillDoor(), HandClock()
    window = assemble(door, settings, monotonic=clock)
    window.theme.hold_still()
    window.show((1080, 1920))
    yield Bench(door, window, Autopilot(window), clock)
    assert window.state.stage in Stage
    window.close()
