"""What loads before the first picture: each library more is time in which a person looks at a black panel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SCREENS_AND_SETTINGS = frozenset({
    "PySide6", "shiboken6", "pydantic", "pydantic_core", "pydantic_settings", "annotated_types",
    "typing_extensions", "typing_inspection", "dotenv",
})  # fmt: skip
STAFF_CODES = "pyotp"
"""The dock of a demonstration shows them."""

UNTIL_THE_FIRST_PICTURE = """
import json, os, sys, sysconfig
before = set(sys.modules)  # what the environment itself brings
import main
from kiosk.config import Settings
from ui.app import application, run_until_closed

kiosk = main.make_kiosk(Settings().with_simulated_devices())
window = main.make_window(kiosk, dock=sys.argv[1] == "dock")

def tell(_):
    places = tuple(sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib"))
    found = {
        name.partition(".")[0]
        for name, module in list(sys.modules.items())
        if name not in before and (getattr(module, "__file__", None) or "").startswith(places)
    }
    ours = sorted(name for name in sys.modules if name.partition(".")[0] in ("kiosk", "hardware", "db", "ui"))
    print(json.dumps({"libraries": sorted(found), "ours": ours}), flush=True)
    os._exit(0)

window.on_first_picture(tell)
window.show()
run_until_closed(window)
"""


def loaded_before_the_first_picture(data: Path, dock: str) -> dict[str, list[str]]:
    variables = {"QT_QPA_PLATFORM": "offscreen", "BPJS_KIOSK__DATA_DIR": str(data)}
    told = subprocess.run(
        [sys.executable, "-c", UNTIL_THE_FIRST_PICTURE, dock],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: dict[str, list[str]] = json.loads(told.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize("dock", ["", "dock"])
def test_the_first_picture_waits_for_no_library_but_the_screens_and_the_settings(tmp_path: Path, dock: str) -> None:
    loaded = set(loaded_before_the_first_picture(tmp_path, dock)["libraries"])
    assert "PySide6" in loaded
    assert loaded <= SCREENS_AND_SETTINGS | ({STAFF_CODES} if dock else set())


def test_what_stands_behind_the_door_loads_after_the_first_picture(tmp_path: Path) -> None:
    ours = loaded_before_the_first_picture(tmp_path, "")["ours"]
    assert "ui.app" in ours
    behind = {"kiosk.runtime.assemble", "kiosk.runtime.power", "kiosk.runtime.visit_loop", "kiosk.face.engine"}
    assert not behind & set(ours)
    rooms = [name for name in ours if name.startswith(("hardware", "db.local", "db.sync", "ui.dock"))]
    assert rooms == []
