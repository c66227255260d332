"""The membership system's own login, as it is typed: by certificate over TLS, from a folder with nothing else in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from db.central import demo
from db.central.central_command import run_central
from db.central.central_jobs import Collaborators
from db.central.commands import job_dsn
from db.central.roles import FEED
from kiosk.command_line import parser
from kiosk.config import Settings
from tests.db.tls_centre import TlsCentral

ROW = f'{{"nik": "{demo.MAIN.nik}", "at": "2026-11-01T00:00:00Z", "members": []}}\n'


def cmd_central() -> None:
    """a command line of the same words"""


@contextmanager
def nobody(_settings: Settings, _demo: bool) -> Iterator[Collaborators]:
    raise AssertionError("this act needs no other room")
    yield


@pytest.fixture
def folder(tls_central: TlsCentral, tls_folder: Path, tmp_path: Path) -> Path:
    """What is given to the membership system's machine."""
    jobs = tmp_path / "feed" / "jobs"
    jobs.mkdir(parents=True)
    for name in (f"{FEED}.crt", f"{FEED}.key", "ca.crt"):
        shutil.copy(tls_folder / "keys" / "jobs" / name, jobs / name)
        (jobs / name).chmod(0o600)
    return tmp_path / "feed"


def brought(dsn: str, folder: Path, lines: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    file = tmp_path / "rows.jsonl"
    file.write_text(lines)
    words = ["central", "feed", "family", str(file), "--dsn", dsn, "--keys", str(folder)]
    code = run_central(parser([cmd_central]).parse_args(words), Settings(), nobody)
    told = capsys.readouterr()
    return code, told.out + told.err


def test_rows_come_in_by_the_feeds_certificate_and_refused_ones_are_said_by_line(
    tls_central: TlsCentral, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = tls_central.server.address()
    assert brought(address, folder, ROW, tmp_path, capsys) == (0, "taken 1, known before 0, refused 0\n")
    assert brought(address, folder, ROW + "x\n", tmp_path, capsys) == (
        1, "taken 0, known before 1, refused 1\n  line 2: malformed\n",
    )  # fmt: skip
    assert tls_central.one("SELECT array_agg(DISTINCT by_login) FROM store.feed_batch") == [FEED]
    assert brought(tls_central.admin_dsn, folder, ROW, tmp_path, capsys)[0] == 0, "at the server itself, as its admin"


def test_the_certificate_opens_no_table_and_no_password_opens_the_login(tls_central: TlsCentral, folder: Path) -> None:
    with psycopg.connect(job_dsn(tls_central.server.address(), FEED, "", folder / "jobs")) as conn:
        assert conn.execute("SELECT session_user").fetchone() == (FEED,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("TABLE store.participant")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(tls_central.server.admin_dsn(), user=FEED, password="guessed")
