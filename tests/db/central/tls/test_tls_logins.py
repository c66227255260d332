"""Logins that Debian's PostgreSQL has to refuse, and how fast a revoked kiosk is out."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central import pki
from db.central.client import CentreClient
from db.central.enrolment import GONE_SECONDS, revoke
from db.central.kiosks import LOGIN_LIMIT, enrol_kiosk, role_of
from db.central.pki import Authority, key_pem, load_or_create_authority, new_key, sign_login, sign_server
from kiosk.config import CentreSettings
from tests.db.support import KioskForTest
from tests.db.tls_centre import TlsCentral
from tests.db.tls_server import ADDRESS, HOST

KIOSK = "kiosk-demo-01"
ROLE = role_of(KIOSK)


@pytest.fixture
def kiosk(tls_central: TlsCentral) -> KioskForTest:
    return tls_central.kiosk(KIOSK)


def identity_file(folder: Path, authority: Authority, role: str, *, days: int = 1) -> Path:
    """Key and certificate for ``role``, signed by ``authority``."""
    key = new_key()
    path = folder / "made.pem"
    path.touch(mode=0o600)
    path.write_bytes(key_pem(key) + sign_login(authority, key.public_key(), role, days).public_bytes(Encoding.PEM))
    return path


def login(kiosk: KioskForTest, identity: Path | None = None, **changes: str) -> None:
    if identity is not None:
        changes |= {"sslcert": str(identity), "sslkey": str(identity)}
    psycopg.connect(make_conninfo(kiosk.dsn, **changes), connect_timeout=5).close()


def refused(match: str) -> pytest.RaisesExc[psycopg.OperationalError]:
    return pytest.raises(psycopg.OperationalError, match=match)


def test_the_kiosks_own_certificate_opens_its_own_role_over_tls_1_3(kiosk: KioskForTest) -> None:
    with kiosk.connect() as conn:
        row = conn.execute("SELECT ssl, version, session_user FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    assert row == (True, "TLSv1.3", ROLE)


def test_without_a_certificate_nobody_is_let_in_not_even_with_the_roles_password(
    kiosk: KioskForTest, tls_central: TlsCentral, tmp_path: Path
) -> None:
    with kiosk.connect(autocommit=True) as conn:
        conn.execute("ALTER ROLE CURRENT_USER PASSWORD 'chosen-by-the-thief'")
    none = str(tmp_path / "none.pem")
    with refused("valid client certificate"):
        login(kiosk, sslcert=none, sslkey=none, password="chosen-by-the-thief")
    with refused("pg_hba.conf rejects"):
        psycopg.connect(make_conninfo(tls_central.admin_dsn, user=ROLE, password="chosen-by-the-thief"))


def test_another_kiosks_certificate_does_not_open_this_role(kiosk: KioskForTest, tls_central: TlsCentral) -> None:
    other = conninfo_to_dict(tls_central.kiosk("kiosk-other").dsn)
    with refused("certificate authentication failed"):
        login(kiosk, Path(str(other["sslcert"])), sslpassword=str(other["sslpassword"]))


def test_a_jobs_role_or_the_admins_does_not_open_with_a_kiosks_certificate(kiosk: KioskForTest) -> None:
    for role in ("bpjs_settle", "bpjs_connector", "bpjs_staff"):
        with refused("certificate authentication failed"):
            login(kiosk, user=role)
    for role in ("postgres", "bpjs_owner"):
        with refused("no pg_hba.conf entry"):
            login(kiosk, user=role)


def test_a_rogue_authoritys_certificate_with_the_right_name_is_refused(kiosk: KioskForTest, tmp_path: Path) -> None:
    rogue = load_or_create_authority(tmp_path / "rogue")
    with refused("unknown ca|certificate verify failed|decrypt error"):
        login(kiosk, identity_file(tmp_path, rogue, ROLE))


def test_a_kiosks_certificate_is_no_authority_for_another(kiosk: KioskForTest, tmp_path: Path) -> None:
    """Signed by the kiosk's own key, as if it were an authority."""
    told = conninfo_to_dict(kiosk.dsn)
    pem, password = Path(str(told["sslcert"])).read_bytes(), str(told["sslpassword"]).encode()
    leaf = Authority(pki.key_of(pem, password), pki.x509.load_pem_x509_certificate(pem))
    path = identity_file(tmp_path, leaf, "bpjs_settle")
    path.write_bytes(path.read_bytes() + leaf.pem)
    with refused("unknown ca|certificate|decrypt error"):
        login(kiosk, path, user="bpjs_settle")


def test_a_server_certificate_is_no_login(kiosk: KioskForTest, tls_central: TlsCentral, tmp_path: Path) -> None:
    key = new_key()
    path = tmp_path / "server.pem"
    path.touch(mode=0o600)
    made = sign_server(tls_central.server.authority, key.public_key(), [ROLE])
    path.write_bytes(key_pem(key) + made.public_bytes(Encoding.PEM))
    with refused("unsupported certificate"):
        login(kiosk, path)


def test_an_ended_certificate_is_refused(
    kiosk: KioskForTest, tls_central: TlsCentral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pki, "BACKDATED", timedelta(days=3))
    ended = identity_file(tmp_path, tls_central.server.authority, ROLE, days=-1)
    certificate = pki.x509.load_pem_x509_certificate(ended.read_bytes())
    assert certificate.not_valid_after_utc < datetime.now(UTC)
    with refused("certificate expired"):
        login(kiosk, ended)


def test_plain_text_is_refused_for_every_role(kiosk: KioskForTest) -> None:
    for role in (ROLE, "bpjs_settle"):
        with refused("pg_hba.conf rejects.*no encryption"):
            login(kiosk, user=role, sslmode="disable", ssl_min_protocol_version="", sslcert="", sslkey="")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused_by_the_server(kiosk: KioskForTest, version: ssl.TLSVersion) -> None:
    """Not by libpq, which would refuse the oldest ones itself: a client that speaks them all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    told = conninfo_to_dict(kiosk.dsn)
    with socket.create_connection((ADDRESS, int(str(told["port"]))), timeout=5) as line:
        line.sendall(struct.pack("!ii", 8, 80877103))  # SSLRequest
        assert line.recv(1) == b"S"
        with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
            context.wrap_socket(line)


def test_the_walsenders_door_is_closed(kiosk: KioskForTest) -> None:
    with refused("no pg_hba.conf entry for replication|must be superuser or replication role|permission denied"):
        login(kiosk, replication="true")
    with refused("must be superuser or replication role|permission denied"):
        login(kiosk, replication="database")


def test_another_servers_certificate_is_refused_by_the_kiosk(kiosk: KioskForTest, tmp_path: Path) -> None:
    other = tmp_path / "other.crt"
    other.write_bytes(load_or_create_authority(tmp_path / "rogue").pem)
    with refused("certificate verify failed"):
        login(kiosk, sslrootcert=str(other))
    with refused("does not match host name"):
        login(kiosk, host="centre.invalid")


def test_a_server_that_says_nothing_costs_the_kiosk_one_time_out_and_the_next_is_asked(kiosk: KioskForTest) -> None:
    told = conninfo_to_dict(kiosk.dsn)
    with socket.create_server((ADDRESS, 0)) as silent:
        dsn = make_conninfo(
            kiosk.dsn, host=f"{HOST},{HOST}", hostaddr=f"{ADDRESS},{ADDRESS}",
            port=f"{silent.getsockname()[1]},{told['port']}", target_session_attrs="read-write",
        )  # fmt: skip
        client = CentreClient(dsn, CentreSettings(call_seconds=2))
        began = time.monotonic()
        assert client.my_head().seq == 0
        assert 1.5 < time.monotonic() - began < 4.5
        client.close()


def test_one_connection_too_many_is_refused(kiosk: KioskForTest) -> None:
    held = [kiosk.connect() for _ in range(LOGIN_LIMIT)]
    with refused("too many connections for role"):
        kiosk.connect()
    for conn in held:
        conn.close()


def test_a_revoked_kiosks_sessions_end_within_five_seconds_and_never_come_back(
    kiosk: KioskForTest, tls_central: TlsCentral, record_property: Callable[[str, object], None]
) -> None:
    busy = kiosk.connect(autocommit=True)
    idle = kiosk.connect(autocommit=True)
    in_transaction = kiosk.connect()
    in_transaction.execute("SELECT api.my_head()")
    busy.pgconn.send_query(b"SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) s")
    busy.pgconn.flush()
    began = time.monotonic()
    with tls_central.admin() as admin:
        assert revoke(admin, KIOSK, "stolen") == 1
    took = time.monotonic() - began
    record_property("seconds_until_gone", f"{took:.3f}")
    assert took < GONE_SECONDS
    for conn in (idle, in_transaction):
        with pytest.raises(psycopg.OperationalError):
            conn.execute("SELECT api.my_head()")
    with refused("not permitted to log in"):
        kiosk.connect()
    assert tls_central.alarms() == {"kiosk_revoked"}


def test_a_revoked_certificate_is_refused_by_the_list_even_where_the_role_is_open_again(
    kiosk: KioskForTest, tls_central: TlsCentral
) -> None:
    with tls_central.admin() as admin:
        revoke(admin, KIOSK, "stolen")
        enrol_kiosk(admin, KIOSK, kiosk.signer.public_key().public_bytes_raw(), with_password=False)
    login(kiosk)  # so far only the role had been closed
    tls_central.publish_revocations()
    until = time.monotonic() + GONE_SECONDS
    with refused("certificate revoked"):
        while time.monotonic() < until:  # the reload is a signal
            login(kiosk)
            time.sleep(0.05)
    tls_central.kiosk("kiosk-other").client.my_head()
