"""What comes from the staff door."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.ports import ComparisonGranted, ComparisonReason, StaffSession


@dataclass(frozen=True, slots=True)
class Park:
    """Staff take the screen."""


@dataclass(frozen=True, slots=True)
class Unpark:
    """Staff give the screen back."""


@dataclass(frozen=True, slots=True)
class StaffVouched:
    """Two of the staff compared in person and the centre granted it."""

    ticket: str
    granted: ComparisonGranted
    reason_code: ComparisonReason


@dataclass(frozen=True, slots=True)
class StaffRejected:
    """Staff compared in person: it is another person."""

    ticket: str
    session: StaffSession
