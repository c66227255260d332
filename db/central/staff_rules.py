"""Who may sign in, and which two may vouch for a participant: facts in, a refusal or none out. No SQL, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from db.central.trust import TrustedVisit
from kiosk.events import (
    ComparisonRejected,
    FaceAttempted,
    FaceMatched,
    IdentityConfirmed,
    StaffCompared,
    VisitEnded,
)
from kiosk.ports import DECIDING_ROLES, StaffRefusal, StaffRole

PAUSE_AFTER = 5
"""Wrong tries in a row before a pause."""
PAUSE = timedelta(minutes=15)
LOCK_AFTER = 10
"""Wrong tries in a row before an admin has to unlock."""


@dataclass(frozen=True, slots=True)
class Account:
    """One of the staff, without secrets."""

    staff_id: int
    username: str
    name: str
    role: StaffRole
    nik: str | None = None
    kk_number: str | None = None
    enabled: bool = True
    failures: int = 0
    locked_until: datetime | None = None
    totp_last_step: int = 0

    def locked(self, now: datetime) -> bool:
        return self.failures >= LOCK_AFTER or (self.locked_until is not None and now < self.locked_until)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the given secrets were worth."""

    pin_fits: bool
    totp_step: int | None  # the step whose code it was, within the window


@dataclass(frozen=True, slots=True)
class SignInVerdict:
    """The refusal, and what is remembered on the account's row."""

    refusal: StaffRefusal | None
    failures: int = 0
    locked_until: datetime | None = None
    totp_last_step: int = 0


def judge_sign_in(account: Account | None, proof: Proof, now: datetime) -> SignInVerdict:
    """None refused: unknown, wrong PIN and wrong code are one word. A locked account's tries count no further."""
    if account is None:
        return SignInVerdict(StaffRefusal.WRONG)
    if account.locked(now):
        return _unchanged(account, StaffRefusal.LOCKED)
    if not proof.pin_fits or proof.totp_step is None:
        failures = account.failures + 1
        pause = now + PAUSE if failures == PAUSE_AFTER else None
        return SignInVerdict(StaffRefusal.WRONG, failures, pause, account.totp_last_step)
    if proof.totp_step <= account.totp_last_step:
        return _unchanged(account, StaffRefusal.REPLAYED)
    refusal = None if account.enabled else StaffRefusal.DISABLED
    return SignInVerdict(refusal, totp_last_step=proof.totp_step)


def _unchanged(account: Account, refusal: StaffRefusal) -> SignInVerdict:
    return SignInVerdict(refusal, account.failures, account.locked_until, account.totp_last_step)


# ---- sessions


@dataclass(frozen=True, slots=True)
class Session:
    staff: Account
    kiosk_id: str
    ended: bool
    idle: timedelta


def judge_session(session: Session | None, kiosk_id: str, idle_limit: timedelta) -> StaffRefusal | None:
    live = (
        session is not None
        and session.kiosk_id == kiosk_id
        and not session.ended
        and session.idle < idle_limit
        and session.staff.enabled
    )
    return None if live else StaffRefusal.SESSION_OVER


# ---- the comparison in person


class Decidable(Enum):
    """Whether a visit stands where two of the staff may help it on."""

    YES = "yes"
    NOT_YET = "not_yet"  # its failed face step is not here; it may be on its way
    NO = "no"
    NOT_TRUSTED = "not_trusted"


def decidable(visit: TrustedVisit, ticket: str) -> Decidable:
    """The present person of the visit is this ticket's, a face attempt of theirs failed, nothing is decided."""
    closed = (FaceMatched, StaffCompared, ComparisonRejected, VisitEnded)
    if any(isinstance(e.event, closed) for e in visit.events):
        return Decidable.NO
    confirmed = list(visit.of(IdentityConfirmed))
    if not confirmed:
        return Decidable.NOT_YET
    confirmed_seq, last = confirmed[-1]
    if last.ticket != ticket:
        return Decidable.NOT_YET
    failed = any(seq > confirmed_seq for seq, _ in visit.of(FaceAttempted))
    return Decidable.YES if failed else Decidable.NOT_YET


@dataclass(frozen=True, slots=True)
class Subject:
    """The participant of a ticket that was found for this kiosk and visit."""

    participant_id: int
    nik: str
    kk_number: str | None


@dataclass(frozen=True, slots=True)
class Persons:
    """Of an earlier decision of the same visit."""

    ticket: str
    first_id: int
    second_id: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is known before the second person's secrets are looked at."""

    kiosk_id: str
    ticket: str
    session: Session | None
    idle_limit: timedelta
    visit: Decidable
    subject: Subject | None
    earlier: Persons | None = None


def judge_question(question: Question) -> StaffRefusal | None:
    over = judge_session(question.session, question.kiosk_id, question.idle_limit)
    if over is not None or question.session is None:
        return StaffRefusal.SESSION_OVER
    if question.session.staff.role not in DECIDING_ROLES:
        return StaffRefusal.ROLE
    if question.visit is Decidable.NOT_TRUSTED:
        return StaffRefusal.NOT_TRUSTED
    if question.visit is not Decidable.YES or question.subject is None:
        return StaffRefusal.NOTHING_TO_DECIDE
    return None


def judge_comparison(question: Question, second: Account | None, verdict: SignInVerdict) -> StaffRefusal | None:
    """``verdict``: of the second person's secrets. A visit is decided once; its two may hear the answer again."""
    refusal = judge_question(question) or verdict.refusal
    if refusal is not None:
        return refusal
    if question.session is None or question.subject is None or second is None:
        return StaffRefusal.MALFORMED  # judge_question and the verdict said otherwise
    first, subject = question.session.staff, question.subject
    if second.staff_id == first.staff_id:
        return StaffRefusal.SAME_PERSON
    if second.role not in DECIDING_ROLES:
        return StaffRefusal.ROLE
    if subject.nik in (first.nik, second.nik):
        return StaffRefusal.OWN_RECORD
    if subject.kk_number is not None and subject.kk_number in (first.kk_number, second.kk_number):
        return StaffRefusal.FAMILY_RECORD
    now = Persons(question.ticket, first.staff_id, second.staff_id)
    if question.earlier is not None and question.earlier != now:
        return StaffRefusal.NOTHING_TO_DECIDE
    return None
