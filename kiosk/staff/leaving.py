"""The one way out of the staff door: recorded, signed out at the centre, the screen given back."""

from __future__ import annotations

from kiosk.events import StaffSignedOut
from kiosk.staff.effects import EndSession, Record, ResumeVisit, StaffEffect, StopParts, StopTest, StopWatching
from kiosk.staff.state import StaffScreen, StaffState

Outcome = tuple[StaffState, tuple[StaffEffect, ...]]

_LOOKS_FOR_BADGES = frozenset({StaffScreen.SIGN_IN, StaffScreen.SECOND})


def leave(state: StaffState, reason: str, *, recorded: bool = True, resume: bool = True) -> Outcome:
    effects: list[StaffEffect] = []
    if state.session is not None:
        if recorded:
            effects.append(Record(StaffSignedOut(session=state.session.session, reason=reason)))
        effects.append(EndSession(state.session.session))
    if state.screen in _LOOKS_FOR_BADGES:
        effects.append(StopWatching())
    if state.screen is StaffScreen.TEST:
        effects.append(StopTest())
    if state.screen in (StaffScreen.TEST, StaffScreen.DIAGNOSTICS):
        effects.append(StopParts())
    if resume:
        effects.append(ResumeVisit())
    return StaffState(visit=state.visit), tuple(effects)
