"""The centre's certificate authority: one key, leaves that may only log in or only serve, and a revocation list.

The authority's key lies in ``ca/`` of the centre's key folder and nowhere else: the jobs need it not, a kiosk never
sees it. ECDSA P-256 throughout: OpenSSL, PostgreSQL's SCRAM channel binding and pgbouncer all take it, Ed25519
certificates they do not all (channel binding needs a hash, which Ed25519 has not).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from db.central.secret_files import read_or_create

CA_NAME = "BPJS kiosk centre"
CA_DAYS = 3653
"""Ten years: changing the authority means enrolling every kiosk anew."""

KIOSK_DAYS = 398
"""A year and a month: a technician's yearly round renews it with room; CAs' own limit for what nobody watches daily."""

RENEW_DAYS = 60
"""From here to the end a certificate counts as due: two monthly rounds may fail before anybody is locked out."""

SERVER_DAYS = 398
JOB_DAYS = 398

BACKDATED = timedelta(minutes=5)
"""A kiosk's or server's clock that is a little behind must not refuse a certificate that was just made."""


class CsrFault(StrEnum):
    MALFORMED = "csr_malformed"
    NOT_SIGNED_BY_ITS_KEY = "csr_not_signed_by_its_key"
    OTHER_NAME = "csr_other_name"
    EXTENSIONS = "csr_asks_for_more"  # other names, authority flag, usages: the centre alone decides these
    OTHER_KEY_KIND = "csr_other_key_kind"


class CsrRefused(Exception):
    def __init__(self, fault: CsrFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Authority:
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True, slots=True)
class Revoked:
    serial: int
    since: datetime


def load_or_create_authority(folder: Path) -> Authority:
    """``ca.key`` (0600) and ``ca.crt`` of ``folder`` (0700), made when missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    key = _private_key(read_or_create(folder / "ca.key", lambda: key_pem(new_key())))
    pem = read_or_create(folder / "ca.crt", lambda: _own_certificate(key).public_bytes(Encoding.PEM))
    return Authority(key, x509.load_pem_x509_certificate(pem))


def load_authority(folder: Path) -> Authority:
    """Raises FileNotFoundError where there is none."""
    for name in ("ca.key", "ca.crt"):
        if not (folder / name).is_file():
            raise FileNotFoundError(folder / name)
    return load_or_create_authority(folder)


def sign_login(authority: Authority, public_key: ec.EllipticCurvePublicKey, role: str, days: int) -> x509.Certificate:
    """For a client that logs in as the database role ``role``, and for nothing else."""
    return _sign(authority, public_key, role, days, ExtendedKeyUsageOID.CLIENT_AUTH)


def sign_server(authority: Authority, public_key: ec.EllipticCurvePublicKey, names: Iterable[str]) -> x509.Certificate:
    """For a server that answers under ``names`` (host names or addresses)."""
    names = list(names)
    return _sign(authority, public_key, names[0], SERVER_DAYS, ExtendedKeyUsageOID.SERVER_AUTH, names)


def read_request(pem: str, role: str) -> ec.EllipticCurvePublicKey:
    """The key of a certificate request for exactly this role. Raises CsrRefused."""
    try:
        csr = x509.load_pem_x509_csr(pem.encode("ascii"))
        key = csr.public_key()
        extensions = list(csr.extensions)
    except (ValueError, UnicodeEncodeError, x509.UnsupportedGeneralNameType, x509.DuplicateExtension):
        raise CsrRefused(CsrFault.MALFORMED) from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CsrRefused(CsrFault.OTHER_KEY_KIND)
    if not csr.is_signature_valid:
        raise CsrRefused(CsrFault.NOT_SIGNED_BY_ITS_KEY)
    if csr.subject != _named(role):
        raise CsrRefused(CsrFault.OTHER_NAME)
    if extensions:
        raise CsrRefused(CsrFault.EXTENSIONS)
    return key


def make_request(key: ec.EllipticCurvePrivateKey, role: str) -> str:
    csr = x509.CertificateSigningRequestBuilder().subject_name(_named(role)).sign(key, hashes.SHA256())
    return csr.public_bytes(Encoding.PEM).decode()


def revocation_list(authority: Authority, revoked: Iterable[Revoked]) -> bytes:
    """PEM. Lives as long as the authority: a list that ends would lock every kiosk out, and a newer one replaces
    it at each revocation anyway."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - BACKDATED)
        .next_update(authority.certificate.not_valid_after_utc)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.since).build()
        )
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    """PKCS#8; in the clear without ``password``."""
    shut = NoEncryption() if password is None else BestAvailableEncryption(password)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, shut)


def key_of(pem: bytes, password: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError for anything but a P-256 key in the clear, or shut with ``password``."""
    return _private_key(pem, password)


def serial_text(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:x}"


# ---- inside


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _private_key(pem: bytes, password: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, password)
    except TypeError:  # a password too many or too few
        raise ValueError("not shut as it should be") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key


def _own_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        _builder(_named(CA_NAME), _named(CA_NAME), key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _sign(  # noqa: PLR0917
    authority: Authority,
    public_key: ec.EllipticCurvePublicKey,
    name: str,
    days: int,
    use: x509.ObjectIdentifier,
    alternatives: Iterable[str] = (),
) -> x509.Certificate:
    issuer = authority.certificate
    builder = (
        _builder(_named(name), issuer.subject, public_key, datetime.now(UTC), days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    if others := [_general_name(other) for other in alternatives]:
        builder = builder.add_extension(x509.SubjectAlternativeName(others), critical=False)
    return builder.sign(authority.key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
