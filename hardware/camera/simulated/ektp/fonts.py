"""The faces that cards are printed in here: only fonts that the set-up brings, so that a seed draws the same card
on every machine that was set up.

Aileron comes inside Pillow, DejaVu with Debian's ``fonts-dejavu-core``, Source Sans with the screens' fonts. A face
whose file is missing is replaced by Aileron, and ``missing()`` names it. The number has digits of our own beside
DejaVu's: strokes of one width in a square build, as fonts for machines have them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
SCREENS = Path(__file__).resolve().parents[4] / "build" / "fonts"
TEXT_FACES: dict[str, Path | None] = {
    "aileron": None,
    "source-sans": SCREENS / "SourceSansPro-Regular.ttf",
    "source-sans-semibold": SCREENS / "SourceSansPro-Semibold.ttf",
    "dejavu-sans": DEJAVU / "DejaVuSans.ttf",
    "dejavu-mono": DEJAVU / "DejaVuSansMono.ttf",
}
"""None: Pillow's own."""

STROKES = "strokes"
NUMBER_FACES: dict[str, Path | None] = {
    STROKES: None,
    "dejavu-mono": DEJAVU / "DejaVuSansMono.ttf",
    "dejavu-mono-bold": DEJAVU / "DejaVuSansMono-Bold.ttf",
}
BOLD: Path = DEJAVU / "DejaVuSans-Bold.ttf"
HEADER_FACES = ("aileron", "source-sans-semibold", "dejavu-sans")


@cache
def font(path: Path | None, size: int) -> ImageFont.FreeTypeFont:
    """``size`` px of the em. Aileron when ``path`` is None or not there."""
    if path is not None and path.is_file():
        return ImageFont.truetype(str(path), size)
    own = ImageFont.load_default(size)
    if not isinstance(own, ImageFont.FreeTypeFont):  # a Pillow built without FreeType
        raise RuntimeError("Pillow has no FreeType")
    return own


def missing() -> list[str]:
    """Files of faces that are not there; the cards then differ from those of a machine that has them."""
    paths = {path for path in (*TEXT_FACES.values(), *NUMBER_FACES.values()) if path is not None}
    return sorted(str(path) for path in paths if not path.is_file())


# Digits on a grid 4 wide and 6 high, y downwards; each a list of lines through its points.
DIGITS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "0": (((1, 0), (3, 0), (4, 1), (4, 5), (3, 6), (1, 6), (0, 5), (0, 1), (1, 0)),),
    "1": (((0.6, 1.0), (2, 0), (2, 6)), ((0.6, 6), (3.6, 6), (3.6, 5.1))),
    "2": (((0, 0), (4, 0), (4, 3), (0, 3), (0, 6), (4, 6)),),
    "3": (((0, 0), (4, 0), (4, 6), (0, 6)), ((1.2, 2.9), (4, 2.9))),
    "4": (((0.4, 0), (0.4, 4), (4, 4)), ((3, 2.2), (3, 6))),
    "5": (((4, 0), (0, 0), (0, 2.8), (4, 2.8), (4, 6), (0, 6)),),
    "6": (((2.6, 0), (0, 0), (0, 6), (4, 6), (4, 3.0), (0, 3.0)),),
    "7": (((0, 0.9), (0, 0), (4, 0), (4, 1.6), (2, 3.4), (2, 6)),),
    "8": (((0.5, 0), (3.5, 0), (3.5, 2.9), (0.5, 2.9), (0.5, 0)), ((0, 2.9), (4, 2.9), (4, 6), (0, 6), (0, 2.9))),
    "9": (((4, 3.0), (0, 3.0), (0, 0), (4, 0), (4, 6), (1.4, 6)),),
}
GRID = (4.0, 6.0)
