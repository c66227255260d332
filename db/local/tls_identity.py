"""The kiosk's TLS identity: its key, made here and never sent anywhere, and the certificate the centre gave.

One file holds both, so that a power cut cannot leave a key beside another key's certificate; libpq reads it at each
new connection, so a renewal needs no restart. A key that waits for its answer lies beside it. Both keys are shut with a
password that is protected like the kiosk's other keys; libpq is given it in memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import psycopg
from cryptography import x509
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central import enrolment_wire as wire
from db.central.enrolment_wire import Answer, FileMalformed, Request
from db.central.kiosks import role_of
from db.central.pki import key_of, key_pem, make_request, new_key, signed_by
from db.central.secret_files import sync_folder, write_private
from db.local.key_files import read_private, replace_file
from db.local.keys import KeyFolder, KioskSigner
from kiosk.ports import LastingFault

IDENTITY, AUTHORITY = "tls.pem", "centre-ca.crt"
_WAITING_KEY, _WAITING_PROOF = "tls.waiting.key", "enrolment.waiting"
_SHUT = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_ADDRESS = frozenset({
    "host", "hostaddr", "port", "dbname", "user", "sslmode", "target_session_attrs", "load_balance_hosts",
})  # fmt: skip
"""What a centre may say of itself; how it is checked is not for it to say."""


class AnswerFault(StrEnum):
    MALFORMED = "answer_malformed"
    NOT_ASKED = "nothing_was_asked"
    OTHER_KIOSK = "answer_for_another_kiosk"
    NOT_FROM_THE_CENTRE = "answer_not_from_the_centre"  # proof of the code, or the known authority, fails
    OTHER_KEY = "answer_for_another_key"
    ODD_ADDRESS = "answer_with_an_odd_address"


class AnswerRefused(Exception):
    def __init__(self, fault: AnswerFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class TlsIdentity:
    """In the key folder. Every act raises LastingFault when the keys there do not open."""

    keys: KeyFolder

    @property
    def folder(self) -> Path:
        return self.keys.folder

    @property
    def enrolled(self) -> bool:
        return (self.folder / IDENTITY).is_file()

    def request(self, kiosk_id: str, signer: KioskSigner, code: str | None) -> str:
        """A new TLS key and the request for its certificate. ``code`` None: a renewal."""
        key, password = new_key(), self._password(draw=True)
        csr = make_request(key, role_of(kiosk_id))
        body = Request(kiosk_id, csr, signer.public_key).body
        proof = b""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / _WAITING_PROOF).unlink()
        if code is not None:
            keys = wire.code_keys(code, kiosk_id)
            proof = wire.prove_code(keys, body)
            write_private(self.folder / _WAITING_PROOF, keys.server)
        write_private(self.folder / _WAITING_KEY, key_pem(key, password))
        return wire.request_text(Request(kiosk_id, csr, signer.public_key, signer.sign(body), proof))

    def install(self, kiosk_id: str, text: str) -> str:
        """Check the centre's answer and put it to use; the kiosk's DSN for ``kiosk.toml``, without the password.
        Raises AnswerRefused."""
        try:
            answer = wire.read_answer_text(text)
            certificate = x509.load_pem_x509_certificate(answer.certificate.encode())
            authority = x509.load_pem_x509_certificate(answer.ca_certificate.encode())
            told = conninfo_to_dict(answer.dsn)
        except (FileMalformed, ValueError, psycopg.Error):
            raise AnswerRefused(AnswerFault.MALFORMED) from None
        if not (self.folder / _WAITING_KEY).is_file():
            raise AnswerRefused(AnswerFault.NOT_ASKED)
        self._shut_clear_keys()
        password = self._password()
        key = key_of(read_private(self.folder / _WAITING_KEY), password)
        if answer.kiosk_id != kiosk_id:
            raise AnswerRefused(AnswerFault.OTHER_KIOSK)
        if not self._is_the_centre(answer) or not signed_by(certificate, authority):
            raise AnswerRefused(AnswerFault.NOT_FROM_THE_CENTRE)
        if certificate.public_key() != key.public_key():
            raise AnswerRefused(AnswerFault.OTHER_KEY)
        if not set(told) <= _ADDRESS or told.get("user") != role_of(kiosk_id) or not _over_tls(told):
            raise AnswerRefused(AnswerFault.ODD_ADDRESS)
        write_private(self.folder / AUTHORITY, answer.ca_certificate.encode())
        write_private(self.folder / IDENTITY, key_pem(key, password) + answer.certificate.encode())
        for leftover in (_WAITING_KEY, _WAITING_PROOF):
            (self.folder / leftover).unlink(missing_ok=True)
        sync_folder(self.folder)
        return self.dsn(answer.dsn)

    def dsn(self, address: str) -> str:
        """``address`` with this kiosk's files in it, and the server checked by name and authority."""
        return make_conninfo(
            address,
            sslmode="verify-full",
            ssl_min_protocol_version="TLSv1.3",
            sslcert=str(self.folder / IDENTITY),
            sslkey=str(self.folder / IDENTITY),
            sslrootcert=str(self.folder / AUTHORITY),
        )

    def login_dsn(self, dsn: str) -> str:
        """``dsn`` of ``kiosk.toml`` with the password of this kiosk's key: for libpq alone, never shown or kept. A key
        that still lies in the clear is shut first."""
        if not self._is_named_in(dsn):
            return dsn
        self._shut_clear_keys()
        return make_conninfo(dsn, sslpassword=self._password().decode())

    @property
    def ends(self) -> datetime | None:
        """UTC; None where there is no certificate that can be read."""
        try:
            return x509.load_pem_x509_certificate(read_private(self.folder / IDENTITY)).not_valid_after_utc
        except (LastingFault, ValueError):
            return None

    def _is_named_in(self, dsn: str) -> bool:
        try:
            told = conninfo_to_dict(dsn)
            named = Path(str(told.get("sslkey") or ""))
            return "sslpassword" not in told and named.samefile(self.folder / IDENTITY)
        except (psycopg.Error, OSError):  # whoever connects with it says so
            return False

    def _password(self, *, draw: bool = False) -> bytes:
        return self.keys.tls_secret(draw=draw).hex().encode()

    def _shut_clear_keys(self) -> None:
        """As kiosks had them that were enrolled before keys were shut."""
        for path in (self.folder / IDENTITY, self.folder / _WAITING_KEY):
            if not path.is_file() or _SHUT in (pem := read_private(path)):
                continue
            try:
                shut = key_pem(key_of(pem), self._password(draw=True))
            except ValueError:
                raise LastingFault("tls_identity_damaged") from None
            draft = path.with_name(path.name + ".shut")
            write_private(draft, shut + pem[pem.find(_CERTIFICATE) :] if _CERTIFICATE in pem else shut)
            replace_file(draft, path)

    def _is_the_centre(self, answer: Answer) -> bool:
        try:
            server = (self.folder / _WAITING_PROOF).read_bytes()
        except FileNotFoundError:  # a renewal: by the authority we know
            known = self.folder / AUTHORITY
            return known.is_file() and known.read_bytes() == answer.ca_certificate.encode()
        return wire.proves_centre(server, answer.proof, answer.body)


def _over_tls(told: Mapping[str, object]) -> bool:
    """libpq speaks no TLS over a socket's path, or where no host is named, whatever ``sslmode`` says."""
    hosts = str(told.get("host") or "").split(",")
    return all(host and not host.startswith(("/", "@")) for host in hosts)
