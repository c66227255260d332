"""Enrolment at the centre: one-time codes, signing what a kiosk brings, renewing, revoking.

A refusal is typed; each one against a living code costs a try, which stays spent. ``conn`` is the admin's, in
autocommit.
"""

from __future__ import annotations

import time
from datetime import timedelta
from enum import StrEnum
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central import enrolment_wire as wire
from db.central.certificates import end_certificates, register
from db.central.enrolment_wire import Answer, FileMalformed, Request
from db.central.kiosks import disable_kiosk, end_sessions, enrol_kiosk, role_of
from db.central.pki import KIOSK_DAYS, Authority, CsrFault, CsrRefused, read_request, sign_login

CODE_LIFE = timedelta(hours=24)
"""A technician's day."""
CODE_TRIES = 5
OVERLAP = timedelta(days=7)
"""After a renewal the old certificate counts on for so long: the answer has to travel to the kiosk."""
GONE_SECONDS = 5.0
"""Sessions of a revoked kiosk end within this, or the command says that they do not."""

Connection = psycopg.Connection[Any]


class EnrolmentRefusal(StrEnum):
    MALFORMED = "malformed"
    OTHER_KIOSK = "other_kiosk"
    NO_CODE = "no_code"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    NO_TRIES_LEFT = "no_tries_left"
    WRONG_CODE = "wrong_code"
    NOT_SIGNED = "not_signed"
    ANOTHER_SIGNING_KEY = "another_signing_key"
    TLS_KEY_USED_BEFORE = "tls_key_used_before"
    NOT_ENROLLED = "not_enrolled"
    DISABLED = "disabled"


Refusal = EnrolmentRefusal | CsrFault


class EnrolmentRefused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def make_code(conn: Connection, kiosk_id: str) -> str:
    """A fresh code for this kiosk; an earlier one ends. Shown once. Raises ValueError for an odd id."""
    role_of(kiosk_id)
    code = wire.new_code()
    keys = wire.code_keys(code, kiosk_id)
    conn.execute(
        "INSERT INTO store.enrolment_code (kiosk_id, stored_key, server_key, expires_at, tries_left)"
        " VALUES (%(kiosk)s, %(stored)s, %(server)s, clock_timestamp() + %(life)s, %(tries)s)"
        " ON CONFLICT (kiosk_id) DO UPDATE SET stored_key = EXCLUDED.stored_key, server_key = EXCLUDED.server_key,"
        " expires_at = EXCLUDED.expires_at, tries_left = EXCLUDED.tries_left, made_at = EXCLUDED.made_at,"
        " used_at = NULL",
        {"kiosk": kiosk_id, "stored": keys.stored, "server": keys.server, "life": CODE_LIFE, "tries": CODE_TRIES},
    )
    return code


def enrol(  # noqa: PLR0917
    conn: Connection, authority: Authority, kiosk_id: str, text: str, address: str, lookups_a_day: int = 600
) -> str:
    """Check the request that the kiosk made with the code; its answer. ``address``: DSN of the servers, no secret.

    Raises EnrolmentRefused.
    """
    role_of(kiosk_id)
    refusal: Refusal
    with conn.transaction():
        row = conn.execute(
            "SELECT stored_key, server_key, used_at IS NOT NULL, expires_at < clock_timestamp(), tries_left"
            " FROM store.enrolment_code WHERE kiosk_id = %s FOR UPDATE",
            (kiosk_id,),
        ).fetchone()
        if row is None:
            raise EnrolmentRefused(EnrolmentRefusal.NO_CODE)
        stored, server, used, expired, tries = row
        if used or expired or not tries:
            raise EnrolmentRefused(
                EnrolmentRefusal.CODE_USED if used
                else EnrolmentRefusal.CODE_EXPIRED if expired
                else EnrolmentRefusal.NO_TRIES_LEFT
            )  # fmt: skip
        try:
            with conn.transaction():
                request = _read(text, kiosk_id)
                if not wire.proves_code(bytes(stored), request.code_proof, request.body):
                    raise EnrolmentRefused(EnrolmentRefusal.WRONG_CODE)
                key = _checked_key(request)
                try:
                    enrol_kiosk(conn, kiosk_id, request.signing_key, with_password=False, lookups_a_day=lookups_a_day)
                except ValueError:
                    raise EnrolmentRefused(EnrolmentRefusal.ANOTHER_SIGNING_KEY) from None
                # Enrolled anew: nobody knows where the key before is.
                end_certificates(conn, kiosk_id, "enrolled anew", timedelta())
                answer = _certify(conn, authority, kiosk_id, key, address)
                conn.execute(
                    "UPDATE store.enrolment_code SET used_at = clock_timestamp(), stored_key = NULL, server_key = NULL"
                    " WHERE kiosk_id = %s",
                    (kiosk_id,),
                )
            # Sessions of the certificate before: no revocation list reaches one that is open.
            end_sessions(conn, kiosk_id)
            return _told(answer, wire.prove_centre(bytes(server), answer.body))
        except EnrolmentRefused as refused:  # the inner transaction is undone, the spent try is not
            refusal = refused.refusal
        conn.execute("UPDATE store.enrolment_code SET tries_left = tries_left - 1 WHERE kiosk_id = %s", (kiosk_id,))
        conn.execute("SELECT store.raise_alarm(%s, %s)", (f"enrolment_{refusal.value}", kiosk_id))
    raise EnrolmentRefused(refusal)


def rotate(conn: Connection, authority: Authority, kiosk_id: str, text: str, address: str) -> str:
    """A new certificate for an enrolled kiosk, vouched for by its signing key instead of a code.

    Raises EnrolmentRefused.
    """
    with conn.transaction():
        row = conn.execute(
            "SELECT signing_key, enabled FROM store.kiosk WHERE kiosk_id = %s FOR UPDATE", (kiosk_id,)
        ).fetchone()
        if row is None:
            raise EnrolmentRefused(EnrolmentRefusal.NOT_ENROLLED)
        if not row[1]:
            raise EnrolmentRefused(EnrolmentRefusal.DISABLED)
        request = _read(text, kiosk_id)
        if request.signing_key != bytes(row[0]):
            raise EnrolmentRefused(EnrolmentRefusal.ANOTHER_SIGNING_KEY)
        key = _checked_key(request)
        end_certificates(conn, kiosk_id, "renewed", OVERLAP)
        return _told(_certify(conn, authority, kiosk_id, key, address), b"")


def revoke(conn: Connection, kiosk_id: str, reason: str) -> int:
    """Close the kiosk's login, end its sessions and its certificates. Returns the number of certificates.

    Publish ``revocations`` afterwards. Raises EnrolmentRefused; TimeoutError when a session outlives GONE_SECONDS.
    """
    with conn.transaction():
        if conn.execute("SELECT FROM store.kiosk WHERE kiosk_id = %s", (kiosk_id,)).fetchone() is None:
            raise EnrolmentRefused(EnrolmentRefusal.NOT_ENROLLED)
        ended = end_certificates(conn, kiosk_id, reason, timedelta())
        conn.execute("DELETE FROM store.enrolment_code WHERE kiosk_id = %s", (kiosk_id,))
        conn.execute("SELECT store.raise_alarm('kiosk_revoked', %s)", (kiosk_id,))
    disable_kiosk(conn, kiosk_id)
    until = time.monotonic() + GONE_SECONDS
    while conn.execute("SELECT FROM pg_stat_activity WHERE usename = %s", (role_of(kiosk_id),)).fetchone() is not None:
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)
    return ended


def checked_address(address: str) -> str:
    """A DSN for kiosks. Raises ValueError when it holds a secret or a name, or no server."""
    told = conninfo_to_dict(address)
    if "password" in told or "user" in told or not told.get("host") or not told.get("dbname"):
        raise ValueError("address: host, port and dbname of the centre for kiosks; no user, no password")
    return make_conninfo("", **told)


# ---- inside


def _read(text: str, kiosk_id: str) -> Request:
    try:
        request = wire.read_request_text(text)
    except FileMalformed:
        raise EnrolmentRefused(EnrolmentRefusal.MALFORMED) from None
    if request.kiosk_id != kiosk_id:
        raise EnrolmentRefused(EnrolmentRefusal.OTHER_KIOSK)
    return request


def _checked_key(request: Request) -> ec.EllipticCurvePublicKey:
    if not request.is_signed:
        raise EnrolmentRefused(EnrolmentRefusal.NOT_SIGNED)
    try:
        return read_request(request.csr, role_of(request.kiosk_id))
    except CsrRefused as refused:
        raise EnrolmentRefused(refused.fault) from None


def _certify(
    conn: Connection, authority: Authority, kiosk_id: str, key: ec.EllipticCurvePublicKey, address: str
) -> Answer:
    role = role_of(kiosk_id)
    certificate = sign_login(authority, key, role, KIOSK_DAYS)
    if not register(conn, kiosk_id, certificate):
        raise EnrolmentRefused(EnrolmentRefusal.TLS_KEY_USED_BEFORE)
    return Answer(
        kiosk_id,
        certificate.public_bytes(Encoding.PEM).decode(),
        authority.pem.decode(),
        make_conninfo(address, user=role, sslmode="verify-full"),
    )


def _told(answer: Answer, proof: bytes) -> str:
    return wire.answer_text(Answer(answer.kiosk_id, answer.certificate, answer.ca_certificate, answer.dsn, proof))
