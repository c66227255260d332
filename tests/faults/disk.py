"""A disk that keeps, over a power cut, only what was synced for certain; the rest by chance, sector by sector.

It is a SQLite file system (VFS) on top of the real one: the program sees ordinary files, ``PowerDisk`` keeps a second
image of each in which a write arrives with the file's next sync. It can also refuse writes, as a full or read-only
disk does.
"""

from __future__ import annotations

import errno
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR_BYTES = 512
"""A disk writes whole sectors; which of them reach the plate before the cut is chance."""

_numbers = itertools.count()


@dataclass
class _Image:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, data); data None: truncated there

    def sync(self) -> None:
        for offset, data in self.pending:
            self._apply(offset, data)
        self.pending.clear()

    def _apply(self, offset: int, data: bytes | None) -> None:
        if data is None:
            del self.durable[offset:]
            return
        if len(self.durable) < offset:
            self.durable.extend(bytes(offset - len(self.durable)))
        self.durable[offset : offset + len(data)] = data

    def after_the_cut(self, chance: random.Random) -> bytes:
        """Each un-synced sector and truncation is there or not."""
        share = chance.choice((0.0, 0.3, 0.7, 1.0))
        for offset, data in self.pending:
            if data is None:
                if chance.random() < share:
                    self._apply(offset, None)
                continue
            start = 0
            while start < len(data):
                end = min(len(data), start + SECTOR_BYTES - (offset + start) % SECTOR_BYTES)
                if chance.random() < share:
                    self._apply(offset + start, data[start:end])
                start = end
        return bytes(self.durable)


class PowerDisk(apsw.VFS):
    """Use ``name`` as the connection's VFS. ``cut_at``: the power goes at this operation (write, sync, truncate).
    ``refuse``: asked before each write; returns an apsw error to raise instead, or None."""

    def __init__(self, cut_at: int | None = None) -> None:
        self.name = f"power-{next(_numbers)}"
        self.cut_at = cut_at
        self.refuse: Callable[[str], Exception | None] = lambda _file: None
        self.operations = 0
        self.images: dict[str, _Image] = {}
        self.deleted: dict[str, _Image] = {}  # without a sync of the folder: may be there again after the cut
        super().__init__(self.name, "")

    @property
    def power_is_gone(self) -> bool:
        return self.cut_at is not None and self.operations >= self.cut_at

    def operate(self) -> None:
        if self.power_is_gone:
            raise apsw.IOError
        self.operations += 1

    def sync_folder(self, _folder: Path) -> None:
        """Names are certain now: what was deleted stays deleted."""
        if self.power_is_gone:
            raise OSError(errno.EIO, "the power is gone")
        self.operate()
        self.deleted.clear()

    def survivors(self, folder: Path, chance: random.Random) -> None:
        """Write what the disk holds after the cut into ``folder``."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        back = {path: image for path, image in self.deleted.items() if chance.random() < 0.5}
        for path, image in (back | self.images).items():
            (folder / Path(path).name).write_bytes(image.after_the_cut(chance))

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:  # a temporary file
            return apsw.VFSFile("", name, flags)
        if self.power_is_gone:
            raise apsw.CantOpenError
        if path not in self.images:
            there = Path(path)
            self.images[path] = _Image(bytearray(there.read_bytes() if there.exists() else b""))
        return _File(self, self.images[path], path, name, flags)

    def xDelete(self, path: str, sync_folder: bool) -> None:  # noqa: N802
        self.operate()
        super().xDelete(path, sync_folder)
        image = self.images.pop(path, None)
        if image is not None and not sync_folder:
            self.deleted[path] = image


class _File(apsw.VFSFile):
    def __init__(self, disk: PowerDisk, image: _Image, path: str, name: Any, flags: list[int]) -> None:
        self._disk, self._image, self._path = disk, image, path
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        fault = self._disk.refuse(self._path)
        if fault is not None:
            raise fault
        self._disk.operate()
        super().xWrite(data, offset)
        self._image.pending.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.operate()
        super().xTruncate(size)
        self._image.pending.append((size, None))

    def xSync(self, _flags: int) -> None:  # noqa: N802
        self._disk.operate()
        self._image.sync()
