"""Loads the shipped fonts; a bare machine has DejaVu only, which is then used."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

log = logging.getLogger(__name__)

PREFERRED = ("Source Sans 3", "Source Sans Pro")
FALLBACK = "DejaVu Sans"


def load_fonts(folder: Path) -> str:
    """Register every ``.ttf`` of ``folder``; returns the family the screens use."""
    families: set[str] = set()
    for path in sorted(folder.glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            log.warning("font refused", extra={"font": path.name})
            continue
        families.update(QFontDatabase.applicationFontFamilies(number))
    family = next((name for name in PREFERRED if name in families), FALLBACK)
    QGuiApplication.setFont(QFont(family))
    return family
