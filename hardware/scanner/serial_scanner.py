"""A scanner on a serial line or its USB twin (CDC-ACM). Its library is loaded when it is opened first.

The library empties the line's buffer when it opens it: what was scanned while nobody listened belongs to no
visit.
"""

from __future__ import annotations

import errno
from collections import deque
from typing import TYPE_CHECKING

from hardware.scanner.lines import CodeLines
from kiosk.ports import LastingFault, PassingFault

if TYPE_CHECKING:
    from serial import Serial

STALE_SECONDS = 0.15
"""Half a code is dropped after this silence (reading.md). It is waited for and not computed from times: bytes that
lay in the kernel's buffer while this thread got no processor are no silence, and taking them for one made the
end of a code into a whole one."""
CHUNK = 4096
_NO_PERMISSION = frozenset({errno.EACCES, errno.EPERM})
_BUSY = frozenset({errno.EBUSY, errno.EAGAIN})
"""EAGAIN is what a lock answers that another program holds."""


class SerialScanner:
    """``kiosk.ports.ScannerSource``. For one thread."""

    simulated = False

    def __init__(self, device: str, baud: int) -> None:
        self._device = device
        self._baud = baud
        self._port: Serial | None = None
        self._lines = CodeLines()
        self._ready: deque[str] = deque()

    @property
    def path(self) -> str:
        return self._device

    def open(self) -> None:
        """PassingFault("unplugged" | "busy"); LastingFault("no_permission")."""
        from serial import Serial  # noqa: PLC0415 - see above

        self._lines, self._ready = CodeLines(), deque()
        try:
            # Alone on the line: a second reader would take half of every code.
            self._port = Serial(self._device, self._baud, timeout=STALE_SECONDS, exclusive=True)
        except OSError as fault:  # SerialException is one
            if fault.errno in _NO_PERMISSION:
                raise LastingFault("no_permission") from None
            raise PassingFault("busy" if fault.errno in _BUSY else "unplugged") from None

    def read(self) -> str | None:
        if self._ready:
            return self._ready.popleft()
        if self._port is None:
            raise PassingFault("unplugged")
        try:
            received = self._port.read(max(1, min(CHUNK, self._port.in_waiting)))
        except OSError:  # SerialException is one
            raise PassingFault("unplugged") from None
        if received:
            self._ready.extend(self._lines.feed(received))
        else:
            self._lines.silence()
        return self._ready.popleft() if self._ready else None

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()
