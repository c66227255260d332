"""The kiosk's whole view of the centre."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kiosk.ports.account import AccountHistory, FamilyMember
from kiosk.ports.identity import LoginOffer, PersonFacts


class IdentifierKind(StrEnum):
    NIK = "nik"
    JKN_CARD = "jkn_card"
    CASE = "case"  # the number of a deferred visit: says who it is, as the centre found out


@dataclass(frozen=True, slots=True)
class Identifier:
    """What the participant brought. The digits never leave memory except in the lookup itself."""

    kind: IdentifierKind
    digits: str = field(repr=False)


class LookupStatus(StrEnum):
    FOUND = "found"
    NOT_FOUND = "not_found"  # one neutral answer for unknown, not a member, blocked
    NEEDS_STAFF = "needs_staff"  # deceased, duplicate, inactive NIK: discreet
    MINOR = "minor"
    BUSY_ELSEWHERE = "busy_elsewhere"
    ALLOWANCE_SPENT = "allowance_spent"
    TOO_MANY_FAILURES = "too_many_failures"  # 3 failed visits per NIK and day


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    status: LookupStatus
    ticket: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Shown only after the match. Contact data arrives masked; the kiosk never sees it whole."""

    name: str = field(repr=False)
    birth_date: date | None = field(repr=False, default=None)
    nik: str = field(repr=False, default="")
    card_number: str = field(repr=False, default="")
    masked_phone: str = ""
    membership: str = ""  # AKTIF, TIDAK_AKTIF_TUNGGAKAN, TIDAK_AKTIF
    verified_since: date | None = None
    address: str = field(repr=False, default="")
    marital_status: str = field(repr=False, default="")


class SendStatus(StrEnum):
    SENT = "sent"
    NO_CONTACT = "no_contact"
    ALLOWANCE_SPENT = "allowance_spent"
    FAILED = "failed"


class CentreVisitStatus(StrEnum):
    UNKNOWN = "unknown"
    OPEN = "open"
    SETTLED = "settled"  # the account is TERVERIFIKASI
    REFUSED = "refused"


class CentreUnreachable(Exception):
    """The centre did not answer in time; nothing is known about the request's fate."""


class CentreRefused(Exception):
    """The centre answered with a typed refusal, e.g. ``match_not_seen``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Centre(Protocol):
    """The kiosk's whole view of the centre. All calls block (callers use a worker thread) and raise
    CentreUnreachable or CentreRefused. Every ticketed call is idempotent for its arguments."""

    def lookup(self, visit_id: str, identifier: Identifier) -> LookupAnswer: ...

    def reference_face(self, ticket: str) -> bytes:
        """JPEG/PNG bytes of the photo on record, once a visit, unsealed in memory. Needs the visit's
        signed consent event at the centre."""

    def profile(self, ticket: str) -> Profile:
        """Needs the visit's signed match event at the centre."""

    def family(self, ticket: str) -> tuple[FamilyMember, ...]:
        """Those for whom the participant is responsible, eldest first; needs what ``profile`` needs."""

    def history(self, ticket: str) -> AccountHistory:
        """Needs what ``profile`` needs."""

    def send_code(self, ticket: str, send_no: int, code: str) -> SendStatus:
        """Ask the connector to send ``code`` to the contact on record (sealed to the connector)."""

    def visit_status(self, visit_id: str) -> CentreVisitStatus: ...

    def use_token(self, visit_id: str, issuer: str, token_id: str, expires_at: datetime) -> bool:
        """Use up a digital identity's token; False when it was used before, at whatever kiosk."""

    def begin_login(self, visit_id: str) -> LoginOffer:
        """Ask the connector to open a login at the digital identity's issuer. Raises DigitalIdRefused too."""

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        """None while it is under way. Raises DigitalIdRefused too."""

    def forget_visit(self) -> None:
        """Drop the per-visit keys and everything remembered of the visit."""
