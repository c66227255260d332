"""Private files that are read by their owner only, and go as thoroughly as a file system lets them."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from db.central.secret_files import sync_folder
from kiosk.ports import LastingFault

MAX_BYTES = 16 << 10
"""A sealed key is below 1 KiB."""


def read_private(path: Path) -> bytes:
    """Raises LastingFault: key_unreadable (a link, too), key_permissions, key_damaged."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as fault:
        raise LastingFault("key_unreadable") from fault
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        refuse_others(status, "key_permissions")
        if not stat.S_ISREG(status.st_mode) or not 0 < status.st_size <= MAX_BYTES:
            raise LastingFault("key_damaged")
        return file.read()


def replace_file(new: Path, old: Path) -> None:
    """``new`` takes the place of ``old``, whose bytes are overwritten afterwards."""
    try:
        handle = os.open(old, os.O_WRONLY | os.O_NOFOLLOW)
        try:
            new.replace(old)
            sync_folder(old.parent)
            _scribble(handle)
        finally:
            os.close(handle)
    except OSError as fault:
        raise LastingFault("key_folder_unusable") from fault


def overwrite(path: Path) -> None:
    """Random bytes over the file, then remove it; a link is removed, never followed."""
    try:
        if path.is_file() and not path.is_symlink():
            handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
            try:
                _scribble(handle)
            finally:
                os.close(handle)
        path.unlink()
        sync_folder(path.parent)
    except OSError as fault:
        raise LastingFault("overwrite_failed") from fault


def refuse_others(status: os.stat_result, reason: str) -> None:
    if status.st_mode & 0o077 or status.st_uid != os.geteuid():
        raise LastingFault(reason)


def _scribble(handle: int) -> None:
    left = os.fstat(handle).st_size
    os.lseek(handle, 0, os.SEEK_SET)
    while left > 0:
        left -= os.write(handle, secrets.token_bytes(min(left, 1 << 20)))
    os.fsync(handle)
