"""Machine codes in camera frames: the QR code or barcode of a JKN card.

Every frame costs one zxing-cpp pass for QR codes (2.1 ms at 1280x720, two busy cores). A miss buys one rescue, a
different one on the next frame, so that the analysis thread keeps its pace; a card held for a second
meets all of them. Several frames beat any single one: 24 hard presentations were read within 1, 3, 5
frames 13, 22, 24 times. Tried and left out: half size, CLAHE and the global binarizer, which all hurt.

A code that stays in view is returned again on each frame; the caller drops repeats for 2-3 s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from kiosk.identity.zbar import ZbarReader
from kiosk.ports import PartHealth, PartState
from kiosk.vision import cv2

_Grey = NDArray[np.uint8]

UNSHARP_GAIN = 2.2
UNSHARP_SIGMA = 2.0
"""2.2 g - 1.2 gauss(sigma 2) lifts blurred QR codes from 48 to 78 % read."""

ZOOM_REGION = 640
ZOOM_FACTOR = 2
"""The middle 640 px at twice the size lifts codes of 2 px a module from 71 to 83 %, for 4.6 ms."""

_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_CODE128 = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])

BAR_TILTS = (0.0, 25.0, -25.0)
"""Degrees. A scan line must cross all bars: a code four times as wide as high is read to about 12 degrees of
tilt, so three views cover a card held 35 degrees askew. 7 ms each."""

ZBAR_EVERY = 6
"""ZBar is last and rare: 45 ms a frame. It reads 10 of 96 synthetic bar codes where zxing-cpp reads 32."""


class MachineCodeReader:
    """Implements ``kiosk.ports.CodeReader``. For one thread; remembers which rescue is next."""

    def __init__(self, zbar: ZbarReader | None = None) -> None:
        self._zbar = zbar or ZbarReader()
        self._misses = 0
        bars = [partial(_bars, tilt=tilt) for tilt in BAR_TILTS]
        self._rescues: tuple[Callable[[_Grey], list[str]], ...] = tuple(
            rescue for tilted in bars for rescue in (_sharpened, _magnified, tilted)
        )

    def read(self, pixels: NDArray[np.uint8]) -> Sequence[str]:
        """Texts in one frame, uint8 (h, w) grey or (h, w, 3) BGR; mostly none or one, no repeats.

        Plain pass first, then the one rescue whose turn it is. Raises ValueError for other shapes or types.
        """
        grey = _to_grey(pixels)
        found = _qr(grey)
        if found:
            return found
        rescue = self._rescues[self._misses % len(self._rescues)]
        self._misses += 1
        found = rescue(grey)
        if not found and self._misses % ZBAR_EVERY == 0:
            found = self._zbar.read(grey)
        return found

    def read_thoroughly(self, pixels: NDArray[np.uint8]) -> Sequence[str]:
        """The whole ladder on one picture, in the order of cost: for evaluation and stills."""
        grey = _to_grey(pixels)
        for attempt in dict.fromkeys((_qr, *self._rescues, self._zbar.read)):
            found = attempt(grey)
            if found:
                return found
        return []

    def health(self) -> PartHealth:
        fault = self._zbar.fault
        return PartHealth(
            name="codes",
            state=PartState.DEGRADED if fault else PartState.READY,
            version=f"zxing-cpp {_version('zxing-cpp')}",
            last_fault=fault,
            detail={"zbar": "missing, apt install libzbar0" if fault else f"pyzbar {_version('pyzbar')}"},
        )


def _to_grey(pixels: NDArray[np.uint8]) -> _Grey:
    if pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError("a frame is uint8 and not empty")
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    raise ValueError("a frame is (height, width) or (height, width, 3)")


def _decode(grey: _Grey, formats: zxingcpp.BarcodeFormats) -> list[str]:
    # Asking for all formats costs ten times as much and finds codes that no card carries.
    barcodes = zxingcpp.read_barcodes(grey, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    return list(dict.fromkeys(barcode.text for barcode in barcodes if barcode.valid and barcode.text))


def _qr(grey: _Grey) -> list[str]:
    return _decode(grey, _QR)


def _bars(grey: _Grey, tilt: float) -> list[str]:
    if tilt:
        height, width = grey.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
        grey = np.asarray(cv2.warpAffine(grey, turn, (width, height), borderValue=128), dtype=np.uint8)
    return _decode(grey, _CODE128)


def _sharpened(grey: _Grey) -> list[str]:
    soft = cv2.GaussianBlur(grey, (0, 0), UNSHARP_SIGMA)
    sharp = cv2.addWeighted(grey, UNSHARP_GAIN, soft, 1.0 - UNSHARP_GAIN, 0)
    return _qr(np.asarray(sharp, dtype=np.uint8))


def _magnified(grey: _Grey) -> list[str]:
    height, width = grey.shape
    high, wide = min(height, ZOOM_REGION), min(width, ZOOM_REGION)
    top, left = (height - high) // 2, (width - wide) // 2
    middle = grey[top : top + high, left : left + wide]
    larger = cv2.resize(middle, None, fx=ZOOM_FACTOR, fy=ZOOM_FACTOR, interpolation=cv2.INTER_CUBIC)
    return _qr(np.asarray(larger, dtype=np.uint8))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
