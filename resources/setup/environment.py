"""The virtual environment: exactly the locked wheels, whole, whatever a killed run left behind.

Installed packages are compared with the lock and with their own file lists, so a half-written one is
found and replaced while the rest is kept. The interpreter itself is never downloaded.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from resources.setup.terminal import Runner, SetupFault, say

_TOOLS = {"pip", "setuptools", "wheel"}  # come with the environment, not with the lock
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
# Environment 1.1 GB, pip's cache and unpacking 1 GB, weights and fonts 60 MB.
_SPACE_NEEDED = 3_000_000_000


@dataclass(frozen=True)
class Locked:
    version: str
    block: str  # the requirement with its hashes, as it stands in the lock


def read_lock(path: Path) -> dict[str, Locked]:
    """Canonical name -> locked version."""
    locked: dict[str, Locked] = {}
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", path.read_text(encoding="utf-8")):
        if entry := _ENTRY.match(block):
            locked[_canonical(entry["name"])] = Locked(entry["version"], block)
    return locked


class Environment:
    def __init__(self, folder: Path, lock: Path, run: Runner) -> None:
        self.folder = folder
        self.lock = lock
        self.python = folder / "bin" / "python"
        self._run = run
        self._place = folder / ".place"  # scripts hold absolute paths: a moved checkout needs a new environment

    @property
    def site_packages(self) -> Path:
        return self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    def ensure(self) -> None:
        """Bring the environment to the lock; raise SetupFault when that cannot be done."""
        if not self._usable():
            self._create()
        self._ensure_pip()
        self._place.write_text(str(self.folder), encoding="utf-8")
        locked = read_lock(self.lock)
        wrong = self.audit(locked)
        if wrong:
            self._install({name: locked[name] for name in wrong}, len(locked))
            if still := self.audit(locked):
                raise SetupFault(f"Python packages: {' '.join(still)}", "rm -rf .venv && make setup")
        elif not locked:
            raise SetupFault("requirements.lock is empty", "git checkout requirements.lock")

    def audit(self, locked: dict[str, Locked]) -> list[str]:
        """Names that are absent, of another version, or not whole. Debris of killed runs is removed."""
        for leftover in self.site_packages.glob("~*"):  # pip's set-aside copies
            shutil.rmtree(leftover, ignore_errors=True)
        whole = set()
        for distribution in metadata.distributions(path=[str(self.site_packages)]):
            name = _canonical(distribution.metadata["Name"] or "")
            if name in locked and not _is_whole(distribution):
                _discard_record(distribution)
            elif name in locked and distribution.version == locked[name].version:
                whole.add(name)
        return [name for name in locked if name not in whole]

    def _usable(self) -> bool:
        if not (self.folder / "pyvenv.cfg").is_file() or not self.python.exists():
            return False
        if self._place.is_file() and self._place.read_text(encoding="utf-8") != str(self.folder):
            return False
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        program = f"import sys; sys.exit(sys.version_info[:2] != ({version.replace('.', ', ')}))"
        return self._run([str(self.python), "-c", program], None).code == 0

    def _create(self) -> None:
        if shutil.disk_usage(self.folder.parent).free < _SPACE_NEEDED:
            raise SetupFault(f"3 GB of free disk space in {self.folder.parent}", "df -h . && make setup")
        if self.folder.exists():
            say("removing an unusable virtual environment")
            shutil.rmtree(self.folder)
        say("creating the virtual environment")
        # pip follows in its own step, so that a run killed between the two goes on from here.
        outcome = self._run([sys.executable, "-m", "venv", "--without-pip", str(self.folder)], None)
        if outcome.code != 0:
            raise _venv_fault(outcome.lines)

    def _ensure_pip(self) -> None:
        if self._run([str(self.python), "-m", "pip", "--version"], None).code == 0:
            return
        for debris in (*self.site_packages.glob("pip"), *self.site_packages.glob("pip-*.dist-info")):
            shutil.rmtree(debris, ignore_errors=True)
        outcome = self._run([str(self.python), "-m", "ensurepip"], None)
        if outcome.code != 0:
            raise _venv_fault(outcome.lines)

    def _install(self, wanted: dict[str, Locked], of: int) -> None:
        say(f"installing {len(wanted)} of {of} locked Python packages (a few minutes the first time)")
        with tempfile.TemporaryDirectory() as scratch:
            subset = Path(scratch) / "requirements.txt"
            subset.write_text("".join(entry.block for entry in wanted.values()), encoding="utf-8")
            command = [str(self.python), "-m", "pip", "install", "--no-deps", "--require-hashes"]
            command += ["--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
            outcome = self._run([*command, "--requirement", str(subset)], _PipProgress(len(wanted)))
        if outcome.code != 0:
            raise _pip_fault(outcome.lines)


class _PipProgress:
    def __init__(self, total: int) -> None:
        self._total = total
        self._seen = 0

    def __call__(self, line: str) -> None:
        if line.startswith("Collecting "):
            self._seen += 1
            say(f"  {self._seen}/{self._total} {line.split()[1]}")
        elif line.startswith("Installing collected"):
            say("  unpacking")


def _is_whole(distribution: metadata.Distribution) -> bool:
    files = distribution.files
    if not files:
        return False  # killed before pip wrote the file list
    for file in files:
        if file.size is None or file.suffix == ".pyc":
            continue  # Python rewrites and sweeps its caches; some wheels list theirs with a size
        try:
            size = Path(str(file.locate())).stat().st_size
        except OSError:
            return False
        if size != file.size:
            return False
    return True


def _discard_record(distribution: metadata.Distribution) -> None:
    """Without its record pip takes the package for absent and writes it anew over the remains."""
    folder = getattr(distribution, "_path", None)
    if folder is not None:
        shutil.rmtree(str(folder), ignore_errors=True)


def _pip_fault(lines: tuple[str, ...]) -> SetupFault:
    text = "\n".join(lines)
    for line in [line for line in lines if line.startswith(("ERROR", "  ERROR"))][-3:]:
        say(line.strip())
    if "No space left" in text:
        return SetupFault("disk space for the Python packages", "df -h . && make setup")
    if "DO NOT MATCH THE HASHES" in text:
        return SetupFault("a package whose bytes match requirements.lock", "python3 -m pip cache purge && make setup")
    if found := re.search(r"No matching distribution found for (\S+)", text):
        return SetupFault(f"{found[1]} in the package index (network, proxy or index of pip)", "make setup")
    return SetupFault("Python packages (network, proxy or index of pip)", "make setup")


def _venv_fault(lines: tuple[str, ...]) -> SetupFault:
    for line in lines[-3:]:
        say(line)
    return SetupFault("a working virtual environment", "rm -rf .venv && make setup")


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
