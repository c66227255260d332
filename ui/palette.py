"""The colours of the kiosk and the contrast they owe. Free of Qt.

Calm public-service look: much white, one green for "go on", one blue for information, amber for
"look here", red only for what cannot go on. Colour is never alone: icon and word stand beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

MIN_CONTRAST = 7.0
"""WCAG 2.2 AAA for text."""
MIN_CONTRAST_HIGH = 20.0
"""Of the high-contrast theme; black on white is 21."""


@dataclass(frozen=True, slots=True)
class Palette:
    page: str
    surface: str
    ink: str
    muted: str
    line: str  # decorative edges
    edge: str  # edges of things to touch
    go: str
    on_go: str
    go_pressed: str
    go_soft: str
    on_go_soft: str
    info_soft: str
    on_info_soft: str
    look_soft: str
    on_look_soft: str
    stop_soft: str
    on_stop_soft: str
    key: str
    key_pressed: str
    on_key: str
    off: str
    on_off: str
    badge: str
    on_badge: str
    scrim: str  # with alpha, over the screen below a panel


NORMAL = Palette(
    page="#f3f7f5",
    surface="#ffffff",
    ink="#14231c",
    muted="#3d4c45",
    line="#dbe5e0",
    edge="#6d7f76",
    go="#0b5d3b",
    on_go="#ffffff",
    go_pressed="#07422a",
    go_soft="#e3f1ea",
    on_go_soft="#084a2f",
    info_soft="#e6f0fa",
    on_info_soft="#0b3f7a",
    look_soft="#fff3d4",
    on_look_soft="#4f3600",
    stop_soft="#fdeaea",
    on_stop_soft="#7f1616",
    key="#ffffff",
    key_pressed="#d5ebe0",
    on_key="#14231c",
    off="#e4eae7",
    on_off="#3a4640",
    badge="#ffd977",
    on_badge="#3a2800",
    scrim="#b30b1f17",
)

HIGH = Palette(
    page="#000000",
    surface="#000000",
    ink="#ffffff",
    muted="#ffffff",
    line="#ffffff",
    edge="#ffffff",
    go="#ffffb3",
    on_go="#000000",
    go_pressed="#ffffff",
    go_soft="#000000",
    on_go_soft="#ffffff",
    info_soft="#000000",
    on_info_soft="#ffffff",
    look_soft="#000000",
    on_look_soft="#ffffff",
    stop_soft="#000000",
    on_stop_soft="#ffffff",
    key="#000000",
    key_pressed="#ffffb3",
    on_key="#ffffff",
    off="#000000",
    on_off="#ffffff",
    badge="#ffffb3",
    on_badge="#000000",
    scrim="#e6000000",
)

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    ("ink", "page"),
    ("ink", "surface"),
    ("muted", "page"),
    ("muted", "surface"),
    ("on_go", "go"),
    ("on_go_soft", "go_soft"),
    ("on_go_soft", "surface"),
    ("on_go_soft", "page"),
    ("on_info_soft", "info_soft"),
    ("on_look_soft", "look_soft"),
    ("on_look_soft", "surface"),
    ("on_stop_soft", "stop_soft"),
    ("on_stop_soft", "surface"),
    ("on_key", "key"),
    ("on_off", "off"),
    ("on_badge", "badge"),
)
"""Every pair (text, ground) that the screens use; the gallery proves that no other is drawn."""


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two ``#rrggbb`` colours, 1..21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def weakest_pair(palette: Palette) -> tuple[float, str, str]:
    colours = {field.name: getattr(palette, field.name) for field in fields(palette)}
    return min((contrast(colours[text], colours[ground]), text, ground) for text, ground in TEXT_PAIRS)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
