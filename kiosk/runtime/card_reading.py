"""Looks for a machine code in the camera picture while the card screen is up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from kiosk.identity.card import identifier_from_code
from kiosk.journey.inputs import CameraChanged, CodeSeen
from kiosk.ports import CodeReader, Frame, Mailbox
from kiosk.runtime.visit_loop import Answer

log = logging.getLogger(__name__)

FRAME_WAIT_SECONDS = 0.5
REPEAT_SECONDS = 2.5
"""The same foreign code is reported once in this time (reading.md: de-duplicate for 2-3 s)."""


class CardReading:
    """One thread while reading; ``stop`` returns at once and the thread ends with its frame."""

    def __init__(self, frames: Mailbox[Frame], new_reader: Callable[[], CodeReader]) -> None:
        self._frames = frames
        self._new_reader = new_reader
        self._stop = threading.Event()
        self._stop.set()

    def start(self, answer: Answer) -> None:
        self.stop()
        self._stop = threading.Event()
        threading.Thread(target=self._run, args=(answer, self._stop), name="card-reading", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self, answer: Answer, stop: threading.Event) -> None:
        reader = self._new_reader()
        version, frame = self._frames.peek()
        present = True
        seen_at: dict[str, float] = {}
        while not stop.is_set():
            if (frame is not None) != present:
                present = frame is not None
                answer(CameraChanged(present))
            for text in _texts(reader, frame):
                if frame is None or stop.is_set():
                    break
                if frame.captured_at - seen_at.get(text, -REPEAT_SECONDS) < REPEAT_SECONDS:
                    continue
                seen_at[text] = frame.captured_at
                answer(CodeSeen(identifier_from_code(text)))
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
