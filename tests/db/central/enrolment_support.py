"""The centre's admin and a kiosk's technician at one desk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509

from db.central import pki
from db.central.enrolment import (
    EnrolmentRefusal,
    EnrolmentRefused,
    enrol,
    make_code,
)
from db.central.pki import CsrFault
from db.local.keys import KeyFolder, KioskSigner
from db.local.tls_identity import IDENTITY, TlsIdentity
from tests.db.support import CentralForTest

KIOSK = "kiosk-demo-01"
ADDRESS = "host=db.contoh.invalid port=5432 dbname=central"


@dataclass
class Desk:
    """The centre's admin with a kiosk's technician."""

    conn: psycopg.Connection[Any]
    authority: pki.Authority
    identity: TlsIdentity
    signer: KioskSigner

    def code(self, kiosk_id: str = KIOSK) -> str:
        return make_code(self.conn, kiosk_id)

    def ask(self, code: str | None, kiosk_id: str = KIOSK) -> str:
        return self.identity.request(kiosk_id, self.signer, code)

    def enrol(self, request: str, kiosk_id: str = KIOSK) -> str:
        return enrol(self.conn, self.authority, kiosk_id, request, ADDRESS)

    def refusal(self, request: str, kiosk_id: str = KIOSK) -> EnrolmentRefusal | CsrFault:
        with pytest.raises(EnrolmentRefused) as told:
            self.enrol(request, kiosk_id)
        return told.value.refusal

    def enrolled(self) -> str:
        """The DSN of a kiosk enrolled as it should be."""
        return self.identity.install(KIOSK, self.enrol(self.ask(self.code())))

    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.identity.folder / IDENTITY).read_bytes())


def desk_at(central: CentralForTest, folder: Path) -> Desk:
    (folder / "keys").mkdir(mode=0o700)
    authority = pki.load_or_create_authority(folder / "ca")
    return Desk(central.admin(), authority, TlsIdentity(KeyFolder(folder / "keys")), KioskSigner(b"s" * 32))
