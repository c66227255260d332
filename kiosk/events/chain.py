"""An event's place in the kiosk's chain, and the one text form that is hashed."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from kiosk.events import kiosk, staff, visit

ZERO_HASH = "0" * 64

Event = Annotated[
    kiosk.KioskStarted
    | kiosk.StoreQuarantined
    | kiosk.PartChanged
    | kiosk.SelfTested
    | kiosk.PartTested
    | visit.VisitStarted
    | visit.ConsentGiven
    | visit.ConsentRefused
    | visit.IdentityRead
    | visit.IdentityRefused
    | visit.LookupAnswered
    | visit.DataUpdateOffered
    | visit.IdentityConfirmed
    | visit.IdentityDenied
    | visit.FaceAttempted
    | visit.FaceMatched
    | visit.VisitDeferred
    | visit.DeferredMatchUsed
    | visit.CodeSent
    | visit.CodeNotSent
    | visit.CodeRefused
    | visit.CodeVerified
    | visit.PinRefused
    | visit.PinAccepted
    | visit.HelpAsked
    | visit.VisitEnded
    | staff.StaffSignedIn
    | staff.StaffRefused
    | staff.StaffSignedOut
    | staff.VisitParked
    | staff.VisitResumed
    | staff.StaffNeeded
    | staff.StaffCompared
    | staff.ComparisonRejected
    | staff.HelpHandled,
    Field(discriminator="type"),
]

EVENT_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


class ChainedEvent(BaseModel):
    """An event with its place in the kiosk's chain.

    ``payload`` is the canonical JSON text that was hashed: sorted keys, no blanks, UTF-8, holding
    kiosk_id, epoch, seq, boot_id, visit_id, wall_time, monotonic_s, clock_offset_s, prev_hash and
    event. ``hash`` is SHA-256 over its UTF-8 bytes (hex), ``signature`` Ed25519 over the 32 raw hash
    bytes (hex). prev_hash is inside the payload, so the hash alone binds the chain.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    payload: str
    hash: str
    signature: str

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.payload)
        return body

    @property
    def event(self) -> Event:
        return event_in(self.payload)


def event_in(payload: str) -> Event:
    """The typed event of a payload."""
    return EVENT_ADAPTER.validate_python(json.loads(payload)["event"])


def canonical_json(value: object) -> str:
    """The one text form that is hashed: sorted keys, no blanks, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def payload_hash(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()
