"""Asks the centre how a visit stands until it is settled or refused, or the next visit is watched."""

from __future__ import annotations

import threading

from kiosk.journey.inputs import SettlementSeen
from kiosk.ports import Centre, CentreRefused, CentreUnreachable, CentreVisitStatus
from kiosk.runtime.visit_loop import Answer

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
_FINAL = frozenset({CentreVisitStatus.SETTLED, CentreVisitStatus.REFUSED})


class SettlementWatch:
    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._stop = threading.Event()

    def start(self, visit_id: str, answer: Answer) -> None:
        self.stop()
        self._stop = threading.Event()
        threading.Thread(
            target=self._run, args=(visit_id, answer, self._stop), name="settlement-watch", daemon=True
        ).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self, visit_id: str, answer: Answer, stop: threading.Event) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not stop.wait(pause):
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
            try:
                status = self._centre.visit_status(visit_id)
            except (CentreUnreachable, CentreRefused):
                continue
            if status in _FINAL:
                answer(SettlementSeen(status))
                return
