"""Native libraries under one roof: OpenCV beside Qt, onnxruntime's telemetry, PySide6's reference counts."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("kiosk", "hardware", "db", "ui")
QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

# Alembic runs these itself, with a context; importing them is an error by design.
SKIPPED = ("db.central.migrations", "db.local.migrations")

IMPORT_EVERYTHING = """
import importlib, json, os, pkgutil, sys
rooms, skipped, model, variables = json.loads(sys.argv[1])
for room in rooms:
    for found in pkgutil.walk_packages([room], room + "."):
        if not found.name.startswith(tuple(skipped)) and not found.name.endswith("__main__"):
            importlib.import_module(found.name)
from kiosk.face import native
native.arcface_class()
native.onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
from PySide6.QtGui import QGuiApplication
application = QGuiApplication(["kiosk"])
print(json.dumps({
    "platform": application.platformName(),
    "modules": [name for name in ("cv2", "onnxruntime", "insightface", "PySide6") if name in sys.modules],
    "variables": {name: os.environ.get(name) for name in variables},
}))
"""


def import_everything(home: Path, rooms: tuple[str, ...], model: Path, **variables: str) -> dict[str, object]:
    """In a process of its own, with an empty home folder, so that what is written there shows."""
    environment = {
        key: value for key, value in os.environ.items() if key not in (*QT_VARIABLES, "ORT_DISABLE_TELEMETRY")
    }
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "QT_QPA_PLATFORM": "offscreen"}
    environment |= variables
    told = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING, json.dumps([rooms, SKIPPED, str(model), QT_VARIABLES])],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize("rooms", [ROOMS, tuple(reversed(ROOMS))], ids=["kiosk first", "screens first"])
def test_everything_in_one_process_keeps_qt_whole_and_writes_no_telemetry(
    tmp_path: Path, weights_dir: Path, rooms: tuple[str, ...]
) -> None:
    answer = import_everything(tmp_path, rooms, weights_dir / "face_detection_yunet_2023mar.onnx")
    assert answer["modules"] == ["cv2", "onnxruntime", "insightface", "PySide6"]
    assert answer["variables"] == dict.fromkeys(QT_VARIABLES)
    assert answer["platform"] == "offscreen"
    written = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    telemetry = [name for name in written if "microsoft" in name.lower() or "onnxruntime" in name.lower()]
    assert telemetry == []


def test_a_plugin_path_that_the_site_chose_is_kept(tmp_path: Path) -> None:
    plugins = str(tmp_path / "plugins")
    program = "import os; from kiosk.vision import cv2; print(os.environ['QT_QPA_PLATFORM_PLUGIN_PATH'])"
    environment = {**os.environ, "QT_QPA_PLATFORM_PLUGIN_PATH": plugins}
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == plugins


def test_exactly_one_opencv_is_installed() -> None:
    names = {(found.metadata["Name"] or "").lower().replace("_", "-") for found in metadata.distributions()}
    assert [name for name in sorted(names) if name.startswith("opencv")] == ["opencv-python"]


def test_pyside_is_older_than_the_release_that_drops_references() -> None:
    major, minor = (int(part) for part in metadata.version("PySide6-Essentials").split(".")[:2])
    assert (major, minor) < (6, 12)


def test_twenty_thousand_signals_leave_true_and_none_alone() -> None:
    from PySide6.QtCore import QObject, Signal

    class Camera(QObject):
        frame = Signal(int)

    camera = Camera()
    heard = []
    camera.frame.connect(lambda number: heard.append(number) if number == 19_999 else None)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for number in range(20_000):
        camera.frame.emit(number)
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert heard == [19_999]
    # The fault takes one reference a call; other threads of the test run may hold a few.
    assert all(abs(now - then) < 200 for now, then in zip(after, before, strict=True))


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in (*ROOMS, "main.py"):
        place = ROOT / room
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        return [node.module.split(".")[0]]
    return []


def importers(library: str) -> set[str]:
    return {path for path, tree in sources() for node in ast.walk(tree) if library in imported(node)}


def test_opencv_is_imported_in_one_place() -> None:
    assert importers("cv2") == {"kiosk/vision.py"}


def test_onnxruntime_is_imported_in_one_place() -> None:
    assert importers("onnxruntime") == {"kiosk/face/native.py"}


def test_insightface_is_never_imported_before_telemetry_is_off() -> None:
    at_top = [path for path, tree in sources() for node in tree.body if "insightface" in imported(node)]
    assert at_top == []
    for path in importers("insightface") - {"kiosk/face/native.py"}:
        assert "kiosk.face.native" in (ROOT / path).read_text(encoding="utf-8"), path
