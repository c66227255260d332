"""Every fact the kiosk records: one typed, versioned event each.

An event never carries a NIK, a hash of one, a name, a phone number, a code or a frame: the lookup
ticket's id stands for the participant. Sealed fields can be opened by the centre only.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

ZERO_HASH = "0" * 64


class VisitStatus(StrEnum):
    TERVERIFIKASI = "TERVERIFIKASI"
    MENUNGGU_SINKRONISASI = "MENUNGGU_SINKRONISASI"
    DITUNDA = "DITUNDA"
    PERLU_PETUGAS = "PERLU_PETUGAS"
    DITOLAK = "DITOLAK"
    DITINGGALKAN = "DITINGGALKAN"


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    doc: ClassVar[str]
    version: int = 1


class KioskStarted(_Event):
    doc: ClassVar[str] = "The program started; tells how the last run ended."
    type: Literal["kiosk_started"] = "kiosk_started"
    software: str
    previous_run: Literal["clean", "died", "first"]


class PartChanged(_Event):
    doc: ClassVar[str] = "A device or service changed its state."
    type: Literal["part_changed"] = "part_changed"
    part: str
    state: str
    fault: str = ""


class VisitStarted(_Event):
    doc: ClassVar[str] = "Someone touched the start button and chose a service."
    type: Literal["visit_started"] = "visit_started"
    service: str
    language: str


class ConsentGiven(_Event):
    doc: ClassVar[str] = "Explicit consent, with exactly the text that was shown."
    type: Literal["consent_given"] = "consent_given"
    purposes: tuple[str, ...]
    text_version: str
    language: str
    text_sha256: str


class ConsentRefused(_Event):
    doc: ClassVar[str] = "The participant declined; staff serve them with equal standing."
    type: Literal["consent_refused"] = "consent_refused"


class IdentityRead(_Event):
    doc: ClassVar[str] = "An identifier of acceptable structure was read or typed."
    type: Literal["identity_read"] = "identity_read"
    method: str
    notes: tuple[str, ...] = ()


class IdentityRefused(_Event):
    doc: ClassVar[str] = "What was read or typed cannot be an identifier."
    type: Literal["identity_refused"] = "identity_refused"
    method: str
    reason: str


class LookupAnswered(_Event):
    doc: ClassVar[str] = "The centre answered the two-step lookup."
    type: Literal["lookup_answered"] = "lookup_answered"
    outcome: str
    ticket: str = ""


class IdentityConfirmed(_Event):
    doc: ClassVar[str] = "The participant recognised their initials."
    type: Literal["identity_confirmed"] = "identity_confirmed"
    ticket: str


class IdentityDenied(_Event):
    doc: ClassVar[str] = "The participant said the initials are not theirs."
    type: Literal["identity_denied"] = "identity_denied"
    ticket: str


class FaceAttempted(_Event):
    doc: ClassVar[str] = "A face attempt that did not end in a match, with its reason."
    type: Literal["face_attempted"] = "face_attempted"
    attempt: int
    outcome: str
    evidence: dict[str, Any] = Field(default_factory=dict)


class FaceMatched(_Event):
    doc: ClassVar[str] = "Live face of this visit matched the reference; evidence is for the settle job."
    type: Literal["face_matched"] = "face_matched"
    attempt: int
    ticket: str
    evidence: dict[str, Any]


class CodeSent(_Event):
    doc: ClassVar[str] = "The connector accepted a code for the contact on record."
    type: Literal["code_sent"] = "code_sent"
    send_no: int
    channel: str
    ticket: str


class CodeNotSent(_Event):
    doc: ClassVar[str] = "A code could not be sent."
    type: Literal["code_not_sent"] = "code_not_sent"
    send_no: int
    reason: str


class CodeRefused(_Event):
    doc: ClassVar[str] = "An entered code was wrong or too late."
    type: Literal["code_refused"] = "code_refused"
    reason: str
    failures: int


class CodeVerified(_Event):
    doc: ClassVar[str] = "The code of this visit was entered correctly."
    type: Literal["code_verified"] = "code_verified"
    send_no: int
    ticket: str


class PinRefused(_Event):
    doc: ClassVar[str] = "A PIN broke a rule; the rule is named, the PIN never."
    type: Literal["pin_refused"] = "pin_refused"
    rule: str


class PinAccepted(_Event):
    doc: ClassVar[str] = "The PIN met the policy; its argon2id verifier is sealed to the centre."
    type: Literal["pin_accepted"] = "pin_accepted"
    ticket: str
    sealed_verifier: str  # base64 of a NaCl sealed box over the argon2id string
    sealed_to: str  # fingerprint of the centre's box key


class HelpAsked(_Event):
    doc: ClassVar[str] = "The participant called staff."
    type: Literal["help_asked"] = "help_asked"
    stage: str


class VisitEnded(_Event):
    doc: ClassVar[str] = "The visit ended at this kiosk."
    type: Literal["visit_ended"] = "visit_ended"
    status: VisitStatus
    reason: str
    case_number: str = ""


Event = Annotated[
    KioskStarted
    | PartChanged
    | VisitStarted
    | ConsentGiven
    | ConsentRefused
    | IdentityRead
    | IdentityRefused
    | LookupAnswered
    | IdentityConfirmed
    | IdentityDenied
    | FaceAttempted
    | FaceMatched
    | CodeSent
    | CodeNotSent
    | CodeRefused
    | CodeVerified
    | PinRefused
    | PinAccepted
    | HelpAsked
    | VisitEnded,
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
        return EVENT_ADAPTER.validate_python(self.body["event"])


def canonical_json(value: object) -> str:
    """The one text form that is hashed: sorted keys, no blanks, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def payload_hash(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()
