"""What staff may see of a running visit: the step and why, masked; never a name, a code or a PIN."""

from __future__ import annotations

from kiosk.identity.nik import mask
from kiosk.journey.ending import FINAL_STAGES, case_number
from kiosk.journey.reasons import EndReason
from kiosk.journey.staff_steps import decidable
from kiosk.journey.state import STEP_OF_STAGE, Stage, VisitState
from kiosk.staff.state import VisitBrief


def brief_of(state: VisitState) -> VisitBrief | None:
    """None when no visit runs."""
    if state.stage in FINAL_STAGES or not state.visit_id:
        return None
    reason = state.reason
    if state.staff_called_at is not None:
        reason = EndReason.WISH_FOR_STAFF
    elif state.stage is not Stage.WITH_STAFF:
        reason = None
    return VisitBrief(
        visit_id=state.visit_id,
        step=STEP_OF_STAGE[state.stage],
        reason=reason.value if reason else "",
        case_number=case_number(state.visit_id),
        initials=state.initials,
        masked_identifier=mask(state.identifier.digits) if state.identifier else "",
        ticket=state.ticket,
        decidable=decidable(state),
    )
