"""Words that kiosk and centre exchange over SQL: statuses and answers, no connection, no SQL.

The sync worker and the client share these; what the rules of the kiosk see is in ``kiosk.ports``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ORIGIN_HASH = "0" * 64
"""``prev_hash`` of the first event of a chain (``kiosk.events.ZERO_HASH``)."""

MAX_EVENT_BYTES = 64 * 1024
"""Payload of one event: a face match with its evidence is the largest at 2.7 kB; this is no event of ours."""

MAX_BATCH_BYTES = 4 * 1024 * 1024
"""One ``append_events`` argument; 1,000 events (the largest ``sync_batch``) of 4 KiB."""

MAX_BATCH_EVENTS = 1000


class AppendStatus(StrEnum):
    """What became of a batch. Only ACCEPTED may acknowledge events; it names the head as well."""

    ACCEPTED = "accepted"  # everything up to accepted_seq is kept; a replay is accepted too
    GAP = "gap"  # the batch starts after head + 1: send again from accepted_seq + 1
    FORK = "fork"  # another event is already kept under this number, or prev_hash is not the head's
    EDITED = "edited"  # hash is not SHA-256 of the payload
    FOREIGN = "foreign"  # payload names another kiosk, number or epoch than the login and envelope
    OVERSIZE = "oversize"
    MALFORMED = "malformed"  # not the shape of a batch
    NOT_ENROLLED = "not_enrolled"  # login without a kiosk row, or a kiosk that is switched off


@dataclass(frozen=True, slots=True)
class AppendAnswer:
    """``accepted_seq`` is the number of the last event that the centre keeps (0: none)."""

    status: AppendStatus
    accepted_seq: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of this kiosk's chain at the centre; ``seq`` 0 and zeros before the first event."""

    seq: int
    hash: str
    epoch: int


@dataclass(frozen=True, slots=True)
class CentreConfig:
    """What a kiosk learns at start. ``box_public_key``: 32 raw bytes, X25519, for NaCl sealed boxes."""

    box_public_key: bytes
    box_key_id: str
    server_time: str  # ISO 8601, UTC
    lookups_per_day: int
    lookups_left: int


class RequestKind(StrEnum):
    """Ticketed work of the connector."""

    REFERENCE = "reference"
    PROFILE = "profile"
    FAMILY = "family"
    HISTORY = "history"
    SEND_CODE = "send_code"
    NOTICE = "notice"  # queued by the settle job only, never by a kiosk


class RequestState(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    SENDING = "sending"  # handed to the gateway: never handed over again
    DONE = "done"
    REFUSED = "refused"


class RequestRefusal(StrEnum):
    """Typed reasons of a refused request; ``CentreRefused.reason`` carries the value."""

    CONSENT_NOT_SEEN = "consent_not_seen"
    CONSENT_WITHDRAWN = "consent_withdrawn"  # since it was given in this visit
    MATCH_NOT_SEEN = "match_not_seen"
    CHAIN_NOT_TRUSTED = "chain_not_trusted"  # an event of the visit has a bad signature or link
    TICKET_NOT_USABLE = "ticket_not_usable"  # not the caller's, not found, or too old
    ALREADY_SERVED = "already_served"
    NO_REFERENCE = "no_reference"
    MALFORMED = "malformed"
    INTERRUPTED = "interrupted"  # the connector died while it was sending
    TOO_MANY_WAITING = "too_many_waiting"  # of this kiosk, at once
    CENTRE_FAULT = "centre_fault"  # the connector could not make an answer of it


class SettleRefusal(StrEnum):
    """Why the settle job left an account as it was."""

    CHAIN_NOT_TRUSTED = "chain_not_trusted"
    MALFORMED_EVENT = "malformed_event"
    SEVERAL_TICKETS = "several_tickets"
    TICKET_NOT_FOUND = "ticket_not_found"
    NO_CONSENT = "no_consent"
    NOT_LOOKED_UP = "not_looked_up"
    NOT_CONFIRMED = "not_confirmed"
    NO_FACE_MATCH = "no_face_match"
    EVIDENCE_REFUSED = "evidence_refused"
    COMPARISON_NOT_GRANTED = "comparison_not_granted"  # staff are said to have compared; the centre knows of no such
    CASE_NOT_OPEN = "case_not_open"  # not matched by the centre, too long ago, used, or another's
    REFERENCE_NOT_SERVED = "reference_not_served"
    CODE_NOT_SENT = "code_not_sent"
    CODE_NOT_VERIFIED = "code_not_verified"
    OUT_OF_ORDER = "out_of_order"
    VISIT_ENDED_BEFORE = "visit_ended_before"
    VERIFIER_UNREADABLE = "verifier_unreadable"
    RECORD_NEEDS_STAFF = "record_needs_staff"
    ALREADY_VERIFIED = "already_verified"
