"""What a start does about the last run: close the visit it left open, and say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from kiosk.events import Event, VisitEnded
from kiosk.journey.ending import case_number
from kiosk.journey.reasons import ENDINGS, EndReason
from kiosk.ports import OpenVisit


class RunStore(Protocol):
    def begin_run(self, software: str) -> Literal["clean", "died", "first"]: ...

    def open_visit(self) -> OpenVisit | None: ...

    def record(self, visit_id: str, events: Sequence[Event]) -> None: ...


def recover(store: RunStore, software: str) -> bool:
    """Record the start. True when a visit had been left open: its end is recorded as well.

    A visit whose every step was done is the centre's to settle, so it waits; any other was left.
    """
    store.begin_run(software)
    found = False
    while (left := store.open_visit()) is not None:
        found = True
        reason = EndReason.WAITING_FOR_CENTRE if left.all_steps_done else EndReason.PROGRAM_DIED
        number = case_number(left.visit_id) if left.all_steps_done else ""
        ended = VisitEnded(status=ENDINGS[reason].status, reason=reason.value, case_number=number)
        store.record(left.visit_id, [ended])
    return found
