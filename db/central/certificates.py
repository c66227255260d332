"""The register of kiosks' certificates: which were made, which ended early, which are to be renewed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from db.central.pki import RENEW_DAYS, Authority, Revoked, revocation_list, serial_text

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A certificate near its end, the newest of an enabled kiosk."""

    kiosk_id: str
    not_after: datetime


def register(conn: Connection, kiosk_id: str, certificate: x509.Certificate) -> bool:
    """False when its key has had a certificate before."""
    raw_key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    kept = conn.execute(
        "INSERT INTO store.kiosk_certificate (serial, kiosk_id, key_sha256, not_before, not_after)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (key_sha256) DO NOTHING",
        (serial_text(certificate), kiosk_id, hashlib.sha256(raw_key).digest(),
         certificate.not_valid_before_utc, certificate.not_valid_after_utc),
    )  # fmt: skip
    return bool(kept.rowcount)


def end_certificates(conn: Connection, kiosk_id: str, reason: str, after: timedelta) -> int:
    """Number of certificates that end then and would have lived longer."""
    return conn.execute(
        "UPDATE store.kiosk_certificate SET revoked_at = clock_timestamp() + %(after)s, revoked_for = %(reason)s"
        " WHERE kiosk_id = %(kiosk)s AND (revoked_at IS NULL OR revoked_at > clock_timestamp() + %(after)s)",
        {"kiosk": kiosk_id, "reason": reason[:200], "after": after},
    ).rowcount


def revocations(conn: Connection, authority: Authority) -> bytes:
    """The revocation list of this moment, PEM; ended certificates stand no longer in it."""
    rows = conn.execute(
        "SELECT serial, revoked_at FROM store.kiosk_certificate"
        " WHERE revoked_at <= clock_timestamp() AND not_after > clock_timestamp() ORDER BY revoked_at"
    ).fetchall()
    return revocation_list(authority, (Revoked(int(row[0], 16), row[1].astimezone(UTC)) for row in rows))


def due_certificates(conn: Connection) -> Iterator[Due]:
    """Those to be renewed now, the most urgent first."""
    rows = conn.execute(
        "SELECT c.kiosk_id, max(c.not_after) FROM store.kiosk_certificate c JOIN store.kiosk k USING (kiosk_id)"
        " WHERE k.enabled AND c.revoked_at IS NULL GROUP BY c.kiosk_id"
        " HAVING max(c.not_after) < clock_timestamp() + %s ORDER BY 2",
        (timedelta(days=RENEW_DAYS),),
    ).fetchall()
    return (Due(row[0], row[1]) for row in rows)
