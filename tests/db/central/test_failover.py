"""The primary dies in the middle of a batch: nothing acknowledged is lost, nothing is there twice, the kiosk finds the
other server by itself. Debian's PostgreSQL 15, streaming replication with a synchronous standby, TLS."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central.client import CentreClient
from db.central.commands import init_centre
from db.central.enrolment import enrol, make_code
from db.central.pki import load_or_create_authority
from db.local.keys import KeyFolder, KioskSigner
from db.local.store import LocalStore
from db.local.tls_identity import TlsIdentity
from db.sync.worker import SyncService
from kiosk.config import CentreSettings
from kiosk.ports import PartHealth, PartState
from kiosk.runtime.worker import BackOff, ResilientWorker
from tests.db.local.support import HELP, FakeClock, open_store
from tests.db.tls_server import ADDRESS, DATABASE, HOST, TlsPostgres, tls_folder, wait_for

__all__ = ["tls_folder"]

KIOSK = "kc-contoh-01"
EVENTS = 600
BATCH = 7
BACK_OFF = BackOff(first=0.1, longest=0.5)
RECONNECT_SECONDS = CentreSettings().call_seconds + BACK_OFF.longest
"""A kiosk is back within one pause and one call of the moment another server takes writes."""

REPLICATION = "local replication postgres scram-sha-256\n"


@dataclass
class Pair:
    primary: TlsPostgres
    standby: TlsPostgres

    @property
    def address(self) -> str:
        """As ``central init --address`` is told for a pair."""
        return make_conninfo(
            "", host=f"{HOST},{HOST}", hostaddr=f"{ADDRESS},{ADDRESS}",
            port=f"{self.primary.port},{self.standby.port}", dbname=DATABASE, target_session_attrs="read-write",
        )  # fmt: skip

    def kill_primary(self) -> None:
        """The machine's power goes: postmaster and all its children at once."""
        pid = int((self.primary.data / "postmaster.pid").read_text().splitlines()[0])
        postmaster = psutil.Process(pid)
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10)

    def promote(self) -> None:
        self.standby.run("pg_ctl", "promote", "-D", str(self.standby.data), "-w", "-t", "20")


@pytest.fixture
def pair(tls_folder: Path, request: pytest.FixtureRequest) -> Iterator[Pair]:
    folder = tls_folder / request.node.name[:20]  # short: a socket's path goes into it
    folder.mkdir()
    authority = load_or_create_authority(folder / "ca")
    servers = []
    for name in ("primary", "standby"):
        (folder / name).mkdir()
        servers.append(TlsPostgres(folder / name, authority))
    primary, standby = servers
    try:
        primary.create()
        primary.configure("synchronous_commit = on\n", REPLICATION)
        primary.start()
        primary.sql(f"CREATE DATABASE {DATABASE}")
        init_centre(primary.admin_dsn(), folder / "keys")
        standby.follow(primary)
        standby.start()
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("SELECT pg_reload_conf()")
        wait_for(lambda: primary.sql("SELECT sync_state FROM pg_stat_replication") == "sync")
        yield Pair(primary, standby)
    finally:
        for server in servers:
            server.stop()


def enrolled(pair: Pair, folder: Path, signer: KioskSigner) -> str:
    folder.mkdir(mode=0o700)
    identity = TlsIdentity(KeyFolder(folder))
    with psycopg.connect(pair.primary.admin_dsn(), autocommit=True) as conn:
        request = identity.request(KIOSK, signer, make_code(conn, KIOSK))
        answer = enrol(conn, pair.primary.authority, KIOSK, request, pair.address)
        return identity.login_dsn(identity.install(KIOSK, answer))


def acknowledged(store: LocalStore) -> int:
    return store.head().seq - store.backlog()


def test_a_primary_killed_in_the_middle_loses_no_acknowledged_event_and_doubles_none(
    pair: Pair, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    signer = KioskSigner(Ed25519PrivateKey.generate().private_bytes_raw())
    dsn = enrolled(pair, tmp_path / "keys", signer)
    assert conninfo_to_dict(dsn)["target_session_attrs"] == "read-write"
    store = open_store(tmp_path, FakeClock(), kiosk_id=KIOSK, signer=signer)
    client = CentreClient(dsn, CentreSettings())
    for _ in range(EVENTS // 100):
        store.record("visit", [HELP] * 100)
    faults = threading.Event()

    def watch(health: PartHealth) -> None:
        if health.state is PartState.DEGRADED:
            faults.set()

    worker = ResilientWorker(
        SyncService(store, client, CentreSettings(sync_batch=BATCH), FakeClock()), back_off=BACK_OFF
    )
    worker.subscribe(watch)
    worker.start()
    try:
        wait_for(lambda: acknowledged(store) >= EVENTS // 3)
        pair.kill_primary()
        assert faults.wait(RECONNECT_SECONDS), "the kiosk did not notice"
        before = acknowledged(store)
        assert 0 < before < EVENTS, "the blow did not fall in the middle"
        kept = pair.standby.sql(f"SELECT seq FROM store.head WHERE kiosk_id = '{KIOSK}'", DATABASE)
        assert kept >= before, "acknowledged, and the standby has not even written it"

        pair.promote()
        promoted = time.monotonic()
        wait_for(lambda: acknowledged(store) > before)
        back = time.monotonic() - promoted
        assert back < RECONNECT_SECONDS
        record_property("seconds_until_the_first_new_acknowledgement", f"{back:.2f}")
        record_property("acknowledged_before", before)
        wait_for(lambda: not store.backlog())
    finally:
        worker.stop()
    with psycopg.connect(pair.standby.admin_dsn()) as conn:
        rows = conn.execute("SELECT seq, hash FROM store.event WHERE kiosk_id = %s ORDER BY seq", (KIOSK,)).fetchall()
        alarms = conn.execute("SELECT kind FROM store.alarm").fetchall()
    assert [row[0] for row in rows] == list(range(1, EVENTS + 1))
    assert all(row[1] == store.hash_of(row[0]) for row in rows)
    assert alarms == []
    assert client.my_head().hash == store.head().hash
    client.close()
    store.close()


def test_without_its_standby_a_primary_acknowledges_nothing_and_the_kiosk_keeps_it(pair: Pair, tmp_path: Path) -> None:
    """So a primary that was cut off and comes back beside the promoted one cannot split the history."""
    signer = KioskSigner(Ed25519PrivateKey.generate().private_bytes_raw())
    dsn = enrolled(pair, tmp_path / "keys", signer)
    store = open_store(tmp_path, FakeClock(), kiosk_id=KIOSK, signer=signer)
    client = CentreClient(dsn, CentreSettings(call_seconds=1.0))
    service = SyncService(store, client, CentreSettings(), FakeClock())
    service.set_up()
    pair.standby.stop()
    store.record("visit", [HELP])
    with pytest.raises(Exception, match="centre_unreachable"):
        service.work()
    assert store.backlog() == 1
    client.close()
    store.close()
