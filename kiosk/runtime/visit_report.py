"""What one visit took: per step its outcome and the machine's share of the time.

Machine time is what the kiosk needed: answering inputs (commit included) and the waits it asked for.
The person's own time (reading, typing, moving the head) is not in it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from kiosk.events import VisitStatus
from kiosk.journey.reasons import EndReason
from kiosk.journey.state import STEP_OF_STAGE, IdentityMethod, Stage
from kiosk.ports import Json

if TYPE_CHECKING:  # it stands behind the door: the first picture does not wait for it
    from kiosk.runtime.visit_loop import Handled


class StepReport(TypedDict):
    name: str
    outcome: str
    machine_ms: float


@dataclass
class _Step:
    seconds: float = 0.0


@dataclass
class VisitReport:
    """Watches a VisitLoop; tells of its newest visit. ``steps()`` may be read from any thread."""

    visit_id: str = ""
    status: VisitStatus | None = None
    reason: EndReason | None = None
    statuses: tuple[VisitStatus, ...] = ()  # every one it was shown in, in order
    method: IdentityMethod | None = None  # by which the participant was found
    _steps: dict[str, _Step] = field(default_factory=dict)
    _last: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handled(self, handled: Handled) -> None:
        """A HandledListener of the visit loop."""
        before, after = handled.before, handled.after
        with self._lock:
            if not before.visit_id and after.visit_id:
                self._begin(after.visit_id)
            if not self.visit_id or self.visit_id not in (before.visit_id, after.visit_id):
                return
            name = STEP_OF_STAGE.get(before.stage)
            if name:
                if after.waiting is None:  # otherwise it is a part of the wait, which is counted as a whole
                    self._add(name, handled.seconds)
                if before.waiting is not None and before.waiting is not after.waiting:
                    self._add(name, handled.at - before.waiting_since)
            reached = STEP_OF_STAGE.get(after.stage)
            if reached:
                self._add(reached, 0.0)
                self._last = reached
            if after.stage is Stage.CONFIRM:
                self.method = after.method
            if after.status is not None:
                self._ended(after.status, after.reason)
            elif not after.visit_id and self.status is None:
                self._ended(VisitStatus.DITINGGALKAN, None)

    def as_json(self, scenario: str, centre: Json) -> Json:
        """The result that other programs read: keep names and meanings."""
        return {
            "scenario": scenario,
            "status": self.status,
            "reason": self.reason,
            "steps": self.steps(),
            "centre": centre,
            "statuses": list(self.statuses),
            "method": self.method,
        }

    def steps(self) -> list[StepReport]:
        with self._lock:
            good = self.status in (VisitStatus.TERVERIFIKASI, VisitStatus.MENUNGGU_SINKRONISASI)
            return [
                StepReport(
                    name=name,
                    outcome="ok" if good or name != self._last else (self.reason.value if self.reason else "left"),
                    machine_ms=round(step.seconds * 1000, 1),
                )
                for name, step in self._steps.items()
            ]

    def _begin(self, visit_id: str) -> None:
        self.visit_id, self.status, self.reason, self.method = visit_id, None, None, None
        self._steps, self._last, self.statuses = {}, "", ()

    def _ended(self, status: VisitStatus, reason: EndReason | None) -> None:
        if status is not self.status:
            self.statuses = (*self.statuses, status)
        self.status, self.reason = status, reason

    def _add(self, name: str, seconds: float) -> None:
        self._steps.setdefault(name, _Step()).seconds += seconds
