"""The embedded server after kills, stale files and double starts. A server of its own: it is killed here."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central import server_programs
from db.central.embedded import EmbeddedPostgres

START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from db.central.embedded import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), durable=False).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="bpjs-e-"))
    yield path
    server = EmbeddedPostgres(path, durable=False)
    server.start()
    server.stop()
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(folder, durable=False)
    yield server
    server.stop()


def answer(dsn: str) -> int:
    with psycopg.connect(dsn) as conn:
        row = conn.execute("SELECT 1").fetchone()
    assert row is not None
    return int(row[0])


def gone(pid: int | None) -> bool:
    """Ended; a container's first process may leave it unreaped."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_a_kill_of_the_parent_leaves_a_server_that_the_next_start_takes_over(
    folder: Path, server: EmbeddedPostgres
) -> None:
    died = subprocess.run([sys.executable, "-c", START_AND_DIE, str(folder)], check=False, cwd=Path.cwd())
    assert died.returncode == -signal.SIGKILL
    left = server.server_pid()
    assert answer(server.start()) == 1
    assert server.server_pid() == left
    server.stop()
    assert gone(left)


def test_a_killed_server_is_started_again_with_its_data(server: EmbeddedPostgres) -> None:
    dsn = server.start()
    with psycopg.connect(dsn) as conn:
        conn.execute("SET synchronous_commit = on")  # this throw-away server is off by default
        conn.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
    pid = server.server_pid()
    assert pid is not None
    children = psutil.Process(pid).children()
    for process in (psutil.Process(pid), *children):
        with contextlib.suppress(psutil.NoSuchProcess):  # a child ends by itself when the first is gone
            process.kill()
    psutil.wait_procs(children, timeout=10)
    again = server.start()
    with psycopg.connect(again) as conn:
        assert conn.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert server.server_pid() != pid


def test_files_of_a_dead_server_whose_number_another_process_has_now_are_cleared(
    folder: Path, server: EmbeddedPostgres
) -> None:
    """After a power cut the pid in postmaster.pid may belong to anybody: here, to this test."""
    server.start()
    pid_file = folder / "pgdata" / "postmaster.pid"
    text = pid_file.read_text()
    server.stop()
    pid_file.write_text(text.replace(text.splitlines()[0], str(os.getpid()), 1))
    sockets = Path(str(conninfo_to_dict(server.dsn())["host"]))
    sockets.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(pid_file, sockets / ".s.PGSQL.5432.lock")
    assert answer(server.start()) == 1


def test_a_hanging_server_is_replaced(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    server.start()
    pid = server.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr("db.central.embedded.ANSWER_SECONDS", 2)
    assert answer(server.start()) == 1
    assert server.server_pid() != pid


def test_two_programs_share_one_server_and_the_last_one_stops_it(folder: Path, server: EmbeddedPostgres) -> None:
    other = EmbeddedPostgres(folder, durable=False)
    other.start()
    dsn = server.start()
    other.stop()
    assert answer(dsn) == 1
    pid = server.server_pid()
    server.stop()
    assert gone(pid)


def test_a_start_that_died_half_way_through_creating_begins_anew() -> None:
    path = Path(tempfile.mkdtemp(prefix="bpjs-e-"))
    (path / "pgdata.new").mkdir()
    (path / "pgdata.new" / "half").write_text("")
    said: list[str] = []
    server = EmbeddedPostgres(path, durable=False, progress=said.append)
    try:
        assert answer(server.start()) == 1
        assert said == ["creating the central database", "starting the central database"]
    finally:
        server.stop()
        shutil.rmtree(path)


def test_it_asks_for_a_password_and_listens_on_no_network_port(server: EmbeddedPostgres) -> None:
    dsn = server.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(make_conninfo(dsn, password="wrong"))
    pid = server.server_pid()
    assert pid is not None
    kinds = {c.family for c in psutil.Process(pid).net_connections(kind="all") if c.status == psutil.CONN_LISTEN}
    assert kinds <= {socket.AF_UNIX}


def test_a_path_too_long_for_a_socket_still_works() -> None:
    root = Path(tempfile.mkdtemp(prefix="bpjs-e-"))
    server = EmbeddedPostgres(root / ("long" * 25) / "central", durable=False)
    try:
        assert answer(server.start()) == 1
    finally:
        server.stop()
        shutil.rmtree(root)


def test_secrets_on_disk_are_for_their_owner_only(folder: Path, server: EmbeddedPostgres) -> None:
    server.start()
    assert (folder / "superuser.password").stat().st_mode & 0o077 == 0
    assert not (folder / "initdb.password").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_a_clone_under_a_private_home_still_gets_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """``initdb`` finds ``postgres`` by access(2), which knows no capabilities: it ran into this once."""
    monkeypatch.delenv(server_programs.PROGRAMS_OF, raising=False)
    monkeypatch.setattr(server_programs, "open_to_all", lambda path: path != server_programs.PACKAGE / "pginstall/bin")
    root = Path(tempfile.mkdtemp(prefix="bpjs-e-"))  # 0700, as a private home is
    server = EmbeddedPostgres(root / "central", durable=False)
    try:
        assert psycopg.connect(server.start()).execute("SELECT 1").fetchone() == (1,)
        assert "bpjs-pg-programs" in str(psutil.Process(server.server_pid()).exe())
    finally:
        server.stop()
        shutil.rmtree(root)


def test_programs_placed_by_somebody_else_are_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(server_programs.PROGRAMS_OF, raising=False)
    monkeypatch.setattr(server_programs, "open_to_all", lambda _: False)
    monkeypatch.setattr(server_programs.tempfile, "gettempdir", lambda: str(tmp_path))
    place = server_programs.bin_folder(for_other_account=True).parents[2]
    place.chmod(0o777)
    with pytest.raises(server_programs.ProgramsUnsafe):
        server_programs.bin_folder(for_other_account=True)
