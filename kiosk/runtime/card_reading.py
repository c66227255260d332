"""Looks for a card's code in the camera picture while the card screen is up."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.identity.card import identifier_from_code
from kiosk.journey.inputs import CameraChanged, CodeSeen
from kiosk.ports import CodeReader, Frame, Mailbox
from kiosk.runtime.code_watch import CodeWatch
from kiosk.runtime.visit_loop import Answer


class CardReading:
    def __init__(self, frames: Mailbox[Frame], new_reader: Callable[[], CodeReader]) -> None:
        self._watch = CodeWatch("card-reading", frames, new_reader)

    def start(self, answer: Answer) -> None:
        self._watch.start(
            on_code=lambda text: answer(CodeSeen(identifier_from_code(text))),
            on_camera=lambda present: answer(CameraChanged(present)),
        )

    def stop(self) -> None:
        self._watch.stop()
