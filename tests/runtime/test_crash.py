"""A program that dies leaves type and frames for its next start, and none of its values."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.runtime.crash import CRASH_FILE, MAX_FRAMES, frames_of, read_last_crash

ROOT = Path(__file__).parents[2]
NIK = "3174075508950001"
PROGRAM = f"""
import sys, threading
from pathlib import Path
from kiosk.runtime.crash import install_crash_hooks
from kiosk.runtime.logs import set_up_logging
install_crash_hooks(set_up_logging(Path(sys.argv[1])))
def deep(nik):
    name = "Siti Aminah"
    raise RuntimeError(f"{{name}} {{nik}}")
if sys.argv[2] == "thread":
    thread = threading.Thread(target=deep, args=({NIK!r},), name="visit")
    thread.start()
    thread.join()
elif sys.argv[2] == "finaliser":
    class Thing:
        def __del__(self):
            deep({NIK!r})
    Thing()
else:
    deep({NIK!r})
"""


def run(folder: Path, where: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), where],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("where", ["main", "thread"])
def test_a_crash_is_recorded_once_with_frames_only(tmp_path: Path, where: str) -> None:
    output = run(tmp_path, where)
    folder = tmp_path / "logs"
    written = output + "".join(file.read_text() for file in folder.iterdir())
    assert NIK not in written
    assert "Siti" not in written
    assert stat.S_IMODE((folder / CRASH_FILE).stat().st_mode) == 0o600
    record = read_last_crash(folder)
    assert record is not None
    assert record.type == "RuntimeError"
    assert record.thread == ("main" if where == "main" else "visit")
    assert record.frames[-1].endswith("deep")
    assert "crash" in output
    assert read_last_crash(folder) is None, "told once"


def test_a_fault_in_a_finaliser_is_logged_without_values_and_is_no_crash(tmp_path: Path) -> None:
    output = run(tmp_path, "finaliser")
    assert "unraisable" in output
    assert NIK not in output
    assert read_last_crash(tmp_path / "logs") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"at": 1}', '{"at": "", "thread": "", "type": "", "frames": 5}'])
def test_a_damaged_record_is_no_second_crash(tmp_path: Path, content: str) -> None:
    (tmp_path / CRASH_FILE).write_text(content)
    assert read_last_crash(tmp_path) is None
    assert not (tmp_path / CRASH_FILE).exists()


def test_no_record_is_no_crash(tmp_path: Path) -> None:
    assert read_last_crash(tmp_path) is None
    assert read_last_crash(tmp_path / "missing") is None


def test_a_runaway_recursion_gives_a_short_record() -> None:
    def down() -> None:
        down()

    with pytest.raises(RecursionError) as caught:
        down()
    told = frames_of(caught.value)
    assert len(told["frames"]) == MAX_FRAMES
    assert json.dumps(told)


def test_a_dying_program_leaves_no_memory_image_and_the_next_start_tells_its_crash_once(tmp_path: Path) -> None:
    run(tmp_path, "main")
    start = (
        "import resource, sys; from pathlib import Path\n"
        "from kiosk.runtime.crash import watch_for_crashes\n"
        "from kiosk.runtime.logs import set_up_logging\n"
        "watch_for_crashes(set_up_logging(Path(sys.argv[1])))\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", start, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    assert told[0].stdout.strip() == "(0, 0)"
    assert "the last run crashed fault=RuntimeError" in told[0].stderr
    assert "the last run crashed" not in told[1].stderr
    assert NIK not in told[0].stderr
