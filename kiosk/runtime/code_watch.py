"""Looks for machine codes in the camera picture, on a thread of its own, until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from kiosk.ports import CodeReader, Frame, Mailbox

log = logging.getLogger(__name__)

FRAME_WAIT_SECONDS = 0.5
REPEAT_SECONDS = 2.5
"""The same code is reported once in this time (reading.md: de-duplicate for 2-3 s)."""


class CodeWatch:
    """One thread while watching; ``stop`` returns at once and the thread ends with its frame."""

    def __init__(self, name: str, frames: Mailbox[Frame], new_reader: Callable[[], CodeReader]) -> None:
        self._name = name
        self._frames = frames
        self._new_reader = new_reader
        self._stop = threading.Event()
        self._stop.set()

    def start(self, on_code: Callable[[str], None], on_camera: Callable[[bool], None] = lambda present: None) -> None:
        """``on_code`` gets each text, ``on_camera`` whether there are pictures whenever that changes."""
        self.stop()
        self._stop = threading.Event()
        arguments = (on_code, on_camera, self._stop)
        threading.Thread(target=self._run, args=arguments, name=self._name, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self, on_code: Callable[[str], None], on_camera: Callable[[bool], None], stop: threading.Event) -> None:
        reader = self._new_reader()
        version, frame = self._frames.peek()
        present = True
        seen_at: dict[str, float] = {}
        while not stop.is_set():
            if (frame is not None) != present:
                present = frame is not None
                on_camera(present)
            for text in _texts(reader, frame):
                if frame is None or stop.is_set():
                    break
                if frame.captured_at - seen_at.get(text, -REPEAT_SECONDS) < REPEAT_SECONDS:
                    continue
                seen_at[text] = frame.captured_at
                on_code(text)
            version, frame = self._newer(version, frame, stop)

    def _newer(self, version: int, frame: Frame | None, stop: threading.Event) -> tuple[int, Frame | None]:
        while not stop.is_set():
            newer, next_frame = self._frames.wait_newer(version, FRAME_WAIT_SECONDS)
            if newer != version:
                return newer, next_frame
        return version, frame


def _texts(reader: CodeReader, frame: Frame | None) -> Sequence[str]:
    """A frame that a reader stumbles over is one frame lost; the next may be read."""
    if frame is None:
        return ()
    try:
        return reader.read(frame.pixels)
    except Exception as fault:
        log.error("a frame could not be searched for codes", extra={"fault": type(fault).__name__})
        return ()
