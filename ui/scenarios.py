"""Visits that drive themselves: each scenario is what one kind of visitor would do, through real clicks.

The visitor sees the screen and the phone, nothing else: it reads the asked movement from the face
screen and the code from the message that arrived. What it was supposed to end in is part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kiosk.events import VisitStatus
from kiosk.journey.state import PinPhase, Stage
from kiosk.ports import Movement, SimulatedPerson, SimulationControl
from ui.autopilot import Autopilot
from ui.ports import DemoPerson, VisitDoor

STEP_SECONDS = 45.0
"""A screen that does not come in this time is a fault; the face attempt alone may take 50 s."""
REACTION_SECONDS = 0.5
"""A person needs about half a second to read a hint and begin to move."""
PIN = "592748"
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_OVER = frozenset({Stage.DONE, Stage.ENDED, Stage.ATTRACT, Stage.OUT_OF_SERVICE})


class Scenario(StrEnum):
    HAPPY = "happy"
    IMPOSTOR = "impostor"
    PHOTO_ATTACK = "photo-attack"


@dataclass(frozen=True, slots=True)
class Expected:
    person: SimulatedPerson
    status: VisitStatus

    def agrees(self, status: VisitStatus | None, at_centre: str) -> bool:
        """Ended as it should, and the centre holds the account verified exactly when it should."""
        verified = VisitStatus.TERVERIFIKASI
        return status is self.status and (at_centre == verified) is (self.status is verified)


EXPECTED: dict[Scenario, Expected] = {
    Scenario.HAPPY: Expected(SimulatedPerson.PARTICIPANT, VisitStatus.TERVERIFIKASI),
    Scenario.IMPOSTOR: Expected(SimulatedPerson.IMPOSTOR, VisitStatus.PERLU_PETUGAS),
    Scenario.PHOTO_ATTACK: Expected(SimulatedPerson.PRINT, VisitStatus.PERLU_PETUGAS),
}


class VisitDriver:
    """Walks one visit; ``picture(name)`` is called on every screen."""

    def __init__(
        self,
        autopilot: Autopilot,
        door: VisitDoor,
        simulation: SimulationControl,
        visitor: DemoPerson,
        picture: Callable[[str], None],
    ) -> None:
        self._pilot = autopilot
        self._door = door
        self._simulation = simulation
        self._visitor = visitor
        self._picture = picture
        self._asked: tuple[Movement | None, int] = (None, 0)
        self._react_at = 0.0

    def run(self, scenario: Scenario) -> None:
        self._simulation.choose_person(EXPECTED[scenario].person)
        seen = len(self._simulation.phone_messages())
        self._until(lambda: self._pilot.look("startButton") is not None)
        self._show("beranda")
        self._tap("startButton", Stage.CONSENT)
        self._tap("consentYes", Stage.IDENTITY)
        self._tap("chooseNik", Stage.NIK)
        self._pilot.type_digits(self._visitor.nik)
        self._show("nik")
        self._pilot.click("submitNumber")
        self._until(lambda: self._stage is not Stage.NIK)
        self._until(lambda: self._stage not in (Stage.NIK, Stage.LOOKUP))
        if self._stage is Stage.CONFIRM:
            self._arrived(Stage.CONFIRM)
            self._tap("confirmYes", Stage.FACE)
            self._face()
        if self._stage is Stage.OTP:
            self._arrived(Stage.OTP)
            self._otp(seen)
        if self._stage is Stage.PIN:
            self._pin()
        self._until(lambda: self._stage in _OVER)
        self._arrived(self._stage)

    # ---- steps

    def _face(self) -> None:
        while self._stage is Stage.FACE:
            state = self._pilot.state
            if not state.face_running and state.waiting is None and not state.face_matched:
                self._begin_attempt(state.face_attempt)
            self._follow_the_screen()
            self._pilot.process(0.02)

    def _begin_attempt(self, before: int) -> None:
        self._pilot.click("beginFace")
        self._until(lambda: self._pilot.state.face_attempt != before or self._stage is not Stage.FACE)

    def _follow_the_screen(self) -> None:
        _, progress = self._door.face_progress.peek()
        asked = (progress.movement, progress.done_movements) if progress else (None, 0)
        now = self._pilot.now()
        if asked != self._asked:
            self._asked, self._react_at = asked, now + REACTION_SECONDS
            if asked[0] is not None:
                self._show(f"wajah-{asked[1] + 1}-{asked[0].value}")
        elif asked[0] is not None and now >= self._react_at:
            self._simulation.perform(asked[0])
            self._react_at = now + STEP_SECONDS  # once a request; a person who failed waits for the next

    def _otp(self, seen: int) -> None:
        self._until(lambda: len(self._simulation.phone_messages()) > seen and self._pilot.state.waiting is None)
        code = _CODE.search(self._simulation.phone_messages()[-1].text)
        if code is None:
            raise LookupError("the message holds no code")
        self._pilot.type_digits(code.group(1))
        self._until(lambda: self._stage is not Stage.OTP)

    def _pin(self) -> None:
        self._arrived(Stage.PIN)
        self._pilot.type_digits(PIN)
        self._until(lambda: self._pilot.state.pin_phase is PinPhase.REPEAT)
        self._pilot.type_digits(PIN)
        self._until(lambda: self._stage is not Stage.PIN)

    # ---- helpers

    @property
    def _stage(self) -> Stage:
        return self._pilot.state.stage

    def _tap(self, name: str, leads_to: Stage) -> None:
        self._pilot.click(name)
        self._pilot.wait_stage(leads_to, STEP_SECONDS)
        self._arrived(leads_to)

    def _until(self, condition: Callable[[], bool]) -> None:
        self._pilot.wait_until(condition, STEP_SECONDS)

    def _arrived(self, stage: Stage) -> None:
        self._show(stage.value)

    def _show(self, name: str) -> None:
        self._picture(name)
