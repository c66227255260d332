"""What the bench measures against is pinned like everything else and is no part of the kiosk."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

from resources.setup.environment import read_lock

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements-bench.lock"


def test_the_bench_lock_pins_everything_by_hash_and_names_no_index() -> None:
    locked = read_lock(LOCK)
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["bench"]
    wanted = {name.split("<")[0].replace("_", "-") for name in extra}
    assert wanted <= set(locked)
    twice = set(locked) & set(read_lock(ROOT / "requirements.lock"))
    assert twice <= {"setuptools"}, "only an older one of what the kiosk has anyway is installed beside it"
    assert all("--hash=sha256:" in entry.block for entry in locked.values())
    assert not any(word in LOCK.read_text() for word in ("://", "--index", "--find-links"))


def test_dlib_and_its_models_never_reach_the_kiosk() -> None:
    shipped = read_lock(ROOT / "requirements.lock")
    assert not {name for name in shipped if "dlib" in name or name.startswith("face-recognition")}
    assert importlib.util.find_spec("dlib") is None
    for room in ("kiosk", "hardware", "ui", "db", "resources"):
        for file in (ROOT / room).rglob("*.py"):
            assert "bench-site" not in file.read_text(encoding="utf-8"), file
