"""What staff did at this kiosk. Staff are named: whoever decides on another person's account answers for it."""

from __future__ import annotations

from typing import ClassVar, Literal

from kiosk.events.base import BaseEvent


class StaffSignedIn(BaseEvent):
    doc: ClassVar[str] = "Staff signed in; the centre had checked username or badge, PIN and TOTP."
    type: Literal["staff_signed_in"] = "staff_signed_in"
    session: str
    username: str
    name: str
    role: str
    entry: str  # gesture, badge


class StaffRefused(BaseEvent):
    doc: ClassVar[str] = "A sign-in, a second person or a decision was refused; who tried is known to the centre."
    type: Literal["staff_refused"] = "staff_refused"
    step: str  # sign_in, decision
    reason: str  # kiosk.ports.StaffRefusal


class StaffSignedOut(BaseEvent):
    doc: ClassVar[str] = "A staff session ended at this kiosk."
    type: Literal["staff_signed_out"] = "staff_signed_out"
    session: str
    reason: str  # signed_out, handed_back, idle, session_over


class VisitParked(BaseEvent):
    doc: ClassVar[str] = "Staff took the screen; the visit stands still with its clocks."
    type: Literal["visit_parked"] = "visit_parked"
    stage: str


class VisitResumed(BaseEvent):
    doc: ClassVar[str] = "The screen was given back and the visit goes on where it stood."
    type: Literal["visit_resumed"] = "visit_resumed"
    stage: str
    seconds: float


class StaffNeeded(BaseEvent):
    doc: ClassVar[str] = "A step failed for good or the participant called: the visit waits for staff at the kiosk."
    type: Literal["staff_needed"] = "staff_needed"
    stage: str
    reason: str
    case_number: str


class StaffCompared(BaseEvent):
    doc: ClassVar[str] = "Two of the staff compared face and card in person and vouch for the participant."
    type: Literal["staff_compared"] = "staff_compared"
    ticket: str
    decision: str  # id of the centre's grant
    reason_code: str  # kiosk.ports.ComparisonReason
    first: str  # username
    first_name: str
    second: str
    second_name: str


class ComparisonRejected(BaseEvent):
    doc: ClassVar[str] = "Staff compared face and card in person and found another person."
    type: Literal["comparison_rejected"] = "comparison_rejected"
    ticket: str
    session: str
    by: str  # username
    by_name: str


class HelpHandled(BaseEvent):
    doc: ClassVar[str] = "Staff took care of a visit that had ended with a case number."
    type: Literal["help_handled"] = "help_handled"
    case_number: str
    session: str
    by: str  # username
