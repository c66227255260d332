"""Debian's PostgreSQL 15 with TLS on a loopback port, set up by the files that the centre writes for its server.

Root runs it under the account ``postgres`` that Debian's package makes, anybody else as themselves. One session-wide
server; each test gets the database ``central`` anew, because the lines of pg_hba.conf name it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from db.central.pki import Authority, load_or_create_authority, revocation_list
from db.central.server_files import hba_lines, server_conf, write_server_files

BIN = Path("/usr/lib/postgresql/15/bin")
DATABASE = "central"
HOST = "localhost"
ADDRESS = "127.0.0.1"
SECONDS = 30

_FAST_AND_LOOSE = "fsync = off\nfull_page_writes = off\n"
_BASE = """
listen_addresses = '127.0.0.1'
max_connections = 60
shared_buffers = '32MB'
max_wal_size = '128MB'
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(reached: Callable[[], Any], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.01)


class TlsPostgres:
    """One cluster in a folder of its own. ``authority`` signs its server certificate and its clients'."""

    def __init__(self, folder: Path, authority: Authority, *, durable: bool = False) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.files = folder / "server"
        self.port = free_port()
        self.authority = authority
        self.password = secrets.token_hex(16)
        self._durable = durable
        self._account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    # ---- life

    def create(self) -> None:
        password_file = self.folder / "initdb.password"
        password_file.write_text(self.password)
        self.own(self.folder, password_file)
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=scram-sha-256",
                 f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C", "--no-sync")  # fmt: skip
        write_server_files(self.files, self.authority, [HOST, ADDRESS], DATABASE)
        self.publish_revocations(revocation_list(self.authority, []))
        self.configure()

    def configure(self, extra: str = "", hba: str = "") -> None:
        """``extra``: more settings; ``hba``: more lines, before the others."""
        settings = f"port = {self.port}\nunix_socket_directories = '{self.folder}'\n"
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(_BASE + settings + server_conf(self.files) + ("" if self._durable else _FAST_AND_LOOSE) + extra)
        (self.data / "pg_hba.conf").write_text(hba + hba_lines(DATABASE))
        self.own(self.files, *self.files.iterdir(), self.data / "pg_hba.conf")

    def follow(self, primary: TlsPostgres) -> None:
        """Become a streaming standby of ``primary``, which runs and lets replication in over its socket."""
        self.own(self.folder)
        self.run("pg_basebackup", "-h", str(primary.folder), "-p", str(primary.port), "-U", "postgres",
                 "-D", str(self.data), "-R", "-X", "stream", "--checkpoint=fast", "--no-sync",
                 environment={"PGPASSWORD": primary.password})  # fmt: skip
        self.password = primary.password
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(f"port = {self.port}\nunix_socket_directories = '{self.folder}'\n")

    def set_poolers(self, places: list[str], ident: str) -> None:
        (self.data / "pg_hba.conf").write_text(hba_lines(DATABASE, places))
        (self.data / "pg_ident.conf").write_text(ident)
        self.sql("SELECT pg_reload_conf()")

    def publish_revocations(self, pem: bytes) -> None:
        (self.files / "crl.pem").write_bytes(pem)
        (self.files / "crl.pem").chmod(0o644)

    def start(self) -> None:
        self.run("pg_ctl", "start", "-D", str(self.data), "-w", "-t", str(SECONDS), "-s",
                 "-l", str(self.folder / "server.log"))  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-t", "10", check=False)

    def run(self, program: str, *arguments: str, check: bool = True, environment: dict[str, str] | None = None) -> str:
        command = [*self.as_account(), str(BIN / program), *arguments]
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False, cwd="/",
                env={"PATH": "/usr/bin:/bin", **(environment or {})},
            )  # fmt: skip
            output.seek(0)
            text = output.read().decode(errors="replace")
        assert not check or done.returncode == 0, f"{program}: {text}"
        return text

    # ---- ways in

    def admin_dsn(self, database: str = DATABASE) -> str:
        """The superuser's, over the socket."""
        return make_conninfo("", host=str(self.folder), port=self.port, dbname=database, user="postgres",
                             password=self.password)  # fmt: skip

    def address(self) -> str:
        """What a kiosk is told: no role, no secret."""
        return make_conninfo("", host=HOST, hostaddr=ADDRESS, port=self.port, dbname=DATABASE)

    def sql(self, statement: str, database: str = "postgres") -> Any:
        with psycopg.connect(self.admin_dsn(database), autocommit=True) as conn:
            cursor = conn.execute(statement)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    # ---- the account

    def own(self, *paths: Path) -> None:
        if self._account is not None:
            for path in paths:
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def as_account(self) -> list[str]:
        if self._account is None:
            return []
        return ["setpriv", f"--reuid={self._account.pw_uid}", f"--regid={self._account.pw_gid}", "--clear-groups", "--"]


@pytest.fixture(scope="session")
def tls_folder() -> Iterator[Path]:
    """Not pytest's: its folders are closed to other accounts."""
    folder = Path(tempfile.mkdtemp(prefix="bpjs-tls-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def tls_server(tls_folder: Path) -> Iterator[TlsPostgres]:
    folder = tls_folder / "first"
    folder.mkdir()
    server = TlsPostgres(folder, load_or_create_authority(tls_folder / "keys" / "ca"))
    server.create()
    server.start()
    try:
        yield server
    finally:
        server.stop()
