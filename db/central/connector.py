"""The connector job: answers what kiosks have queued, after checking the visit's signatures.

It alone sees whole phone numbers and calls gateways (injected). Answers are sealed to the visit's key,
so neither another kiosk nor a reader of the database can open them. A message is never handed to the
gateway twice: the row is marked before, and a mark whose worker is gone ends as failed. Only a notice that the
gateway says it did not take is tried again (``notice_tries``).
"""

from __future__ import annotations

import base64
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from nacl.exceptions import CryptoError

from db.central import request_rows
from db.central.code_failures import WRONG_CODES_PER_DAY, wrong_codes_in_a_day
from db.central.consents import CODE, FACE, PROFILE, is_withdrawn
from db.central.deferred_match import matches_of, stands_for_face
from db.central.granted import grants_of, vouched_for
from db.central.keys import CentreKeys
from db.central.listening import IDLE_SECONDS, Connection, Job
from db.central.notice_tries import Rest
from db.central.reads import READS
from db.central.request_rows import Request
from db.central.trust import NotTrusted, TrustedVisit, trusted_visit
from db.central.wire import RequestKind, RequestRefusal
from kiosk.events import ConsentGiven, FaceMatched
from kiosk.ports import SendStatus
from kiosk.ports.messages import MessageNotTaken

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
"""Wait for the event a request needs; below the kiosk's call time-out (4 s), so it hears the reason."""

CODES_PER_VISIT = 3
CODES_PER_PHONE_DAY = 5

PATIENT_POLL_SECONDS = 0.2
"""While a request waits for its event; the event's arrival wakes the job anyway."""

_PURPOSES = {
    RequestKind.REFERENCE: FACE,
    RequestKind.PROFILE: PROFILE,
    RequestKind.FAMILY: PROFILE,
    RequestKind.HISTORY: PROFILE,
    RequestKind.SEND_CODE: CODE,
}

_CODE = re.compile(r"[0-9]{4,8}", re.ASCII)
"""Only digits are ever put into a message: a stolen login cannot write its own text."""


@dataclass(frozen=True, slots=True)
class Messages:
    """Words of the messages, from the translations: ``code`` takes the digits."""

    code: Callable[[str], str]
    verified: Callable[[], str]


SendSms = Callable[[str, str], object]
"""(E.164 number, text); returns when the gateway accepted it, raises MessageNotTaken when it surely did not and may
later, anything else when that is unknown or of no use."""


class _Refuse(Exception):
    def __init__(self, reason: RequestRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class _NotYet(_Refuse):
    """The event that is needed has not arrived; ``reason`` is given when patience ends."""


class Connector(Job):
    def __init__(
        self,
        dsn: str,
        keys: CentreKeys,
        send_sms: SendSms,
        messages: Messages,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        codes_per_visit: int = CODES_PER_VISIT,
        codes_per_phone_day: int = CODES_PER_PHONE_DAY,
    ) -> None:
        super().__init__("bpjs-connector", dsn, "bpjs_request")
        self._keys = keys
        self._send_sms = send_sms
        self._messages = messages
        self._patience = patience_seconds
        self._codes_per_visit = codes_per_visit
        self._codes_per_phone_day = codes_per_phone_day
        self._rest = Rest()

    def work(self, conn: Connection) -> float:
        """Serve every waiting request once; return how long to wait for a wake-up."""
        request_rows.recover(conn)
        request_rows.erase_old_results(conn)
        notices = self._rest.over
        for request_id in request_rows.waiting(conn, notices=notices):
            self._serve_one(conn, request_id)
            if notices and not self._rest.over:  # all that follow are notices
                break
        return PATIENT_POLL_SECONDS if request_rows.waiting(conn, notices=self._rest.over) else IDLE_SECONDS

    # ---- one request

    def _serve_one(self, conn: Connection, request_id: uuid.UUID) -> None:
        try:
            self._answer_one(conn, request_id)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # one strange request must not hold up the others
            _log.error("central_request_fault error=%s", type(error).__name__)
            request_rows.give_up(conn, request_id)

    def _answer_one(self, conn: Connection, request_id: uuid.UUID) -> None:
        message: tuple[str, str] | None = None
        notice = False
        with conn.transaction():
            request = request_rows.claim(conn, request_id)
            if request is None:
                return
            notice = request.kind is RequestKind.NOTICE
            try:
                message = self._answer(conn, request)
            except _NotYet as not_yet:
                if request.waited >= self._patience:
                    request_rows.refuse(conn, request, not_yet.reason)
            except _Refuse as refusal:
                request_rows.refuse(conn, request, refusal.reason)
            except NotTrusted as fault:
                conn.execute("SELECT store.raise_alarm(%s, %s)", (fault.reason, f"{request.kiosk_id} {fault.seq}"))
                request_rows.refuse(conn, request, RequestRefusal.CHAIN_NOT_TRUSTED)
        if message is not None:
            self._hand_over(conn, request_id, *message, notice=notice)

    def _answer(self, conn: Connection, request: Request) -> tuple[str, str] | None:
        """Write the answer, or mark the row as sending and return (phone, text) to hand over."""
        if request.kind is RequestKind.NOTICE:
            return self._start_sending(conn, request, self._messages.verified())
        visit = trusted_visit(conn, request.kiosk_id, request.visit_id)
        if is_withdrawn(conn, visit, request.participant_id, _PURPOSES[request.kind]):
            raise _Refuse(RequestRefusal.CONSENT_WITHDRAWN)
        if request.kind is RequestKind.REFERENCE:
            _need_consent(visit)
            request_rows.seal_result(conn, request, self._reference(conn, request))
            return None
        _need_match(conn, visit, request)
        if request.kind in READS:
            told = READS[request.kind](conn, self._keys, request)
            if told is None:
                raise _Refuse(RequestRefusal.TICKET_NOT_USABLE)
            request_rows.seal_result(conn, request, told)
            return None
        return self._start_sending(conn, request, self._messages.code(self._open_code(request)))

    def _reference(self, conn: Connection, request: Request) -> bytes:
        row = conn.execute(
            "SELECT photo_sealed FROM store.participant WHERE participant_id = %s", (request.participant_id,)
        ).fetchone()
        if row is None or row[0] is None:
            raise _Refuse(RequestRefusal.NO_REFERENCE)
        try:
            return self._keys.open(bytes(row[0]))
        except CryptoError:
            raise _Refuse(RequestRefusal.NO_REFERENCE) from None

    def _open_code(self, request: Request) -> str:
        try:
            code = self._keys.open(base64.b64decode(request.payload["sealed_code"], validate=True)).decode("ascii")
        except (KeyError, ValueError, CryptoError):
            raise _Refuse(RequestRefusal.MALFORMED) from None
        if not _CODE.fullmatch(code):
            raise _Refuse(RequestRefusal.MALFORMED)
        return code

    def _start_sending(self, conn: Connection, request: Request, text: str) -> tuple[str, str] | None:
        row = conn.execute(
            "SELECT phone FROM store.participant WHERE participant_id = %s", (request.participant_id,)
        ).fetchone()
        phone = row[0] if row else None
        if phone is None:
            request_rows.finish(conn, request, SendStatus.NO_CONTACT)
            return None
        if request.kind is RequestKind.SEND_CODE and not self._may_send_code(conn, request, phone):
            request_rows.finish(conn, request, SendStatus.ALLOWANCE_SPENT)
            return None
        request_rows.mark_sending(conn, request)
        return phone, text

    def _may_send_code(self, conn: Connection, request: Request, phone: str) -> bool:
        if wrong_codes_in_a_day(conn, request.participant_id) >= WRONG_CODES_PER_DAY:
            return False
        return request_rows.spend_code(
            conn, request, phone, a_visit=self._codes_per_visit, a_day=self._codes_per_phone_day
        )

    def _hand_over(self, conn: Connection, request_id: uuid.UUID, phone: str, text: str, *, notice: bool) -> None:
        try:
            self._send_sms(phone, text)
            status = SendStatus.SENT
        except MessageNotTaken as error:
            _log.warning("central_message_not_taken error=%s", type(error).__name__)
            if notice:
                self._rest.begin()
                request_rows.put_off(conn, request_id)
                return
            status = SendStatus.FAILED
        except Exception as error:  # whatever the gateway raises: it may quote number or text
            _log.warning("central_send_failed error=%s", type(error).__name__)
            status = SendStatus.FAILED
        request_rows.record_sent(conn, request_id, status)


def _need_consent(visit: TrustedVisit) -> None:
    if not any(visit.of(ConsentGiven)):
        raise _NotYet(RequestRefusal.CONSENT_NOT_SEEN)


def _need_match(conn: Connection, visit: TrustedVisit, request: Request) -> None:
    """The machine's match, the comparison in person that the staff job granted for this visit, or the match of the
    deferred visit that this one finishes."""
    ticket = str(request.ticket)
    if any(event.ticket == ticket for _, event in visit.of(FaceMatched)):
        return
    if vouched_for(visit, ticket, grants_of(conn, request.kiosk_id, request.visit_id)):
        return
    if not stands_for_face(visit, ticket, matches_of(conn, request.kiosk_id, request.visit_id)):
        raise _NotYet(RequestRefusal.MATCH_NOT_SEEN)
