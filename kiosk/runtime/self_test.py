"""The self-test at the start: every part examined once, on record, and what is offered decided with it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from kiosk.events import SelfTested
from kiosk.health.doctor import WHOLE_SECONDS, Probe, examine
from kiosk.health.readiness import Part, offers
from kiosk.ports import EventStore, PartHealth, PartState, StoreUnavailable

log = logging.getLogger(__name__)

STILL_STARTING_SECONDS = 30.0
"""The test waits for the parts, so that it does not compete with their start; this long at most."""
LOOK_SECONDS = 0.25

LOOKED_AT_ONCE = frozenset({Part.CODES, Part.FONTS, Part.DISK})
"""Parts that nobody watches while the kiosk runs: for them the self-test's word stands."""


class SelfTest:
    def __init__(self, probes: Mapping[str, Probe], live: Callable[[], list[PartHealth]], store: EventStore) -> None:
        self._probes = probes
        self._live = live
        self._store = store
        self._parts: tuple[PartHealth, ...] = ()

    def start(self) -> None:
        threading.Thread(target=self.run, name="self-test", daemon=True).start()

    def parts(self) -> list[PartHealth]:
        """What the start screen goes by: live states, and the test's word for the rest."""
        return [*self._live(), *(part for part in self._parts if part.name in LOOKED_AT_ONCE)]

    def run(self) -> None:
        """The thread's body."""
        until = time.monotonic() + STILL_STARTING_SECONDS
        while time.monotonic() < until and any(part.state is PartState.STARTING for part in self._live()):
            time.sleep(LOOK_SECONDS)
        self._parts = examine(self._probes, WHOLE_SECONDS)
        event = SelfTested(
            parts={part.name: part.state.value for part in self._parts},
            offered=tuple(offer.service.value for offer in offers(self._parts) if offer.offered),
        )
        try:
            self._store.record("", [event])
        except StoreUnavailable as fault:
            log.warning("the self-test was not recorded", extra={"reason": fault.reason})
