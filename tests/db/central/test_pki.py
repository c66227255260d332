"""The centre's authority: what it signs, and what it refuses to sign."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from db.central import pki
from db.central.pki import CsrFault, CsrRefused
from db.central.server_files import due_files, hba_lines, write_job_logins, write_server_files

ROLE = "kiosk_kiosk-demo-01"


@pytest.fixture
def authority(tmp_path: Path) -> pki.Authority:
    return pki.load_or_create_authority(tmp_path / "ca")


def test_the_authority_is_made_once_and_its_key_is_its_owners(tmp_path: Path, authority: pki.Authority) -> None:
    again = pki.load_authority(tmp_path / "ca")
    assert again.pem == authority.pem
    assert pki.key_pem(again.key) == pki.key_pem(authority.key)
    assert stat.S_IMODE((tmp_path / "ca").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "ca" / "ca.key").stat().st_mode) == 0o600
    assert "key" not in repr(authority)
    with pytest.raises(FileNotFoundError):
        pki.load_authority(tmp_path / "nowhere")


def test_an_authority_that_was_interrupted_between_its_two_files_is_completed(tmp_path: Path) -> None:
    first = pki.load_or_create_authority(tmp_path / "ca")
    (tmp_path / "ca" / "ca.crt").unlink()
    assert pki.load_or_create_authority(tmp_path / "ca").certificate.public_key() == first.key.public_key()


def test_a_login_certificate_can_log_in_and_nothing_else(authority: pki.Authority) -> None:
    key = pki.new_key()
    made = pki.sign_login(authority, key.public_key(), ROLE, pki.KIOSK_DAYS)
    assert made.subject == x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ROLE)])
    extensions = made.extensions
    assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.key_cert_sign, usage.crl_sign) == (True, False, False)
    assert made.not_valid_after_utc - datetime.now(UTC) <= timedelta(days=pki.KIOSK_DAYS)
    assert pki.signed_by(made, authority.certificate)


def test_another_authority_of_the_same_name_did_not_sign_it(authority: pki.Authority, tmp_path: Path) -> None:
    rogue = pki.load_or_create_authority(tmp_path / "rogue")
    assert not pki.signed_by(pki.sign_login(authority, pki.new_key().public_key(), ROLE, 1), rogue.certificate)


def request(
    key: object = None, name: str | list[x509.NameAttribute[str]] = ROLE, *extensions: x509.ExtensionType
) -> str:
    key = key or pki.new_key()
    names = [x509.NameAttribute(NameOID.COMMON_NAME, name)] if isinstance(name, str) else name
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    hashing = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, hashing).public_bytes(Encoding.PEM).decode()


def forged() -> str:
    """A request for one key, signed by another."""
    good = x509.load_pem_x509_csr(request().encode()).public_bytes(Encoding.DER)
    broken = bytearray(good)
    broken[-1] ^= 1
    try:
        return x509.load_der_x509_csr(bytes(broken)).public_bytes(Encoding.PEM).decode()
    except ValueError:
        return "not even a request"


REFUSED = [
    (lambda: "", CsrFault.MALFORMED),
    (lambda: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", CsrFault.MALFORMED),
    (lambda: "ｎot ascii", CsrFault.MALFORMED),
    (lambda: request(name="kiosk_kiosk-other"), CsrFault.OTHER_NAME),
    (lambda: request(name="postgres"), CsrFault.OTHER_NAME),
    (lambda: request(name=[x509.NameAttribute(NameOID.COMMON_NAME, ROLE),
                           x509.NameAttribute(NameOID.COMMON_NAME, "postgres")]), CsrFault.OTHER_NAME),
    (lambda: request(name=[x509.NameAttribute(NameOID.COMMON_NAME, ROLE),
                           x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CONTOH")]), CsrFault.OTHER_NAME),
    (lambda: request(None, ROLE, x509.SubjectAlternativeName([x509.DNSName("db.contoh.invalid")])),
     CsrFault.EXTENSIONS),
    (lambda: request(None, ROLE, x509.BasicConstraints(ca=True, path_length=None)), CsrFault.EXTENSIONS),
    (lambda: request(None, ROLE, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])), CsrFault.EXTENSIONS),
    (lambda: request(ec.generate_private_key(ec.SECP384R1())), CsrFault.OTHER_KEY_KIND),
    (lambda: request(rsa.generate_private_key(65537, 2048)), CsrFault.OTHER_KEY_KIND),
    (lambda: request(ed25519.Ed25519PrivateKey.generate()), CsrFault.OTHER_KEY_KIND),
    (forged, CsrFault.NOT_SIGNED_BY_ITS_KEY),
]  # fmt: skip


def test_only_a_plain_request_for_exactly_this_role_is_taken() -> None:
    key = pki.new_key()
    assert pki.read_request(pki.make_request(key, ROLE), ROLE) == key.public_key()
    for number, (make, fault) in enumerate(REFUSED):
        with pytest.raises(CsrRefused) as told:
            pki.read_request(make(), ROLE)
        assert told.value.fault is fault, number


def test_the_revocation_list_names_serials_is_signed_and_does_not_end_before_the_authority(
    authority: pki.Authority,
) -> None:
    gone = pki.sign_login(authority, pki.new_key().public_key(), ROLE, 1)
    since = datetime.now(UTC).replace(microsecond=0)
    made = x509.load_pem_x509_crl(pki.revocation_list(authority, [pki.Revoked(gone.serial_number, since)]))
    assert made.is_signature_valid(authority.key.public_key())
    assert made.get_revoked_certificate_by_serial_number(gone.serial_number) is not None
    assert made.get_revoked_certificate_by_serial_number(1) is None
    assert made.next_update_utc == authority.certificate.not_valid_after_utc


def test_the_servers_files_hold_one_secret_and_the_authoritys_key_is_not_among_them(
    authority: pki.Authority, tmp_path: Path
) -> None:
    write_server_files(tmp_path / "server", authority, ["db.contoh.invalid", "10.0.0.1"], "central")
    write_job_logins(tmp_path / "jobs", authority)
    secret = pki.key_pem(authority.key)
    for file in [*(tmp_path / "server").iterdir(), *(tmp_path / "jobs").iterdir()]:
        assert secret not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    made = x509.load_pem_x509_certificate((tmp_path / "server" / "server.crt").read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["db.contoh.invalid"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1"]
    first = (tmp_path / "server" / "server.key").read_bytes()
    write_server_files(tmp_path / "server", authority, ["db.contoh.invalid"], "central")
    assert (tmp_path / "server" / "server.key").read_bytes() == first


def test_certificates_of_jobs_and_server_that_end_soon_are_named(
    authority: pki.Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_server_files(tmp_path / "server", authority, ["db.contoh.invalid"], "central")
    write_job_logins(tmp_path / "jobs", authority)
    assert list(due_files(tmp_path)) == []
    monkeypatch.setattr("db.central.server_files.JOB_DAYS", pki.RENEW_DAYS - 1)
    write_job_logins(tmp_path / "jobs", authority, ["bpjs_settle"])
    assert [file.name for file, _ in due_files(tmp_path)] == ["bpjs_settle.crt"]


def test_no_line_of_pg_hba_lets_a_kiosk_in_without_tls_and_certificate() -> None:
    ways = [line.split() for line in hba_lines("central").splitlines() if line and not line.startswith("#")]
    for_kiosks = [(way[0], way[-1]) for way in ways if "+bpjs_kiosk" in way[2]]
    assert for_kiosks == [("hostssl", "cert"), ("host", "reject"), ("local", "reject")]
    assert ways[-1] == ["local", "all", "all", "scram-sha-256"]  # after the kiosks' own reject
