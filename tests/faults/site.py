"""The centre that the campaign breaks: one embedded server for many runs, a database a run, backups of it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central import demo
from db.central.commands import Centre, centre_at, init_centre, kiosk_dsn
from db.central.demo_people import DemoParticipant
from db.central.embedded import EmbeddedPostgres
from db.central.kiosks import enrol_kiosk, role_of
from db.local.keys import KioskSigner
from tests.faults.link import FaultLink

KIOSK = "kiosk-fault-01"
SIGNER = KioskSigner(bytes(range(64, 96)))
PASSWORD = "test-password"
PHOTO = b"\x89PNG not a real picture, only bytes"
TEMPLATE = "fault_template"
PEOPLE = 60
NEEDED_BYTES = 1 << 30
"""PostgreSQL's files (80 MB with its log of changes) and three databases of 8 MB, with room."""
_JOB_ROLES = "bpjs_kiosk, bpjs_connector, bpjs_settle, bpjs_staff"


@dataclass
class FaultSite:
    """One server with the template of a centre in which one kiosk is enrolled."""

    folder: Path
    server: EmbeddedPostgres
    centre: Centre
    link: FaultLink
    _numbers: int = field(default=0)

    @classmethod
    def open(cls) -> FaultSite:
        folder = Path(tempfile.mkdtemp(prefix="bpjs-f-", dir=quick_folder()))
        # Commits must outlive the server's processes, so durable; but the machine itself stays up: no fsync.
        server = EmbeddedPostgres(folder / "centre", durable=True)
        try:
            server.start()
            server.stop()
            with (folder / "centre/pgdata/postgresql.conf").open("a") as conf:
                conf.write("fsync = off\nfull_page_writes = off\nautovacuum = off\n")
            server.start()
            centre = init_centre(server.ensure_database(TEMPLATE), folder / "keys")
            with psycopg.connect(centre.admin_dsn, autocommit=True) as conn:
                demo.seed(conn, centre.keys, {}, count=PEOPLE, default_photo=PHOTO)
                enrol_kiosk(conn, KIOSK, SIGNER.public_key, password=PASSWORD)
        except BaseException:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return cls(folder, server, centre, FaultLink(Path(conninfo_to_dict(server.dsn())["host"])))

    def close(self) -> None:
        self.link.close()
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def people(self) -> list[DemoParticipant]:
        """Those an honest visit can verify: one phone each, nobody verified yet."""
        known = {p.nik for p in demo.KNOWN}
        return [p for p in demo.draw(PEOPLE) if p.nik not in known and p.phone]

    # ---- databases

    def fresh(self) -> CentreOfRun:
        self._numbers += 1
        name = f"run_{os.getpid()}_{self._numbers}"
        with self._admin() as conn:
            self._copy(conn, TEMPLATE, name)
        return CentreOfRun(self, name, centre_at(self.server.dsn(name), self.centre.keys))

    def _admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.dsn(), autocommit=True)

    def _copy(self, conn: psycopg.Connection[Any], source: str, name: str) -> None:
        end = sql.Identifier(name)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(end, sql.Identifier(source))
        for left in range(20, -1, -1):  # a session that was just ended may still be there
            try:
                conn.execute(create)
                break
            except psycopg.errors.ObjectInUse:
                if not left:
                    raise
                _end_sessions(conn, source)
                time.sleep(0.02)
        conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(end))
        conn.execute(sql.SQL(f"GRANT CONNECT ON DATABASE {{}} TO {_JOB_ROLES}").format(end))


@dataclass
class CentreOfRun:
    """The database of one run, and what may happen to it."""

    site: FaultSite
    name: str
    centre: Centre
    backups: int = 0

    @property
    def kiosk_dsn(self) -> str:
        """Through the bad network."""
        direct = kiosk_dsn(self.centre.admin_dsn, role_of(KIOSK), PASSWORD)
        return make_conninfo(direct, host=str(self.site.link.folder))

    def admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.centre.admin_dsn, autocommit=True)

    def drop(self) -> None:
        with self.site._admin() as conn:
            for name in (self.name, self._backup):
                conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @property
    def _backup(self) -> str:
        return f"{self.name}_backup"

    def back_up(self) -> None:
        """A copy as of now; everybody is cut off while it is made."""
        name, backup = sql.Identifier(self.name), sql.Identifier(self._backup)
        with self.site._admin() as conn:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(backup))
            conn.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            _end_sessions(conn, self.name)
            self.site._copy(conn, self.name, self._backup)
            conn.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
        self.backups += 1

    def restore(self) -> None:
        if not self.backups:
            return
        name, backup = sql.Identifier(self.name), sql.Identifier(self._backup)
        with self.site._admin() as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            conn.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(backup, name))
        self.backups = 0

    # ---- processes of the server

    def kill_backend(self, chance: random.Random) -> None:
        """SIGKILL to one of this database's server processes: PostgreSQL then ends all of them and recovers."""
        pid = self.site.server.server_pid()
        if pid is None:
            return
        with contextlib.suppress(psutil.Error):
            ours = [p for p in psutil.Process(pid).children() if f" {self.name} " in " ".join(p.cmdline()) + " "]
            if ours:
                chance.choice(ours).send_signal(signal.SIGKILL)

    def end_sessions(self) -> None:
        with contextlib.suppress(psycopg.Error), self.site._admin() as conn:
            _end_sessions(conn, self.name)

    def stop_at_once(self) -> None:
        """``pg_ctl stop -m immediate``: nothing is finished, nothing is written back."""
        pid = self.site.server.server_pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
        until = time.monotonic() + 20
        while self.site.server.server_pid() == pid and time.monotonic() < until:
            time.sleep(0.005)

    def start_again(self) -> None:
        self.site.server.start()


def quick_folder() -> str | None:
    """Memory where there is some: copying a database takes 0.02 s there and 0.3 s on a disk."""
    memory = Path("/dev/shm")  # noqa: S108
    room = shutil.disk_usage(memory).free if os.access(memory, os.W_OK) else 0
    return str(memory) if room > NEEDED_BYTES else None


def _end_sessions(conn: psycopg.Connection[Any], name: str) -> None:
    conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
