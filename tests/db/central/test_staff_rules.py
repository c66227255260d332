"""No path of the rules lets in, or lets vouch, whom they must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.central.staff_rules import (
    LOCK_AFTER,
    PAUSE,
    PAUSE_AFTER,
    Account,
    Decidable,
    Persons,
    Proof,
    Question,
    Session,
    SignInVerdict,
    Subject,
    decidable,
    judge_comparison,
    judge_question,
    judge_session,
    judge_sign_in,
)
from db.central.trust import TrustedEvent, TrustedVisit
from kiosk import events as ev
from kiosk.ports import DECIDING_ROLES, StaffRefusal, StaffRole

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LIMIT = timedelta(minutes=5)
NIKS = st.sampled_from([None, "3174075508950001", "3174014304889011"])
KKS = st.sampled_from([None, "3174071203179001", "3174010505159011"])

accounts = st.builds(
    Account,
    staff_id=st.integers(1, 3),
    username=st.just("u"),
    name=st.just("n"),
    role=st.sampled_from(StaffRole),
    nik=NIKS,
    kk_number=KKS,
    enabled=st.booleans(),
    failures=st.integers(0, 12),
    locked_until=st.sampled_from([None, NOW - PAUSE, NOW, NOW + PAUSE]),
    totp_last_step=st.integers(98, 102),
)
proofs = st.builds(Proof, pin_fits=st.booleans(), totp_step=st.none() | st.integers(98, 102))
sessions = st.builds(
    Session,
    staff=accounts,
    kiosk_id=st.sampled_from(["kiosk-a", "kiosk-b"]),
    ended=st.booleans(),
    idle=st.sampled_from([timedelta(0), LIMIT - timedelta(seconds=1), LIMIT, 2 * LIMIT]),
)
questions = st.builds(
    Question,
    kiosk_id=st.just("kiosk-a"),
    ticket=st.just("t"),
    session=st.none() | sessions,
    idle_limit=st.just(LIMIT),
    visit=st.sampled_from(Decidable),
    subject=st.none() | st.builds(Subject, st.just(1), NIKS.filter(bool), KKS),
    earlier=st.none() | st.builds(Persons, st.sampled_from(["t", "other"]), st.integers(1, 3), st.integers(1, 3)),
)


@given(st.none() | accounts, proofs)
def test_nobody_signs_in_without_pin_fresh_code_and_an_open_account(account: Account | None, proof: Proof) -> None:
    verdict = judge_sign_in(account, proof, NOW)
    good = (
        account is not None
        and account.enabled
        and account.failures < LOCK_AFTER
        and (account.locked_until is None or account.locked_until <= NOW)
        and proof.pin_fits
        and proof.totp_step is not None
        and proof.totp_step > account.totp_last_step
    )
    assert (verdict.refusal is None) == good


@given(st.none() | accounts, proofs)
def test_what_a_refusal_tells_was_earned(account: Account | None, proof: Proof) -> None:
    """Disabled and replayed are told only to whoever had the PIN and a code of this person."""
    refusal = judge_sign_in(account, proof, NOW).refusal
    if refusal in {StaffRefusal.DISABLED, StaffRefusal.REPLAYED}:
        assert proof.pin_fits
        assert proof.totp_step is not None


@given(accounts, st.lists(st.tuples(proofs, st.integers(0, 2000)), max_size=40))
def test_a_code_is_taken_once_and_wrong_tries_end_in_a_lock(account: Account, tries: list[tuple[Proof, int]]) -> None:
    now, in_a_row, taken = NOW, account.failures, {account.totp_last_step}
    paused_until = account.locked_until or NOW - PAUSE
    for proof, seconds in tries:
        now += timedelta(seconds=seconds)
        verdict = judge_sign_in(account, proof, now)
        if in_a_row >= LOCK_AFTER or now < paused_until:
            assert verdict.refusal is StaffRefusal.LOCKED
        elif verdict.refusal is StaffRefusal.WRONG:
            in_a_row += 1
            paused_until = now + PAUSE if in_a_row == PAUSE_AFTER else paused_until
        elif verdict.refusal in {None, StaffRefusal.DISABLED}:
            assert proof.totp_step is not None
            assert proof.totp_step > max(taken)
            taken.add(proof.totp_step)
            in_a_row, paused_until = 0, NOW - PAUSE
        account = replace(
            account,
            failures=verdict.failures,
            locked_until=verdict.locked_until,
            totp_last_step=verdict.totp_last_step,
        )
        assert account.failures == in_a_row
        assert account.totp_last_step == max(taken)


def test_five_wrong_tries_pause_and_ten_lock_until_an_admin_unlocks() -> None:
    account = Account(1, "u", "n", StaffRole.SUPERVISOR)
    now = NOW
    told = []
    for _ in range(12):
        verdict = judge_sign_in(account, Proof(False, 100), now)
        told.append(verdict.refusal)
        account = replace(account, failures=verdict.failures, locked_until=verdict.locked_until)
        if verdict.refusal is StaffRefusal.LOCKED and account.failures == PAUSE_AFTER:
            now += PAUSE
    wrong, locked = StaffRefusal.WRONG, StaffRefusal.LOCKED
    assert told == [wrong] * 5 + [locked] + [wrong] * 5 + [locked]
    a_year_later = NOW + timedelta(days=365)
    assert judge_sign_in(account, Proof(True, 200), a_year_later).refusal is locked


@given(st.none() | sessions)
def test_only_a_live_session_of_this_kiosk_counts(session: Session | None) -> None:
    live = (
        session is not None
        and session.kiosk_id == "kiosk-a"
        and not session.ended
        and session.idle < LIMIT
        and session.staff.enabled
    )
    assert (judge_session(session, "kiosk-a", LIMIT) is None) == live


def test_a_session_ends_to_the_second() -> None:
    session = Session(Account(1, "u", "n", StaffRole.SUPERVISOR), "kiosk-a", False, LIMIT - timedelta(seconds=1))
    assert judge_session(session, "kiosk-a", LIMIT) is None
    assert judge_session(replace(session, idle=LIMIT), "kiosk-a", LIMIT) is StaffRefusal.SESSION_OVER
    assert judge_session(replace(session, ended=True), "kiosk-a", LIMIT) is StaffRefusal.SESSION_OVER


@given(questions, st.none() | accounts, proofs)
def test_no_path_grants_a_comparison_that_must_not_be(question: Question, second: Account | None, proof: Proof) -> None:
    """And whatever breaks no rule is granted: the property is not true of a door that is always shut."""
    verdict = judge_sign_in(second, proof, NOW)
    granted = judge_comparison(question, second, verdict) is None
    assert granted == _may(question, second, verdict)


@given(questions, accounts)
def test_a_good_pair_is_granted_whatever_else_varies(question: Question, second: Account) -> None:
    """The random pairs above are rarely good ones: here most are."""
    first = replace(second, staff_id=7, role=StaffRole.SUPERVISOR, enabled=True)
    session = Session(first, "kiosk-a", False, timedelta(0))
    question = replace(question, session=session, visit=Decidable.YES, earlier=None)
    second = replace(second, role=StaffRole.BRANCH_HEAD, failures=0, locked_until=None, enabled=True, totp_last_step=1)
    verdict = judge_sign_in(second, Proof(True, 100), NOW)
    granted = judge_comparison(question, second, verdict) is None
    assert granted == _may(question, second, verdict)


def _may(question: Question, second: Account | None, verdict: SignInVerdict) -> bool:
    session, subject = question.session, question.subject
    if session is None or subject is None or second is None or verdict.refusal is not None:
        return False
    first = session.staff
    both = (first, second)
    return (
        judge_session(session, "kiosk-a", LIMIT) is None
        and all(who.role in DECIDING_ROLES for who in both)
        and first.staff_id != second.staff_id
        and all(who.nik != subject.nik for who in both)
        and all(who.kk_number is None or who.kk_number != subject.kk_number for who in both)
        and question.visit is Decidable.YES
        and question.earlier in {None, Persons("t", first.staff_id, second.staff_id)}
    )


def test_what_can_be_refused_before_the_second_person_types_is() -> None:
    technician = Account(1, "u", "n", StaffRole.TECHNICIAN)
    question = Question(
        "kiosk-a", "t", Session(technician, "kiosk-a", False, timedelta(0)), LIMIT, Decidable.YES, Subject(1, "n", None)
    )
    assert judge_question(question) is StaffRefusal.ROLE
    assert judge_question(replace(question, session=None)) is StaffRefusal.SESSION_OVER


# ---- the visit

CONFIRMED = ev.IdentityConfirmed(ticket="t")
FAILED = ev.FaceAttempted(attempt=1, outcome="no_match")
MATCHED = ev.FaceMatched(attempt=1, ticket="t", evidence={})
COMPARED = ev.StaffCompared(
    ticket="t", decision="d", reason_code="old_photo", first="a", first_name="a", second="b", second_name="b"
)
REJECTED = ev.ComparisonRejected(ticket="t", session="s", by="a", by_name="a")
ENDED = ev.VisitEnded(status=ev.VisitStatus.PERLU_PETUGAS, reason="face_limit")


@pytest.mark.parametrize(
    ("events", "stands"),
    [
        ([], Decidable.NOT_YET),
        ([CONFIRMED], Decidable.NOT_YET),
        ([FAILED, CONFIRMED], Decidable.NOT_YET),
        ([CONFIRMED, FAILED], Decidable.YES),
        ([ev.IdentityConfirmed(ticket="other"), FAILED], Decidable.NOT_YET),
        ([ev.IdentityConfirmed(ticket="other"), FAILED, CONFIRMED], Decidable.NOT_YET),
        ([CONFIRMED, FAILED, ev.IdentityConfirmed(ticket="other")], Decidable.NOT_YET),
        ([CONFIRMED, FAILED, MATCHED], Decidable.NO),
        ([CONFIRMED, FAILED, COMPARED], Decidable.NO),
        ([CONFIRMED, FAILED, REJECTED], Decidable.NO),
        ([CONFIRMED, FAILED, ENDED], Decidable.NO),
    ],
)
def test_only_a_visit_at_its_failed_face_step_can_be_decided(events: list[ev.Event], stands: Decidable) -> None:
    visit = TrustedVisit("v", tuple(TrustedEvent(seq, NOW, event) for seq, event in enumerate(events, 1)))
    assert decidable(visit, "t") is stands
