"""Staff as the rules see them: who they are, what the centre grants, and every reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

BADGE_PREFIX = "BPJS-STAFF:"
"""First characters of a badge's code; what follows is a random token that the centre knows by its hash only."""


BADGE_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)
"""URL-safe base64 of at least 96 random bits."""
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}", re.ASCII)


class StaffRole(StrEnum):
    SUPERVISOR = "supervisor"
    BRANCH_HEAD = "branch_head"  # may also be the second person
    TECHNICIAN = "technician"


DECIDING_ROLES = frozenset({StaffRole.SUPERVISOR, StaffRole.BRANCH_HEAD})


class StaffRefusal(StrEnum):
    """Why the centre (or already the kiosk) refuses; words under ``staff.refusal.<value>``."""

    WRONG = "wrong"  # unknown, wrong PIN or wrong TOTP: one neutral word
    REPLAYED = "replayed"  # this TOTP code was used before
    LOCKED = "locked"  # too many wrong tries
    DISABLED = "disabled"
    ROLE = "role"  # signed in, but not of a role that may do this
    SESSION_OVER = "session_over"  # idle too long, signed out, or of another kiosk
    SAME_PERSON = "same_person"  # the second person is the first
    OWN_RECORD = "own_record"  # one of the two is the participant
    FAMILY_RECORD = "family_record"  # one of the two is on the participant's KK
    NOTHING_TO_DECIDE = "nothing_to_decide"  # no failed face step of this visit, or it is over
    NOT_TRUSTED = "not_trusted"  # request or events are not signed by this kiosk
    MALFORMED = "malformed"


class ComparisonReason(StrEnum):
    """Why the machine could not do it and two people did; words under ``staff.reason.<value>``."""

    OLD_PHOTO = "old_photo"
    DAMAGED_PHOTO = "damaged_photo"
    CHANGED_APPEARANCE = "changed_appearance"  # illness, injury, age
    CANNOT_DO_MOVEMENT = "cannot_do_movement"
    CAMERA_UNSUITED = "camera_unsuited"  # light, height, lens


@dataclass(frozen=True, slots=True)
class StaffCredentials:
    """Badge **or** username, and PIN, and TOTP."""

    pin: str = field(repr=False)
    totp: str = field(repr=False)
    username: str = ""
    badge: str = field(repr=False, default="")  # the token, without its prefix


@dataclass(frozen=True, slots=True)
class StaffMember:
    username: str
    name: str
    role: StaffRole


@dataclass(frozen=True, slots=True)
class StaffSession:
    session: str  # id at the centre
    member: StaffMember


@dataclass(frozen=True, slots=True)
class ComparisonAsked:
    """The first person's session and the second person's credentials vouch for the visit's participant."""

    visit_id: str
    ticket: str
    reason_code: ComparisonReason
    session: str
    second: StaffCredentials


@dataclass(frozen=True, slots=True)
class ComparisonGranted:
    decision: str  # id at the centre
    first: StaffMember
    second: StaffMember


class StaffDenied(Exception):
    def __init__(self, refusal: StaffRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class StaffDesk(Protocol):
    """The centre's checks of staff. All calls block and raise StaffDenied or CentreUnreachable."""

    def sign_in(self, credentials: StaffCredentials) -> StaffSession: ...

    def keep_alive(self, session: str) -> None:
        """The session is in use; the centre ends it after 5 idle minutes."""

    def compare(self, asked: ComparisonAsked) -> ComparisonGranted:
        """Ask for the decision "compared in person". The visit's failed face attempts must be at the centre."""

    def sign_out(self, session: str) -> None: ...
