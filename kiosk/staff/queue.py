"""The help queue of this kiosk, told from its own events: who went on to staff, and who was taken care of."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.events import HelpHandled, StaffNeeded, VisitEnded, VisitStatus
from kiosk.ports import RecordedEvent
from kiosk.staff.state import HelpEntry

QUEUE_EVENTS = ("staff_needed", "visit_ended", "help_handled")
_WITH_STAFF = frozenset({VisitStatus.PERLU_PETUGAS, VisitStatus.DITUNDA})


def help_queue(recorded: Iterable[RecordedEvent]) -> tuple[HelpEntry, ...]:
    """Newest first; open ones before those that were handled. ``recorded`` in the order it was written."""
    steps: dict[str, str] = {}
    entries: dict[str, HelpEntry] = {}
    handled: dict[str, str] = {}
    for one in recorded:
        match one.event:
            case StaffNeeded(stage=stage):
                steps[one.visit_id] = stage
            case VisitEnded(status=status, reason=reason, case_number=number) if number and status in _WITH_STAFF:
                entries[number] = HelpEntry(number, one.at, steps.get(one.visit_id, ""), reason)
            case HelpHandled(case_number=number, by=by):
                handled[number] = by
            case _:
                pass
    known = [HelpEntry(e.case_number, e.at, e.step, e.reason, handled.get(e.case_number, "")) for e in entries.values()]
    newest = sorted(known, key=lambda entry: entry.at, reverse=True)
    return tuple(sorted(newest, key=lambda entry: bool(entry.handled_by)))
