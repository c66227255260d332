"""The virtual environment heals whatever a killed set-up left. A real venv and pip, tiny local wheels."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from resources.setup import environment
from resources.setup.environment import Environment, read_lock
from resources.setup.terminal import LineSink, Outcome, SetupFault, run_program

ROOT = Path(__file__).resolve().parents[2]


def make_wheel(folder: Path, name: str, version: str, text: str = "VALUE = 1\n") -> str:
    """Write a pure wheel and return its lock entry."""
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": text,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,{len(body)}\n" for path, body in files.items()) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, body in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, body)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with an installed environment, made once; each test works on a copy-free healing of it."""
    root = tmp_path_factory.mktemp("checkout")
    wheels = root / "wheels"
    wheels.mkdir()
    lock = make_wheel(wheels, "alpha_part", "1.0") + make_wheel(wheels, "beta_part", "2.0")
    (root / "requirements.lock").write_text(lock)
    return root


@pytest.fixture
def kiosk_environment(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(prepared / "wheels"))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    made = Environment(prepared / ".venv", prepared / "requirements.lock", run_program)
    made.ensure()
    yield made


def values(made: Environment) -> str:
    program = "import alpha_part, beta_part; print(alpha_part.VALUE + beta_part.VALUE)"
    return subprocess.run([made.python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def info_folder(made: Environment, name: str) -> Path:
    return next(made.site_packages.glob(f"{name}-*.dist-info"))


def test_the_locked_packages_are_installed_and_the_second_run_calls_no_pip(kiosk_environment: Environment) -> None:
    assert values(kiosk_environment) == "2"
    calls: list[Sequence[str]] = []

    def run(command: Sequence[str], on_line: LineSink | None) -> Outcome:
        calls.append(command)
        return run_program(command, on_line)

    Environment(kiosk_environment.folder, kiosk_environment.lock, run).ensure()
    assert not any("install" in command for command in calls)


def test_a_package_killed_before_its_file_list_was_written_is_installed_anew(kiosk_environment: Environment) -> None:
    (info_folder(kiosk_environment, "alpha_part") / "RECORD").unlink()
    (kiosk_environment.site_packages / "alpha_part.py").write_text("VAL")
    kiosk_environment.ensure()
    assert values(kiosk_environment) == "2"


def test_a_file_cut_short_is_found_and_replaced(kiosk_environment: Environment) -> None:
    (kiosk_environment.site_packages / "beta_part.py").write_text("")
    kiosk_environment.ensure()
    assert values(kiosk_environment) == "2"


def test_a_missing_file_is_found_and_replaced(kiosk_environment: Environment) -> None:
    (kiosk_environment.site_packages / "beta_part.py").unlink()
    kiosk_environment.ensure()
    assert values(kiosk_environment) == "2"


def test_what_pip_set_aside_when_it_was_killed_is_swept(kiosk_environment: Environment) -> None:
    debris = kiosk_environment.site_packages / "~lpha_part"
    debris.mkdir()
    kiosk_environment.ensure()
    assert not debris.exists()


def test_an_environment_killed_before_pip_was_there_goes_on_from_there(kiosk_environment: Environment) -> None:
    for folder in (*kiosk_environment.site_packages.glob("pip-*"), kiosk_environment.site_packages / "pip"):
        shutil.rmtree(folder)
    (kiosk_environment.site_packages / "pip").mkdir()  # half-written
    kiosk_environment.ensure()
    assert run_program([str(kiosk_environment.python), "-m", "pip", "--version"]).code == 0


def test_an_environment_with_a_dead_interpreter_is_made_anew(kiosk_environment: Environment) -> None:
    kiosk_environment.python.unlink()
    kiosk_environment.python.symlink_to("/nowhere/python3.11")
    kiosk_environment.ensure()
    assert values(kiosk_environment) == "2"


def test_an_environment_of_a_moved_checkout_is_made_anew(kiosk_environment: Environment) -> None:
    (kiosk_environment.folder / ".place").write_text("/somewhere/else/.venv")
    kiosk_environment.ensure()
    assert values(kiosk_environment) == "2"


def test_bytes_other_than_locked_are_refused_and_named(kiosk_environment: Environment, prepared: Path) -> None:
    honest = kiosk_environment.lock.read_text()
    wheel = next((prepared / "wheels").glob("alpha*.whl"))
    kept = wheel.read_bytes()
    try:
        make_wheel(prepared / "wheels", "alpha_part", "1.0", "VALUE = 666\n")
        (kiosk_environment.site_packages / "alpha_part.py").unlink()
        with pytest.raises(SetupFault, match="bytes match"):
            kiosk_environment.ensure()
    finally:
        wheel.write_bytes(kept)
        kiosk_environment.lock.write_text(honest)


def test_a_package_that_no_index_has_is_named(kiosk_environment: Environment) -> None:
    honest = kiosk_environment.lock.read_text()
    try:
        kiosk_environment.lock.write_text(honest + f"gamma-part==3.0 \\\n    --hash=sha256:{'0' * 64}\n")
        with pytest.raises(SetupFault, match=r"gamma-part==3\.0"):
            kiosk_environment.ensure()
    finally:
        kiosk_environment.lock.write_text(honest)


def test_a_full_disk_is_named_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: usage)
    (tmp_path / "requirements.lock").write_text("alpha==1.0\n")
    with pytest.raises(SetupFault, match="disk space"):
        Environment(tmp_path / ".venv", tmp_path / "requirements.lock", run_program).ensure()
    assert not (tmp_path / ".venv").exists()


def test_the_shipped_lock_pins_everything_by_hash_and_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text()
    locked = read_lock(ROOT / "requirements.lock")
    assert "pyside6-essentials" in locked
    assert all("--hash=sha256:" in entry.block for entry in locked.values())
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_environment_running_these_tests_is_the_locked_one() -> None:
    here = Environment(Path(sys.prefix), ROOT / "requirements.lock", run_program)
    assert here.audit(read_lock(here.lock)) == []
