"""The centre's whole way for one honest visit, with the real jobs listening."""

from __future__ import annotations

import uuid
from datetime import date

from db.central import demo
from kiosk.ports import CentreVisitStatus, LookupStatus, SendStatus
from tests.db.support import PHOTO, CentralForTest, KioskForTest


def wait_settled(kiosk: KioskForTest, visit_id: str) -> CentreVisitStatus:
    status = kiosk.client.visit_status(visit_id)
    while status is CentreVisitStatus.OPEN:
        status = kiosk.client.visit_status(visit_id)
    return status


def test_an_honest_visit_ends_verified_and_the_contact_on_record_is_told(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    visit_id = str(uuid.uuid4())
    assert kiosk.client.visit_status(visit_id) is CentreVisitStatus.UNKNOWN
    with central.jobs():
        found = kiosk.lookup(visit_id)
        assert (found.status, found.initials) == (LookupStatus.FOUND, "S. R.")
        started, consent, read, answered, confirmed, matched, sent, verified, pin = kiosk.visit_events(found.ticket)
        kiosk.record(visit_id, started, consent, read, answered, confirmed)
        assert kiosk.client.visit_status(visit_id) is CentreVisitStatus.OPEN
        assert kiosk.client.reference_face(found.ticket) == PHOTO
        kiosk.record(visit_id, matched)
        profile = kiosk.client.profile(found.ticket)
        assert (profile.name, profile.birth_date, profile.nik) == ("SITI RAHMAWATI", date(1995, 8, 15), demo.MAIN.nik)
        assert (profile.masked_phone, profile.membership, profile.verified_since) == ("0812-xxxx-890", "AKTIF", None)
        assert kiosk.client.send_code(found.ticket, 1, "482916") is SendStatus.SENT
        kiosk.record(visit_id, sent, verified, pin)
        assert wait_settled(kiosk, visit_id) is CentreVisitStatus.SETTLED
        while len(central.sent) < 2:
            pass
    assert central.sent == [("+6281200000890", "Kode: 482916"), ("+6281200000890", "Terverifikasi")]
    assert central.account_status() == "TERVERIFIKASI"
    assert central.alarms() == set()
