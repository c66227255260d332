"""Certificates after the first: renewed, revoked, due. The risk: a stranger who renews, a thief who stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509

from db.central import enrolment_wire as wire
from db.central import pki
from db.central.certificates import due_certificates, revocations
from db.central.commands import kiosk_dsn
from db.central.enrolment import (
    OVERLAP,
    EnrolmentRefusal,
    EnrolmentRefused,
    revoke,
    rotate,
)
from db.central.kiosks import role_of
from db.central.pki import CsrFault
from db.local.keys import KioskSigner
from tests.db.central.enrolment_support import ADDRESS, KIOSK, Desk, desk_at
from tests.db.fixtures import ON_DEBIAN
from tests.db.support import CentralForTest


@pytest.fixture
def desk(central: CentralForTest, tmp_path: Path) -> Desk:
    return desk_at(central, tmp_path)


def test_a_renewal_needs_the_signing_key_and_leaves_the_old_certificate_a_week(
    desk: Desk, central: CentralForTest
) -> None:
    desk.enrolled()
    first = desk.certificate()
    desk.identity.install(KIOSK, rotate(desk.conn, desk.authority, KIOSK, desk.ask(None), ADDRESS))
    assert desk.certificate().serial_number != first.serial_number
    listed = x509.load_pem_x509_crl(revocations(desk.conn, desk.authority))
    assert listed.get_revoked_certificate_by_serial_number(first.serial_number) is None
    central.run("UPDATE store.kiosk_certificate SET revoked_at = revoked_at - %s", OVERLAP)
    listed = x509.load_pem_x509_crl(revocations(desk.conn, desk.authority))
    assert listed.get_revoked_certificate_by_serial_number(first.serial_number) is not None
    assert listed.get_revoked_certificate_by_serial_number(desk.certificate().serial_number) is None


def test_a_renewal_is_refused_to_strangers_to_other_keys_and_to_the_disabled(desk: Desk) -> None:
    def refusal(request: str, kiosk_id: str = KIOSK) -> EnrolmentRefusal | CsrFault:
        with pytest.raises(EnrolmentRefused) as told:
            rotate(desk.conn, desk.authority, kiosk_id, request, ADDRESS)
        return told.value.refusal

    assert refusal(desk.ask(None)) is EnrolmentRefusal.NOT_ENROLLED
    desk.enrolled()
    request = desk.ask(None)
    changed = replace(wire.read_request_text(request), signature=b"s" * 64)
    assert refusal(wire.request_text(changed)) is EnrolmentRefusal.NOT_SIGNED
    desk.identity.install(KIOSK, rotate(desk.conn, desk.authority, KIOSK, request, ADDRESS))
    assert refusal(request) is EnrolmentRefusal.TLS_KEY_USED_BEFORE
    own, desk.signer = desk.signer, KioskSigner(b"t" * 32)
    assert refusal(desk.ask(None)) is EnrolmentRefusal.ANOTHER_SIGNING_KEY
    desk.signer = own
    revoke(desk.conn, KIOSK, "stolen")
    assert refusal(desk.ask(None)) is EnrolmentRefusal.DISABLED


def test_a_revoked_kiosk_and_its_code_are_out_until_it_is_enrolled_anew(desk: Desk, central: CentralForTest) -> None:
    with pytest.raises(EnrolmentRefused, match="not_enrolled"):
        revoke(desk.conn, KIOSK, "never was")
    desk.enrolled()
    first = desk.certificate()
    request = desk.ask(desk.code())
    assert revoke(desk.conn, KIOSK, "stolen") == 1
    assert revoke(desk.conn, KIOSK, "again") == 0
    assert desk.refusal(request) is EnrolmentRefusal.NO_CODE
    assert central.one("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", role_of(KIOSK)) is False
    desk.enrolled()
    assert central.one("SELECT enabled FROM store.kiosk") is True
    listed = x509.load_pem_x509_crl(revocations(desk.conn, desk.authority))
    assert listed.get_revoked_certificate_by_serial_number(first.serial_number) is not None


def test_enrolling_anew_ends_the_certificate_before_at_once(desk: Desk) -> None:
    desk.enrolled()
    first = desk.certificate()
    desk.enrolled()
    listed = x509.load_pem_x509_crl(revocations(desk.conn, desk.authority))
    assert [entry.serial_number for entry in listed] == [first.serial_number]


@pytest.mark.skipif(ON_DEBIAN, reason="kiosks have no password there")
def test_enrolling_anew_ends_the_open_sessions_of_the_certificate_before(desk: Desk, central: CentralForTest) -> None:
    desk.enrolled()
    central.run(f"ALTER ROLE \"{role_of(KIOSK)}\" PASSWORD 'before'")  # stands for the certificate
    with psycopg.connect(kiosk_dsn(central.admin_dsn, role_of(KIOSK), "before"), autocommit=True) as thief:
        thief.execute("SELECT api.my_head()")
        desk.enrolled()
        with pytest.raises(psycopg.OperationalError):
            thief.execute("SELECT api.my_head()")


def test_a_certificate_near_its_end_is_named_and_a_renewed_one_no_longer(desk: Desk, central: CentralForTest) -> None:
    desk.enrolled()
    assert list(due_certificates(desk.conn)) == []
    central.run("UPDATE store.kiosk_certificate SET not_after = now() + interval '59 days'")
    (due,) = due_certificates(desk.conn)
    assert due.kiosk_id == KIOSK
    assert due.not_after < datetime.now(UTC) + timedelta(days=pki.RENEW_DAYS)
    rotate(desk.conn, desk.authority, KIOSK, desk.ask(None), ADDRESS)
    assert list(due_certificates(desk.conn)) == []
