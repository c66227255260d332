"""``main.py central`` and ``main.py kiosk``, as the admin and the technician type them, on a server with TLS."""

from __future__ import annotations

import io
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509
from psycopg.conninfo import conninfo_to_dict

from db.central.central_command import run_central
from db.central.central_jobs import Collaborators
from db.central.client import CentreClient
from db.central.kiosks import role_of
from db.central.server_files import JOB_ROLES
from db.local.assembly import assemble, key_folder
from db.local.enrol_command import run_kiosk
from db.local.keys import KeyFolder
from db.local.tls_identity import TlsIdentity
from kiosk.command_line import parser
from kiosk.config import CentreSettings, Settings, SiteSettings
from kiosk.gateways.demo_smsc import DemoSmsc
from tests.db.local.support import FakeClock
from tests.db.support import KioskForTest
from tests.db.tls_centre import TlsCentral
from tests.db.tls_server import TlsPostgres, wait_for

ROOT = Path(__file__).parents[4]
KIOSK = "kc-contoh-01"


def cmd_central() -> None:
    """a command line of the same words"""


def cmd_kiosk() -> None:
    """the same"""


@contextmanager
def nobody(_settings: Settings, _demo: bool) -> Iterator[Collaborators]:
    raise AssertionError("this act needs no other room")
    yield


@dataclass
class Site:
    """An admin at the centre with the folder of its keys, and a technician at one kiosk."""

    central: TlsCentral
    keys: Path
    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def typed(self, run: Callable[[Any], int], words: list[str]) -> tuple[int, str]:
        code = run(parser([cmd_central, cmd_kiosk]).parse_args(words))
        told = self.capsys.readouterr()
        return code, told.out + told.err

    def centre(self, act: str, *words: str, dsn: str = "", keys: Path | None = None) -> tuple[int, str]:
        line = ["central", act, "--dsn", dsn or self.central.admin_dsn, "--keys", str(keys or self.keys), *words]
        if act in ("init", "enroll", "rotate", "revoke"):
            line += ["--crl", str(self.central.server.files / "crl.pem")]
        return self.typed(lambda args: run_central(args, self.settings(), nobody), line)

    def kiosk(self, act: str, *words: str, code: str = "") -> tuple[int, str]:
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(code + "\n"))
        return self.typed(lambda args: run_kiosk(args, self.settings(), FakeClock()), ["kiosk", act, *words])

    def settings(self) -> Settings:
        return Settings(data_dir=self.folder / "kiosk", site=SiteSettings(kiosk_id=KIOSK))

    def login(self, dsn: str) -> str:
        """As the kiosk connects with what its technician wrote into kiosk.toml."""
        return TlsIdentity(key_folder(self.settings(), enrolling=True)).login_dsn(dsn)

    def enrolled(self) -> str:
        """From the first code to the kiosk's DSN."""
        self.centre("init", "--address", self.central.server.address())
        _, told = self.centre("enroll", KIOSK)
        code = re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", told)
        assert code is not None, told
        request, answer = self.folder / "request.json", self.folder / "answer.json"
        assert self.kiosk("csr", "--out", str(request), "--code-stdin", code=code.group())[0] == 0
        done = self.centre("enroll", KIOSK, "--request", str(request), "--out", str(answer))
        assert done[0] == 0, done
        return self.dsn_of(self.kiosk("enrol", "--answer", str(answer)))

    def dsn_of(self, told: tuple[int, str]) -> str:
        assert told[0] == 0, told
        line = re.search(r'^dsn = "(.*)"$', told[1], re.MULTILINE)
        assert line is not None
        return line.group(1)


@pytest.fixture
def site(
    tls_central: TlsCentral,
    tls_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    return Site(tls_central, tls_folder / "keys", tmp_path, capsys, monkeypatch)


def test_a_kiosk_is_enrolled_renewed_and_revoked_with_commands_alone(site: Site) -> None:
    dsn = site.enrolled()
    assert "password" not in conninfo_to_dict(dsn)
    assert "sslpassword" not in conninfo_to_dict(dsn)
    client = CentreClient(site.login(dsn), CentreSettings())
    assert client.my_head().seq == 0
    first = certificate(site)

    request, answer = site.folder / "again.json", site.folder / "new.json"
    assert site.kiosk("csr", "--renew", "--out", str(request))[0] == 0
    assert site.centre("rotate", KIOSK, "--request", str(request), "--out", str(answer))[0] == 0
    assert site.dsn_of(site.kiosk("enrol", "--answer", str(answer))) == dsn
    assert certificate(site).serial_number != first.serial_number
    with psycopg.connect(site.login(dsn)) as conn:
        assert conn.execute("SELECT session_user").fetchone() == (role_of(KIOSK),)

    code, told = site.centre("revoke", KIOSK, "--reason", "stolen")
    assert (code, "2 certificate(s) revoked" in told) == (0, True), told
    with pytest.raises(psycopg.OperationalError, match=r"not permitted to log in|certificate revoked"):
        psycopg.connect(site.login(dsn))
    revoked = x509.load_pem_x509_crl((site.central.server.files / "crl.pem").read_bytes())
    assert revoked.get_revoked_certificate_by_serial_number(first.serial_number) is not None
    client.close()


def test_the_program_connects_with_the_dsn_of_kiosk_toml_and_tells_when_its_certificate_ends(site: Site) -> None:
    import main

    dsn = site.enrolled()
    settings = Settings(
        data_dir=site.folder / "kiosk",
        site=SiteSettings(kiosk_id=KIOSK),
        centre=CentreSettings(dsn=dsn, call_seconds=20),
    )
    clock = FakeClock()
    clock.wall = certificate(site).not_valid_after_utc - timedelta(days=29)
    local = assemble(settings, clock)
    connection = main._connect(settings, local, clock, None)
    try:
        connection.heartbeat({})
        assert connection.certificate()["warning"] == "certificate_ends_soon"
        connection.sync.set_up()  # from now on by the centre's clock: a new certificate
        assert set(connection.certificate()) == {"certificate_ends"}
    finally:
        for close in connection.close:
            close()
        local.store.close()


def certificate(site: Site) -> x509.Certificate:
    return x509.load_pem_x509_certificate((site.folder / "kiosk" / "keys" / "tls.pem").read_bytes())


def test_every_refusal_is_one_sentence_and_exit_code_2(site: Site, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    request = tmp_path / "request.json"
    assert site.kiosk("csr", "--renew", "--out", str(request)) == (
        2, "this kiosk is not enrolled yet: without --renew, with a code from the centre\n",
    )  # fmt: skip
    assert site.kiosk("csr", "--out", str(request), "--code-stdin", code="AAAA-BBBB-CCCC-DDDD")[0] == 0
    out = ("--request", str(request), "--out", str(tmp_path / "answer"))
    assert site.centre("enroll", KIOSK, *out, "--address", site.central.server.address()) == (2, "refused: no_code\n")
    site.centre("enroll", KIOSK)
    assert site.centre("enroll", KIOSK, *out, "--address", "host=x dbname=c") == (2, "refused: wrong_code\n")
    assert site.centre("rotate", KIOSK, *out, "--address", "host=x dbname=c") == (2, "refused: not_enrolled\n")
    assert site.centre("revoke", KIOSK) == (2, "refused: not_enrolled\n")
    assert "kiosk id" in site.centre("enroll", "X")[1]
    assert "address" in site.centre("enroll", KIOSK, *out, "--address", "host=x dbname=c password=p")[1]
    assert "box.key" in site.centre("report", keys=tmp_path / "nothing")[1]
    assert site.centre("report", dsn="host=/nowhere dbname=central")[1] == (
        "the centre's database refused: OperationalError\n"
    )
    assert not (tmp_path / "answer").exists()
    request.write_text('{"v": 1}')
    assert site.kiosk("enrol", "--answer", str(request)) == (2, "refused: answer_malformed\n")
    assert (
        "missing" in site.centre("enroll", KIOSK, "--request", "/no", "--out", "/x", "--address", "host=x dbname=c")[1]
    )


def test_init_makes_a_whole_centre_from_nothing_and_runs_again(site: Site, tls_server: TlsPostgres) -> None:
    tls_server.sql("DROP DATABASE IF EXISTS fresh")
    tls_server.sql("CREATE DATABASE fresh")
    keys = site.folder / "new"
    words = ("--server-name", "db.contoh.invalid", "--server-name", "10.0.0.1", "--address", "host=x dbname=fresh")
    try:
        for _ in range(2):
            code, told = site.centre("init", *words, dsn=tls_server.admin_dsn("fresh"), keys=keys)
            assert code == 0, told
    finally:
        tls_server.sql("DROP DATABASE fresh WITH (FORCE)")
        site.central.publish_revocations()
    made = {str(file.relative_to(keys)) for file in keys.rglob("*") if file.is_file()}
    assert {"box.key", "ca/ca.key", "ca/ca.crt", "address", "server/server.key", "server/pg_hba.conf",
            "server/postgresql.bpjs.conf", "jobs/bpjs_settle.crt", "jobs/bpjs_keeper.key"} <= made  # fmt: skip
    for file in keys.rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file
    assert "fresh  +bpjs_kiosk" in (keys / "server" / "pg_hba.conf").read_text()


def test_a_poisoned_head_is_re_anchored_and_the_report_tells_of_it(site: Site) -> None:
    dsn = site.enrolled()
    signer = KeyFolder(site.folder / "kiosk" / "keys").open(store_exists=False).signer
    kiosk = KioskForTest(KIOSK, signer, site.login(dsn), site.central.centre)
    kiosk.record("v", {"type": "part_changed", "part": "camera", "state": "ready"})
    kiosk.close()
    assert site.centre("reanchor", "kiosk-other", "0") == (2, "no kiosk is called kiosk-other\n")
    assert site.centre("reanchor", KIOSK, "2")[0] == 2
    assert site.centre("reanchor", KIOSK, "0") == (0, f"{KIOSK} goes on after event 0 in epoch 2\n")
    code, told = site.centre("report")
    assert code == 0
    assert KIOSK in told
    assert "reanchored" in told
    assert "certificates to renew: 0" in told


def test_the_jobs_of_a_real_centre_run_by_certificate_serve_a_kiosk_and_stop_when_told(
    site: Site, tmp_path: Path
) -> None:
    kiosk = site.central.kiosk()
    smsc = DemoSmsc("bpjs", "secret8")
    (tmp_path / "smsc.password").write_text("secret8\n")
    environment = {
        "BPJS_KIOSK__SMS__HOST": "127.0.0.1", "BPJS_KIOSK__SMS__PORT": str(smsc.start()),
        "BPJS_KIOSK__SMS__SYSTEM_ID": "bpjs", "BPJS_KIOSK__SMS__PASSWORD_FILE": str(tmp_path / "smsc.password"),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "central", "run", "--dsn", site.central.server.address(),
         "--keys", str(site.keys), "--digests", str(tmp_path / "digests")],
        env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    patience = threading.Timer(60, process.kill)
    patience.start()
    try:
        assert process.stdout is not None and process.stderr is not None
        started = process.stdout.readline()
        assert "bpjs-settle" in started, process.stderr.read()
        wait_for(lambda: certified_jobs(site) == set(JOB_ROLES))
        visit = str(uuid.uuid4())
        ticket = kiosk.lookup(visit).ticket
        *steps, matched, _sent, _verified, _pin = kiosk.visit_events(ticket)
        kiosk.record(visit, *steps)
        kiosk.client.reference_face(ticket)
        kiosk.record(visit, matched)
        assert kiosk.client.send_code(ticket, 1, "482916") == "sent"
        assert "482916" in smsc.messages()[0].text
        process.send_signal(signal.SIGTERM)
        code, said = process.wait(20), process.stderr.read()
        assert code == 0, said
        assert "482916" not in said
    finally:
        patience.cancel()
        process.kill()
        process.communicate()
        smsc.stop()


def certified_jobs(site: Site) -> set[str]:
    """Roles that are logged in with a certificate of their own."""
    with psycopg.connect(site.central.admin_dsn) as conn:
        rows = conn.execute(
            "SELECT DISTINCT usename::text FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)"
            " WHERE client_dn = '/CN=' || usename"
        ).fetchall()
    return {row[0] for row in rows if row[0].startswith("bpjs_")}


def test_without_a_message_centre_the_jobs_do_not_start(site: Site) -> None:
    from kiosk.gateways.centre_services import centre_services

    @contextmanager
    def real(settings: Settings, demo: bool) -> Iterator[Collaborators]:
        with centre_services(settings, demo, str):
            raise AssertionError("no message centre is set")
            yield

    words = ["central", "run", "--dsn", site.central.server.address(), "--keys", str(site.keys)]
    told = site.typed(lambda args: run_central(args, site.settings(), real), words)
    assert told == (2, "settings: sms_not_set\n")
