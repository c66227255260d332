"""Looks for a code in the camera picture while a screen asks for one: a card's, or a phone's token."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.identity.card import identifier_from_code
from kiosk.identity.code_kinds import looks_like_token
from kiosk.journey.inputs import CameraChanged, CodeSeen, TokenSeen
from kiosk.ports import CodeBox, CodeReader, Frame, Mailbox
from kiosk.runtime.code_watch import CodeWatch
from kiosk.runtime.visit_loop import Answer


class CardReading:
    def __init__(
        self,
        frames: Mailbox[Frame],
        new_reader: Callable[[], CodeReader],
        boxes: Mailbox[CodeBox] | None = None,
    ) -> None:
        """``boxes`` gets the place of the code for the screen; see ``CodeWatch``."""
        self._watch = CodeWatch("card-reading", frames, new_reader, boxes)

    def start(self, answer: Answer) -> None:
        self._watch.start(
            on_code=lambda text: answer(as_input(text)),
            on_camera=lambda present: answer(CameraChanged(present)),
        )

    def stop(self) -> None:
        self._watch.stop()


def as_input(text: str) -> CodeSeen | TokenSeen:
    """What a code means to the visit, whoever read it."""
    return TokenSeen(text) if looks_like_token(text) else CodeSeen(identifier_from_code(text))
