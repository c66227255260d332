"""A bad network between kiosk and centre: a UNIX socket that passes PostgreSQL's bytes on, or does not.

One thread with one event loop; ``weather`` may be changed at any time from any thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import tempfile
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from db.central.demo_link import SOCKET_NAME

CHUNK_BYTES = 64 * 1024
PIECE_SECONDS = 0.002
"""Pause between the pieces of a slow line."""


@dataclass(frozen=True, slots=True)
class Weather:
    """``delay``: seconds before each chunk. ``piece``: bytes at a time (0: all). ``hole``: bytes vanish and the
    connection stays (half-open). ``down``: every connection is reset, none is made. ``double``: each connection of
    the kiosk reaches the centre a second time as well."""

    delay: float = 0.0
    piece: int = 0
    hole: bool = False
    down: bool = False
    double: bool = False


CLEAR = Weather()


@dataclass(eq=False)
class _Line:
    kiosk: asyncio.StreamWriter
    centre: asyncio.StreamWriter
    swallowed: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def abort(self) -> None:
        for end in (self.kiosk, self.centre):
            end.transport.abort()


class FaultLink:
    def __init__(self, server_folder: Path) -> None:
        """``server_folder``: where the server's own socket is."""
        self._server = str(server_folder / SOCKET_NAME)
        self._folder = Path(tempfile.mkdtemp(prefix="bpjs-bad-"))  # 0700
        self._weather = CLEAR
        self._cut: tuple[str, int, float] | None = None
        self._lines: set[_Line] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-link", daemon=True)
        self._thread.start()
        self._listener: asyncio.Server = self._do(self._listen())

    @property
    def folder(self) -> Path:
        """The ``host`` of a DSN that comes this way."""
        return self._folder

    def set(self, weather: Weather) -> None:
        self._do(self._set(weather))

    def reset(self) -> None:
        """Every connection breaks now; new ones are as good as before."""
        self._do(self._abort_all(only_swallowed=False))

    def cut_next(self, way: str, skip: int, share: float) -> None:
        """The message after the next ``skip`` of ``way`` ("ask", "answer") passes with this share of its bytes, then
        its connection breaks."""
        self._cut = (way, skip, share)

    def clear(self, *, break_swallowed: bool = True) -> None:
        """Fair weather; half-open connections break, or stay half-open until the kiosk notices by itself."""
        self._cut = None
        self.set(CLEAR)
        if break_swallowed:
            self._do(self._abort_all(only_swallowed=True))

    def close(self) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # ---- in the loop

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_unix_server(self._accept, str(self._folder / SOCKET_NAME))

    async def _set(self, weather: Weather) -> None:
        self._weather = replace(weather)
        if weather.down:
            await self._abort_all(only_swallowed=False)
        if weather.hole:
            for line in self._lines:
                line.swallowed = True

    async def _abort_all(self, *, only_swallowed: bool) -> None:
        for line in [line for line in self._lines if line.swallowed or not only_swallowed]:
            line.abort()

    async def _close(self) -> None:
        self._listener.close()
        await self._abort_all(only_swallowed=False)
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, kiosk: asyncio.StreamWriter) -> None:
        if self._weather.down:
            kiosk.transport.abort()
            return
        try:
            back, centre = await asyncio.open_unix_connection(self._server)
        except OSError:  # the server is not there: neither are we
            kiosk.transport.abort()
            return
        line = _Line(kiosk, centre, swallowed=self._weather.hole)
        self._lines.add(line)
        try:
            ask = asyncio.create_task(self._pass(line, "ask", reader, centre))
            answer = asyncio.create_task(self._pass(line, "answer", back, kiosk))
            await asyncio.wait((ask, answer), return_when=asyncio.FIRST_COMPLETED)
            line.abort()
            await asyncio.gather(ask, answer, return_exceptions=True)
        finally:
            line.abort()
            self._lines.discard(line)

    async def _pass(self, line: _Line, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = True
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                if first and way == "ask" and self._weather.double:
                    await self._knock_again(data)
                first = False
                if line.swallowed:
                    continue
                await asyncio.sleep(self._weather.delay)
                share = self._cut_now(way)
                if share is not None:
                    writer.write(data[: int(len(data) * share)])
                    await writer.drain()
                    return
                await self._write(writer, data)

    def _cut_now(self, way: str) -> float | None:
        if self._cut is None or self._cut[0] != way:
            return None
        _, skip, share = self._cut
        self._cut = (way, skip - 1, share) if skip else None
        return None if skip else share

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        piece = self._weather.piece or len(data)
        for start in range(0, len(data), piece):
            writer.write(data[start : start + piece])
            await writer.drain()
            if start + piece < len(data):
                await asyncio.sleep(PIECE_SECONDS)

    async def _knock_again(self, greeting: bytes) -> None:
        """The same greeting on a connection that then hears nothing more."""
        with contextlib.suppress(OSError):
            _, centre = await asyncio.open_unix_connection(self._server)
            centre.write(greeting)
            await centre.drain()
            asyncio.get_running_loop().call_later(0.05, centre.transport.abort)


def draw_weather(chance: random.Random) -> Weather:
    return chance.choice(
        (
            Weather(down=True),
            Weather(hole=True),
            Weather(delay=chance.uniform(0.005, 0.08)),
            Weather(piece=chance.choice((1, 16, 64))),
            Weather(double=True),
        )
    )
