"""The second code reader, ZBar, for what zxing-cpp misses: QR codes and Code 128.

The wheel ``pyzbar`` holds no library; the set-up installs Debian's ``libzbar0``. A machine without it
says so in the diagnostics and goes on with one reader. Loading is put off to the first use, for it
starts a subprocess to find the library.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

LIBRARY_MISSING = "libzbar_missing"


@dataclass(frozen=True, slots=True)
class _Loaded:
    decode: Callable[..., Iterable[Any]]
    symbols: tuple[Any, ...]


def _load() -> _Loaded:
    from pyzbar import pyzbar  # noqa: PLC0415 - raises ImportError where the shared library is missing

    return _Loaded(pyzbar.decode, (pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128))


class ZbarReader:
    """``load`` is replaced in tests only, to stand for a machine without the library."""

    def __init__(self, load: Callable[[], _Loaded] = _load) -> None:
        self._load = load
        self._loaded: _Loaded | None = None
        self._fault = ""

    @property
    def fault(self) -> str:
        """Empty, or why ZBar cannot be used; loads it if that has not been tried yet."""
        if self._loaded is None and not self._fault:
            try:
                self._loaded = self._load()
            except (ImportError, OSError):
                self._fault = LIBRARY_MISSING
                log.warning("ZBar is not installed: codes are read by zxing-cpp alone (apt install libzbar0)")
        return self._fault

    def read(self, grey: NDArray[np.uint8]) -> list[str]:
        """Texts of the QR codes and Code 128 bars in ``grey`` (h, w) uint8; [] without the library. Codes that
        are not UTF-8 are left out. 45 ms for an empty 1280x720 frame; reads no inverted codes."""
        if self.fault or self._loaded is None or grey.size == 0:
            return []
        texts = []
        for code in self._loaded.decode(np.ascontiguousarray(grey), symbols=self._loaded.symbols):
            try:
                text = bytes(code.data).decode()
            except UnicodeDecodeError:
                continue
            if text:
                texts.append(text)
        return list(dict.fromkeys(texts))
