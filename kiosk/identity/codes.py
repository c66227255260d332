"""Machine codes in camera frames: the QR code of a JKN card, a badge or a phone, the barcode of a JKN card.

Every frame costs one zxing-cpp pass for QR codes. A miss buys a few cheap rescues on the places of fine detail
(``regions``), other ones on the next frame, so that the thread keeps its pace; a card held for a third of a second
meets all of them. Several frames beat any single one: that is what ``TURNS`` is ordered for.

A code that stays in view is returned again on each frame; the caller drops repeats for 2-3 s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from kiosk.identity import rescues
from kiosk.identity.corners import by_corners
from kiosk.identity.grid import read_located
from kiosk.identity.regions import Detail, Grey, Region, detail_of
from kiosk.identity.rescues import Found, Rescue, changed, decode
from kiosk.identity.zbar import ZbarReader
from kiosk.ports import PartHealth, PartState, SeenCode
from kiosk.vision import cv2

PLACES = 2
"""The code is in the first in 93 % of hard frames, in the second in the others."""

LOCATED = 2
"""Codes that were found and not read: a third one is a pattern."""

INVERTED_EVERY = 2
"""Misses, the first among them. To look for inverted codes as well is two fifths of the time of a whole frame; on the
frames between the rescues look for them on their places."""

ZBAR_EVERY = 20
"""Misses. ZBar is last and rare: what it reads the others read too, almost always, and it takes 6 ms."""


class _Look:
    """One frame and where in it something may be; worked out when a rescue first asks."""

    def __init__(self, grey: Grey) -> None:
        self.grey = grey

    @cached_property
    def _detail(self) -> Detail | None:
        return detail_of(self.grey)

    @cached_property
    def codes(self) -> list[Region]:
        return self._detail.code_regions(self.grey.shape, PLACES) if self._detail else []

    @cached_property
    def bars(self) -> Region | None:
        return self._detail.bar_region(self.grey.shape) if self._detail else None


Attempt = Callable[[_Look], list[Found]]


def _on_places(rescue: Rescue, count: int) -> Attempt:
    def attempt(look: _Look) -> list[Found]:
        for place in look.codes[:count]:
            part = place.of(look.grey)
            found = _read(part, rescue(part))
            if found:
                return [code.moved(place.x, place.y) for code in found]
        return []

    return attempt


def _read(grey: Grey, found: list[Found]) -> list[Found]:
    """Those with a text; if there is none, the first that can be read on its grid."""
    texts = [code for code in found if code.text]
    for code in found[:LOCATED] if not texts else ():
        texts = texts or read_located(grey, code)
    return texts


def _on_bars(read: Callable[[Grey, Region], list[Found]]) -> Attempt:
    return lambda look: read(look.grey, look.bars) if look.bars else []


# Beside each: how many it reads of 658 hard frames (of 3,180 of the tuning set) that the plain look misses, and how
# many of them no other does; then milliseconds on an empty frame of that set, two busy cores.
_SHARP = _on_places(changed(rescues.sharpened), 1)  # on two places 197, 6; 1.3: the second cost 1.0 for 1 of 600 frames
_LEVEL = _on_places(changed(rescues.levelled), 1)  # 201, 2; 0.7
_CALM = _on_places(changed(rescues.calmed, 1.5), 1)  # 146, 1; 1.0
_DARKER = _on_places(changed(rescues.darkened, 2.0), 1)  # 84, 0; 1.0
_LARGE = _on_places(changed(rescues.as_it_is, 1.5), 2)  # 200, 4; 1.4
_FINE = _on_places(rescues.fine, 1)  # 166, 18; 1.6
_CORNERS = _on_places(by_corners, 1)  # 259, 64; 2.4
_CORNERS_CALM = _on_places(lambda grey: by_corners(rescues.calmed(grey, 1.3)), 1)  # 162, 3; 1.6
_CORNERS_SHARP = _on_places(lambda grey: by_corners(rescues.sharpened(grey, 2.5)), 1)  # 327, 11; 3.6
_SHARP_LARGE = _on_places(changed(rescues.sharpened, 1.5), 2)  # 236, 1; 2.3
_NEAR: Attempt = lambda look: rescues.near(look.grey)  # noqa: E731 - beside the others
_BARS, _SOFT_BARS = _on_bars(rescues.bars), _on_bars(rescues.soft_bars)  # 1.3 and 1.9

ALWAYS: tuple[Attempt, ...] = (_SHARP,)
TURNS: tuple[tuple[Attempt, ...], ...] = (
    (_LEVEL, _CORNERS),
    (_CALM, _NEAR, _SOFT_BARS),
    (_FINE,),
    (_CORNERS_CALM, _DARKER),
    (_LARGE, _LEVEL, _BARS),
)
"""Five, for a card is held still for a third of a second: of 636 items of the tuning set 631 are read within five
frames, in whatever order these come. Two of the others are beyond any reader."""
ONCE: tuple[Attempt, ...] = (_CORNERS_SHARP, _SHARP_LARGE)
"""Dear for what they add; a single picture is worth it."""


class MachineCodeReader:
    """Implements ``kiosk.ports.CodeSpotter``. For one thread; remembers whose turn is next."""

    def __init__(self, zbar: ZbarReader | None = None) -> None:
        self._zbar = zbar or ZbarReader()
        self._misses = 0

    def read(self, pixels: NDArray[np.uint8]) -> Sequence[str]:
        """Texts in one frame, uint8 (h, w) grey or (h, w, 3) BGR; mostly none or one, no repeats. Raises ValueError
        for other shapes or types."""
        return [code.text for code in self.look(pixels) if code.text]

    def look(self, pixels: NDArray[np.uint8]) -> Sequence[SeenCode]:
        """As ``read``, with the place of each; a code that was found and could not be read has no text."""
        grey = _to_grey(pixels)
        plain = decode(grey, whole=True, inverted=self._misses % INVERTED_EVERY == 0, unread=True)
        found = _read(grey, plain) or self._rescued(_Look(grey)) or plain
        height, width = grey.shape
        return [SeenCode(code.text, _relative(code.corners, width, height)) for code in found]

    def read_thoroughly(self, pixels: NDArray[np.uint8]) -> Sequence[str]:
        """Every rescue at once on one picture, then ZBar on all of it: for evaluation and stills."""
        grey = _to_grey(pixels)
        look = _Look(grey)
        texts = [code.text for code in _read(grey, decode(grey, whole=True, unread=True))]
        for attempt in dict.fromkeys(attempt for turn in (ALWAYS, *TURNS, ONCE, (self._by_zbar,)) for attempt in turn):
            texts = texts or [code.text for code in attempt(look)]
        return texts or self._zbar.read(grey)

    def _rescued(self, look: _Look) -> list[Found]:
        turn = ALWAYS + TURNS[self._misses % len(TURNS)]
        self._misses += 1
        if self._misses % ZBAR_EVERY == 0:
            turn = (*turn, self._by_zbar)
        for attempt in turn:
            found = attempt(look)
            if found:
                return found
        return []

    def _by_zbar(self, look: _Look) -> list[Found]:
        for place in look.codes[:1]:
            even = rescues.levelled(rescues.enlarged(place.of(look.grey), 1.5)[0], 25)
            texts = self._zbar.read(even)
            if texts:
                return [Found(text, place.corners()) for text in texts]
        if look.bars is None:
            return []
        return [Found(text, look.bars.corners()) for text in self._zbar.read(rescues.upright(look.grey, look.bars))]

    def health(self) -> PartHealth:
        fault = self._zbar.fault
        return PartHealth(
            name="codes",
            state=PartState.DEGRADED if fault else PartState.READY,
            version=f"zxing-cpp {_version('zxing-cpp')}",
            last_fault=fault,
            detail={"zbar": "missing, apt install libzbar0" if fault else f"pyzbar {_version('pyzbar')}"},
        )


def _to_grey(pixels: NDArray[np.uint8]) -> Grey:
    if pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError("a frame is uint8 and not empty")
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    raise ValueError("a frame is (height, width) or (height, width, 3)")


def _relative(corners: rescues.Corners, width: int, height: int) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in np.clip(corners / (width, height), 0.0, 1.0))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
