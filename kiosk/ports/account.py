"""What the owner of an account may see of it after the match: the family, and what happened to the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class AccountStatus(StrEnum):
    UNVERIFIED = "BELUM_TERVERIFIKASI"
    VERIFIED = "TERVERIFIKASI"


class FamilyRelation(StrEnum):
    """To the person who is responsible for the family."""

    HUSBAND = "SUAMI"
    WIFE = "ISTRI"
    CHILD = "ANAK"
    OTHER = "TAMBAHAN"


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """``reference`` names the member towards the centre under this visit's ticket only, and says nothing.

    No part of the NIK comes along: beside a birth date its last four digits would leave only the district open.
    """

    reference: str
    name: str = field(repr=False)
    relation: FamilyRelation
    birth_date: date = field(repr=False)
    membership: str  # as in Profile, or BUKAN_PESERTA
    account: AccountStatus


class LoginChannel(StrEnum):
    MOBILE_JKN = "mobile_jkn"
    WEB = "web"
    CALL_CENTRE = "call_centre"


class LoginOutcome(StrEnum):
    OK = "ok"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class LoginRecord:
    """``device`` and ``place`` in words, as the account system tells them; may be empty."""

    at: datetime
    channel: LoginChannel
    outcome: LoginOutcome
    device: str = field(repr=False)
    place: str = field(repr=False)


class VerificationOutcome(StrEnum):
    VERIFIED = "TERVERIFIKASI"
    REFUSED = "DITOLAK"


@dataclass(frozen=True, slots=True)
class VerificationRecord:
    """Of a visit that the centre decided on; why stays with the centre."""

    at: datetime
    kiosk_id: str
    outcome: VerificationOutcome


@dataclass(frozen=True, slots=True)
class ContactChange:
    """Both numbers masked; empty: none."""

    at: datetime
    old_masked: str
    new_masked: str


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """Each list newest first, the last 20. ``since``: of a verified account."""

    status: AccountStatus
    since: datetime | None
    logins: tuple[LoginRecord, ...]
    verifications: tuple[VerificationRecord, ...]
    contact_changes: tuple[ContactChange, ...]
