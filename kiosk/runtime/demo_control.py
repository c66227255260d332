"""All levers of a demonstration behind one port: the simulated person's, the phone's, and a helping hand.

``cooperate`` makes the simulated person follow the screen as a visitor would, so that someone who tries
the demo by hand need not play both parts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from kiosk.face.types import FaceProgress
from kiosk.ports import CodeSymbology, Mailbox, Movement, PhoneMessage, SimulatedPerson

REACTION_SECONDS = 0.6
"""Reading a hint and beginning to move takes a person about this long."""
IDLE_SECONDS = 0.5


class CameraLevers(Protocol):
    def choose_person(self, person: SimulatedPerson) -> None: ...

    def perform(self, movement: Movement) -> None: ...

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None: ...


class DemoControl:
    """Implements ``kiosk.ports.SimulationControl``. ``levers`` may come after the dock is on the screen."""

    def __init__(self) -> None:
        self._levers: CameraLevers | None = None
        self._messages: Callable[[], Sequence[PhoneMessage]] = tuple

    def attach(self, levers: CameraLevers) -> None:
        self._levers = levers

    def attach_phone(self, messages: Callable[[], Sequence[PhoneMessage]]) -> None:
        self._messages = messages

    def choose_person(self, person: SimulatedPerson) -> None:
        if self._levers is not None:
            self._levers.choose_person(person)

    def perform(self, movement: Movement) -> None:
        if self._levers is not None:
            self._levers.perform(movement)

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        if self._levers is not None:
            self._levers.present_card(text, symbology)

    def phone_messages(self) -> Sequence[PhoneMessage]:
        return self._messages()

    def cooperate(self, progress: Mailbox[FaceProgress]) -> None:
        """Follow the asked movements for as long as the program runs, on a thread of its own."""
        threading.Thread(target=self._follow, args=(progress,), name="demo-visitor", daemon=True).start()

    def _follow(self, progress: Mailbox[FaceProgress]) -> None:
        version, answered = 0, None
        while True:
            version, seen = progress.wait_newer(version, IDLE_SECONDS)
            asked = (seen.movement, seen.done_movements) if seen and seen.movement else None
            if asked is not None and asked != answered:
                time.sleep(REACTION_SECONDS)
                self.perform(asked[0])
            answered = asked
