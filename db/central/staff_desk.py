"""The staff job: checks who signs in at a kiosk, and which two of the staff may vouch for a participant.

The kiosk's signature comes first: a stolen database login without the signing key can neither guess a PIN
nor lock anybody out. Secrets live in this process's memory for one decision; they are never logged, never
stored, and no exception that could quote them is passed on. Every outcome is written to staff_history in the
transaction that decides; a session that is kept alive only moves its own clock.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.exceptions import CryptoError

from db.central import staff_rows as rows
from db.central.keys import CentreKeys
from db.central.listening import IDLE_SECONDS, Connection, Job
from db.central.staff_check import SecretsCheck
from db.central.staff_rows import StaffRequest
from db.central.staff_rules import (
    Account,
    Decidable,
    Question,
    decidable,
    judge_comparison,
    judge_question,
    judge_session,
)
from db.central.staff_secrets import DEFAULT_COST, PinCost
from db.central.staff_wire import (
    Answer,
    Malformed,
    SessionNamed,
    StaffRequestKind,
    answer_text,
    member_told,
    parse_ask,
    signed_message,
)
from db.central.trust import NotTrusted, trusted_visit
from kiosk.ports import ComparisonAsked, Json, StaffCredentials, StaffMember, StaffRefusal

_log = logging.getLogger(__name__)

IDLE_LIMIT_SECONDS = 300.0
"""As the kiosk's own. A kiosk tells of a session in use every 20 s, so that the two clocks differ by no more."""

PATIENCE_SECONDS = 3.0
"""Wait for the failed face step's events; the kiosk sends them a moment later than it asks."""
PATIENT_POLL_SECONDS = 0.1
FRESH_SECONDS = 30.0
"""An older request was given up by its kiosk long ago; answering it would only count a failure."""

STALE = "stale"
ALARMING = frozenset(
    {
        StaffRefusal.SAME_PERSON,
        StaffRefusal.OWN_RECORD,
        StaffRefusal.FAMILY_RECORD,
        StaffRefusal.REPLAYED,
        StaffRefusal.NOT_TRUSTED,
        StaffRefusal.DISABLED,
    }
)


@dataclass(frozen=True, slots=True)
class _Decided:
    """The answer, and whom it is about, for history and alarm."""

    answer: Answer
    first: Account | None = None
    second: Account | None = None
    visit_id: str = ""
    words: str = ""  # outcome; empty: "ok" or the refusal

    @property
    def outcome(self) -> str:
        return self.words or (self.answer.denied.value if self.answer.denied else "ok")


class StaffDeskJob(Job):
    def __init__(
        self,
        dsn: str,
        keys: CentreKeys,
        *,
        idle_seconds: float = IDLE_LIMIT_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        unknown_cost: PinCost = DEFAULT_COST,
    ) -> None:
        """``unknown_cost``: of the work done for somebody unknown; as dear as for those who are known."""
        super().__init__("bpjs-staff-desk", dsn, "bpjs_staff")
        self._keys = keys
        self._idle_limit = timedelta(seconds=idle_seconds)
        self._patience = patience_seconds
        self._secrets = SecretsCheck(keys, unknown_cost)

    def work(self, conn: Connection) -> float:
        rows.erase_old_results(conn)
        rows.end_idle_sessions(conn, self._idle_limit)
        for request_id in rows.waiting(conn):
            try:
                with conn.transaction():
                    self._serve_one(conn, request_id)
            except psycopg.OperationalError:
                raise
            except Exception as error:  # its text may quote what was opened; it waits until it is stale
                _log.error("central_staff_fault error=%s", type(error).__name__)
                conn.execute("SELECT store.raise_alarm('staff_desk_fault')")
        return PATIENT_POLL_SECONDS if rows.waiting(conn) else IDLE_SECONDS

    # ---- one request

    def _serve_one(self, conn: Connection, request_id: uuid.UUID) -> None:
        request = rows.claim(conn, request_id)
        if request is None:
            return
        decided = self._decide(conn, request)
        if decided is None:
            return  # the events it needs may still come
        denied = decided.answer.denied
        if denied is not None or request.kind is not StaffRequestKind.KEEP_ALIVE:
            rows.write_history(
                conn,
                request,
                decided.outcome,
                staff_id=decided.first.staff_id if decided.first else None,
                second_id=decided.second.staff_id if decided.second else None,
                visit_id=decided.visit_id,
            )
        if denied in ALARMING and decided.outcome != STALE:
            people = " ".join(who.username for who in (decided.first, decided.second) if who)
            conn.execute(
                "SELECT store.raise_alarm(%s, %s)", (f"staff_{denied.value}", f"{request.kiosk_id} {people}".strip())
            )
        rows.finish(conn, request, answer_text(decided.answer), decided.outcome)

    def _decide(self, conn: Connection, request: StaffRequest) -> _Decided | None:
        if request.waited >= FRESH_SECONDS:
            return _Decided(Answer(denied=StaffRefusal.NOT_TRUSTED), words=STALE)
        if not _signed(request):
            return _denied(StaffRefusal.NOT_TRUSTED)
        try:
            asked = parse_ask(request.kind, self._keys.open(request.sealed))
        except (Malformed, CryptoError):
            return _denied(StaffRefusal.MALFORMED)
        match asked:
            case StaffCredentials():
                return self._sign_in(conn, request, asked)
            case ComparisonAsked():
                return self._compare(conn, request, asked)
            case SessionNamed(session=session):
                return self._named(conn, request, session)

    # ---- signing in

    def _sign_in(self, conn: Connection, request: StaffRequest, given: StaffCredentials) -> _Decided:
        account, verdict = self._secrets.check(conn, request, given)
        if verdict.refusal is not None or account is None:
            return _Decided(Answer(denied=verdict.refusal), account)
        session = rows.open_session(conn, request.kiosk_id, account.staff_id)
        return _Decided(Answer({"session": str(session), "member": _told(account)}), account)

    # ---- sessions

    def _named(self, conn: Connection, request: StaffRequest, named: str) -> _Decided:
        session = rows.find_session(conn, named)
        refusal = judge_session(session, request.kiosk_id, self._idle_limit)
        if refusal is not None or session is None:
            return _Decided(Answer(denied=refusal), session.staff if session else None)
        if request.kind is StaffRequestKind.SIGN_OUT:
            rows.end_session(conn, named, "signed_out")
            return _Decided(Answer(), session.staff)
        rows.use_session(conn, named)
        return _Decided(Answer(), session.staff)

    # ---- the comparison in person

    def _compare(self, conn: Connection, request: StaffRequest, asked: ComparisonAsked) -> _Decided | None:
        earlier = rows.earlier_decision(conn, request.kiosk_id, asked.visit_id)
        question = Question(
            kiosk_id=request.kiosk_id,
            ticket=asked.ticket,
            session=rows.find_session(conn, asked.session),
            idle_limit=self._idle_limit,
            visit=_visit_stands(conn, request.kiosk_id, asked),
            subject=rows.find_subject(conn, request.kiosk_id, asked.visit_id, asked.ticket),
            earlier=earlier[1] if earlier else None,
        )
        refusal = judge_question(question)
        if (
            refusal is StaffRefusal.NOTHING_TO_DECIDE
            and question.visit is Decidable.NOT_YET
            and request.waited < self._patience
        ):
            return None
        first = question.session.staff if question.session else None
        known = _Decided(Answer(), first, visit_id=asked.visit_id)
        if refusal is not None:
            return replace(known, answer=Answer(denied=refusal))
        second, verdict = self._secrets.check(conn, request, asked.second)
        known = replace(known, second=second)
        rows.use_session(conn, asked.session)
        refusal = judge_comparison(question, second, verdict)
        if refusal is not None or first is None or second is None or question.subject is None:
            return replace(known, answer=Answer(denied=refusal or StaffRefusal.MALFORMED))
        if earlier is not None:
            decision = earlier[0]
        else:
            decision = rows.write_decision(conn, request.kiosk_id, asked, question.subject, first=first, second=second)
        told: Json = {"decision": decision, "first": _told(first), "second": _told(second)}
        return replace(known, answer=Answer(told))


def _signed(request: StaffRequest) -> bool:
    if request.signing_key is None:
        return False
    message = signed_message(request.kiosk_id, request.kind, request.nonce, request.sealed, request.answer_key)
    try:
        Ed25519PublicKey.from_public_bytes(request.signing_key).verify(request.signature, message)
    except InvalidSignature:
        return False
    return True


def _visit_stands(conn: Connection, kiosk_id: str, asked: ComparisonAsked) -> Decidable:
    try:
        return decidable(trusted_visit(conn, kiosk_id, asked.visit_id), asked.ticket)
    except NotTrusted as fault:
        conn.execute("SELECT store.raise_alarm(%s, %s)", (fault.reason, f"{kiosk_id} {fault.seq}"))
        return Decidable.NOT_TRUSTED


def _denied(refusal: StaffRefusal) -> _Decided:
    return _Decided(Answer(denied=refusal))


def _told(account: Account) -> Json:
    return member_told(StaffMember(account.username, account.name, account.role))
