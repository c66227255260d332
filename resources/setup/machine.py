"""Sets a fresh machine up: interpreter, Debian packages, virtual environment, weights, fonts.

Run by ``make`` with the system's own Python: ``python3 -m resources.setup.machine``. Standard library
only. Every step looks at what is there, so it can be killed at any moment and run again; when all is in
place a stamp lets the next run pass in a fraction of a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from resources.setup.debian import ensure_packages, listed_packages
from resources.setup.environment import Environment
from resources.setup.terminal import Runner, SetupFault, run_program, say

ROOT = Path(__file__).resolve().parents[2]
PYTHON = (3, 11)
_KEY_FILES = (
    "requirements.lock",
    "resources/weights.toml",
    "resources/fonts.toml",
    "resources/setup/debian.txt",
    "resources/setup/machine.py",
    "resources/setup/environment.py",
    "kiosk/face/weights_repair.py",
)


@dataclass(frozen=True)
class Places:
    """What lies where in the checkout; tests give another root."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def stamp(self) -> Path:
        return self.root / "build" / "setup.json"

    @property
    def made(self) -> list[Path]:
        """The files the last steps leave behind; a sweep of one of them voids the stamp."""
        folders = (self.root / "build" / "weights", self.root / "build" / "fonts")
        return sorted(path for folder in folders for path in folder.glob("[!.]*"))


def check_interpreter(version: tuple[int, int] = sys.version_info[:2]) -> None:
    if version != PYTHON:
        raise SetupFault(
            f"Python 3.11 (this is {version[0]}.{version[1]})",
            "sudo apt-get install --yes python3.11 python3.11-venv && make setup PYTHON=python3.11",
        )


def interpreter_packages() -> list[str]:
    """Debian splits venv's pip off; an interpreter from elsewhere brings its own."""
    whole = importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")
    return [] if whole else ["python3.11-venv"]


def key_of(root: Path) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:3]} {root}".encode())
    for name in _KEY_FILES:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def is_done(places: Places) -> bool:
    try:
        stamp = json.loads(places.stamp.read_text(encoding="utf-8"))
        sizes = {name: (places.root / name).stat().st_size for name in stamp["made"]}
        return bool(stamp["key"] == key_of(places.root) and sizes == stamp["made"] and _python(places).exists())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_stamp(places: Places) -> None:
    made = {str(path.relative_to(places.root)): path.stat().st_size for path in places.made}
    places.stamp.parent.mkdir(parents=True, exist_ok=True)
    partial = places.stamp.with_suffix(".partial")
    partial.write_text(json.dumps({"key": key_of(places.root), "made": made}, indent=1), encoding="utf-8")
    partial.replace(places.stamp)


def set_up(places: Places, run: Runner = run_program) -> None:
    """Everything, in order; raises SetupFault at the first thing that cannot be had."""
    began = time.monotonic()
    check_interpreter()
    wanted = listed_packages(places.root / "resources/setup/debian.txt") + interpreter_packages()
    ensure_packages(wanted, run)
    if is_done(places):
        return
    Environment(places.venv, places.root / "requirements.lock", run).ensure()
    for module, what in (("kiosk.face.weights", "model weights"), ("resources.setup.fonts", "fonts")):
        say(what)
        outcome = run([str(_python(places)), "-m", module], lambda line: say(f"  {line}"))
        if outcome.code != 0:
            raise SetupFault(f"{what} ({outcome.lines[-1] if outcome.lines else 'no answer'})", "make setup")
    write_stamp(places)
    say(f"ready after {time.monotonic() - began:.0f} s")


def main() -> int:
    places = Places(ROOT)
    try:
        (ROOT / "build").mkdir(exist_ok=True)
        with (ROOT / "build" / "setup.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("another set-up is running here; waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            set_up(places)
    except SetupFault as fault:
        sys.stderr.write(f"\nsetup: missing: {fault.missing}\nsetup: mend it with:\n\n    {fault.command}\n\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"\nsetup: {error.strerror}: {error.filename}\nsetup: mend it, then:\n\n    make setup\n\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nsetup: stopped; it goes on from here with:\n\n    make setup\n\n")
        return 130
    return 0


def _python(places: Places) -> Path:
    return places.venv / "bin" / "python"


if __name__ == "__main__":
    raise SystemExit(main())
