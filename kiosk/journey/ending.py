"""How a visit ends: one place that sets status, hand-off, case number, and forgets the person."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kiosk.events import VisitEnded, VisitStatus
from kiosk.journey.case_numbers import deferred_number, grouped
from kiosk.journey.effects import PrintReceipt, Record, RingStaff, StopFace, StopReading, VisitEffect, WipeVisit
from kiosk.journey.limits import Limits
from kiosk.journey.reasons import ENDINGS, EndReason, Handoff
from kiosk.journey.state import Language, Moment, Stage, VisitState
from kiosk.participants.working_days import due_date

Outcome = tuple[VisitState, tuple[VisitEffect, ...]]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O, U: a number read out over a counter is not misheard."""

FINAL_STAGES = frozenset({Stage.ATTRACT, Stage.DONE, Stage.ENDED, Stage.OUT_OF_SERVICE})
"""No visit runs here."""

_WITH_DUE_DATE = frozenset({VisitStatus.MENUNGGU_SINKRONISASI, VisitStatus.DITUNDA})
_STATUSES_WITH_LAST_SCREEN = frozenset({VisitStatus.TERVERIFIKASI, VisitStatus.MENUNGGU_SINKRONISASI})


def case_number(visit_id: str) -> str:
    """Eight characters drawn from the visit's id, e.g. ``7K2Q-9XMD``."""
    bits = UUID(visit_id).int >> (128 - 40)
    text = "".join(_CROCKFORD[(bits >> shift) & 31] for shift in range(35, -1, -5))
    return f"{text[:4]}-{text[4:]}"


def end_visit(state: VisitState, reason: EndReason, moment: Moment) -> Outcome:
    """Record the end and forget the person; leaving quietly goes straight back to the start screen."""
    status, handoff = ENDINGS[reason]
    number = _number_of(state.visit_id, status)
    effects: list[VisitEffect] = [
        Record(VisitEnded(status=status, reason=reason.value, case_number=number)),
        StopReading(),
        StopFace(),
        WipeVisit(),
    ]
    if handoff in (Handoff.SUPERVISOR, Handoff.TECHNICIAN):
        effects.append(RingStaff(number))
    if status is VisitStatus.DITINGGALKAN:
        return attract(state, state.language), tuple(effects)
    due = due_date(moment.today).day if status in _WITH_DUE_DATE else None
    effects.append(PrintReceipt(state.visit_id, number, status, due, state.language))
    keeps_profile = status in _STATUSES_WITH_LAST_SCREEN
    ended = VisitState(
        stage=Stage.DONE if keeps_profile else Stage.ENDED,
        language=state.language,
        large_text=state.large_text,
        visit_id=state.visit_id,
        started_at=state.started_at,
        last_touch=moment.monotonic,
        stage_since=moment.monotonic,
        profile=state.profile if keeps_profile else None,
        updates=tuple(update.without_values() for update in state.updates) if keeps_profile else (),
        status=status,
        reason=reason,
        case_number=number,
        due=due,
        parked_at=state.parked_at,
    )
    return ended, tuple(effects)


def _number_of(visit_id: str, status: VisitStatus) -> str:
    if status in (VisitStatus.DITINGGALKAN, VisitStatus.TERVERIFIKASI):
        return ""
    return grouped(deferred_number(visit_id)) if status is VisitStatus.DITUNDA else case_number(visit_id)


def attract(state: VisitState, language: Language) -> VisitState:
    """The start screen with nothing of the last visit on it."""
    return VisitState(language=language, parked_at=state.parked_at)


def finish(state: VisitState, limits: Limits) -> Outcome:
    return attract(state, limits.language), (WipeVisit(),)


def go_to(state: VisitState, stage: Stage, moment: Moment, **changes: object) -> VisitState:
    """Enter a stage with a clean screen: no notice, nothing waiting, no panel open."""
    fresh: dict[str, object] = {
        "stage": stage,
        "stage_since": moment.monotonic,
        "notice": None,
        "notice_values": (),
        "waiting": None,
        "help_open": False,
        "staff_called_at": None,
        "cancel_open": False,
    }
    return replace(state, **(fresh | changes))  # type: ignore[arg-type]
