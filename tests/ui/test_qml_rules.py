"""Traps measured once are kept out of the QML by reading it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.journey.state import Stage
from kiosk.staff.state import StaffScreen
from ui.viewmodels.screens import SCREENS
from ui.viewmodels.staff import FILES, SECRET_FILE

ROOT = Path(__file__).resolve().parents[2]
QML = ROOT / "ui" / "qml"
ICONS = ROOT / "resources" / "icons"
FORBIDDEN = ("MultiEffect", "layer.effect", "layer.enabled", "VideoOutput", "RectangularShadow", "ShaderEffect")


def files() -> list[Path]:
    return sorted(QML.rglob("*.qml"))


@pytest.mark.parametrize("word", FORBIDDEN)
def test_nothing_is_used_that_the_software_backend_does_not_draw(word: str) -> None:
    assert not [path.name for path in files() if word in path.read_text()]


def test_the_backend_is_named_in_one_place() -> None:
    naming = [path.name for path in (ROOT / "ui").rglob("*.py") if '"QT_QUICK_BACKEND"' in path.read_text()]
    assert naming == ["environment.py"]


def test_the_backend_is_set_before_qt_is_imported() -> None:
    program = (
        "import sys, os; os.environ.pop('QT_QUICK_BACKEND', None)\n"
        "import ui\n"
        "assert os.environ['QT_QUICK_BACKEND'] == 'software' and 'PySide6' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_every_stage_has_its_screen() -> None:
    assert set(SCREENS) == set(Stage)
    for name in SCREENS.values():
        assert (QML / "screens" / f"{name}Screen.qml").is_file(), name


def test_every_screen_of_the_staff_door_has_its_file() -> None:
    assert set(FILES) == set(StaffScreen)
    for name in {*FILES.values(), SECRET_FILE} - {""}:
        assert (QML / "staff" / f"{name}Screen.qml").is_file(), name


def test_every_icon_that_is_named_is_drawn() -> None:
    literal = re.compile(r'(?:\bicon|\bname|Icon)\s*:\s*(?:[^"\n]*\?\s*)?"([a-z_]+)"(?:\s*:\s*"([a-z_]+)")?')
    named = {name for path in files() for pair in literal.findall(path.read_text()) for name in pair if name}
    assert len(named) > 20
    assert not sorted(name for name in named if not (ICONS / f"{name}.svg").is_file())


def test_no_words_are_written_into_the_screens() -> None:
    assert not [path.name for path in files() if re.search(r'\btext: "[A-Za-z]', path.read_text())]


def test_all_text_goes_through_the_spoken_component() -> None:
    plain = [path.name for path in files() if re.search(r"^\s*Text \{", path.read_text(), re.M)]
    assert plain == ["KText.qml"]


def test_qmllint_has_nothing_to_say() -> None:
    """Names of the view-models come in as context properties, which it cannot know."""
    lint = Path(sys.executable).with_name("pyside6-qmllint")
    if not lint.exists():
        found = shutil.which("pyside6-qmllint")
        assert found, "pyside6-qmllint is missing from the environment"
        lint = Path(found)
    unknowable = ("unqualified", "import", "unresolved-type")
    silence = [word for name in unknowable for word in (f"--{name}", "disable")]
    outcome = subprocess.run(
        [str(lint), "-W", "0", *silence, *map(str, files())], capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
