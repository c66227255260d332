"""Staff who press real buttons: the quiet gesture, signing in, and an in-person comparison by two."""

from __future__ import annotations

from collections.abc import Callable

import pyotp

from kiosk.ports import ComparisonReason, DemoStaff, SimulationControl
from ui.autopilot import Autopilot

HOLD_SECONDS = 3.4
"""The mark is held for three seconds; a hand is never exact."""
STEP_SECONDS = 30.0


class StaffDriver:
    def __init__(self, pilot: Autopilot, simulation: SimulationControl, picture: Callable[[str], None]) -> None:
        self._pilot = pilot
        self._staff = {member.username: member for member in simulation.staff()}
        self._simulation = simulation
        self._picture = picture

    def compare(self, first: str, second: str) -> None:
        """From the participant's screen and back to it: ``first`` by name, ``second`` by badge."""
        self.enter()
        self._type_name(first)
        self._secrets(self._staff[first])
        self._wait_for("openVisit")
        self._picture("petugas-antrean")
        self._pilot.click("openVisit")
        self._wait_for(f"reason_{ComparisonReason.OLD_PHOTO.value}")
        self._pilot.click(f"reason_{ComparisonReason.OLD_PHOTO.value}")
        self._picture("petugas-bandingkan")
        self._pilot.click("askSecond")
        self._wait_for("submitUsername")
        self._simulation.scan(self._staff[second].badge)
        self._secrets(self._staff[second])
        self._wait_for("handBack")
        self._picture("petugas-tercatat")
        self._pilot.click("handBack")

    def enter(self) -> None:
        """The documented gesture, from whatever is on the screen."""
        self._pilot.hold("staffMark", HOLD_SECONDS)
        self._wait_for("submitUsername")
        self._picture("petugas-masuk")

    def _type_name(self, username: str) -> None:
        for letter in username:
            self._pilot.click(f"char{letter}")
        self._pilot.click("submitUsername")

    def _secrets(self, member: DemoStaff) -> None:
        self._wait_for("key0")
        self._pilot.type_digits(member.pin)
        self._pilot.wait_until(lambda: self._pilot.look("key0") is not None, STEP_SECONDS)
        self._pilot.type_digits(pyotp.TOTP(member.totp_secret).now())

    def _wait_for(self, name: str) -> None:
        self._pilot.wait_until(lambda: self._pilot.look(name) is not None, STEP_SECONDS, f"no {name}")
