"""What comes from cameras, and what reads codes in their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:  # numpy is a quarter of a second that the first picture does not need
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. ``pixels`` uint8 (height, width, 3) BGR, never written to after publishing."""

    pixels: NDArray[np.uint8]
    sequence: int
    captured_at: float  # monotonic seconds
    source: str  # instance of the camera; changes with every re-plug
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    path: str
    vid_pid: str
    driver: str
    simulated: bool


class CameraSource(Protocol):
    """A camera, a video file or the simulated participant: all pass through the same capture service."""

    @property
    def identity(self) -> CameraIdentity: ...

    def open(self) -> None:
        """Raise PassingFault("unplugged") or LastingFault when it cannot be opened."""

    def read(self) -> NDArray[np.uint8]:
        """Block for the next picture, uint8 (h, w, 3) BGR; raise PassingFault when it is gone."""

    def close(self) -> None: ...


class Movement(StrEnum):
    BLINK = "blink"
    TURN_LEFT = "turn_left"  # the participant's own left
    TURN_RIGHT = "turn_right"
    NOD = "nod"  # chin down and up again


class CodeSymbology(StrEnum):
    QR = "qr"
    CODE128 = "code128"


@dataclass(frozen=True, slots=True)
class CodeBox:
    """Where a code is in the picture, 0..1 of width and height; for the live box on the screen."""

    x: float
    y: float
    width: float
    height: float
    read: bool = True  # False: there is one, not read yet


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A machine code in one frame. May be a person's number: never logged or kept."""

    text: str = field(repr=False)  # empty: there is a code, not read
    corners: tuple[tuple[float, float], ...]  # four of (x, y), 0..1 of width and height


class CodeReader(Protocol):
    """Reads machine codes from one grey or BGR frame; remembers which rescue to try next."""

    def read(self, pixels: NDArray[np.uint8]) -> Sequence[str]: ...


@runtime_checkable
class CodeSpotter(CodeReader, Protocol):
    """Can tell where a code is, too; a look is as good as a reading and counts as one."""

    def look(self, pixels: NDArray[np.uint8]) -> Sequence[SeenCode]: ...
