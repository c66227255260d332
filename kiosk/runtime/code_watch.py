"""Looks for machine codes in the camera picture, on a thread of its own, until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from kiosk.ports import CodeBox, CodeReader, CodeSpotter, Frame, Mailbox, SeenCode

log = logging.getLogger(__name__)

FRAME_WAIT_SECONDS = 0.5
REPEAT_SECONDS = 2.5
"""The same code is reported once in this time (reading.md: de-duplicate for 2-3 s)."""
BOX_STAYS_SECONDS = 0.5
"""A code that is read in every second frame only must not make the box on the screen flicker."""

NEVER = float("-inf")

OnCode = Callable[[str], None]
OnCamera = Callable[[bool], None]


class CodeWatch:
    """One thread while watching; ``stop`` returns at once and the thread ends with its frame."""

    def __init__(
        self,
        name: str,
        frames: Mailbox[Frame],
        new_reader: Callable[[], CodeReader],
        boxes: Mailbox[CodeBox] | None = None,
    ) -> None:
        """``boxes`` gets the place of the code seen last, as often as it is seen, and None half a second after it
        was seen last or when the watch ends. Only a ``CodeSpotter`` can tell places."""
        self._name = name
        self._frames = frames
        self._new_reader = new_reader
        self._boxes = boxes
        self._stop = threading.Event()
        self._stop.set()

    def start(self, on_code: OnCode, on_camera: OnCamera = lambda present: None) -> None:
        """``on_code`` gets each text, ``on_camera`` whether there are pictures whenever that changes."""
        self.stop()
        self._stop = threading.Event()
        arguments = (on_code, on_camera, self._stop)
        threading.Thread(target=self._run, args=arguments, name=self._name, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self, on_code: OnCode, on_camera: OnCamera, stop: threading.Event) -> None:
        reader = self._new_reader()
        version, frame = self._frames.peek()
        present = True
        reported: dict[str, float] = {}
        place = _Place(self._boxes)
        place.clear()  # of the watch before
        while not stop.is_set():
            if (frame is not None) != present:
                present = frame is not None
                on_camera(present)
            codes = _codes(reader, frame) if frame is not None else ()
            if stop.is_set():
                break
            place.show(codes, frame)
            for text in _news(codes, frame, reported):
                if not stop.is_set():
                    on_code(text)
            version, frame = self._newer(version, frame, stop)
        if stop is self._stop:  # another start may have taken over, and the place is its
            place.clear()

    def _newer(self, version: int, frame: Frame | None, stop: threading.Event) -> tuple[int, Frame | None]:
        while not stop.is_set():
            newer, next_frame = self._frames.wait_newer(version, FRAME_WAIT_SECONDS)
            if newer != version:
                return newer, next_frame
        return version, frame


class _Place:
    """The box on the screen, while there is a code."""

    def __init__(self, boxes: Mailbox[CodeBox] | None) -> None:
        self._boxes = boxes
        self._seen_at = self._read_at = NEVER

    def show(self, codes: Sequence[SeenCode], frame: Frame | None) -> None:
        if self._boxes is None:
            return
        box = box_of(codes)
        if frame is not None and box is not None:
            self._seen_at = frame.captured_at
            if box.read:
                self._read_at = frame.captured_at
            lately = frame.captured_at - self._read_at < BOX_STAYS_SECONDS
            self._boxes.put(replace(box, read=box.read or lately))
        elif frame is None or frame.captured_at - self._seen_at >= BOX_STAYS_SECONDS:
            self.clear()

    def clear(self) -> None:
        self._seen_at = self._read_at = NEVER
        if self._boxes is not None and self._boxes.peek()[1] is not None:
            self._boxes.put(None)


def box_of(codes: Sequence[SeenCode]) -> CodeBox | None:
    """Round the first code that was read, else the first that was only found; None without any place."""
    placed = [code for code in codes if code.corners]
    if not placed:
        return None
    code = next((code for code in placed if code.text), placed[0])
    across, down = [x for x, _ in code.corners], [y for _, y in code.corners]
    left, top = min(across), min(down)
    return CodeBox(left, top, max(across) - left, max(down) - top, read=bool(code.text))


def _news(codes: Sequence[SeenCode], frame: Frame | None, reported: dict[str, float]) -> list[str]:
    """Texts that were not reported lately; they are from now on."""
    if frame is None:
        return []
    fresh = [
        code.text
        for code in codes
        if code.text and frame.captured_at - reported.get(code.text, -REPEAT_SECONDS) >= REPEAT_SECONDS
    ]
    reported.update(dict.fromkeys(fresh, frame.captured_at))
    return list(dict.fromkeys(fresh))


def _codes(reader: CodeReader, frame: Frame) -> Sequence[SeenCode]:
    """A frame that a reader stumbles over is one frame lost; the next may be read."""
    try:
        if isinstance(reader, CodeSpotter):
            return reader.look(frame.pixels)
        return [SeenCode(text, ()) for text in reader.read(frame.pixels)]
    except Exception as fault:
        log.error("a frame could not be searched for codes", extra={"fault": type(fault).__name__})
        return ()
