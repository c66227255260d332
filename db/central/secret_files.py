"""Small secrets in files of their own: created once, mode 0600, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def write_private(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace ``path`` by ``content`` in one step, readable by its owner only unless ``mode`` says otherwise."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        os.fchmod(handle, mode)
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(path)


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of ``path``; made and written first when it is missing."""
    if not path.exists():
        write_private(path, make())
    return path.read_bytes()
