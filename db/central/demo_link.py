"""The demo's link between kiosk and centre, which can be cut and slowed. Never part of a real centre.

It listens on a socket like PostgreSQL's in a private folder of its own and passes bytes on to the server's.
A cut closes every connection and refuses new ones: what the kiosk then meets is what a lost network does to
its real client. The jobs do not come this way.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

SOCKET_NAME = ".s.PGSQL.5432"
SLOW_SECONDS = 1.5
"""Added to every answer of a slow centre (``kiosk.ports.SimulationControl.slow``)."""

CHUNK_BYTES = 64 * 1024
_READY = b"Z\x00\x00\x00\x05I"
"""PostgreSQL's ReadyForQuery, which ends a login. Its steps are no answers: three delays in a row would make
every new connection fail."""


class DemoLink:
    def __init__(self, server_folder: Path) -> None:
        """``server_folder``: where the server's own socket is."""
        self._server = server_folder / SOCKET_NAME
        self._folder = Path(tempfile.mkdtemp(prefix="bpjs-link-"))  # 0700
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._open: set[_Line] = set()
        self._slow = False

    @property
    def folder(self) -> Path:
        """The ``host`` of a DSN that comes this way."""
        return self._folder

    @property
    def delay(self) -> float:
        return SLOW_SECONDS if self._slow else 0.0

    def switch(self, *, up: bool, slow: bool = False) -> None:
        self._slow = slow
        if up:
            self._listen()
        else:
            self._cut()

    def close(self) -> None:
        self._cut()
        shutil.rmtree(self._folder, ignore_errors=True)

    # ---- up and down

    def _listen(self) -> None:
        with self._lock:
            if self._listener is not None:
                return
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self._folder / SOCKET_NAME))
            self._listener.listen()
            threading.Thread(target=self._accept, args=(self._listener,), name="demo-link", daemon=True).start()

    def _cut(self) -> None:
        with self._lock:
            listener, self._listener = self._listener, None
            lines, self._open = self._open, set()
        if listener is not None:
            (self._folder / SOCKET_NAME).unlink(missing_ok=True)
            _shut(listener)  # wakes the thread that waits in accept
            listener.close()
        for line in lines:
            line.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                kiosk, _ = listener.accept()
            except OSError:
                return
            centre = socket.socket(socket.AF_UNIX)
            try:
                centre.connect(str(self._server))
            except OSError:  # the server is not there: neither are we
                for end in (kiosk, centre):
                    end.close()
                continue
            self._join(listener, _Line(self, kiosk, centre))

    def _join(self, listener: socket.socket, line: _Line) -> None:
        with self._lock:
            cut_meanwhile = self._listener is not listener
            if not cut_meanwhile:
                self._open.add(line)
        if cut_meanwhile:
            line.cut()
        line.start()

    def forget(self, line: _Line) -> None:
        with self._lock:
            self._open.discard(line)


class _Line:
    """One connection of the kiosk: a thread for each way; the first that ends takes the other along."""

    def __init__(self, link: DemoLink, kiosk: socket.socket, centre: socket.socket) -> None:
        self._link = link
        self._kiosk, self._centre = kiosk, centre
        self._asked_at = 0.0
        self._logged_in = False
        self._ways_left = 2
        self._lock = threading.Lock()

    def start(self) -> None:
        for way in (self._ask, self._answer):
            threading.Thread(target=self._run, args=(way,), name="demo-link", daemon=True).start()

    def cut(self) -> None:
        for end in (self._kiosk, self._centre):
            _shut(end)

    def _run(self, way: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):
            way()
        self.cut()
        with self._lock:
            self._ways_left -= 1
            last = self._ways_left == 0
        if last:
            self._link.forget(self)
            self._kiosk.close()
            self._centre.close()

    def _ask(self) -> None:
        while data := self._kiosk.recv(CHUNK_BYTES):
            self._asked_at = time.monotonic()
            self._centre.sendall(data)

    def _answer(self) -> None:
        while data := self._centre.recv(CHUNK_BYTES):
            if self._logged_in:
                time.sleep(max(0.0, self._asked_at + self._link.delay - time.monotonic()))
            elif data.endswith(_READY):
                self._logged_in = True
            self._kiosk.sendall(data)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
