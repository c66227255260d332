"""The drill of docs/operations.md: the centre comes back from a dump, and its kiosks bring what is missing."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from db.local.keys import KioskSigner
from db.sync.worker import SyncService
from kiosk.config import CentreSettings
from kiosk.ports import PassingFault
from tests.db.local.support import ENDED, HELP, STARTED, FakeClock, open_store
from tests.db.tls_centre import TlsCentral
from tests.db.tls_server import DATABASE


def test_a_centre_restored_from_its_dump_gets_back_what_was_acknowledged_since(
    central: TlsCentral, tmp_path: Path
) -> None:
    kiosk, server = central.kiosk(), central.server
    signer = KioskSigner(kiosk.signer.private_bytes_raw())
    store = open_store(tmp_path, FakeClock(), kiosk_id=kiosk.kiosk_id, signer=signer)
    service = SyncService(store, kiosk.client, CentreSettings(sync_batch=4), FakeClock())

    def drain() -> None:
        service.set_up()
        while store.backlog():
            service.work()

    store.record("before", [STARTED, HELP, ENDED])
    drain()
    login = conninfo_to_dict(server.admin_dsn())
    reach = ["-h", str(login["host"]), "-p", str(login["port"]), "-U", "postgres"]
    password = {"PGPASSWORD": server.password}
    dump = server.folder / "night.dump"
    server.run("pg_dump", *reach, "-Fc", "-f", str(dump), DATABASE, environment=password)

    store.record("after", [STARTED, HELP, HELP, ENDED])
    drain()
    kept = central.one("SELECT array_agg(hash ORDER BY seq) FROM store.event")
    server.sql(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    server.run("pg_restore", *reach, "-d", "postgres", "--create", "--exit-on-error", str(dump), environment=password)
    assert central.one("SELECT seq FROM store.head WHERE kiosk_id = %s", kiosk.kiosk_id) == 3

    store.record("later", [STARTED])
    with pytest.raises(PassingFault, match="gap"):
        service.work()
    drain()
    assert central.one("SELECT array_agg(hash ORDER BY seq) FROM store.event")[:7] == kept
    assert kiosk.client.my_head().hash == store.head().hash
    with kiosk.connect(autocommit=True) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("TABLE store.participant")  # the walls came back too
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
        central.run("DELETE FROM store.event")
    store.close()
