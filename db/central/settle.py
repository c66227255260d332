"""The settle job: the only writer of TERVERIFIKASI.

One visit, one transaction: signatures, the rules of the journey, the verifier, the account, the notice,
the decision and the queue row's end. Killed anywhere it is as if it had not begun; run again it decides
nothing twice.
"""

from __future__ import annotations

import logging

import psycopg

from db.central.consents import EVERYTHING, is_withdrawn, keep_consents
from db.central.data_updates import keep_updates
from db.central.deferred_match import matches_of, use_up
from db.central.granted import grants_of
from db.central.keys import CentreKeys
from db.central.listening import IDLE_SECONDS, Connection, Job
from db.central.trust import NotTrusted, trusted_visit
from db.central.verdict import CentreFacts, Refused, VerifyEvidence, judge
from db.central.verifier import PinVerifier, VerifierUnreadable, open_verifier
from db.central.wire import SettleRefusal

_log = logging.getLogger(__name__)


class Settle(Job):
    def __init__(self, dsn: str, keys: CentreKeys, verify_evidence: VerifyEvidence) -> None:
        super().__init__("bpjs-settle", dsn, "bpjs_settle")
        self._keys = keys
        self._verify_evidence = verify_evidence

    def work(self, conn: Connection) -> float:
        rows = conn.execute("SELECT kiosk_id, visit_id FROM store.settle_queue ORDER BY queued_at").fetchall()
        for kiosk_id, visit_id in rows:
            try:
                self.settle(conn, kiosk_id, visit_id)
            except psycopg.OperationalError:
                raise
            except Exception as error:  # one strange visit must not hold up the others; it stays queued
                _log.error("central_settle_fault error=%s", type(error).__name__)
                conn.execute("SELECT store.raise_alarm('settle_fault', %s)", (f"{kiosk_id} {visit_id}",))
        return IDLE_SECONDS

    def settle(self, conn: Connection, kiosk_id: str, visit_id: str) -> None:
        """Decide one queued visit, unless another worker has it or it is decided already."""
        with conn.transaction():
            queued = conn.execute(
                "SELECT 1 FROM store.settle_queue WHERE kiosk_id = %s AND visit_id = %s FOR UPDATE SKIP LOCKED",
                (kiosk_id, visit_id),
            ).fetchone()
            if queued is None:
                return
            decided = conn.execute(
                "SELECT 1 FROM store.verification WHERE kiosk_id = %s AND visit_id = %s", (kiosk_id, visit_id)
            ).fetchone()
            if decided is None:
                self._decide(conn, kiosk_id, visit_id)
            conn.execute("DELETE FROM store.settle_queue WHERE kiosk_id = %s AND visit_id = %s", (kiosk_id, visit_id))

    def _decide(self, conn: Connection, kiosk_id: str, visit_id: str) -> None:
        try:
            visit = trusted_visit(conn, kiosk_id, visit_id)
            pin = judge(visit, _facts(conn, kiosk_id, visit_id), self._verify_evidence)
            verifier = open_verifier(pin.sealed_verifier, self._keys)
            participant_id = _lock_account(conn, pin.ticket)
            if is_withdrawn(conn, visit, participant_id, EVERYTHING):
                raise Refused(SettleRefusal.NO_CONSENT, "withdrawn")
        except NotTrusted as fault:
            conn.execute("SELECT store.raise_alarm(%s, %s)", (fault.reason, f"{kiosk_id} {fault.seq}"))
            _record_refusal(conn, kiosk_id, visit_id, SettleRefusal.CHAIN_NOT_TRUSTED, fault.reason)
        except Refused as refusal:
            _record_refusal(conn, kiosk_id, visit_id, refusal.reason, refusal.detail)
        except VerifierUnreadable:
            _record_refusal(conn, kiosk_id, visit_id, SettleRefusal.VERIFIER_UNREADABLE, "")
        else:
            _verify_account(conn, participant_id, verifier, self._keys.pepper_id)
            use_up(conn, pin.ticket, kiosk_id, visit_id)
            conn.execute(
                "INSERT INTO store.verification (kiosk_id, visit_id, participant_id, ticket, outcome)"
                " VALUES (%s, %s, %s, %s, 'TERVERIFIKASI')",
                (kiosk_id, visit_id, participant_id, pin.ticket),
            )
            keep_updates(conn, visit, participant_id, pin.ticket)
            keep_consents(conn, visit, participant_id)
            conn.execute(
                "INSERT INTO store.request (ticket, kiosk_id, visit_id, kind) VALUES (%s, %s, %s, 'notice')"
                " ON CONFLICT DO NOTHING",
                (pin.ticket, kiosk_id, visit_id),
            )
            conn.execute("NOTIFY bpjs_request")


def _facts(conn: Connection, kiosk_id: str, visit_id: str) -> CentreFacts:
    tickets = conn.execute(
        "SELECT ticket FROM store.ticket WHERE kiosk_id = %s AND visit_id = %s AND status = 'found'",
        (kiosk_id, visit_id),
    ).fetchall()
    done = conn.execute(
        "SELECT kind, ticket, send_no, send_status FROM store.request"
        " WHERE kiosk_id = %s AND visit_id = %s AND state = 'done'",
        (kiosk_id, visit_id),
    ).fetchall()
    return CentreFacts(
        grants=grants_of(conn, kiosk_id, visit_id),
        deferred=matches_of(conn, kiosk_id, visit_id, lock=True),
        found_tickets=frozenset(str(row[0]) for row in tickets),
        reference_served=frozenset(str(row[1]) for row in done if row[0] == "reference"),
        codes_sent=frozenset((str(row[1]), row[2]) for row in done if row[0] == "send_code" and row[3] == "sent"),
    )


def _lock_account(conn: Connection, ticket: str) -> int:
    """Participant of the ticket, with the account's row locked. Raises Refused when it may not change."""
    row = conn.execute(
        "SELECT p.participant_id, p.civil_status = 'AKTIF' AND NOT p.blocked AND p.membership <> 'BUKAN_PESERTA'"
        " FROM store.ticket t JOIN store.participant p USING (participant_id) WHERE t.ticket = %s",
        (ticket,),
    ).fetchone()
    if row is None or not row[1]:
        raise Refused(SettleRefusal.RECORD_NEEDS_STAFF)
    participant_id: int = row[0]
    conn.execute("INSERT INTO store.account (participant_id) VALUES (%s) ON CONFLICT DO NOTHING", (participant_id,))
    account = conn.execute(
        "SELECT status FROM store.account WHERE participant_id = %s FOR UPDATE", (participant_id,)
    ).fetchone()
    if account is None or account[0] == "TERVERIFIKASI":
        raise Refused(SettleRefusal.ALREADY_VERIFIED)
    return participant_id


def _verify_account(conn: Connection, participant_id: int, verifier: PinVerifier, pepper_id: str) -> None:
    conn.execute(
        "INSERT INTO store.pin_verifier (participant_id, parameters, salt, mac, pepper_id)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (participant_id) DO UPDATE SET parameters = EXCLUDED.parameters,"
        " salt = EXCLUDED.salt, mac = EXCLUDED.mac, pepper_id = EXCLUDED.pepper_id, set_at = now(),"
        " failures = 0, locked_until = NULL",
        (participant_id, verifier.parameters, verifier.salt, verifier.mac, pepper_id),
    )
    conn.execute(
        "UPDATE store.account SET status = 'TERVERIFIKASI', verified_at = now() WHERE participant_id = %s",
        (participant_id,),
    )


def _record_refusal(conn: Connection, kiosk_id: str, visit_id: str, reason: SettleRefusal, detail: str) -> None:
    conn.execute(
        "INSERT INTO store.verification (kiosk_id, visit_id, outcome, reason) VALUES (%s, %s, 'DITOLAK', %s)",
        (kiosk_id, visit_id, f"{reason.value}:{detail}"[:200] if detail else reason.value),
    )
