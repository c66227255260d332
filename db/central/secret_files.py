"""Small secrets in files of their own, of centre and kiosk: mode 0600, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

DRAFT = ".new"
"""Ending of what a killed writer leaves."""


def write_private(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace ``path`` by ``content`` in one step, readable by its owner only unless ``mode`` says otherwise; on the
    disk when this returns. Raises OSError."""
    draft = path.with_name(f"{path.name}.{os.getpid()}{DRAFT}")
    draft.unlink(missing_ok=True)
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(handle)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of ``path``; made and written first when it is missing."""
    if not path.exists():
        write_private(path, make())
    return path.read_bytes()


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
