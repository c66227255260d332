"""What the centre's PostgreSQL server is given: certificate, client authority, revocation list, and its settings.

The files lie in ``server/`` of the centre's key folder, ready to be copied to where the server's account reads
them. All but ``server.key`` are public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from db.central.pki import JOB_DAYS, RENEW_DAYS, Authority, key_of, key_pem, new_key, sign_login, sign_server
from db.central.roles import CONNECTOR, FEED, KEEPER, KIOSK_GROUP, POOLER, SETTLE, STAFF_DESK
from db.central.secret_files import read_or_create, write_private

JOB_ROLES = (CONNECTOR, SETTLE, STAFF_DESK, KEEPER)
CERTIFIED = (*JOB_ROLES, POOLER, FEED)

SERVER_CONF = """\
# Included from postgresql.conf (include_dir). Both ends are ours and speak TLS 1.3.
ssl = on
ssl_min_protocol_version = 'TLSv1.3'
ssl_cert_file = '{folder}/server.crt'
ssl_key_file = '{folder}/server.key'
ssl_ca_file = '{folder}/ca.crt'
ssl_crl_file = '{folder}/crl.pem'
password_encryption = 'scram-sha-256'
# No statement and no parameter may reach the log: they carry identifiers.
log_statement = 'none'
log_min_error_statement = 'panic'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""

HBA = """\
# Kiosks and jobs: TLS, and a certificate of this centre whose CN is the role. No other way in for them.
# A line that fits decides alone, so a kiosk can never fall through to the admin's lines below.
{poolers}hostssl {database}  +{kiosks}  all  cert
hostssl {database}  {certified}  all  cert
local   {database}  {jobs}  scram-sha-256
host    all  +{kiosks},{certified}  all  reject
local   all  +{kiosks}  reject
# The admin of the database, at the server itself only.
local   all  all  scram-sha-256
"""


def hba_lines(database: str, poolers: Sequence[str] = ()) -> str:
    """pg_hba.conf of the centre's server, whole. ``poolers``: addresses of pgbouncers, e.g. 10.0.0.5/32; kiosks behind
    them are let in by the pooler's certificate and the map ``pooler`` (``ident_lines``)."""
    return HBA.format(
        database=database,
        kiosks=KIOSK_GROUP,
        jobs=",".join(JOB_ROLES),
        certified=",".join(CERTIFIED),
        poolers="".join(f"hostssl {database}  +{KIOSK_GROUP}  {place}  cert  map=pooler\n" for place in poolers),
    )


def ident_lines(kiosk_roles: Iterable[str]) -> str:
    """pg_ident.conf for poolers. PostgreSQL 16 takes one line for all kiosks, ``pooler bpjs_pooler +bpjs_kiosk``; 15
    wants one for each."""
    return "".join(f'pooler  {POOLER}  "{role}"\n' for role in kiosk_roles)


def server_conf(folder: Path | str) -> str:
    """``folder``: where the server reads its files."""
    return SERVER_CONF.format(folder=folder)


def write_server_files(folder: Path, authority: Authority, names: Sequence[str], database: str) -> None:
    """Certificate for ``names`` (made anew each time, the key stays), authority, settings. Not the revocation list."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = key_of(read_or_create(folder / "server.key", lambda: key_pem(new_key())))
    certificate = sign_server(authority, key.public_key(), names)
    write_private(folder / "server.crt", certificate.public_bytes(Encoding.PEM))
    write_private(folder / "ca.crt", authority.pem)
    write_private(folder / "postgresql.bpjs.conf", server_conf("/etc/postgresql/bpjs").encode())
    write_private(folder / "pg_hba.conf", hba_lines(database).encode())


def write_job_logins(folder: Path, authority: Authority, roles: Sequence[str] = CERTIFIED) -> None:
    """A key (kept) and a certificate (new) for each job, in ``folder``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for role in roles:
        key = key_of(read_or_create(folder / f"{role}.key", lambda: key_pem(new_key())))
        certificate = sign_login(authority, key.public_key(), role, JOB_DAYS)
        write_private(folder / f"{role}.crt", certificate.public_bytes(Encoding.PEM))
    write_private(folder / "ca.crt", authority.pem)


def due_files(keys_folder: Path) -> Iterator[tuple[Path, datetime]]:
    """Certificates of jobs and server in the key folder that ``central init`` should make anew now, with their end."""
    soon = datetime.now(UTC) + timedelta(days=RENEW_DAYS)
    for file in sorted([*(keys_folder / "jobs").glob("bpjs_*.crt"), *(keys_folder / "server").glob("server.crt")]):
        ends = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
        if ends < soon:
            yield file, ends
