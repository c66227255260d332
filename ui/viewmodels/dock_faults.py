# ruff: noqa: N802 - QML names its properties and slots this way
"""The dock's faults: what is pulled out, what is slow, and how far the kiosk's clock was moved ahead."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot

from kiosk.ports import SimulatedPart, SimulationControl
from ui.words import Words

ICONS = {SimulatedPart.CAMERA: "camera", SimulatedPart.SCANNER: "scan", SimulatedPart.CENTRE: "care"}
JUMPS = (15, 60, 300)
"""Seconds: past a countdown, past an idle warning, past a code's life."""


class DockFaultsVm(QObject):
    changed = Signal()

    def __init__(self, simulation: SimulationControl, words: Words) -> None:
        super().__init__()
        self._simulation = simulation
        self._words = words
        self._out: set[SimulatedPart] = set()
        self._slow: set[SimulatedPart] = set()
        self._moved = 0
        words.changed.connect(self.changed)

    @Property(list, notify=changed)
    def parts(self) -> list[dict[str, object]]:
        return [self._part(part) for part in SimulatedPart]

    def _part(self, part: SimulatedPart) -> dict[str, object]:
        out, slow = part in self._out, part in self._slow
        return {
            "part": part.value,
            "icon": ICONS[part],
            "title": self._words.fill(f"dock.part_{part.value}"),
            "state": self._words.fill("dock.fault_out" if out else "dock.fault_slow" if slow else "dock.fault_well"),
            "out": out,
            "slow": slow,
        }

    @Slot(str)
    def switchPlug(self, name: str) -> None:
        part = SimulatedPart(name)
        self._out ^= {part}
        self._simulation.plug(part, part not in self._out)
        self.changed.emit()

    @Slot(str)
    def switchPace(self, name: str) -> None:
        part = SimulatedPart(name)
        self._slow ^= {part}
        self._simulation.slow(part, part in self._slow)
        self.changed.emit()

    @Property(list, constant=True)
    def jumps(self) -> list[int]:
        return list(JUMPS)

    @Slot(int)
    def advance(self, seconds: int) -> None:
        self._simulation.advance_clock(float(seconds))
        self._moved += seconds
        self.changed.emit()

    @Property(str, notify=changed)
    def moved(self) -> str:
        if not self._moved:
            return ""
        return self._words.fill("dock.clock_moved", clock=f"{self._moved // 60:02d}:{self._moved % 60:02d}")
