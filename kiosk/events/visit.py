"""Facts of a visit, in the order in which they happen."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field

from kiosk.events.base import BaseEvent


class VisitStatus(StrEnum):
    TERVERIFIKASI = "TERVERIFIKASI"
    MENUNGGU_SINKRONISASI = "MENUNGGU_SINKRONISASI"
    DITUNDA = "DITUNDA"
    PERLU_PETUGAS = "PERLU_PETUGAS"
    DITOLAK = "DITOLAK"
    DITINGGALKAN = "DITINGGALKAN"


class VisitStarted(BaseEvent):
    doc: ClassVar[str] = "Someone touched the start button and chose a service."
    type: Literal["visit_started"] = "visit_started"
    service: str
    language: str


class ConsentGiven(BaseEvent):
    doc: ClassVar[str] = "Explicit consent, with exactly the text that was shown."
    type: Literal["consent_given"] = "consent_given"
    purposes: tuple[str, ...]
    text_version: str
    language: str
    text_sha256: str


class ConsentRefused(BaseEvent):
    doc: ClassVar[str] = "The participant declined; staff serve them with equal standing."
    type: Literal["consent_refused"] = "consent_refused"


class IdentityRead(BaseEvent):
    doc: ClassVar[str] = "An identifier of acceptable structure was read or typed."
    type: Literal["identity_read"] = "identity_read"
    method: str
    notes: tuple[str, ...] = ()


class IdentityRefused(BaseEvent):
    doc: ClassVar[str] = "What was read or typed cannot be an identifier."
    type: Literal["identity_refused"] = "identity_refused"
    method: str
    reason: str


class DataUpdateOffered(BaseEvent):
    doc: ClassVar[str] = "Card or digital identity say something newer than the register; the values are sealed."
    type: Literal["data_update_offered"] = "data_update_offered"
    ticket: str
    source: str
    fields: tuple[str, ...]
    sealed_values: str  # base64 of a NaCl sealed box over JSON {field: value}
    sealed_to: str  # fingerprint of the centre's box key


class LookupAnswered(BaseEvent):
    doc: ClassVar[str] = "The centre answered the two-step lookup."
    type: Literal["lookup_answered"] = "lookup_answered"
    outcome: str
    ticket: str = ""


class IdentityConfirmed(BaseEvent):
    doc: ClassVar[str] = "The participant recognised their initials."
    type: Literal["identity_confirmed"] = "identity_confirmed"
    ticket: str


class IdentityDenied(BaseEvent):
    doc: ClassVar[str] = "The participant said the initials are not theirs."
    type: Literal["identity_denied"] = "identity_denied"
    ticket: str


class FaceAttempted(BaseEvent):
    doc: ClassVar[str] = "A face attempt that did not end in a match, with its reason."
    type: Literal["face_attempted"] = "face_attempted"
    attempt: int
    outcome: str
    evidence: dict[str, Any] = Field(default_factory=dict)


class FaceMatched(BaseEvent):
    doc: ClassVar[str] = "Live face of this visit matched the reference; evidence is for the settle job."
    type: Literal["face_matched"] = "face_matched"
    attempt: int
    ticket: str
    evidence: dict[str, Any]


class VisitDeferred(BaseEvent):
    doc: ClassVar[str] = "The centre was away: a live capture, sealed to it, waits to be matched there."
    type: Literal["visit_deferred"] = "visit_deferred"
    case_number: str
    sealed_sha256: str  # of the sealed capture, which travels on its own
    sealed_to: str  # fingerprint of the centre's box key


class DeferredMatchUsed(BaseEvent):
    doc: ClassVar[str] = "The match that the centre decided on a deferred visit stands for the face of this one."
    type: Literal["deferred_match_used"] = "deferred_match_used"
    ticket: str
    case_number: str


class CodeSent(BaseEvent):
    doc: ClassVar[str] = "The connector accepted a code for the contact on record."
    type: Literal["code_sent"] = "code_sent"
    send_no: int
    channel: str
    ticket: str


class CodeNotSent(BaseEvent):
    doc: ClassVar[str] = "A code could not be sent."
    type: Literal["code_not_sent"] = "code_not_sent"
    send_no: int
    reason: str


class CodeRefused(BaseEvent):
    doc: ClassVar[str] = "An entered code was wrong or too late."
    type: Literal["code_refused"] = "code_refused"
    reason: str
    failures: int


class CodeVerified(BaseEvent):
    doc: ClassVar[str] = "The code of this visit was entered correctly."
    type: Literal["code_verified"] = "code_verified"
    send_no: int
    ticket: str


class PinRefused(BaseEvent):
    doc: ClassVar[str] = "A PIN broke a rule; the rule is named, the PIN never."
    type: Literal["pin_refused"] = "pin_refused"
    rule: str


class PinAccepted(BaseEvent):
    doc: ClassVar[str] = "The PIN met the policy; its argon2id verifier is sealed to the centre."
    type: Literal["pin_accepted"] = "pin_accepted"
    ticket: str
    sealed_verifier: str  # base64 of a NaCl sealed box over the argon2id string
    sealed_to: str  # fingerprint of the centre's box key


class HelpAsked(BaseEvent):
    doc: ClassVar[str] = "The participant called staff."
    type: Literal["help_asked"] = "help_asked"
    stage: str


class VisitEnded(BaseEvent):
    doc: ClassVar[str] = "The visit ended at this kiosk."
    type: Literal["visit_ended"] = "visit_ended"
    status: VisitStatus
    reason: str
    case_number: str = ""
