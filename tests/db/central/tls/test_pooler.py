"""The recipe of docs/operations.md: pgbouncer between kiosks and centre, certificates on both sides, a server session
a transaction."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central.client import CentreClient
from db.central.enrolment import GONE_SECONDS, revoke
from db.central.kiosks import role_of
from db.central.server_files import ident_lines
from kiosk.config import CentreSettings
from kiosk.ports import CentreUnreachable, LookupStatus
from tests.db.support import KioskForTest
from tests.db.tls_centre import TlsCentral
from tests.db.tls_server import ADDRESS, DATABASE, HOST, TlsPostgres, free_port

KIOSK, OTHER = "kiosk-demo-01", "kiosk-other"
POOLED = 2

INI = """
[databases]
{database} = host={host} port={server_port} auth_user=bpjs_pooler
[pgbouncer]
listen_addr = {address}
listen_port = {port}
unix_socket_dir =
auth_type = cert
auth_file = {folder}/users.txt
auth_query = SELECT usename, passwd FROM store.pooler_login($1)
client_tls_sslmode = verify-full
client_tls_protocols = tlsv1.3
client_tls_ca_file = {server}/ca.crt
client_tls_cert_file = {server}/server.crt
client_tls_key_file = {server}/server.key
server_tls_sslmode = verify-full
server_tls_protocols = tlsv1.3
server_tls_ca_file = {server}/ca.crt
server_tls_cert_file = {folder}/bpjs_pooler.crt
server_tls_key_file = {folder}/bpjs_pooler.key
pool_mode = transaction
default_pool_size = {pooled}
max_client_conn = 200
server_login_retry = 1
log_connections = 0
log_disconnections = 0
logfile = {folder}/log
pidfile = {folder}/pid
"""


@dataclass
class Pooled:
    central: TlsCentral
    kiosk: KioskForTest
    other: KioskForTest
    port: int

    def dsn(self, kiosk: KioskForTest, **changes: str) -> str:
        return make_conninfo(kiosk.dsn, port=self.port, **changes)


@pytest.fixture
def pooled(tls_central: TlsCentral, tls_server: TlsPostgres, tls_folder: Path) -> Iterator[Pooled]:
    kiosk, other = tls_central.kiosk(KIOSK), tls_central.kiosk(OTHER)
    tls_server.set_poolers([f"{ADDRESS}/32"], ident_lines([role_of(KIOSK), role_of(OTHER)]))
    folder, port = tls_folder / "pooler", free_port()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("bpjs_pooler.crt", "bpjs_pooler.key"):
        shutil.copy(tls_folder / "keys" / "jobs" / name, folder / name)
    (folder / "users.txt").write_text('"bpjs_pooler" ""\n')
    (folder / "ini").write_text(
        INI.format(database=DATABASE, host=HOST, server_port=tls_server.port, address=ADDRESS, port=port,
                   folder=folder, server=tls_server.files, pooled=POOLED)
    )  # fmt: skip
    tls_server.own(folder, *folder.iterdir())
    command = [*tls_server.as_account(), "/usr/sbin/pgbouncer", str(folder / "ini")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_open(port, folder / "log")
        yield Pooled(tls_central, kiosk, other, port)
    finally:
        process.terminate()
        process.wait(10)
        tls_server.set_poolers([], "")


def wait_until_open(port: int, log: Path) -> None:
    for _ in range(200):
        try:
            socket.create_connection((ADDRESS, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    pytest.fail(log.read_text() if log.exists() else "pgbouncer did not start")


def test_behind_the_pooler_each_kiosk_is_itself_and_many_share_few_sessions(pooled: Pooled) -> None:
    clients = [CentreClient(pooled.dsn(kiosk), CentreSettings(call_seconds=20))
               for kiosk in (pooled.kiosk, pooled.other) for _ in range(6)]  # fmt: skip
    with ThreadPoolExecutor(len(clients)) as threads:
        for _ in range(8):  # more often than psycopg prepares a statement
            assert {head.seq for head in threads.map(lambda client: client.my_head(), clients)} == {0}
    sessions = pooled.central.one("SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'kiosk_%%'")
    assert 0 < sessions <= 2 * POOLED
    through = KioskForTest(KIOSK, pooled.kiosk.signer, pooled.dsn(pooled.kiosk), pooled.central.centre)
    through.record("v", *through.visit_events(through.lookup("v").ticket)[:3])
    assert through.lookup("v").status is LookupStatus.FOUND
    assert pooled.central.one("SELECT array_agg(DISTINCT kiosk_id) FROM store.event") == [KIOSK]
    with psycopg.connect(pooled.dsn(pooled.other)) as conn:
        assert conn.execute("SELECT session_user").fetchone() == (role_of(OTHER),)
    for client in (*clients, through):
        client.close()


def test_the_pooler_refuses_whoever_the_server_would(pooled: Pooled, tmp_path: Path) -> None:
    none, other = str(tmp_path / "none"), conninfo_to_dict(pooled.other.dsn)
    for changes in (
        {"sslcert": none, "sslkey": none},
        {name: str(other[name]) for name in ("sslcert", "sslkey", "sslpassword")},
        {"user": "bpjs_settle"},
        {"user": "postgres"},
        {"dbname": "postgres"},
        {"sslmode": "disable", "sslcert": "", "sslkey": "", "ssl_min_protocol_version": ""},
    ):
        with pytest.raises(psycopg.OperationalError), psycopg.connect(pooled.dsn(pooled.kiosk, **changes)) as conn:
            conn.execute("SELECT 1")


def test_revoked_behind_the_pooler_is_out_within_five_seconds(pooled: Pooled) -> None:
    """pgbouncer reads no revocation list: the closed login is what counts."""
    client = CentreClient(pooled.dsn(pooled.kiosk), CentreSettings(call_seconds=2))  # the pooler lets it wait
    client.my_head()
    began = time.monotonic()
    with pooled.central.admin() as admin:
        revoke(admin, KIOSK, "stolen")
    with pytest.raises(CentreUnreachable):
        client.my_head()
    assert time.monotonic() - began < GONE_SECONDS
    with pytest.raises(psycopg.OperationalError), psycopg.connect(pooled.dsn(pooled.kiosk)) as conn:
        conn.execute("SELECT 1")
    CentreClient(pooled.dsn(pooled.other), CentreSettings()).my_head()
    client.close()


def test_the_pooler_itself_can_ask_who_is_open_and_nothing_else(pooled: Pooled, tls_folder: Path) -> None:
    jobs = tls_folder / "keys" / "jobs"
    dsn = make_conninfo(pooled.central.server.address(), user="bpjs_pooler", sslmode="verify-full",
                        sslcert=str(jobs / "bpjs_pooler.crt"), sslkey=str(jobs / "bpjs_pooler.key"),
                        sslrootcert=str(jobs / "ca.crt"))  # fmt: skip
    with psycopg.connect(dsn, autocommit=True) as conn:
        asked = conn.execute("SELECT * FROM store.pooler_login(%s)", (role_of(KIOSK),)).fetchall()
        assert asked == [(role_of(KIOSK), "")]
        assert conn.execute("SELECT * FROM store.pooler_login('postgres')").fetchall() == []
        pooled.central.run("UPDATE store.kiosk SET enabled = false WHERE kiosk_id = %s", KIOSK)
        assert conn.execute("SELECT * FROM store.pooler_login(%s)", (role_of(KIOSK),)).fetchall() == []
        for statement in ("TABLE store.kiosk", "TABLE store.participant", "SELECT api.my_head()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
