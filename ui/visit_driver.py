"""A visitor who presses real buttons: sees the screen and the phone, nothing else.

The asked movement is read from the face screen, the code from the message that arrived, and a weak PIN is
given up when the screen names the rule.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable

from kiosk.face.light_plan import from_hex
from kiosk.journey.reasons import Notice
from kiosk.journey.state import PinPhase, Stage
from kiosk.ports import Movement, SimulatedPart, SimulationControl
from ui.autopilot import Autopilot
from ui.deferred_driver import DeferredDriver
from ui.identity_driver import IDENTIFYING, IdentityDriver
from ui.ports import DemoPerson, VisitDoor
from ui.scenarios import EXPECTED, Scenario
from ui.staff_driver import StaffDriver

STEP_SECONDS = 45.0
"""A screen that does not come in this time is a fault; the face attempt alone may take 50 s."""
PRESS_AGAIN_SECONDS = 4.0
REACTION_SECONDS = 0.5
"""A person needs about half a second to read a hint and begin to move."""
UNPLUGGED_SECONDS = 2.0
"""A cable that is pushed back in at once."""
PIN, WEAK_PIN = "592748", "654321"
WRONG_CODES = 3
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_OVER = frozenset({Stage.DONE, Stage.ENDED, Stage.ATTRACT, Stage.OUT_OF_SERVICE})


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
        self._scenario = Scenario.HAPPY
        self._asked: tuple[Movement | None, int] = (None, 0)
        self._react_at = 0.0
        self._light: str | None = None
        self._camera_pulled = False

    def run(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._simulation.choose_person(EXPECTED[scenario].person)
        seen = len(self._simulation.phone_messages())
        self._until(lambda: self._pilot.look("startButton") is not None)
        self._show("beranda")
        self._begin()
        self._tap("consentYes", Stage.IDENTITY)
        if scenario is Scenario.WALK_AWAY:
            self._tap("chooseNik", Stage.NIK)
            self._walk_away()
            return
        if scenario is Scenario.DEFERRED:
            seen = self._defer_and_come_back()
        else:
            self._identify()
        if self._stage is Stage.CONFIRM and scenario is not Scenario.DEFERRED:
            self._arrived(Stage.CONFIRM)
            self._tap("confirmYes", Stage.FACE)
            self._face()
        if self._stage is Stage.WITH_STAFF:
            self._with_staff()
        if self._stage is Stage.OTP:
            self._arrived(Stage.OTP)
            self._otp(seen)
        if self._stage is Stage.PIN:
            self._pin()
        self._until(lambda: self._stage in _OVER)
        self._arrived(self._stage)
        if scenario is Scenario.CENTRE_DOWN:
            self._centre_comes_back()

    def finish(self) -> None:
        """Leave the last screen, so that the next visitor finds the start."""
        if self._pilot.look("finishButton") is not None:
            self._pilot.click("finishButton")
        self._until(lambda: self._stage is Stage.ATTRACT)

    # ---- steps

    def _identify(self) -> None:
        IdentityDriver(self._pilot, self._simulation, self._visitor, self._show).identify(self._scenario)
        self._until(lambda: self._stage not in IDENTIFYING)

    def _defer_and_come_back(self) -> int:
        """Two visits: the second stands before its code. Returns how many messages there were before the code."""
        driver = DeferredDriver(self._pilot, self._simulation, self._visitor, self._show, self._face)
        number = driver.defer()
        self._begin()
        self._tap("consentYes", Stage.IDENTITY)
        driver.find_again(number)
        self._arrived(Stage.CONFIRM)
        seen = len(self._simulation.phone_messages())
        self._pilot.click("confirmYes")
        self._until(lambda: self._stage not in (Stage.CONFIRM, Stage.FACE))
        return seen

    def _begin(self) -> None:
        """A press while the page still turns meets the one that leaves: whoever sees nothing happen presses again."""
        until = time.monotonic() + STEP_SECONDS
        while self._stage is Stage.ATTRACT and time.monotonic() < until:
            self._pilot.click("startButton")
            with contextlib.suppress(TimeoutError):
                self._pilot.wait_stage(Stage.CONSENT, PRESS_AGAIN_SECONDS)
        self._pilot.wait_stage(Stage.CONSENT, PRESS_AGAIN_SECONDS)
        self._arrived(Stage.CONSENT)

    def _walk_away(self) -> None:
        """Nobody touches the screen: a warning, then everything is wiped."""
        self._pilot.type_digits(self._visitor.nik[:6])
        self._simulation.advance_clock(46.0)
        self._until(lambda: self._pilot.state.idle_seconds_left is not None)
        self._show("masih-di-sini")
        self._simulation.advance_clock(15.0)
        self._until(lambda: self._stage is Stage.ATTRACT)
        self._arrived(Stage.ATTRACT)

    def _face(self) -> None:
        while self._stage in (Stage.FACE, Stage.DEFER_FACE):
            state = self._pilot.state
            if not state.face_running and state.waiting is None and not state.face_matched:
                self._begin_attempt(state.face_attempt)
            self._follow_the_screen()
            self._pilot.process(0.02)
        self._simulation.light(None)

    def _begin_attempt(self, before: int) -> None:
        self._pilot.click("beginFace")
        self._until(
            lambda: self._pilot.state.face_attempt != before or self._stage not in (Stage.FACE, Stage.DEFER_FACE)
        )

    def _follow_the_screen(self) -> None:
        _, progress = self._door.face_progress.peek()
        light = progress.light if progress else None
        if light != self._light:
            self._light = light
            self._simulation.light(from_hex(light) if light else None)
        asked = (progress.movement, progress.done_movements) if progress else (None, 0)
        now = self._pilot.now()
        if asked != self._asked:
            self._asked, self._react_at = asked, now + REACTION_SECONDS
            if asked[0] is not None:
                self._show(f"wajah-{asked[1] + 1}-{asked[0].value}")
                self._pull_the_camera_once()
        elif asked[0] is not None and now >= self._react_at:
            self._simulation.perform(asked[0])
            self._react_at = now + STEP_SECONDS  # once a request; a person who failed waits for the next

    def _pull_the_camera_once(self) -> None:
        if self._scenario is not Scenario.CAMERA_UNPLUGGED or self._camera_pulled:
            return
        self._camera_pulled = True
        self._simulation.plug(SimulatedPart.CAMERA, False)
        self._pilot.process(UNPLUGGED_SECONDS)
        self._show("kamera-dicabut")
        self._simulation.plug(SimulatedPart.CAMERA, True)
        self._until(lambda: self._door.frames.peek()[1] is not None)

    def _with_staff(self) -> None:
        self._arrived(Stage.WITH_STAFF)
        if self._scenario is Scenario.STAFF_COMPARES:
            first, second = EXPECTED[self._scenario].vouching
            StaffDriver(self._pilot, self._simulation, self._show).compare(first, second)
            self._until(lambda: self._stage is not Stage.WITH_STAFF)
            self._until(lambda: self._stage is not Stage.FACE)
        else:
            self._pilot.click("goToCounter")
            self._until(lambda: self._stage is not Stage.WITH_STAFF)

    def _otp(self, seen: int) -> None:
        self._until(lambda: len(self._simulation.phone_messages()) > seen and self._pilot.state.waiting is None)
        code = _CODE.search(self._simulation.phone_messages()[-1].text)
        if code is None:
            raise LookupError("the message holds no code")
        if self._scenario is Scenario.OTP_WRONG:
            self._type_wrong_codes(code.group(1))
            return
        self._pilot.type_digits(code.group(1))
        self._until(lambda: self._stage is not Stage.OTP)

    def _type_wrong_codes(self, right: str) -> None:
        for wrong in range(1, WRONG_CODES + 1):
            digit = str((int(right[-1]) + wrong) % 10)
            self._pilot.type_digits(right[:-1] + digit)
            self._until(lambda count=wrong: self._pilot.state.code_failures >= count or self._stage is Stage.ENDED)  # type: ignore[misc]
            self._show(f"kode-salah-{wrong}")

    def _pin(self) -> None:
        self._arrived(Stage.PIN)
        if self._scenario is Scenario.PIN_WEAK:
            self._pilot.type_digits(WEAK_PIN)
            self._until(lambda: self._pilot.state.notice is Notice.PIN_SEQUENCE)
            self._show("pin-ditolak")
        self._pilot.type_digits(PIN)
        self._until(lambda: self._pilot.state.pin_phase is PinPhase.REPEAT)
        if self._scenario is Scenario.CENTRE_DOWN:
            self._simulation.plug(SimulatedPart.CENTRE, False)
        self._pilot.type_digits(PIN)
        self._until(lambda: self._stage is not Stage.PIN)

    def _centre_comes_back(self) -> None:
        """The words on the last screen change, nothing else."""
        self._simulation.plug(SimulatedPart.CENTRE, True)
        self._until(lambda: self._pilot.state.status in EXPECTED[self._scenario].statuses[-1:])
        self._show("pusat-kembali")

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
