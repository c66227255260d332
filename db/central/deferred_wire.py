"""Words of deferred visits: what becomes of a capture that is brought, and of a case."""

from __future__ import annotations

from enum import StrEnum


class CaptureStatus(StrEnum):
    """What became of a brought capture. KEPT alone lets the kiosk forget it."""

    KEPT = "kept"  # the same again is kept, too
    EVENT_NOT_SEEN = "event_not_seen"  # the event that names it has not arrived
    ALLOWANCE_SPENT = "allowance_spent"  # tomorrow again
    MALFORMED = "malformed"  # too large, or another one than the centre has for this visit


class CaseState(StrEnum):
    WAITING = "waiting"
    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    NOT_FOUND = "not_found"
    NEEDS_STAFF = "needs_staff"
    EXPIRED = "expired"


class CaseReason(StrEnum):
    """Why a case was not matched; for staff, never for the participant."""

    CHAIN_NOT_TRUSTED = "chain_not_trusted"
    OUT_OF_ORDER = "out_of_order"  # the visit's signed events do not lead to a deferral
    CAPTURE_EXCHANGED = "capture_exchanged"  # not the one that the signed event names
    NOT_READABLE = "not_readable"
    EVIDENCE_REFUSED = "evidence_refused"
    NUMBER_TAKEN = "number_taken"
    RECORD = "record"  # deceased, duplicate, inactive NIK
    MINOR = "minor"
    TOO_MANY_FAILURES = "too_many_failures"
    ALREADY_VERIFIED = "already_verified"
    NO_REFERENCE = "no_reference"
    STAFF_ZONE = "staff_zone"
    NOT_COMPARABLE = "not_comparable"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    TOO_OLD = "too_old"
