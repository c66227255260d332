"""The shut TLS key with libpq. The risk: a stolen folder that logs in, or a password that is shown somewhere."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central.client import CentreClient
from db.central.kiosks import role_of
from db.central.pki import key_of, key_pem
from db.local.keys import KeyFolder
from db.local.protect_tpm import TCTI
from db.local.protection import ProtectionKind
from db.local.tls_identity import IDENTITY, TlsIdentity
from kiosk.config import CentreSettings
from kiosk.ports import CentreUnreachable, LastingFault
from tests.db.local.soft_tpm import SoftTpm
from tests.db.support import KioskForTest
from tests.db.tls_centre import TlsCentral

KIOSK = "kiosk-demo-01"
CALL = CentreSettings(call_seconds=5)


@pytest.fixture
def kiosk(tls_central: TlsCentral) -> KioskForTest:
    return tls_central.kiosk(KIOSK)


def as_in_kiosk_toml(kiosk: KioskForTest) -> str:
    return make_conninfo("", **{name: value for name, value in conninfo_to_dict(kiosk.dsn).items()
                                if name != "sslpassword"})  # fmt: skip


def password_of(kiosk: KioskForTest) -> str:
    return str(conninfo_to_dict(kiosk.dsn)["sslpassword"])


def opens(dsn: str) -> bool:
    """In a program of its own without a terminal: OpenSSL asks for a password there."""
    code = "import sys, psycopg; psycopg.connect(sys.stdin.read()).close()"
    return not subprocess.run([sys.executable, "-c", code], input=dsn.encode(), capture_output=True, check=False,
                              start_new_session=True, timeout=30).returncode  # fmt: skip


def test_a_copied_folder_without_the_protection_does_not_log_in(
    kiosk: KioskForTest, tls_central: TlsCentral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tls_central.identity(KIOSK)
    with SoftTpm() as machine:
        monkeypatch.setenv(TCTI, machine.tcti)
        own.keys.open(store_exists=False)
        own.keys.migrate(ProtectionKind.TPM)
        copied = TlsIdentity(KeyFolder(Path(shutil.copytree(own.folder, tmp_path / "stolen"))))
        assert opens(own.login_dsn(as_in_kiosk_toml(kiosk)))
    dsn = copied.dsn(as_in_kiosk_toml(kiosk))
    with SoftTpm() as thiefs:
        monkeypatch.setenv(TCTI, thiefs.tcti)
        with pytest.raises(LastingFault, match="key_sealed_elsewhere"):
            copied.login_dsn(dsn)
    assert not opens(dsn)
    assert not opens(make_conninfo(dsn, sslpassword="guessed"))
    assert opens(make_conninfo(dsn, sslpassword=password_of(kiosk)))  # nothing else was in the way


def test_a_kiosk_enrolled_before_keys_were_shut_logs_in_with_the_dsn_it_has(
    kiosk: KioskForTest, tls_central: TlsCentral
) -> None:
    identity, dsn = tls_central.identity(KIOSK), as_in_kiosk_toml(kiosk)
    file = identity.folder / IDENTITY
    pem = file.read_bytes()
    clear = key_pem(key_of(pem, password_of(kiosk).encode())) + pem[pem.index(b"-----BEGIN CERT") :]
    file.write_bytes(clear)
    for leftover in identity.folder.glob("tls.key*"):
        leftover.unlink()
    assert opens(dsn)  # as it was
    with psycopg.connect(identity.login_dsn(dsn)) as conn:
        assert conn.execute("SELECT session_user").fetchone() == (role_of(KIOSK),)
    assert b"BEGIN PRIVATE KEY" not in file.read_bytes()
    assert not opens(dsn)


def test_a_lost_identity_is_renewed_under_a_running_client(kiosk: KioskForTest, tls_central: TlsCentral) -> None:
    """libpq reads the file at each new connection, with the password it was given at the start."""
    from db.central.enrolment import rotate
    from db.local.keys import KioskSigner

    identity, signer = tls_central.identity(KIOSK), KioskSigner(kiosk.signer.private_bytes_raw())
    first = (identity.folder / IDENTITY).read_bytes()
    with tls_central.admin() as admin:
        answer = rotate(admin, tls_central.server.authority, KIOSK, identity.request(KIOSK, signer, None),
                        tls_central.server.address())  # fmt: skip
    identity.install(KIOSK, answer)
    assert (identity.folder / IDENTITY).read_bytes() != first
    assert opens(kiosk.dsn)


def test_the_password_is_in_no_error_log_or_process_list(
    kiosk: KioskForTest, tls_central: TlsCentral, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    password = password_of(kiosk)
    broken = tmp_path / "broken.pem"
    broken.touch(mode=0o600)
    broken.write_bytes((tls_central.identity(KIOSK).folder / IDENTITY).read_bytes()[:200])
    faults = (
        {"port": "1"}, {"host": "centre.invalid"}, {"sslkey": str(broken)}, {"user": "bpjs_settle"},
        {"sslpassword": password + "x"}, {"sslrootcert": str(broken)}, {"dbname": "none"},
    )  # fmt: skip
    for changes in faults:
        dsn = make_conninfo(kiosk.dsn, **changes)
        with pytest.raises(psycopg.Error) as told:
            psycopg.connect(dsn, connect_timeout=5)
        assert password not in f"{told.value} {told.value!r}", changes
        client = CentreClient(dsn, CALL)
        with pytest.raises(CentreUnreachable) as heard:
            client.my_head()
        assert password not in f"{heard.value} {heard.value!r} {client!r} {vars(client)!r}"
        client.close()
    client = CentreClient(kiosk.dsn, CALL)
    client.my_head()
    assert password not in caplog.text
    assert password.encode() not in Path("/proc/self/cmdline").read_bytes()
    assert password not in "".join(os.environ.values())
    with tls_central.admin() as admin:
        seen = admin.execute("SELECT string_agg(a::text, ' ') FROM pg_stat_activity a").fetchone()
    assert seen is not None and password not in seen[0]
    client.close()
