"""What is tried on a part of a frame when the plain look at the whole of it found nothing.

Each rescue mends one fault of a picture; what each is worth stands beside its turn in ``codes``. Tried and left out:
CLAHE, half size, the global binarizer, Richardson-Lucy, opening and closing, which read little or cost much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from kiosk.identity.regions import Grey, Region
from kiosk.vision import cv2

Corners = NDArray[np.float64]

QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
"""``QRCode`` means Micro QR and rMQR too, which no card carries, and a tenth more time."""
CODE128 = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])


@dataclass(frozen=True, slots=True)
class Found:
    """``corners`` float64 (4, 2), px of the picture that was searched."""

    text: str = field(repr=False)  # empty: there is a code, not read
    corners: Corners = field(repr=False)
    modules: int = 0  # of a QR code's side, where it is known

    def moved(self, x: float, y: float) -> Found:
        return replace(self, corners=self.corners + np.array((x, y)))

    def shrunk(self, factor: float) -> Found:
        return replace(self, corners=self.corners / factor)


Rescue = Callable[[Grey], list[Found]]
Change = Callable[[Grey], Grey]


def decode(
    grey: Grey,
    formats: zxingcpp.BarcodeFormats = QR,
    *,
    whole: bool = False,
    turned: bool = True,
    inverted: bool = True,
    unread: bool = False,
) -> list[Found]:
    """``whole``: also at lower resolution, for codes that fill a frame. ``turned`` False: bars stand upright.
    ``inverted``: also light on dark. ``unread``: also codes that were found and not read, which costs nothing."""
    barcodes = zxingcpp.read_barcodes(
        grey,
        formats=formats,
        text_mode=zxingcpp.TextMode.Plain,
        try_downscale=whole,
        try_rotate=turned,
        try_invert=inverted,
        return_errors=unread,
    )
    read: dict[str, Found] = {}
    located = []
    for barcode in barcodes:
        corners = _corners(barcode.position)
        if barcode.valid and barcode.text:
            read.setdefault(barcode.text, Found(barcode.text, corners, _modules_of(barcode)))
        elif not barcode.valid and np.ptp(corners) > 0:
            located.append(Found("", corners, _modules_of(barcode)))
    return [*read.values(), *located]


def _modules_of(barcode: zxingcpp.Barcode) -> int:
    extra = barcode.extra
    version = str(extra.get("Version", "")) if isinstance(extra, dict) else ""
    return 17 + 4 * int(version) if version.isdigit() else 0


def _corners(position: zxingcpp.Position) -> Corners:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(point.x, point.y) for point in points], np.float64)


ENLARGED_TO = 800
"""px, the longer side: a place that is large already is not made larger still. The largest code of ours that is read at
all, 89 modules of 3 px, is doubled by this; a patterned shirt is not."""


def changed(change: Change, factor: float = 1.0) -> Rescue:
    """Decode after ``change`` and at up to ``factor`` times the size; tells of codes that it only finds as well."""

    def rescue(grey: Grey) -> list[Found]:
        larger, by = enlarged(change(grey), factor)
        return [found.shrunk(by) for found in decode(larger, unread=True)]

    return rescue


def enlarged(grey: Grey, factor: float) -> tuple[Grey, float]:
    """Up to ``factor`` times as large, and how many times it was in the end."""
    by = min(factor, max(1.0, ENLARGED_TO / max(grey.shape)))
    if by == 1.0:
        return grey, by
    return np.asarray(cv2.resize(grey, None, fx=by, fy=by, interpolation=cv2.INTER_CUBIC), np.uint8), by


def as_it_is(grey: Grey) -> Grey:
    return grey


def sharpened(grey: Grey, gain: float = 4.0, sigma: float = 2.0) -> Grey:
    """Against a lens out of focus and a moving hand."""
    soft = cv2.GaussianBlur(grey, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(grey, gain, soft, 1.0 - gain, 0), np.uint8)


def calmed(grey: Grey, sigma: float = 0.8) -> Grey:
    """Against the noise of a dark room."""
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8)


def levelled(grey: Grey, block: int = 11) -> Grey:
    """Black and white by each pixel's own ``block`` px of surroundings: against shadows, glare and flicker. Narrower
    than the decoder's own, which turns blurred modules of a few px into grey soup."""
    return np.asarray(
        cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, 2), np.uint8
    )


_DARKENING = (255 * (np.arange(256) / 255) ** 4).astype(np.uint8)


def darkened(grey: Grey) -> Grey:
    """Against over-exposure: what is left of dark modules lies among the brightest greys."""
    return np.asarray(cv2.LUT(grey, _DARKENING), np.uint8)


def fine(grey: Grey) -> list[Found]:
    """A rescue: as ``levelled``, by a closer look."""
    larger, by = enlarged(grey, 2.0)
    return [found.shrunk(by) for found in decode(levelled(larger, 15), unread=True)]


NEAR = (1 / 3, 1 / 4)
NEAR_LEAST = 160
"""px: in a smaller picture no code is too near, a quarter of it has no room for 21 modules of two."""


def near(whole: Grey) -> list[Found]:
    """A code held so near that it fills the frame and the lens cannot follow: small, it is sharp enough again. Of 20
    drawn codes of 8 to 24 px a module, blurred by 0.6 of one, it reads all and the plain look one, in 1.5 ms."""
    for size in NEAR if min(whole.shape) >= NEAR_LEAST else ():
        small = cv2.resize(whole, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
        found = decode(sharpened(np.asarray(small, np.uint8)))
        if found:
            return [code.shrunk(size) for code in found]
    return []


BARS_STRETCHED = 2
"""Wider: the narrowest bar of a card held at arm's length is 2 px."""
BARS_SKIPPED, BARS_JOINED = 2, 4
"""Of the lines across the bars every second is taken, and four at a time are averaged: bars say the same all along and
noise does not. On 396 drawn bar codes it costs half of taking every line and reads 3 % fewer; without averages 16 %
fewer."""


def upright(grey: Grey, place: Region) -> Grey:
    """The place with its bars turned upright, so that one pass reads them however the card is held; an eighth as
    high."""
    part = place.of(grey)
    height, width = part.shape
    step = BARS_SKIPPED * BARS_JOINED
    side = int(np.ceil(np.hypot(height, width) / step)) * step
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), _lean(part), 1.0)
    turn[:, 2] += ((side - width) / 2, (side - height) / 2)
    turn[1] /= BARS_SKIPPED
    lines = cv2.warpAffine(part, turn, (side, side // BARS_SKIPPED), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(lines, (side, side // step), interpolation=cv2.INTER_AREA), np.uint8)


def _lean(part: Grey) -> float:
    """Degrees that the bars in its middle lean from upright: right to 1.5 on 264 drawn ones, in 0.3 ms."""
    height, width = part.shape
    middle = part[height // 4 : height - height // 4, width // 4 : width - width // 4]
    across = cv2.Sobel(middle, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(middle, cv2.CV_32F, 0, 1)
    return float(np.degrees(np.arctan2(2 * np.vdot(across, down), np.vdot(across, across) - np.vdot(down, down)) / 2))


def bars(grey: Grey, place: Region) -> list[Found]:
    """Code 128 as it is; px of the frame."""
    return _at(place, decode(upright(grey, place), CODE128, turned=False))


def soft_bars(grey: Grey, place: Region) -> list[Found]:
    """Code 128 out of focus."""
    wide = cv2.resize(upright(grey, place), None, fx=BARS_STRETCHED, fy=1, interpolation=cv2.INTER_CUBIC)
    return _at(place, decode(sharpened(np.asarray(wide, np.uint8), 2.5, 3.0), CODE128, turned=False))


def _at(place: Region, found: list[Found]) -> list[Found]:
    """Bars are told by their place: the corners of one scan line are no box."""
    return [Found(code.text, place.corners()) for code in found]
