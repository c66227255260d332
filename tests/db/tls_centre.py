"""The same seeded centre as ``tests.db.support``, on Debian's PostgreSQL 15: kiosks and jobs log in by certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.central import demo
from db.central.certificates import revocations
from db.central.commands import Centre, centre_at, init_centre
from db.central.demo_staff_seed import seed_staff
from db.central.enrolment import enrol, make_code
from db.central.roles import KIOSK_GROUP, OWNER
from db.central.server_files import CERTIFIED, write_job_logins
from db.local.keys import KeyFolder, KioskSigner
from db.local.tls_identity import TlsIdentity
from tests.db.support import CHEAP, PHOTO, CentralForTest, KioskForTest
from tests.db.tls_server import DATABASE, TlsPostgres

TEMPLATE = "central_template"


@pytest.fixture(scope="session")
def tls_template(tls_server: TlsPostgres, tls_folder: Path) -> Centre:
    tls_server.sql(f"CREATE DATABASE {TEMPLATE}")
    centre = init_centre(tls_server.admin_dsn(TEMPLATE), tls_folder / "keys")
    write_job_logins(tls_folder / "keys" / "jobs", tls_server.authority)
    with psycopg.connect(centre.admin_dsn) as conn:
        demo.seed(conn, centre.keys, {demo.MAIN.nik: PHOTO}, count=20)
        seed_staff(conn, centre.keys, CHEAP)
    return centre


@pytest.fixture
def tls_central(
    tls_server: TlsPostgres, tls_template: Centre, tls_folder: Path, tmp_path: Path
) -> Iterator[TlsCentral]:
    tls_server.sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    tls_server.sql(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    tls_server.sql(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
    tls_server.sql(f"GRANT CONNECT ON DATABASE {DATABASE} TO {KIOSK_GROUP}, {OWNER}, {', '.join(CERTIFIED)}")
    jobs = centre_at(tls_server.address(), tls_template.keys, tls_folder / "keys" / "jobs")
    centre = replace(jobs, admin_dsn=tls_server.admin_dsn())
    central = TlsCentral(centre, server=tls_server, folder=tmp_path)
    try:
        yield central
    finally:
        central.close()
        tls_server.sql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@dataclass
class TlsCentral(CentralForTest):
    server: TlsPostgres = None
    folder: Path = Path()

    def kiosk(self, kiosk_id: str = "kiosk-demo-01", **options: Any) -> KioskForTest:
        """Enrolled as in the field: code, request, answer. Its keys are in ``keys_of``."""
        seed = Ed25519PrivateKey.generate()
        identity = self.identity(kiosk_id)
        with psycopg.connect(self.admin_dsn, autocommit=True) as conn:
            code = make_code(conn, kiosk_id)
            request = identity.request(kiosk_id, KioskSigner(seed.private_bytes_raw()), code)
            answer = enrol(conn, self.server.authority, kiosk_id, request, self.server.address(), **options)
        dsn = identity.login_dsn(identity.install(kiosk_id, answer))
        kiosk = KioskForTest(kiosk_id, seed, dsn, self.centre)
        self._open.append(kiosk)
        return kiosk

    def identity(self, kiosk_id: str = "kiosk-demo-01") -> TlsIdentity:
        folder = self.folder / kiosk_id
        folder.mkdir(mode=0o700, exist_ok=True)
        return TlsIdentity(KeyFolder(folder))

    def publish_revocations(self) -> None:
        with psycopg.connect(self.admin_dsn) as conn:
            self.server.publish_revocations(revocations(conn, self.server.authority))
            conn.execute("SELECT pg_reload_conf()")
