"""Defers a visit while the centre is away, waits for the news, and finds the case again by its number."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.events import VisitStatus
from kiosk.journey.state import Stage
from kiosk.ports import DemoPerson, SimulatedPart, SimulationControl
from ui.autopilot import Autopilot

STEP_SECONDS = 45.0
CUT_SECONDS = 2.0
"""The link is cut on a thread of its own; typing after this finds it cut."""
NEWS_SECONDS = 120.0
"""The kiosk's pause between tries is 30 s at most, then the centre loads its models for the first capture."""
TYPED_PHONE = "081300000777"


class DeferredDriver:
    def __init__(
        self,
        autopilot: Autopilot,
        simulation: SimulationControl,
        visitor: DemoPerson,
        picture: Callable[[str], None],
        face: Callable[[], None],
    ) -> None:
        """``face`` walks the face screen until it is left."""
        self._pilot = autopilot
        self._simulation = simulation
        self._visitor = visitor
        self._show = picture
        self._face = face

    def defer(self) -> str:
        """From the choice of ways to the start screen; returns the digits of the case number."""
        self._simulation.plug(SimulatedPart.CENTRE, False)
        self._pilot.process(CUT_SECONDS)
        self._tap("chooseNik", Stage.NIK)
        self._pilot.type_digits(self._visitor.nik)
        self._pilot.click("submitNumber")
        self._until(lambda: self._pilot.look("deferButton") is not None)
        self._show("simpan-dan-kabari")
        self._tap("deferButton", Stage.DEFER_PHONE)
        self._pilot.type_digits(TYPED_PHONE)
        self._show("nomor-kabar")
        self._tap("submitNumber", Stage.DEFER_FACE)
        self._face()
        self._until(lambda: self._stage is Stage.ENDED)
        state = self._pilot.state
        self._show("ditunda")
        if state.status is not VisitStatus.DITUNDA:
            raise LookupError(f"not deferred: {state.reason}")
        heard = len(self._simulation.phone_messages())
        self._simulation.plug(SimulatedPart.CENTRE, True)
        self._until(lambda: len(self._simulation.phone_messages()) > heard, NEWS_SECONDS)
        self._pilot.click("finishButton")
        self._until(lambda: self._stage is Stage.ATTRACT)
        return state.case_number.replace("-", "")

    def find_again(self, number: str) -> None:
        """From the choice of ways until the lookup is answered."""
        self._tap("chooseCase", Stage.CASE)
        self._pilot.type_digits(number)
        self._show("nomor-kasus")
        self._pilot.click("submitNumber")
        self._until(lambda: self._stage not in (Stage.CASE, Stage.LOOKUP))

    @property
    def _stage(self) -> Stage:
        return self._pilot.state.stage

    def _tap(self, name: str, leads_to: Stage) -> None:
        self._pilot.click(name)
        self._pilot.wait_stage(leads_to, STEP_SECONDS)
        self._show(leads_to.value)

    def _until(self, condition: Callable[[], bool], seconds: float = STEP_SECONDS) -> None:
        self._pilot.wait_until(condition, seconds)
