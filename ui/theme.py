# ruff: noqa: N815 - QML names its properties this way
"""Measures and colours for QML: ``Theme.u`` is one design pixel of a 1080-wide panel."""

from __future__ import annotations

import math

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QColor

from ui.palette import HIGH, NORMAL, Palette

DESIGN_SHORT_SIDE = 1080
LARGE_TEXT = 1.5
TOUCH_MM = 20.0
"""Smallest touch target; EN 301 549 and shaking hands ask for more than the usual 9 mm."""
TOUCH_DESIGN_PX = 88
"""The same on 1080x1920 at 24 inches, rounded up."""
MM_PER_INCH = 25.4

_TEXT_SIZES = {"small": 26, "body": 34, "lead": 40, "key": 52, "title": 56, "huge": 150}
"""Design pixels; 24 is the floor at 1080x1920."""


def _colour(name: str, changed: Signal) -> Property:
    return Property(QColor, lambda theme: QColor(getattr(theme.palette, name)), notify=changed)


def _size(name: str, changed: Signal) -> Property:
    return Property(int, lambda theme: theme.text_size(name), notify=changed)


class Theme(QObject):
    changed = Signal()

    def __init__(self, diagonal_inch: float, family: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._diagonal = diagonal_inch
        self._family = family
        self._width, self._height = 1080.0, 1920.0
        self._high = False
        self._large = False
        self._motion = True

    # ---- set by the program

    def fit(self, width: float, height: float) -> None:
        if (width, height) != (self._width, self._height) and width > 0 and height > 0:
            self._width, self._height = width, height
            self.changed.emit()

    def use(self, *, high_contrast: bool | None = None, large_text: bool | None = None) -> None:
        high = self._high if high_contrast is None else high_contrast
        large = self._large if large_text is None else large_text
        if (high, large) != (self._high, self._large):
            self._high, self._large = high, large
            self.changed.emit()

    def hold_still(self) -> None:
        """Switch motion off, for people and for pictures."""
        self._motion = False
        self.changed.emit()

    @property
    def palette(self) -> Palette:
        return HIGH if self._high else NORMAL

    @property
    def is_high_contrast(self) -> bool:
        return self._high

    @property
    def unit(self) -> float:
        return min(self._width, self._height) / DESIGN_SHORT_SIDE

    @property
    def touch_target(self) -> float:
        """Pixels of the smallest side of anything to touch."""
        pixels_per_mm = math.hypot(self._width, self._height) / (self._diagonal * MM_PER_INCH)
        return max(TOUCH_MM * pixels_per_mm, TOUCH_DESIGN_PX * self.unit)

    def text_size(self, name: str) -> int:
        scale = LARGE_TEXT if self._large and name != "huge" else 1.0
        return round(_TEXT_SIZES[name] * scale * self.unit)

    # ---- read by QML

    @Property(float, notify=changed)
    def u(self) -> float:
        return self.unit

    @Property(float, notify=changed)
    def target(self) -> float:
        return math.ceil(self.touch_target)

    @Property(bool, notify=changed)
    def portrait(self) -> bool:
        return self._height >= self._width

    @Property(bool, notify=changed)
    def highContrast(self) -> bool:  # noqa: N802 - QML's own naming
        return self._high

    @Property(bool, notify=changed)
    def largeText(self) -> bool:  # noqa: N802
        return self._large

    @Property(bool, notify=changed)
    def motion(self) -> bool:
        return self._motion

    @Property(str, constant=True)
    def family(self) -> str:
        return self._family

    @Property(float, notify=changed)
    def edgeWidth(self) -> float:  # noqa: N802
        return max(1.0, round((3 if self._high else 2) * self.unit))

    # ---- colours and text sizes, named as in the palette

    page = _colour("page", changed)
    surface = _colour("surface", changed)
    ink = _colour("ink", changed)
    muted = _colour("muted", changed)
    line = _colour("line", changed)
    edge = _colour("edge", changed)
    go = _colour("go", changed)
    onGo = _colour("on_go", changed)
    goPressed = _colour("go_pressed", changed)
    goSoft = _colour("go_soft", changed)
    onGoSoft = _colour("on_go_soft", changed)
    infoSoft = _colour("info_soft", changed)
    onInfoSoft = _colour("on_info_soft", changed)
    lookSoft = _colour("look_soft", changed)
    onLookSoft = _colour("on_look_soft", changed)
    stopSoft = _colour("stop_soft", changed)
    onStopSoft = _colour("on_stop_soft", changed)
    keyFace = _colour("key", changed)
    keyPressed = _colour("key_pressed", changed)
    onKey = _colour("on_key", changed)
    off = _colour("off", changed)
    onOff = _colour("on_off", changed)
    badge = _colour("badge", changed)
    onBadge = _colour("on_badge", changed)
    scrim = _colour("scrim", changed)

    textSmall = _size("small", changed)
    textBody = _size("body", changed)
    textLead = _size("lead", changed)
    textKey = _size("key", changed)
    textTitle = _size("title", changed)
    textHuge = _size("huge", changed)
