"""A deferred visit as an honest kiosk leaves it, and the centre's job over it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from db.central import demo
from db.central.deferred_job import DeferredJob, DeferredWords
from db.central.deferred_notices import DeferredNotices
from db.central.deferred_wire import CaptureStatus
from kiosk import events as ev
from kiosk.journey.case_numbers import deferred_number
from kiosk.journey.effects import SealCapture
from kiosk.ports import CaptureMatch, Identifier, IdentifierKind
from kiosk.runtime.deferred_seal import seal_capture
from tests.db.support import CentralForTest, KioskForTest

PROBE = b"\xff\xd8 not a real picture, only bytes"
TYPED = "+6281300000777"


@dataclass
class Deferral:
    """``send`` brings events and capture; what is given to the job can be chosen before ``decide``."""

    central: CentralForTest
    kiosk: KioskForTest
    nik: str = demo.MAIN.nik
    phone: str = ""
    visit_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: CaptureMatch | Exception = CaptureMatch.MATCH
    evidence_refusal: str | None = None
    compared: list[tuple[bytes, bytes]] = field(default_factory=list)
    checked: list[tuple[Any, ...]] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.number = deferred_number(self.visit_id)
        identifier = Identifier(IdentifierKind.NIK, self.nik)
        effect = SealCapture(self.visit_id, self.number, identifier, self.phone, {"zone": "none"}, PROBE)
        self.capture = seal_capture(effect, self.central.centre.keys.box_public_key)

    def events(self, **changed: Any) -> list[Any]:
        deferred: dict[str, Any] = {
            "case_number": self.number,
            "sealed_sha256": self.capture.sha256,
            "sealed_to": self.capture.sealed_to,
        }
        return [
            ev.VisitStarted(service="verify_account", language="id"),
            ev.ConsentGiven(purposes=("verify",), text_version="1", language="id", text_sha256="0" * 64),
            ev.IdentityRead(method="nik_typed"),
            ev.LookupAnswered(outcome="unreachable"),
            ev.VisitDeferred(**(deferred | changed)),
            ev.VisitEnded(status=ev.VisitStatus.DITUNDA, reason="deferred", case_number=self.number),
        ]

    def record(self, *events: Any) -> None:
        self.kiosk.record(self.visit_id, *(events or self.events()))

    def put(self, sealed: bytes | None = None) -> CaptureStatus:
        return self.kiosk.client.put_capture(self.visit_id, self.capture.sealed if sealed is None else sealed)

    def send(self, *events: Any) -> None:
        self.record(*events)
        assert self.put() is CaptureStatus.KEPT

    def job(self) -> DeferredJob:
        centre = self.central.centre
        return DeferredJob(centre.settle_dsn, centre.keys, self._check, self._match)

    def decide(self, before: Callable[[psycopg.Connection[Any]], None] = lambda conn: None) -> None:
        with psycopg.connect(self.central.centre.settle_dsn, autocommit=True) as conn:
            before(conn)
            self.job().work(conn)

    def notices(self, send: Callable[[str, str], object] | None = None) -> DeferredNotices:
        words = DeferredWords(
            record=lambda matched: f"record {matched}",
            typed=lambda matched: f"typed {matched}",
            expired=lambda: "come again",
        )
        centre = self.central.centre
        handed = send or (lambda to, text: self.sent.append((to, text)))
        return DeferredNotices(centre.connector_dsn, centre.keys, handed, words)

    def tell(self, send: Callable[[str, str], object] | None = None) -> None:
        with psycopg.connect(self.central.centre.connector_dsn, autocommit=True) as conn:
            self.notices(send).work(conn)

    def case(self, column: str = "state") -> Any:
        return self.central.one(f"SELECT {column} FROM store.deferred_case WHERE visit_id = %s", self.visit_id)

    @property
    def outcome(self) -> tuple[str, str]:
        return self.case("state"), self.case("reason")

    @property
    def held(self) -> bool:
        return bool(self.central.one("SELECT sealed IS NOT NULL FROM store.capture WHERE visit_id = %s", self.visit_id))

    def _check(self, evidence: dict[str, Any], *context: Any) -> str | None:
        self.checked.append((evidence, *context))
        return self.evidence_refusal

    def _match(self, probe: bytes, photo: bytes) -> CaptureMatch:
        self.compared.append((probe, photo))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
