"""A real centre for tests: one embedded server a session, one database a test, signed chains.

Which server a test of the centre gets is said in ``tests.db.fixtures``; import them from there.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from db.central import demo
from db.central.client import CentreClient
from db.central.commands import Centre, centre_at, init_centre, kiosk_dsn
from db.central.connector import Connector, Messages
from db.central.demo_staff_seed import seed_staff
from db.central.embedded import EmbeddedPostgres
from db.central.keys import seal_to
from db.central.kiosks import enrol_kiosk, role_of
from db.central.settle import Settle
from db.central.staff_client import StaffClient
from db.central.staff_desk import StaffDeskJob
from db.central.staff_secrets import PinCost
from db.central.wire import ORIGIN_HASH
from kiosk import events as ev
from kiosk.config import CentreSettings
from kiosk.ports import Identifier, IdentifierKind

PHOTO = b"\x89PNG not a real picture, only bytes"
PASSWORD = "test-password"
TEMPLATE = "centre_template"
CHEAP = PinCost(memory_kib=8, time=1)
"""Tests sign staff in hundreds of times; the strength is a number of production."""


@pytest.fixture(scope="session")
def central_server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="bpjs-t-"))
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def central_template(central_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """Migrated and seeded once; tests copy it. Do not connect to it: a template in use cannot be copied."""
    centre = init_centre(central_server.ensure_database(TEMPLATE), tmp_path_factory.mktemp("keys"))
    with psycopg.connect(centre.admin_dsn) as conn:
        demo.seed(conn, centre.keys, {demo.MAIN.nik: PHOTO}, count=20)
        seed_staff(conn, centre.keys, CHEAP)
    return centre


@pytest.fixture
def wheel_central(central_server: EmbeddedPostgres, central_template: Centre) -> Iterator[CentralForTest]:
    """A fresh copy of the seeded centre; dropped afterwards."""
    name = f"centre_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(central_server.dsn(), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        # rights on a database are not copied from its template
        conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        conn.execute(
            sql.SQL(
                "GRANT CONNECT ON DATABASE {} TO bpjs_kiosk, bpjs_connector, bpjs_settle, bpjs_staff,"
                " bpjs_keeper, bpjs_reporter"
            ).format(sql.Identifier(name))
        )
    test_centre = CentralForTest(centre_at(central_server.dsn(name), central_template.keys))
    try:
        yield test_centre
    finally:
        test_centre.close()
        with psycopg.connect(central_server.dsn(), autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass
class CentralForTest:
    centre: Centre
    sent: list[tuple[str, str]] = field(default_factory=list)  # (phone, text) handed to the gateway
    evidence_refusal: str | None = None
    evidence_context: tuple[Any, ...] = ()
    _open: list[Any] = field(default_factory=list)

    @property
    def admin_dsn(self) -> str:
        return self.centre.admin_dsn

    def admin(self) -> psycopg.Connection[Any]:
        conn = psycopg.connect(self.centre.admin_dsn, autocommit=True)
        self._open.append(conn)
        return conn

    def one(self, query: str, *parameters: object) -> Any:
        """First column of the first row, as the admin."""
        with psycopg.connect(self.centre.admin_dsn, autocommit=True) as conn:
            row = conn.execute(query, parameters).fetchone()
        return row[0] if row else None

    def run(self, statement: str, *parameters: object) -> None:
        with psycopg.connect(self.centre.admin_dsn, autocommit=True) as conn:
            conn.execute(statement, parameters)

    def kiosk(self, kiosk_id: str = "kiosk-demo-01", **options: Any) -> KioskForTest:
        """Enrol a kiosk with a fresh signing key."""
        signer = Ed25519PrivateKey.generate()
        with psycopg.connect(self.centre.admin_dsn, autocommit=True) as conn:
            enrol_kiosk(conn, kiosk_id, signer.public_key().public_bytes_raw(), password=PASSWORD, **options)
        kiosk = KioskForTest(
            kiosk_id, signer, kiosk_dsn(self.centre.admin_dsn, role_of(kiosk_id), PASSWORD), self.centre
        )
        self._open.append(kiosk)
        return kiosk

    def connector(self, send_sms: Any = None, **options: Any) -> Connector:
        messages = Messages(code=lambda code: f"Kode: {code}", verified=lambda: "Terverifikasi")
        return Connector(
            self.centre.connector_dsn,
            self.centre.keys,
            send_sms or (lambda to, text: self.sent.append((to, text))),
            messages,
            **options,
        )

    def _check_evidence(self, _evidence: dict[str, Any], *context: Any) -> str | None:
        """``evidence_context``: visit id, kiosk id and signing key, as the settle job knows them."""
        self.evidence_context = context
        return self.evidence_refusal

    def settle_job(self) -> Settle:
        return Settle(self.centre.settle_dsn, self.centre.keys, self._check_evidence)

    def staff_job(self, **options: Any) -> StaffDeskJob:
        return StaffDeskJob(self.centre.staff_dsn, self.centre.keys, unknown_cost=CHEAP, **options)

    def staff_once(self, **options: Any) -> None:
        """One pass of the staff job, without patience unless asked for."""
        with psycopg.connect(self.centre.staff_dsn, autocommit=True) as conn:
            self.staff_job(**{"patience_seconds": 0.0} | options).work(conn)

    def connect_once(self, **options: Any) -> None:
        """One pass of the connector, here and now."""
        with psycopg.connect(self.centre.connector_dsn, autocommit=True) as conn:
            self.connector(**options).work(conn)

    def settle_once(self) -> None:
        with psycopg.connect(self.centre.settle_dsn, autocommit=True) as conn:
            self.settle_job().work(conn)

    @contextmanager
    def jobs(self, **options: Any) -> Iterator[None]:
        """Connector, settle and staff job in threads, listening."""
        stop = threading.Event()
        threads = []
        for job in (self.connector(**options), self.settle_job(), self.staff_job()):
            ready = threading.Event()
            threads.append(threading.Thread(target=job.run, args=(stop, ready.set), name=job.name, daemon=True))
            threads[-1].start()
            assert ready.wait(20)
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(20)

    def account_status(self, nik: str = demo.MAIN.nik) -> str:
        status = self.one(
            "SELECT status FROM store.account JOIN store.participant USING (participant_id) WHERE nik = %s", nik
        )
        assert isinstance(status, str)
        return status

    def alarms(self) -> set[str]:
        with psycopg.connect(self.centre.admin_dsn) as conn:
            return {row[0] for row in conn.execute("SELECT kind FROM store.alarm").fetchall()}

    def close(self) -> None:
        for thing in self._open:
            thing.close()


class Chain:
    """Builds a kiosk's chain without a store. ``signer`` None: a thief without the signing key."""

    def __init__(self, kiosk_id: str, signer: Ed25519PrivateKey | None, epoch: int = 1) -> None:
        self.kiosk_id = kiosk_id
        self.signer = signer
        self.epoch = epoch
        self.seq = 0
        self.head = ORIGIN_HASH

    def add(self, visit_id: str, event: Any) -> ev.ChainedEvent:
        self.seq += 1
        link = sign_link(self.kiosk_id, self.signer, self.seq, self.head, visit_id, event, self.epoch)
        self.head = link.hash
        return link


def sign_link(  # noqa: PLR0917
    kiosk_id: str,
    signer: Ed25519PrivateKey | None,
    seq: int,
    prev_hash: str,
    visit_id: str,
    event: Any,
    epoch: int = 1,
) -> ev.ChainedEvent:
    payload = ev.canonical_json(
        {
            "kiosk_id": kiosk_id,
            "epoch": epoch,
            "seq": seq,
            "boot_id": "boot-1",
            "visit_id": visit_id,
            "wall_time": "2026-11-23T03:00:00+00:00",
            "monotonic_s": seq * 1.5,
            "clock_offset_s": None,
            "prev_hash": prev_hash,
            "event": event if isinstance(event, dict) else event.model_dump(mode="json"),
        }
    )
    digest = ev.payload_hash(payload)
    signature = signer.sign(bytes.fromhex(digest)).hex() if signer else "ab" * 64
    return ev.ChainedEvent(seq=seq, payload=payload, hash=digest, signature=signature)


def sign_chain(
    kiosk_id: str, signer: Ed25519PrivateKey | None, visit_id: str, events: list[Any]
) -> list[ev.ChainedEvent]:
    """A chain from its origin with these events, all of one visit."""
    chain = Chain(kiosk_id, signer)
    return [chain.add(visit_id, event) for event in events]


class KioskForTest:
    """An enrolled kiosk: its login, its key, its chain, its client."""

    def __init__(self, kiosk_id: str, signer: Ed25519PrivateKey, dsn: str, centre: Centre) -> None:
        self.kiosk_id = kiosk_id
        self.signer = signer
        self.dsn = dsn
        self.centre = centre
        self.chain = Chain(kiosk_id, signer)
        self.client = CentreClient(dsn, CentreSettings(call_seconds=10.0))
        self.desk = StaffClient(
            dsn,
            CentreSettings(call_seconds=10.0),
            kiosk_id,
            signer.sign,
            lambda: centre.keys.box_public_key,
        )
        self._conns: list[psycopg.Connection[Any]] = []

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        conn = psycopg.connect(self.dsn, **options)
        self._conns.append(conn)
        return conn

    def record(self, visit_id: str, *events: Any) -> None:
        """Chain, sign and append; the centre must accept."""
        links = [self.chain.add(visit_id, event) for event in events]
        answer = self.client.append(links)
        assert answer.status == "accepted", answer

    def lookup(self, visit_id: str, digits: str = demo.MAIN.nik, kind: str = "nik") -> Any:
        return self.client.lookup(visit_id, Identifier(IdentifierKind(kind), digits))

    def visit_events(self, ticket: str, *, pin: str = "837261") -> list[Any]:
        """Every event of an honest visit from consent to PIN."""
        return [
            ev.VisitStarted(service="verify_account", language="id"),
            ev.ConsentGiven(purposes=("verify",), text_version="1", language="id", text_sha256="0" * 64),
            ev.IdentityRead(method="nik_typed"),
            ev.LookupAnswered(outcome="found", ticket=ticket),
            ev.IdentityConfirmed(ticket=ticket),
            ev.FaceMatched(attempt=1, ticket=ticket, evidence={"cosine": 0.7}),
            ev.CodeSent(send_no=1, channel="sms", ticket=ticket),
            ev.CodeVerified(send_no=1, ticket=ticket),
            ev.PinAccepted(ticket=ticket, sealed_verifier=self.sealed_verifier(pin), sealed_to="test"),
        ]

    def sealed_verifier(self, pin: str) -> str:
        # weak on purpose: the strength is the kiosk's matter, and tests make hundreds
        text = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(pin)
        return base64.b64encode(seal_to(self.centre.keys.box_public_key, text.encode())).decode()

    def close(self) -> None:
        self.client.close()
        self.desk.close()
        for conn in self._conns:
            conn.close()
