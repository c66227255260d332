"""The walls between the rooms stand, and a breach would be seen."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("kiosk", "hardware", "db", "ui")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_no_room_imports_what_it_must_not() -> None:
    outcome = lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert " 0 broken" in outcome.stdout


@pytest.mark.parametrize(
    ("file", "breach"),
    [
        ("kiosk/journey/breach.py", "import PySide6.QtCore"),
        ("kiosk/journey/breach.py", "from kiosk.vision import cv2"),
        ("kiosk/journey/breach.py", "import smtplib"),
        ("kiosk/identity/breach.py", "import cv2"),
        ("kiosk/face/breach.py", "import onnxruntime"),
        ("kiosk/gateways/breach.py", "import db.local"),
        ("hardware/breach.py", "import kiosk.journey"),
        ("hardware/breach.py", "import cv2"),
        ("db/breach.py", "import hardware"),
        ("ui/breach.py", "import kiosk.gateways"),
        ("ui/breach.py", "import sqlalchemy"),
    ],
)
def test_a_breach_is_seen(copy: Path, file: str, breach: str) -> None:
    planted = copy / file
    planted.write_text(breach + "\n")
    try:
        outcome = lint(copy)
    finally:
        planted.unlink()
    assert outcome.returncode == 1, outcome.stdout
    assert "breach" in outcome.stdout


def test_the_top_level_holds_the_named_rooms_only() -> None:
    allowed = {*ROOMS, "resources", "tests", "docs", "build"}
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    assert folders <= allowed


def test_importing_a_test_changes_nothing_of_the_product_for_the_tests_after_it() -> None:
    """A helper that set a constant of the sync room at import made another file's test fail, in one order only."""
    found = [
        f"{file.relative_to(ROOT)}:{statement.lineno}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        for statement in ast.parse(file.read_text()).body
        if isinstance(statement, ast.Assign | ast.AugAssign)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Attribute | ast.Subscript)
    ]
    assert not found
