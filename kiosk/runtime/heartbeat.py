"""Tells the centre once a minute that this kiosk lives and how its parts are; run by the resilient worker."""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk.ports import CentreRefused, CentreUnreachable, Json, LastingFault, PassingFault

BEAT_SECONDS = 60.0
"""The fleet's view calls a kiosk silent after hours; a branch that phones in is looked at within a minute."""
WAIT_SECONDS = 1.0
"""Longest piece of work (the Service port's bound)."""


class Heartbeat:
    """Implements ``kiosk.ports.Service``."""

    name = "heartbeat"

    def __init__(
        self,
        send: Callable[[Json], None],
        told: Callable[[], Json],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``send`` raises CentreUnreachable or CentreRefused; ``told`` holds states and counts, nothing of a person."""
        self._send = send
        self._told = told
        self._monotonic = monotonic
        self._sleep = sleep
        self._next = float("-inf")

    def set_up(self) -> None:
        """Nothing is held open: the client keeps its own connections."""

    def work(self) -> None:
        if self._monotonic() < self._next:
            self._sleep(WAIT_SECONDS)
            return
        try:
            self._send(self._told())
        except CentreUnreachable:
            raise PassingFault("centre_unreachable") from None
        except CentreRefused as refusal:
            raise LastingFault(f"refused_{refusal.reason}") from None
        self._next = self._monotonic() + BEAT_SECONDS

    def tear_down(self) -> None:
        """As ``set_up``."""
