"""A throw-away PostgreSQL 15 of Debian's, over a UNIX socket: for extensions that the wheel's server lacks.

Root runs it as the account ``postgres`` that Debian's package makes, anybody else as themselves.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

BIN = Path("/usr/lib/postgresql/15/bin")
_CONF = "listen_addresses = ''\nfsync = off\nfull_page_writes = off\nshared_buffers = '32MB'\n"


@contextmanager
def debian_postgres() -> Iterator[str]:
    """The superuser's DSN of database ``postgres``; stopped and removed afterwards."""
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="bpjs-pg15-"))
    data, socket = folder / "data", folder / "s"
    socket.mkdir(mode=0o700)
    prefix = [] if account is None else ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}",
                                         "--clear-groups", "--"]  # fmt: skip
    if account is not None:
        for path in (folder, socket):
            os.chown(path, account.pw_uid, account.pw_gid)

    def run(program: str, *arguments: str) -> None:
        with tempfile.TemporaryFile() as output:  # pg_ctl's children keep pipes open, so a file
            done = subprocess.run([*prefix, str(BIN / program), *arguments], stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.STDOUT, check=False, cwd="/")  # fmt: skip
            output.seek(0)
            assert done.returncode == 0, output.read().decode(errors="replace")[-2000:]

    try:
        run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(_CONF)
        run("pg_ctl", "start", "-D", str(data), "-w", "-s", "-t", "60", "-l", str(data / "server.log"),
            "-o", f"-k {socket}")  # fmt: skip
        try:
            yield make_conninfo("", host=str(socket), user="postgres", dbname="postgres")
        finally:
            run("pg_ctl", "stop", "-D", str(data), "-m", "immediate", "-s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
