"""A scanner that pretends to be a keyboard, taken for itself alone: nothing it writes reaches a window.

The rhythm guards all the same, against a keyboard that somebody plugs in in its place. Real devices are read through
``evdev``, loaded when one is opened first; a machine without ``/dev/input`` has ``KeyDevice`` to stand in for them.
"""

from __future__ import annotations

import errno
import fcntl
import select
import struct
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hardware.scanner.us_layout import SHIFTS, letter_of
from hardware.scanner.wedge import KeyRhythm
from kiosk.ports import LastingFault, PassingFault

if TYPE_CHECKING:
    from evdev import InputDevice

READ_SECONDS = 0.2
UP, DOWN, REPEATED = 0, 1, 2
_NO_PERMISSION = frozenset({errno.EACCES, errno.EPERM})
_CLOCK_OF_EVENTS = 0x400445A0
"""EVIOCSCLOCKID. The times of keys are real time otherwise, which jumps when the clock is set."""


@dataclass(frozen=True, slots=True)
class KeyPress:
    key: int  # of the kernel; LOST: the kernel dropped some
    value: int  # UP, DOWN or REPEATED
    at: float  # seconds, monotonic


LOST = -1


class KeyDevice(Protocol):
    @property
    def path(self) -> str: ...

    def open(self) -> None:
        """For this program alone. PassingFault("unplugged" | "busy"); LastingFault("no_permission" | "no_device" |
        "no_keyboard")."""

    def presses(self, seconds: float) -> Sequence[KeyPress]:
        """In order; none after ``seconds`` without any. PassingFault("unplugged")."""

    def close(self) -> None: ...


class HidScanner:
    """``kiosk.ports.ScannerSource``. For one thread."""

    simulated = False

    def __init__(self, device: KeyDevice) -> None:
        self._device = device
        self._begin()

    def _begin(self) -> None:
        self._rhythm = KeyRhythm()
        self._shifts: set[int] = set()
        self._ready: deque[str] = deque()

    @property
    def path(self) -> str:
        return self._device.path

    def open(self) -> None:
        """As ``KeyDevice.open``."""
        self._begin()
        self._device.open()

    def read(self) -> str | None:
        if not self._ready:
            for press in self._device.presses(READ_SECONDS):
                self._take(press)
        return self._ready.popleft() if self._ready else None

    def close(self) -> None:
        self._device.close()

    def _take(self, press: KeyPress) -> None:
        if press.key == LOST or press.value == REPEATED:  # a key that is held down: no scanner does that
            self._rhythm.break_off()
            self._shifts.clear()
        elif press.key in SHIFTS:
            (self._shifts.add if press.value == DOWN else self._shifts.discard)(press.key)
        elif press.value == DOWN:
            text = self._rhythm.key(letter_of(press.key, bool(self._shifts)), press.at)
            if text is not None:
                self._ready.append(text)


class EvdevKeys:
    """``KeyDevice``: a real one."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._input: InputDevice[str] | None = None

    @property
    def path(self) -> str:
        return self._path

    def open(self) -> None:
        if not self._path:
            raise LastingFault("no_device")
        try:
            self._input = _grabbed(self._path)
        except OSError as fault:
            if fault.errno in _NO_PERMISSION:
                raise LastingFault("no_permission") from None
            raise PassingFault("busy" if fault.errno == errno.EBUSY else "unplugged") from None

    def presses(self, seconds: float) -> Sequence[KeyPress]:
        from evdev import ecodes  # noqa: PLC0415 - see above

        if self._input is None:
            raise PassingFault("unplugged")
        try:
            if not select.select([self._input.fd], [], [], seconds)[0]:
                return []
            events = list(self._input.read())
        except (OSError, ValueError):  # ValueError: it was closed meanwhile
            raise PassingFault("unplugged") from None
        presses = []
        for event in events:
            if event.type == ecodes.EV_KEY:
                presses.append(KeyPress(event.code, event.value, event.timestamp()))
            elif event.type == ecodes.EV_SYN and event.code == ecodes.SYN_DROPPED:
                presses.append(KeyPress(LOST, UP, event.timestamp()))
        return presses

    def close(self) -> None:
        device, self._input = self._input, None
        if device is not None:
            device.close()  # which lets go of it as well


def _grabbed(path: str) -> InputDevice[str]:
    """Raises OSError; LastingFault for what is no keyboard."""
    from evdev import InputDevice, ecodes  # noqa: PLC0415 - see above

    device = InputDevice(path)
    try:
        keys = device.capabilities().get(ecodes.EV_KEY, [])
        if ecodes.KEY_1 not in keys or ecodes.KEY_ENTER not in keys:
            raise LastingFault("no_keyboard")
        fcntl.ioctl(device.fd, _CLOCK_OF_EVENTS, struct.pack("i", time.CLOCK_MONOTONIC))
        device.grab()
    except BaseException:
        device.close()
        raise
    return device
